/** Enums and their values: types of the database, and columns that the code gives a list of values. */

import { nearest } from '../../../model/config-schema.ts'
import { ToolError } from '../../../model/error.ts'
import { display, keyOf, localName, member, type QualifiedName, qualified, type RelationName, schemaOf } from '../../../model/name.ts'
import { relationOf, type Wanted } from '../wanted.ts'
import { type Named, theOne } from './lookup.ts'
import { columnOfTable } from './relations.ts'
import type { Ground, Target } from './target.ts'

const typesIn = ({ facts, catalog }: Ground): readonly Named<QualifiedName>[] => [
  ...facts.enums.map(({ schema, name, symbol }) => {
    const type = qualified(schema === '' ? 'public' : schema, name)
    return { value: type, names: [name, symbol, `${schemaOf(type)}.${name}`], shown: display(type) }
  }),
  ...[...(catalog?.types ?? [])].flatMap(([type, { kind }]) =>
    kind === 'enum' ? [{ value: type, names: [localName(type), `${schemaOf(type)}.${localName(type)}`], shown: display(type) }] : [],
  ),
]

export const typeNamed = (ground: Ground, words: readonly string[]): QualifiedName => theOne('enum', words.join('.'), typesIn(ground), (type) => type)

/** Columns of an enum type, by their tables in the code. `enumType` is the type's own name there, without its schema where that is public. */
export const columnsOfType = ({ facts }: Pick<Ground, 'facts'>, type: QualifiedName): Wanted['columns'] => {
  const names = new Set([localName(type), `${schemaOf(type)}.${localName(type)}`])
  return new Map(
    facts.tables.flatMap(({ columns }, at) => {
      const found = columns.filter(({ enumType }) => enumType !== undefined && names.has(enumType)).map(({ name }) => name)
      return found.length === 0 ? [] : [[at, new Set(found)] as const]
    }),
  )
}

export const enumTarget = (ground: Ground, words: readonly string[]): Target => {
  const type = typeNamed(ground, words)
  const name = display(type).replaceAll('"', '')
  return { kind: 'enum', text: `enum:${name}`, name, wanted: { columns: columnsOfType(ground, type) }, objects: [keyOf('type', type)] }
}

const labelsOf = ({ facts, catalog }: Ground, type: QualifiedName): readonly string[] => {
  const known = catalog?.types.get(type)
  const declared = facts.enums.filter(({ schema, name }) => qualified(schema === '' ? 'public' : schema, name) === type).flatMap(({ values }) => values)
  return [...new Set([...(known?.kind === 'enum' ? known.labels : []), ...declared])]
}

const assertValue = (value: string, of: string, values: readonly string[]): void => {
  if (values.includes(value)) return
  const near = nearest(value, values)
  throw new ToolError('no-such-target', `${of} has no value '${value}'.`, {
    help: near === undefined ? `It has: ${values.map((each) => `'${each}'`).join(', ')}.` : `Did you mean '${near}'?`,
  })
}

const valuesOfColumn = ({ facts }: Ground, relation: RelationName, column: string): readonly string[] =>
  facts.tables.filter((table) => relationOf(table) === relation).flatMap(({ columns }) => columns.find(({ name }) => name === column)?.values ?? [])

const valueOfColumn = (ground: Ground, words: readonly string[], value: string): Target => {
  const { relation, column } = columnOfTable(ground, words)
  const shown = `${display(relation).replaceAll('"', '')}.${column}`
  assertValue(value, shown, valuesOfColumn(ground, relation, column))
  const columns = new Map(ground.facts.tables.flatMap((table, at) => (relationOf(table) === relation ? [[at, new Set([column])] as const] : [])))
  const name = `${shown}.'${value}'`
  return { kind: 'enumValue', text: `enumValue:${name}`, name, wanted: { columns, value }, objects: [keyOf('column', member(relation, column))] }
}

/** `type.'value'`, or `table.column.'value'` of a column that has a list of values. */
export const enumValueTarget = (ground: Ground, words: readonly string[]): Target => {
  const [of, value] = [words.slice(0, -1), words.at(-1) ?? '']
  if (of.length === 0)
    throw new ToolError('invalid-target', `enumValue:${value} names no enum.`, { help: "Write enumValue:TYPE.'value' or enumValue:TABLE.COLUMN.'value'." })
  const isType = typesIn(ground).some(({ names }) => names.includes(of.join('.')))
  if (of.length > 1 && !isType) return valueOfColumn(ground, of, value)
  const type = typeNamed(ground, of)
  const shown = display(type).replaceAll('"', '')
  assertValue(value, shown, labelsOf(ground, type))
  const name = `${shown}.'${value}'`
  return { kind: 'enumValue', text: `enumValue:${name}`, name, wanted: { columns: columnsOfType(ground, type), value }, objects: [keyOf('type', type)] }
}
