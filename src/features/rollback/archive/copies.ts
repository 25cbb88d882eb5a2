/** The archive's tables: copies of what a migration takes, from before it, and of what it left. */
import { sequencesOwnedBy } from '../../../changes/found-by.ts'
import type { Catalog } from '../../../model/catalog.ts'
import { quoteIdentifier, type RelationName } from '../../../model/name.ts'
import { quoteLiteral } from '../../../sql/print.ts'
import { seeingAll } from '../moving-rows.ts'
import { isKeptAsText, type Kept, type KeptColumn, keptType, rowsOf } from './kept.ts'
import type { Places } from './places.ts'

/** The archive of one migration. */
export type Archive = {
  /** The schema's name, unquoted. */
  readonly schema: string
  /** The last day on which it is kept. */
  readonly until: string
  readonly kept: readonly Kept[]
  /** Sequences that the migration drops with tables and columns that are kept. */
  readonly sequences: readonly RelationName[]
}

export const inArchive = ({ schema }: Archive, name: string): string => `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`

/** The column that stands for a key where a table has none that stays. */
export const addedKey = ({ schema }: Archive): string => quoteIdentifier(`${schema}_row`)

/** A key's columns in a copy, with their types. */
const keyColumns = (archive: Archive, { key }: Kept): readonly string[] =>
  key === 'added' ? [`${addedKey(archive)} uuid`] : key.map(({ name, type }) => `${quoteIdentifier(name)} ${keptType(type)}`)

const isKey = ({ key }: Kept, { name }: KeptColumn): boolean => key !== 'added' && key.some((column) => column.name === name)

/** Columns beside the key. */
export const valuesOf = (kept: Kept): readonly KeptColumn[] => kept.columns.filter((column) => !isKey(kept, column))

/** Those that are still there after the migration, so that their values may be changed since. */
export const stayingOf = (kept: Kept): readonly (KeptColumn & { readonly to: NonNullable<KeptColumn['to']> })[] =>
  valuesOf(kept).flatMap((column) => (column.to && !column.to.generated ? [{ ...column, to: column.to }] : []))

/** Whether what the migration left must be known, to see what was written since. */
export const hasAfter = (kept: Kept): boolean => kept.to !== undefined && (kept.rows || stayingOf(kept).length > 0)

const beforeCopy = (archive: Archive, kept: Kept, before: Catalog): readonly string[] => {
  const name = inArchive(archive, kept.label)
  const values = valuesOf(kept)
  const columns = [...keyColumns(archive, kept), ...values.map((each) => `${quoteIdentifier(each.name)} ${keptType(each.type)}`)]
  const selected = [
    ...(kept.key === 'added' ? [addedKey(archive)] : kept.key.map(({ name: column }) => quoteIdentifier(column))),
    ...values.map(({ name: column }) => quoteIdentifier(column)),
  ]
  const types = [...(kept.key === 'added' ? [] : kept.key), ...values]
  const texts = new Set(types.filter(({ type }) => isKeptAsText(type)).map(({ name: column }) => quoteIdentifier(column)))
  return [
    kept.key === 'added' && kept.to !== undefined
      ? `ALTER TABLE ${kept.table} ADD COLUMN ${addedKey(archive)} uuid DEFAULT gen_random_uuid()`
      : `-- pgstrata: allow explicit-lock-table until ${archive.until} because nobody may write between the copy and the change\nLOCK TABLE ${kept.table} IN SHARE ROW EXCLUSIVE MODE`,
    `CREATE TABLE ${name} (${columns.join(', ')})`,
    `INSERT INTO ${name} SELECT ${selected.map((column) => (texts.has(column) ? `${column}::text` : column)).join(', ')} FROM ${rowsOf(before, kept.table)}`,
  ]
}

