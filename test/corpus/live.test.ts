/** Live catalogs of real histories in memory: printed by the server, read, written as SQL and run, they are printed the same; and so is the way from there to what memory made of the migrations. */
import { beforeAll, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { catalogOf } from '../../src/changes/catalog-of.ts'
import { catalogSql } from '../../src/changes/catalog-sql.ts'
import { diff } from '../../src/changes/diff.ts'
import { toSql } from '../../src/changes/to-sql.ts'
import { ledgerSql, runHistory } from '../../src/drizzle/run.ts'
import { agreement } from '../../src/features/agreement.ts'
import { differences } from '../../src/model/printed.ts'
import type { Session } from '../../src/model/session.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { corpus, historyNames, needCorpus } from '../support/corpus.ts'
import { replayedFolder } from '../support/replayed.ts'

beforeAll(async () => {
  needCorpus()
  await loadSql()
})

it('all histories are there', () => {
  expect(historyNames).toHaveLength(15)
})

const prepare = async (session: Session, extensions: readonly string[], roles: readonly string[]): Promise<void> => {
  const present = new Set((await session.query('SELECT rolname FROM pg_roles')).map(({ rolname }) => String(rolname)))
  for (const role of roles) if (!present.has(role)) await session.script(`CREATE ROLE "${role}" NOLOGIN`)
  for (const extension of extensions) await session.script(`CREATE EXTENSION IF NOT EXISTS "${extension}"`)
}

it.each(historyNames)('%s', async (name) => {
  const { history, scripts, replayed: first, assumed, extensions, roles } = await replayedFolder(`${corpus}/${name}`)
  await using engine = await openEngine({ extensions, profile: 'replay' })
  // With what the engine answers for statements that memory cannot follow.
  const { replayed } = await agreement(engine, { scripts, replayed: first, ledger: history.ledger, extensions: assumed, roles, prefixes: 'last' })
  await using fresh = await openEngine({ extensions, profile: 'replay' })
  await using actual = await fresh.session(await fresh.createDatabase())
  await prepare(actual, assumed, roles)
  await actual.script(ledgerSql(history.ledger))
  expect(await runHistory(fresh, actual, scripts, history.ledger)).toBeUndefined()
  const exclude = [history.ledger]
  const real = await fresh.print(actual, { exclude })

  const live = catalogOf(real, { migratingRole: 'postgres' })
  expect(live.left).toEqual([])
  expect([...live.catalog.views].filter(([, { exact }]) => !exact).map(([view]) => view)).toEqual([])

  await using other = await fresh.session(await fresh.createDatabase())
  const run = (statements: readonly string[]) => other.script(statements.map((sql) => fresh.adapt(sql)).join(';\n'))
  await other.script('BEGIN; SET LOCAL check_function_bodies = off')
  await run(catalogSql(live.catalog))
  expect(differences(real, await fresh.print(other, { exclude, inTransaction: true }))).toEqual([])

  const catalog = { ...live.catalog, roles: replayed.catalog.roles }
  const way = toSql(diff(catalog, replayed.catalog), catalog)
  await run(way)
  expect(differences(real, await fresh.print(other, { exclude, inTransaction: true }))).toEqual([])
  await other.script('ROLLBACK')
})
