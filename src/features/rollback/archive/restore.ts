/** Rows and values back from an archive, where nobody has changed since what the migration left. */
import { columnOn } from '../../../changes/found-by.ts'
import { printType } from '../../../changes/types.ts'
import type { Catalog } from '../../../model/catalog.ts'
import { quoteIdentifier, type RelationName } from '../../../model/name.ts'
import { firing } from '../moving-rows.ts'
import { type Archive, addedKey, hasAfter, inArchive, stayingOf, valuesOf } from './copies.ts'
import { isKeptAsText, type Kept, type KeptColumn, rowsOf } from './kept.ts'

/** An expression as the archive would keep it. */
const asKept = (expression: string, type: KeptColumn['type']): string => (isKeptAsText(type) ? `${expression}::text` : expression)

/** A kept value as the column takes it. */
const asValue = (expression: string, type: KeptColumn['type']): string => (isKeptAsText(type) ? `${expression}::${printType(type)}` : expression)

type Side = 'before' | 'after'

/** Joins a row of the table, as it stands before or after the migration, with one of a copy. */
const matches = (archive: Archive, { key }: Kept, side: Side, copy: string): string =>
  key === 'added'
    ? `t.${addedKey(archive)} = ${copy}.${addedKey(archive)}`
    : key
        .map(
          ({ name, type, to }) => `${asKept(`t.${quoteIdentifier(side === 'before' ? name : (to?.name ?? name))}`, type)} = ${copy}.${quoteIdentifier(name)}`,
        )
        .join(' AND ')

/** The same for two copies. */
const joins = (archive: Archive, { key }: Kept, left: string, right: string): string =>
  (key === 'added' ? [addedKey(archive)] : key.map(({ name }) => quoteIdentifier(name))).map((name) => `${left}.${name} = ${right}.${name}`).join(' AND ')

/** For each row that the migration left: which of its values are still those. */
const sameCopy = (archive: Archive, kept: Kept, after: Catalog): readonly string[] => {
  if (kept.to === undefined || !hasAfter(kept)) return []
  const key = kept.key === 'added' ? [addedKey(archive)] : kept.key.map(({ name }) => quoteIdentifier(name))
  const same = stayingOf(kept).map(({ name, to }) => {
    const column = quoteIdentifier(name)
    return `${asKept(`t.${quoteIdentifier(to.name)}`, to.type)} IS NOT DISTINCT FROM b.${column} AS ${column}`
  })
  return [
    `CREATE TABLE ${inArchive(archive, `${kept.label}_same`)} AS SELECT ${[...key.map((name) => `b.${name}`), ...same].join(', ')} FROM ${inArchive(archive, `${kept.label}_after`)} AS b JOIN ${rowsOf(after, kept.to)} AS t ON ${matches(archive, kept, 'after', 'b')}`,
  ]
}

/** Values that come from the archive need no cast: they are NULL on their way. */
const emptied = (archive: Archive, kept: Kept, after: Catalog): readonly string[] => {
  const columns = stayingOf(kept).filter((column) => column.emptied)
  if (kept.to === undefined || columns.length === 0) return []
  const sets = columns.map(({ name, to }) => {
    const column = quoteIdentifier(to.name)
    return `${column} = CASE WHEN s.${quoteIdentifier(name)} THEN NULL ELSE t.${column} END`
  })
  return [
    `UPDATE ${rowsOf(after, kept.to)} AS t SET ${sets.join(', ')} FROM ${inArchive(archive, `${kept.label}_same`)} AS s WHERE ${matches(archive, kept, 'after', 's')}`,
  ]
}

/** No trigger fires for rows that come back. */
const triggersOff = (catalog: Catalog, table: RelationName | undefined): readonly string[] => {
  const known = table === undefined ? undefined : catalog.tables.get(table)
  return known ? firing(known).map(([name]) => `ALTER TABLE ${table} DISABLE TRIGGER ${name}`) : []
}

const triggersOn = (catalog: Catalog, { table, to }: Kept): readonly string[] => {
  const known = to === undefined ? undefined : catalog.tables.get(table)
  return known ? firing(known).map(([name, enable]) => `ALTER TABLE ${table} ${enable} ${name}`) : []
}

/** Before the first half: who has changed what, and no value that a cast could stumble over. */
export const takeAway = (archive: Archive, after: Catalog): { readonly same: readonly string[]; readonly emptied: readonly string[] } => ({
  same: archive.kept.flatMap((kept) => sameCopy(archive, kept, after)),
  emptied: [...archive.kept.flatMap(({ to }) => triggersOff(after, to)), ...archive.kept.flatMap((kept) => emptied(archive, kept, after))],
})