const afterCopy = (archive: Archive, kept: Kept, after: Catalog): readonly string[] => {
  if (kept.to === undefined || !hasAfter(kept)) return []
  const name = inArchive(archive, `${kept.label}_after`)
  const staying = stayingOf(kept)
  const columns = [...keyColumns(archive, kept), ...staying.map((each) => `${quoteIdentifier(each.name)} ${keptType(each.to.type)}`)]
  const value = ({ to }: KeptColumn): readonly string[] => (to ? [`${quoteIdentifier(to.name)}${isKeptAsText(to.type) ? '::text' : ''}`] : [])
  const key = kept.key === 'added' ? [addedKey(archive)] : kept.key.flatMap(value)
  return [
    `CREATE TABLE ${name} (${columns.join(', ')})`,
    `INSERT INTO ${name} SELECT ${[...key, ...staying.flatMap(value)].join(', ')} FROM ${rowsOf(after, kept.to)}`,
  ]
}

/** Where a sequence stands goes with it, and it would begin anew. */
export const lostSequences = (kept: readonly Kept[], before: Catalog, { tables }: Places): readonly RelationName[] =>
  kept.flatMap(({ table }) =>
    sequencesOwnedBy(before, table).flatMap(([name, { ownedBy }]) => (ownedBy && tables.get(table)?.columns.has(ownedBy.column) ? [] : [name])),
  )

const sequenceCopies = (archive: Archive): readonly string[] => {
  if (archive.sequences.length === 0) return []
  const name = inArchive(archive, 'sequences')
  return [
    `CREATE TABLE ${name} (name text, last_value bigint, is_called boolean)`,
    ...archive.sequences.map((sequence) => `INSERT INTO ${name} SELECT ${quoteLiteral(sequence)}, last_value, is_called FROM ${sequence}`),
  ]
}

/** The sequences stand where they stood. */
export const sequencesBack = (archive: Archive): readonly string[] =>
  archive.sequences.map(
    (sequence) =>
      `SELECT setval(${quoteLiteral(sequence)}, last_value, is_called) FROM ${inArchive(archive, 'sequences')} WHERE name = ${quoteLiteral(sequence)}`,
  )

/** What is run before the migration's first statement. */
export const copiesBefore = (archive: Archive, before: Catalog, tag: string): readonly string[] => [
  `CREATE SCHEMA ${quoteIdentifier(archive.schema)}`,
  `COMMENT ON SCHEMA ${quoteIdentifier(archive.schema)} IS ${quoteLiteral(`What ${tag} takes from tables, kept for its rollback. Made by pgstrata.`)}`,
  ...seeingAll(
    before,
    archive.kept.map(({ table }) => table),
    [...archive.kept.flatMap((kept) => beforeCopy(archive, kept, before)), ...sequenceCopies(archive)],
  ),
]

/** What is run behind its last one. */
export const copiesAfter = (archive: Archive, after: Catalog): readonly string[] =>
  seeingAll(
    after,
    archive.kept.map(({ to }) => to),
    archive.kept.flatMap((kept) => afterCopy(archive, kept, after)),
  )

/** The archive is taken away, and nothing else with it. `same`: the rollback has made tables of its own in it. */
export const withoutArchive = (archive: Archive, same: boolean): readonly string[] => {
  const tables = archive.kept.flatMap((kept) => [kept.label, ...(hasAfter(kept) ? [`${kept.label}_after`, ...(same ? [`${kept.label}_same`] : [])] : [])])
  const all = [...tables, ...(archive.sequences.length > 0 ? ['sequences'] : [])]
  return [...all.map((name) => `DROP TABLE ${inArchive(archive, name)}`), `DROP SCHEMA ${quoteIdentifier(archive.schema)} RESTRICT`]
}

/** Columns that stand for keys go when the archive goes. */
export const withoutKeys = (archive: Archive, tableOf: (kept: Kept) => RelationName | undefined): readonly string[] =>
  archive.kept.flatMap((kept) => {
    const table = tableOf(kept)
    return kept.key === 'added' && kept.to !== undefined && table !== undefined ? [`ALTER TABLE ${table} DROP COLUMN ${addedKey(archive)}`] : []
  })
