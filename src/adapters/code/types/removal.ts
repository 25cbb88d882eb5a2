/** A schema's text without a part of it, or with a part that has a type which fits nowhere. */
import type { Expression } from 'oxc-parser'
import { type Replacement, replaced } from '../../../model/text.ts'
import type { Removal, Simulation } from '../../../model/type-evidence.ts'
import { parseSource } from '../lower/parse.ts'
import { columnIn, columnsOf, declarator, type SchemaText, statementOf, valueIn } from './declared.ts'
import { around, without } from './edit.ts'
import { nodesIn } from './nodes.ts'

type Column = Extract<Removal, { readonly kind: 'column' }>
type Value = Extract<Removal, { readonly kind: 'value' }>

/** Undefined where the text does not show the part; empty where it cannot be made. */
type Edits = readonly Replacement[] | undefined

const branded = (what: string): string => `{ readonly __pgstrata: '${what}' }`
const typed = `.$type<${branded('column')}>()`

/** Columns that a helper makes are taken out of what it made. */
const ofMadeColumns = (columns: Expression, key: string, how: Simulation): readonly Replacement[] => {
  const name = JSON.stringify(key)
  const make = how === 'drop' ? `({ ${name}: __pgstrata, ...others }) => others` : `(made) => ({ ...made, ${name}: made[${name}]${typed} })`
  return around(columns, `((${make})(`, '))')
}

const columnEdits = (schema: SchemaText, removal: Column, how: Simulation): Edits => {
  const columns = columnsOf(schema, removal)
  if (!columns) return undefined
  const property = columnIn(columns, removal.key)
  if (!property) return ofMadeColumns(columns, removal.key, how)
  if (how === 'drop') return [without(schema.text, property, '...{}')]
  return around(property.value, property.shorthand ? `${removal.key}: (` : '(', `)${typed}`)
}

const tableEdits = (schema: SchemaText, removal: Removal, how: Simulation): Edits => {
  const declared = declarator(schema, removal)
  if (!declared?.init) return undefined
  if (how === 'brand') return [without(schema.text, declared.init, `undefined as unknown as ${branded('table')}`)]
  const statement = statementOf(schema, declared)
  return statement && [without(schema.text, statement)]
}

const valueEdits = (schema: SchemaText, { key, value, ...removal }: Value): Edits => {
  const columns = key === undefined ? undefined : columnsOf(schema, removal)
  const holder = key === undefined ? declarator(schema, removal) : columns && columnIn(columns, key)
  const found = holder && valueIn(schema, holder, value)
  return found && [without(schema.text, found.range, found.isProperty ? '...{}' : '')]
}

/** JavaScript has no types to write, and another type for the rest of the values says no more than their absence. */
const isBrandable = ({ kind, file }: Removal): boolean => kind !== 'value' && /tsx?$/.test(file)

const editsOf = (schema: SchemaText, removal: Removal, how: Simulation): Edits => {
  if (how === 'brand' && !isBrandable(removal)) return []
  switch (removal.kind) {
    case 'column':
      return columnEdits(schema, removal, how)
    case 'table':
      return tableEdits(schema, removal, how)
    case 'value':
      return valueEdits(schema, removal)
  }
}

const isSound = (file: string, text: string): boolean => parseSource(file, text).errors.every(({ severity }) => severity !== 'Error')

export const schemaText = (file: string, text: string): SchemaText => ({ text, nodes: nodesIn(parseSource(file, text).program) })

/** The file's text in the simulation; its own where there is nothing to simulate; undefined where the text does not show all the parts, or no longer parses. */
export const simulated = (file: string, schema: SchemaText, removals: readonly Removal[], how: Simulation): string | undefined => {
  const edits = removals.map((removal) => editsOf(schema, removal, how))
  if (edits.includes(undefined)) return undefined
  const text = replaced(
    schema.text,
    edits.flatMap((each) => each ?? []),
  )
  return isSound(file, text) ? text : undefined
}
