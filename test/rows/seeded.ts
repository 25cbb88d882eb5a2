/** Tables with rows in a real server, inside of a transaction that is taken back. */

import type { Catalog } from '../../src/model/catalog.ts'
import type { Engine } from '../../src/model/engine.ts'
import { localName, quoteIdentifier, type RelationName } from '../../src/model/name.ts'
import type { Session } from '../../src/model/session.ts'
import { type SeedOptions, seedRows } from '../../src/rows/index.ts'
import { play } from '../support/sql.ts'

/** Puts rows into all tables of a catalog, in the session's open transaction; answers what is unseedable. */
export const fill = async (session: Session, catalog: Catalog, options: SeedOptions): Promise<readonly string[]> => {
  const { seeds, unseedable } = seedRows(catalog, 'all', options)
  await session.script('SET LOCAL session_replication_role = replica')
  for (const { table, sql } of seeds) {
    await session.script(sql).catch((error: unknown) => {
      throw new Error(`${table} (${options.style}): ${String(error)}\n${sql}`)
    })
  }
  await session.script('SET LOCAL session_replication_role = DEFAULT')
  return unseedable.map(({ table, why }) => `${localName(table)}: ${why}`)
}

export const countOf = async (session: Session, table: RelationName): Promise<number> =>
  Number((await session.query(`SELECT count(*)::int AS rows FROM ${table}`))[0]?.rows)

/** Rows whose foreign key holds in no parent, by constraint. */
export const orphans = async (session: Session, catalog: Catalog): Promise<readonly string[]> => {
  const found: string[] = []
  for (const [table, { constraints }] of catalog.tables) {
    for (const [name, key] of constraints) {
      if (key.type !== 'foreign key') continue
      const on = key.columns.map((column, at) => `c.${quoteIdentifier(column)} = p.${quoteIdentifier(key.referenced[at] ?? '')}`).join(' AND ')
      const filled = key.columns.map((column) => `c.${quoteIdentifier(column)} IS NOT NULL`).join(' AND ')
      const absent = `p.${quoteIdentifier(key.referenced[0] ?? '')} IS NULL`
      const [row] = await session.query(`SELECT count(*)::int AS rows FROM ${table} c LEFT JOIN ${key.references} p ON ${on} WHERE ${filled} AND ${absent}`)
      if (row?.rows !== 0) found.push(`${table} ${name}: ${row?.rows}`)
    }
  }
  return found
}

export type Filled = {
  readonly session: Session
  /** All rows of a query. */
  readonly rows: (sql: string) => Promise<readonly Record<string, unknown>[]>
  readonly counts: Readonly<Record<string, number>>
  readonly unseedable: readonly string[]
  /** Seeds once more, with numbers from there on; answers the counts. */
  readonly again: (offset: number) => Promise<Readonly<Record<string, number>>>
}

/** Makes tables, fills them, looks at them, and takes everything back. */
export const withRows = async <T>(engine: Engine, ddl: string, options: SeedOptions, look: (filled: Filled) => Promise<T>): Promise<T> => {
  const { catalog } = play(ddl)
  await using session = await engine.session(await engine.createDatabase())
  await session.script('BEGIN')
  await session.script(engine.adapt(ddl))
  const counts = async (): Promise<Readonly<Record<string, number>>> => {
    const dangling = await orphans(session, catalog)
    if (dangling.length > 0) throw new Error(`foreign keys do not hold: ${dangling.join('; ')}`)
    const found: Record<string, number> = {}
    for (const table of catalog.tables.keys()) found[localName(table)] = await countOf(session, table)
    return found
  }
  const unseedable = await fill(session, catalog, options)
  return await look({
    session,
    rows: (sql) => session.query(sql),
    counts: await counts(),
    unseedable,
    again: async (offset) => {
      await fill(session, catalog, { ...options, offset })
      return await counts()
    },
  })
}