const removeNew = (archive: Archive, kept: Kept, catalog: Catalog): string => {
  const same = stayingOf(kept).map(({ name }) => `s.${quoteIdentifier(name)}`)
  const conditions = [
    matches(archive, kept, 'before', 's'),
    ...same,
    `NOT EXISTS (SELECT FROM ${inArchive(archive, kept.label)} AS a WHERE ${joins(archive, kept, 'a', 's')})`,
  ]
  return `DELETE FROM ${rowsOf(catalog, kept.table)} AS t USING ${inArchive(archive, `${kept.label}_same`)} AS s WHERE ${conditions.join(' AND ')}`
}

const insertInto = (archive: Archive, kept: Kept, catalog: Catalog): string => {
  const key = kept.key === 'added' && kept.to !== undefined ? [addedKey(archive)] : []
  const columns = [...key, ...kept.columns.map(({ name }) => quoteIdentifier(name))]
  const values = [...key.map((name) => `a.${name}`), ...kept.columns.map(({ name, type }) => asValue(`a.${quoteIdentifier(name)}`, type))]
  const identity = kept.columns.some(({ name }) => columnOn(catalog, kept.table, name)?.identity)
  return `INSERT INTO ${kept.table} (${columns.join(', ')})${identity ? ' OVERRIDING SYSTEM VALUE' : ''} SELECT ${values.join(', ')} FROM ${inArchive(archive, kept.label)} AS a`
}

/** Rows that the migration has deleted; not those that somebody has deleted since. */
const bringBack = (archive: Archive, kept: Kept, catalog: Catalog): string =>
  `${insertInto(archive, kept, catalog)} WHERE NOT EXISTS (SELECT FROM ${kept.table} AS t WHERE ${matches(archive, kept, 'before', 'a')}) AND NOT EXISTS (SELECT FROM ${inArchive(archive, `${kept.label}_after`)} AS b WHERE ${joins(archive, kept, 'b', 'a')})`

const update = (archive: Archive, kept: Kept, catalog: Catalog): readonly string[] => {
  const columns = valuesOf(kept)
  if (columns.length === 0) return []
  const staying = new Set(stayingOf(kept).map(({ name }) => name))
  const sets = columns.map(({ name, type }) => {
    const column = quoteIdentifier(name)
    const value = asValue(`a.${column}`, type)
    return `${column} = ${staying.has(name) ? `CASE WHEN s.${column} THEN ${value} ELSE t.${column} END` : value}`
  })
  const same = staying.size === 0 ? '' : ` LEFT JOIN ${inArchive(archive, `${kept.label}_same`)} AS s ON ${joins(archive, kept, 's', 'a')}`
  const row = (alias: string): string =>
    `ROW(${columns.map(({ name, type }) => (alias === 't' ? asKept(`t.${quoteIdentifier(name)}`, type) : `a.${quoteIdentifier(name)}`)).join(', ')})`
  const always = columns.filter(({ name }) => columnOn(catalog, kept.table, name)?.identity?.always)
  const generated = (how: string): readonly string[] =>
    always.map(({ name }) => `ALTER TABLE ${kept.table} ALTER COLUMN ${quoteIdentifier(name)} SET GENERATED ${how}`)
  return [
    ...generated('BY DEFAULT'),
    `UPDATE ${rowsOf(catalog, kept.table)} AS t SET ${sets.join(', ')} FROM ${inArchive(archive, kept.label)} AS a${same} WHERE ${matches(archive, kept, 'before', 'a')} AND ${row('t')} IS DISTINCT FROM ${row('a')}`,
    ...generated('ALWAYS'),
  ]
}

/** Between the halves: rows and values come back. `between`: the catalog in which they do. */
export const giveBack = (archive: Archive, between: Catalog): readonly string[] => [
  ...archive.kept.flatMap((kept) => (kept.rows && kept.to !== undefined ? [removeNew(archive, kept, between)] : [])),
  ...archive.kept.flatMap((kept) => (kept.to === undefined ? [insertInto(archive, kept, between)] : update(archive, kept, between))),
  ...archive.kept.flatMap((kept) => (kept.rows && kept.to !== undefined ? [bringBack(archive, kept, between)] : [])),
  ...archive.kept.flatMap((kept) => triggersOn(between, kept)),
]
