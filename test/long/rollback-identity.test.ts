/** Inversion by two roads that must agree: what PostgreSQL knows by the same OID and attnum before and after a migration has its old name after the rollback that memory has made, and was not made anew. */
import { beforeAll, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { readHistoryFolder } from '../../src/adapters/folder/index.ts'
import { type Identities, identitiesOf } from '../../src/changes/identities.ts'
import { neededRoles } from '../../src/changes/needed-roles.ts'
import { replay } from '../../src/changes/replay.ts'
import { prepare } from '../../src/changes/run-start.ts'
import { startOf } from '../../src/changes/start.ts'
import { chunksOf, fitsTransaction, freshSql, ledgerSql, runMigration } from '../../src/drizzle/run.ts'
import { rollbacksOf } from '../../src/features/rollback/rollback.ts'
import { rollbackSql } from '../../src/features/rollback/script.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'
import { corpus, historyNames } from '../support/corpus.ts'

beforeAll(async () => {
  expect(historyNames).toHaveLength(15)
  await loadSql()
})

/** Tables and columns that were there all along, and are called otherwise afterwards or are other ones. */
const lost = (before: Identities, between: Identities, afterwards: Identities): readonly string[] =>
  [...before].flatMap(([key, was]) => {
    if ((was.kind !== 'table' && was.kind !== 'column') || !between.has(key)) return []
    const is = afterwards.get(key)
    return is?.name === was.name && is.schema === was.schema ? [] : [`${was.kind} ${was.schema}.${was.name}`]
  })

let [tried, renamed] = [0, 0]

it.each(historyNames)('%s: both roads lead to the same', { timeout: 20 * 60_000 }, async (name) => {
  const history = await readHistoryFolder(`${corpus}/${name}`, {})
  const scripts = history.migrations.map(({ sql }) => readScript(sql ?? ''))
  const start = startOf(scripts)
  const replayed = replay(scripts, start.catalog)
  const rollbacks = rollbacksOf(history, replayed, [...scripts.keys()], { start: start.catalog, postgres: 18 })
  await using engine = await openEngine({ extensions: [...start.created, ...start.extensions], profile: 'replay' })
  await using session = await engine.session(await engine.createDatabase())
  await prepare(session, { before: start.platform.sql, extensions: start.extensions, roles: neededRoles(replayed.steps) })
  await session.script(ledgerSql(history.ledger))
  const disagreeing: string[] = []
  for (const [at, script] of scripts.entries()) {
    const rollback = rollbacks.get(at)
    if (rollback?.inverse.road === 'statements' && rollback.inverse.afterwards.length === 0 && fitsTransaction(script)) {
      const before = await identitiesOf(session)
      await session.script(['BEGIN', ...chunksOf(engine, script), ...freshSql].join('\n;\n'))
      const between = await identitiesOf(session)
      await session.script('SET LOCAL session_replication_role = replica')
      // Rows that the history itself has written are not asked here.
      for (const { table } of rollback.guards) await session.script(`DELETE FROM ${table}`)
      await session.script(['SET LOCAL session_replication_role = origin', ...rollbackSql(rollback, history.ledger).inside].join(';\n'))
      for (const what of lost(before, between, await identitiesOf(session))) disagreeing.push(`${history.migrations[at]?.tag}: ${what}`)
      await session.script('ROLLBACK')
      tried += 1
      renamed += [...before].filter(([key, was]) => between.has(key) && between.get(key)?.name !== was.name).length
    }
    await runMigration(engine, session, script)
  }
  expect(disagreeing).toEqual([])
})

it('they were asked over the histories', () => {
  console.log(`${tried} migrations, ${renamed} objects renamed`)
  expect(tried).toBeGreaterThan(1300)
  expect(renamed).toBeGreaterThan(50)
})
