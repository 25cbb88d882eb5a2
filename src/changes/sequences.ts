/** Reading CREATE SEQUENCE and ALTER SEQUENCE. */
import type { Catalog, Sequence } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { display, localName, type RelationName, schemaOf } from '../model/name.ts'
import { child, list, optionNamed, strings, text } from '../sql/tree.ts'
import { readSequenceOptions } from './columns.ts'
import { columnOf } from './edit.ts'
import { columnOn } from './found-by.ts'
import type { Reading } from './reading.ts'
import { refuse } from './refusal.ts'
import { alteredOptions, initialOptions } from './sequence-options.ts'
import { sequenceType } from './types.ts'

/** The sequence of that name; refuses with 42P01. */
export const sequenceOf = (catalog: Catalog, name: RelationName): Sequence =>
  catalog.sequences.get(name) ?? refuse('42P01', `relation "${display(name)}" does not exist`)

/** `AS smallint`, if it is said; refuses what is no integer type (22023). */
const typeOf = (reading: Reading, elements: readonly Tree[]): Sequence['type'] | undefined => {
  const typeName = child(child(optionNamed(elements, 'as'), 'arg'), 'TypeName')
  if (!typeName) return undefined
  return sequenceType(reading.typeReference(typeName)) ?? refuse('22023', 'sequence type must be smallint, integer, or bigint')
}

/** `OWNED BY t.a`: the column; `OWNED BY NONE`: `'none'`; undefined when it is not said. Refuses with 42P01, 42703 and, for another schema, 55000. */
export const ownerIn = (reading: Reading, name: RelationName, elements: readonly Tree[]): Sequence['ownedBy'] | 'none' => {
  const option = optionNamed(elements, 'owned_by')
  if (!option) return undefined
  const parts = strings(list(child(child(option, 'arg'), 'List'), 'items'))
  if (parts.length < 2) return parts[0] === 'none' ? 'none' : refuse('42601', 'invalid OWNED BY option')
  const path = parts.slice(0, -1)
  const table = reading.find(path, (candidate) => reading.catalog.tables.has(candidate)) ?? refuse('42P01', `relation "${path.join('.')}" does not exist`)
  const column = columnOf(reading.catalog, table, parts.at(-1) ?? '').name
  if (schemaOf(table) !== schemaOf(name)) refuse('55000', 'sequence must be in same schema as table it is linked to')
  return { table, column, mode: 'auto' }
}

const owned = new Set(['as', 'owned_by', 'restart', 'sequence_name', 'logged', 'unlogged'])
const settings = (elements: readonly Tree[]): readonly Tree[] => elements.filter((element) => !owned.has(text(child(element, 'DefElem'), 'defname') ?? ''))

/** A new sequence as CREATE SEQUENCE says it, without its owner. */
export const readNewSequence = (reading: Reading, node: Tree): Sequence => {
  const elements = list(node, 'options')
  const type = typeOf(reading, elements) ?? 'bigint'
  return {
    type,
    options: initialOptions(type, readSequenceOptions(settings(elements))),
    persistence: text(child(node, 'sequence'), 'relpersistence') === 'u' ? 'unlogged' : 'permanent',
  }
}

/** Reads ALTER SEQUENCE's options into changes: of the sequence, of its owner, of its data (RESTART). */
export const readSequenceChanges = (reading: Reading, name: RelationName, elements: readonly Tree[]): void => {
  const sequence = sequenceOf(reading.catalog, name)
  const type = typeOf(reading, elements) ?? sequence.type
  const given = settings(elements)
  if (given.length > 0 || type !== sequence.type) {
    reading.emit({ kind: 'alter-sequence', name, type, options: alteredOptions(sequence, readSequenceOptions(given), type), persistence: sequence.persistence })
  }
  const owner = ownerIn(reading, name, elements)
  if (owner !== undefined) reading.emit({ kind: 'set-sequence-owner', name, to: owner === 'none' ? undefined : owner })
  const restart = optionNamed(elements, 'restart')
  if (!restart) return
  const value = readSequenceOptions([{ DefElem: restart }]).restart
  reading.emit({
    kind: 'change-data',
    command: 'ALTER SEQUENCE',
    relations: [name],
    sql: `ALTER SEQUENCE ${name} RESTART${value === undefined || value === 'none' ? '' : ` WITH ${value}`}`,
  })
}

/** Refuses to take an identity's sequence away from its column. */
export const refuseIdentity = (catalog: Catalog, name: RelationName, sqlstate: string, message: string): void => {
  const { ownedBy } = sequenceOf(catalog, name)
  if (ownedBy?.mode !== 'internal') return
  const identity = columnOn(catalog, ownedBy.table, ownedBy.column)?.identity
  if (identity?.sequence === name) refuse(sqlstate, message, `Sequence "${localName(name)}" is linked to table "${localName(ownedBy.table)}".`)
}
