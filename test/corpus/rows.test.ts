/** Rows for the final catalog of every real history, tidy and not: nearly every table has some, each that has none is named, and foreign keys hold. */
import { beforeAll, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { catalogSql } from '../../src/changes/catalog-sql.ts'
import { agreement } from '../../src/features/agreement.ts'
import type { Catalog } from '../../src/model/catalog.ts'
import { display } from '../../src/model/name.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { countOf, fill, orphans } from '../rows/seeded.ts'
import { corpus, historyNames, needCorpus } from '../support/corpus.ts'
import { replayedFolder } from '../support/replayed.ts'

beforeAll(async () => {
  needCorpus()
  await loadSql()
})

it('all histories are there', () => {
  expect(historyNames).toHaveLength(15)
})

/** Tables that get no row, in either style, and why. */
const empty: Readonly<Record<string, readonly string[]>> = {}

let seeded = 0
let tables = 0

const emptyTables = async (session: Parameters<typeof countOf>[0], catalog: Catalog): Promise<readonly string[]> => {
  const found: string[] = []
  for (const [name, { partitionOf }] of catalog.tables) if (!partitionOf && (await countOf(session, name)) === 0) found.push(display(name))
  return found
}

it.each(historyNames)('%s', async (name) => {
  const { history, scripts, replayed: first, assumed, extensions, roles } = await replayedFolder(`${corpus}/${name}`)
  await using engine = await openEngine({ extensions, profile: 'replay' })
  const opaque = first.steps.some(({ changes }) => changes.some(({ kind }) => kind === 'opaque'))
  const plan = { scripts, replayed: first, ledger: history.ledger, extensions: assumed, roles, prefixes: 'last' } as const
  // Where memory cannot follow a statement, the engine answers.
  const { catalog } = opaque ? (await agreement(engine, plan)).replayed : first
  await using session = await engine.session(await engine.createDatabase())
  const present = new Set((await session.query('SELECT rolname FROM pg_roles')).map(({ rolname }) => String(rolname)))
  for (const role of catalog.roles.keys()) if (!present.has(role)) await session.script(`CREATE ROLE "${role}" NOLOGIN`)
  await session.script(['SET check_function_bodies = off', ...catalogSql(catalog).map((sql) => engine.adapt(sql))].join(';\n'))
  for (const style of ['benign', 'adverse'] as const) {
    await session.script('BEGIN')
    const unseedable = await fill(session, catalog, { style })
    expect(await orphans(session, catalog)).toEqual([])
    const without = await emptyTables(session, catalog)
    const all = [...catalog.tables.values()].filter(({ partitionOf }) => !partitionOf).length
    tables += all
    seeded += all - without.length
    for (const each of [...unseedable, ...without]) console.log(`${name}, ${style}: ${each} has no rows`)
    expect([...unseedable, ...without], style).toEqual(empty[name] ?? [])
    // Once more: what was written since.
    await fill(session, catalog, { style, offset: 1000 })
    expect(await orphans(session, catalog)).toEqual([])
    await session.script('ROLLBACK')
  }
})

it('at least 99 % of all tables have rows', () => {
  console.log(`${seeded} of ${tables} tables have rows (${((100 * seeded) / tables).toFixed(2)} %)`)
  expect(seeded / tables).toBeGreaterThanOrEqual(0.99)
})
