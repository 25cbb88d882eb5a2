/** Tables, views and their columns, by the database's names or the code's. */
import type { CodeTable } from '../../../model/code.ts'
import { ToolError } from '../../../model/error.ts'
import { display, keyOf, localName, member, type RelationName, schemaOf } from '../../../model/name.ts'
import { columnWanted, relationOf, tablesFor, tableWanted } from '../wanted.ts'
import { type Named, theOne } from './lookup.ts'
import type { Ground, Target } from './target.ts'

const spellings = (relation: RelationName, symbols: readonly string[]): readonly string[] => {
  const [schema, name] = [schemaOf(relation), localName(relation)]
  return [name, ...symbols].flatMap((word) => [word, `${schema}.${word}`])
}

const ofCode = (table: CodeTable): Named<RelationName> => {
  const relation = relationOf(table)
  return { value: relation, names: spellings(relation, [table.symbol]), shown: display(relation) }
}

const ofCatalog = (relation: RelationName): Named<RelationName> => ({ value: relation, names: spellings(relation, []), shown: display(relation) })

const relationsIn = ({ facts, catalog }: Ground): readonly Named<RelationName>[] => [
  ...facts.tables.map(ofCode),
  ...(catalog ? [...catalog.tables.keys(), ...catalog.views.keys()].map(ofCatalog) : []),
]

/** A name of the database goes before the code's symbol of another table. */
export const relationNamed = (ground: Ground, words: readonly string[]): RelationName => {
  const word = words.join('.')
  const all = relationsIn(ground)
  const byName = all.filter(({ value }) => [localName(value), `${schemaOf(value)}.${localName(value)}`].includes(word))
  return theOne('table', word, byName.length > 0 ? byName : all, (relation) => relation)
}

/** What a column of a relation is called: in the code, and in the database. */
const columnsOf = ({ facts, catalog }: Ground, relation: RelationName): readonly Named<string>[] => {
  const declared = tablesFor(facts, relation).flatMap((at) => facts.tables[at]?.columns ?? [])
  const known = new Set(declared.map(({ name }) => name))
  const held = [...(catalog?.tables.get(relation)?.columns ?? []).map(({ name }) => name), ...(catalog?.views.get(relation)?.columns ?? [])]
  return [
    ...declared.map(({ name, key }) => ({ value: name, names: [name, key], shown: key === name ? name : `${name} (${key} in the code)` })),
    ...held.filter((name) => !known.has(name)).map((name) => ({ value: name, names: [name], shown: name })),
  ]
}

/** A column, by its name in the database before the code's name of another one. */
const columnNamed = (ground: Ground, relation: RelationName, word: string): string => {
  const all = columnsOf(ground, relation)
  return all.some(({ value }) => value === word) ? word : theOne(`column of ${display(relation)} called`, word, all, (column) => column)
}

const isView = ({ facts, catalog }: Ground, relation: RelationName): boolean =>
  catalog?.views.has(relation) ?? tablesFor(facts, relation).some((at) => facts.tables[at]?.kind !== 'table')

/** A table and a column of it. Throws `invalid-target` where only one of them is named. */
export const columnOfTable = (ground: Ground, words: readonly string[]): { readonly relation: RelationName; readonly column: string } => {
  if (words.length < 2) throw new ToolError('invalid-target', `${words.join('.')} names no column.`, { help: 'Write TABLE.COLUMN, or SCHEMA.TABLE.COLUMN.' })
  const relation = relationNamed(ground, words.slice(0, -1))
  return { relation, column: columnNamed(ground, relation, words.at(-1) ?? '') }
}

export const columnTarget = (ground: Ground, words: readonly string[]): Target => {
  const { relation, column } = columnOfTable(ground, words)
  const name = `${display(relation).replaceAll('"', '')}.${column}`
  return {
    kind: 'column',
    text: `column:${name}`,
    name,
    wanted: columnWanted(ground.facts, relation, column),
    objects: [keyOf('column', member(relation, column))],
  }
}

export const tableTarget = (ground: Ground, words: readonly string[]): Target => {
  const relation = relationNamed(ground, words)
  const name = display(relation).replaceAll('"', '')
  return {
    kind: 'table',
    text: `table:${name}`,
    name,
    wanted: tableWanted(ground.facts, relation),
    objects: [keyOf(isView(ground, relation) ? 'view' : 'table', relation)],
  }
}
