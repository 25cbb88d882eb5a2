/** A snapshot's statements, read in memory into a catalog of their own. */

import { emptyCatalog } from '../../changes/edit.ts'
import { clipIdentifier } from '../../changes/names.ts'
import { readStatement } from '../../changes/read.ts'
import type { SnapshotCatalog } from '../../drizzle/snapshot-catalog.ts'
import { type SnapshotStatement, snapshotStatements } from '../../drizzle/snapshot-sql.ts'
import type { Catalog, Table } from '../../model/catalog.ts'
import { PostgresRefusal, refusalText } from '../../model/error.ts'
import { type ObjectKey, parseKey, partsOf, qualified, quoteIdentifier, type RelationName, schemaOf } from '../../model/name.ts'
import type { Statement } from '../../model/statement.ts'
import { readStatements } from '../../sql/script.ts'

/** What a snapshot says that memory could not follow. */
export type Unread = { readonly object: ObjectKey; readonly sql: string; readonly why: string }

export type SnapshotReading = {
  readonly catalog: Catalog
  readonly unread: readonly Unread[]
  /** Tables that the snapshot only points to; they come from the SQL's catalog and are not the snapshot's. */
  readonly borrowed: ReadonlySet<RelationName>
}

/** A key with the identifiers that PostgreSQL keeps: at most 63 bytes each. */
const clipped = (object: ObjectKey): ObjectKey => {
  const { kind, name } = parseKey(object)
  return `${kind} ${partsOf(name).map(clipIdentifier).map(quoteIdentifier).join('.')}`
}

const onlyKeys = (table: Table): Table => ({
  ...table,
  policies: new Map(),
  triggers: new Map(),
  rules: new Map(),
  rowSecurity: false,
  forceRowSecurity: false,
  constraints: new Map([...table.constraints].filter(([, { type }]) => type === 'primary key' || type === 'unique')),
})

/** What a snapshot takes for granted: all that it cannot say. Schemas that only hold such things, or that its tables stand in, must be there as well. */
const ground = (snapshot: SnapshotCatalog, sql: Catalog): Catalog => {
  const types = new Map([...sql.types].filter(([, { kind }]) => kind !== 'enum'))
  const made = new Set(snapshot.schemas)
  const needed = [
    'public',
    ...sql.schemas.keys(),
    ...[...snapshot.tables, ...snapshot.enums, ...snapshot.sequences, ...snapshot.views, ...snapshot.existingViews].map(({ schema }) => schema),
    ...[...types.keys()].map(schemaOf),
  ].filter((schema) => !made.has(schema))
  const views = snapshot.existingViews.flatMap((view): [RelationName, NonNullable<ReturnType<Catalog['views']['get']>>][] => {
    const found = sql.views.get(qualified(view.schema, view.name))
    return found ? [[qualified(view.schema, view.name), found]] : []
  })
  return {
    ...emptyCatalog,
    schemas: new Map(needed.map((schema) => [schema, {}])),
    extensions: sql.extensions,
    types,
    routines: sql.routines,
    definitions: sql.definitions,
    views: new Map(views),
    roles: sql.roles,
  }
}

type Pending = SnapshotStatement & { readonly statement: Statement }
type Failed = Pending & { readonly why: PostgresRefusal }

/** Reads what can be read now; what PostgreSQL would refuse at this point is handed back. */
const pass = (catalog: Catalog, pending: readonly Pending[], unread: Unread[]): { readonly catalog: Catalog; readonly failed: readonly Failed[] } => {
  const failed: Failed[] = []
  let current = catalog
  for (const one of pending) {
    try {
      const read = readStatement(one.statement, current)
      const opaque = read.changes.find((change) => change.kind === 'opaque')
      if (opaque) unread.push({ object: clipped(one.makes), sql: one.sql, why: 'reason' in opaque ? opaque.reason : 'memory cannot follow it' })
      else current = read.catalog
    } catch (error) {
      if (!(error instanceof PostgresRefusal)) throw error
      failed.push({ ...one, why: error })
    }
  }
  return { catalog: current, failed }
}

/** Reads until nothing more can be read: views stand in any order. */
const passes = (catalog: Catalog, pending: readonly Pending[], unread: Unread[]): ReturnType<typeof pass> => {
  let done = pass(catalog, pending, unread)
  for (let before = pending.length; done.failed.length > 0 && done.failed.length < before; ) {
    before = done.failed.length
    done = pass(done.catalog, done.failed, unread)
  }
  return done
}

const parsed = (statements: readonly SnapshotStatement[], unread: Unread[]): readonly Pending[] =>
  statements.flatMap((one): readonly Pending[] => {
    try {
      const [statement, ...more] = readStatements(one.sql)
      if (statement && more.length === 0) return [{ ...one, statement }]
      unread.push({ object: clipped(one.makes), sql: one.sql, why: 'it is not one statement' })
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      unread.push({ object: clipped(one.makes), sql: one.sql, why: error.message })
    }
    return []
  })

/**
 * The catalog that a snapshot describes. What snapshots cannot say (functions, extensions, domains …) is taken from the catalog that the SQL makes, because
 * defaults, types and policies of the snapshot use it.
 */
export const readSnapshotCatalog = (snapshot: SnapshotCatalog, sql: Catalog): SnapshotReading => {
  const unread: Unread[] = []
  const first = passes(ground(snapshot, sql), parsed(snapshotStatements(snapshot), unread), unread)
  if (first.failed.length === 0) return { catalog: first.catalog, unread, borrowed: new Set() }
  const foreign = [...sql.tables].filter(
    ([name]) => !first.catalog.tables.has(name) && !snapshot.tables.some((table) => qualified(table.schema, table.name) === name),
  )
  const lent = { ...first.catalog, tables: new Map([...first.catalog.tables, ...foreign.map(([name, table]) => [name, onlyKeys(table)] as const)]) }
  const second = passes(lent, first.failed, unread)
  unread.push(...second.failed.map(({ makes, sql: text, why }) => ({ object: clipped(makes), sql: text, why: refusalText(why) })))
  return { catalog: second.catalog, unread, borrowed: new Set(foreign.map(([name]) => name)) }
}
