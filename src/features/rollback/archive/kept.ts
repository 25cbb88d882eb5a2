/** What an archive keeps: of each table that a migration takes something from, a key and the columns, or whole rows. */
import { equal } from '../../../changes/equal.ts'
import { childrenOf, constraintsOn, rootOf } from '../../../changes/found-by.ts'
import { printType, userTypeName } from '../../../changes/types.ts'
import type { Attribute, Catalog, Table, TypeReference } from '../../../model/catalog.ts'
import { localName, type RelationName } from '../../../model/name.ts'
import { withChildren } from '../affected.ts'
import type { Loss } from '../losses.ts'
import type { Place, Places } from './places.ts'

/** A column and the type in which it is kept. */
export type KeptColumn = {
  /** Before the migration. */
  readonly name: string
  readonly type: TypeReference
  /** After it; undefined where it is gone. */
  readonly to?: Attribute
  /** Its values cannot or need not go back by a cast: they are taken away before and come from the archive. */
  readonly emptied: boolean
}

export type Kept = {
  /** Before the migration. */
  readonly table: RelationName
  /** After it; undefined where it is gone. */
  readonly to: RelationName | undefined
  /** The name of the copy. */
  readonly label: string
  /** Whole rows: those that are gone come back, and those that came with the migration go. */
  readonly rows: boolean
  /** What a row is known by before and after; none where the table is gone. A table without a key gets a column for it. */
  readonly key: readonly KeptColumn[] | 'added'
  readonly columns: readonly KeptColumn[]
}

type Around = { readonly before: Catalog; readonly after: Catalog }

/** Built-in types whose values cannot be compared, or that say more in text. */
const uncompared = new Set(['json', 'xml', 'point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle', 'bpchar', 'char'])

/** Types of users and extensions are kept as text: a typed copy would hold the type, which could then not be dropped. */
export const isKeptAsText = ({ schema, name }: TypeReference): boolean => schema !== 'pg_catalog' || uncompared.has(name)

/** The type of a column in the archive. */
export const keptType = (type: TypeReference): string => (isKeptAsText(type) ? 'text' : printType(type))

const isSameType = ({ before, after }: Around, from: TypeReference, to: TypeReference): boolean => {
  const name = userTypeName(from)
  return equal(from, to) && (name === undefined || equal(before.types.get(name), after.types.get(name)))
}

const isInPrimaryKey = (catalog: Catalog, table: RelationName, column: string): boolean =>
  constraintsOn(catalog, table).some((constraint) => constraint.type === 'primary key' && constraint.columns.includes(column))

const keptColumn = (around: Around, { name, type }: Attribute, place: Place | undefined): KeptColumn => {
  const to = place?.columns.get(name)
  const changes = place !== undefined && to !== undefined && !isSameType(around, type, to.type)
  const emptied = changes && !to.identity && !to.generated && !isInPrimaryKey(around.after, place.table, to.name)
  return { name, type, emptied, ...(to ? { to } : {}) }
}

/** Columns that identify a row before and after: a key that nothing has changed. */
const keyOf = (around: Around, table: Table, place: Place, sets: ReadonlySet<string>): readonly KeptColumn[] | 'added' => {
  const attribute = (name: string): Attribute | undefined => table.columns.find((column) => column.name === name)
  const stays = (name: string): boolean => {
    const [from, to] = [attribute(name), place.columns.get(name)]
    return from !== undefined && from.notNull !== false && to !== undefined && !from.generated && !sets.has(name) && isSameType(around, from.type, to.type)
  }
  const keys = [...table.constraints.values()].flatMap((each) =>
    (each.type === 'primary key' || each.type === 'unique') && !each.withoutOverlaps && each.columns.every(stays) ? [each] : [],
  )
  const key = keys.find(({ type }) => type === 'primary key') ?? keys[0]
  return key ? key.columns.flatMap((name) => attribute(name) ?? []).map((each) => keptColumn(around, each, place)) : 'added'
}

type Wanted = { rows: boolean; readonly columns: Set<string> }

/** Rows of a partition are its root's; a partition that is dropped alone is a table by itself. */
const holderOf = ({ before }: Around, { tables }: Places, table: RelationName, claimed: ReadonlySet<RelationName>): RelationName => {
  const root = rootOf(before, table)
  return root !== table && (claimed.has(root) || tables.has(table)) ? root : table
}

/** The columns that were set where nothing else was done to the rows; no trigger may have set others. */
const onlyUpdated = ({ before }: Around, { tables, written }: Places, table: RelationName): ReadonlySet<string> | undefined => {
  const known = written.get(table)
  return tables.has(table) && known && !known.rows && before.tables.get(table)?.triggers.size === 0 ? known.sets : undefined
}

const wantedOf = (claims: readonly Loss[], around: Around, places: Places): ReadonlyMap<RelationName, Wanted> => {
  const whole = new Set(claims.filter(({ columns }) => columns === undefined).map(({ table }) => table))
  const removing = [...whole].filter((table) => places.tables.has(table) && places.written.get(table)?.removes !== false)
  const taken = withChildren(around.before, new Set(removing))
  const wanted = new Map<RelationName, Wanted>()
  const want = (table: RelationName): Wanted => {
    const holder = holderOf(around, places, table, whole)
    const known: Wanted = wanted.get(holder) ?? { rows: false, columns: new Set<string>() }
    wanted.set(holder, known)
    return known
  }
  for (const table of new Set([...whole, ...taken])) {
    const updated = taken.has(table) ? undefined : onlyUpdated(around, places, table)
    if (updated) for (const column of updated) want(table).columns.add(column)
    else want(table).rows = true
  }
  for (const { table, columns = [] } of claims) for (const column of columns) want(table).columns.add(column)
  return wanted
}

/** Names of copies: those of the tables, cut so that more can be added, and told apart. */
export const labelsOf = (tables: Iterable<RelationName>): ReadonlyMap<RelationName, string> => {
  const labels = new Map<RelationName, string>()
  const used = new Set<string>(['sequences'])
  for (const table of tables) {
    const own = localName(table).slice(0, 40)
    let label = own
    for (let number = 2; ['', '_after', '_same'].some((end) => used.has(`${label}${end}`)); number++) label = `${own}_${number}`
    for (const end of ['', '_after', '_same']) used.add(`${label}${end}`)
    labels.set(table, label)
  }
  return labels
}

/** What is kept for these claims, in the order of the tables' names. */
export const keptFor = (claims: readonly Loss[], around: Around, places: Places): readonly Kept[] => {
  const wanted = wantedOf(claims, around, places)
  const tables = [...wanted.keys()].filter((table) => around.before.tables.has(table)).sort()
  const labels = labelsOf(tables)
  return tables.flatMap((name): readonly Kept[] => {
    const [table, want, place] = [around.before.tables.get(name), wanted.get(name), places.tables.get(name)]
    if (!table || !want || table.kind === 'foreign') return []
    const rows = want.rows || place === undefined
    const columns = table.columns.filter((column) => column.generated === undefined && (rows || want.columns.has(column.name)))
    const key = place ? keyOf(around, table, place, places.written.get(name)?.sets ?? new Set()) : []
    return columns.length === 0
      ? []
      : [{ table: name, to: place?.table, label: labels.get(name) ?? '', rows, key, columns: columns.map((column) => keptColumn(around, column, place)) }]
  })
}

/** Rows of tables that inherit are not the parent's own. */
export const rowsOf = (catalog: Catalog, table: RelationName): string =>
  catalog.tables.get(table)?.kind === 'table' && childrenOf(catalog, table).length > 0 ? `ONLY ${table}` : table
