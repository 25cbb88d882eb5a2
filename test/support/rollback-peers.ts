/** Rollbacks of real migrations by pgstrata and by others, each run in PostgreSQL; our print of the catalog, and nothing else, is the judge. */
import { fork } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readHistoryFolder } from '../../src/adapters/folder/index.ts'
import { neededRoles } from '../../src/changes/needed-roles.ts'
import { replay } from '../../src/changes/replay.ts'
import { prepare } from '../../src/changes/run-start.ts'
import { startOf } from '../../src/changes/start.ts'
import { ledgerSql, runMigration } from '../../src/drizzle/run.ts'
import { compared } from '../../src/features/rollback/proof.ts'
import { rollbacksOf } from '../../src/features/rollback/rollback.ts'
import { rollbackSql } from '../../src/features/rollback/script.ts'
import type { Engine } from '../../src/model/engine.ts'
import { PostgresRefusal } from '../../src/model/error.ts'
import type { History } from '../../src/model/history.ts'
import type { Tree } from '../../src/model/json.ts'
import type { PrintedCatalog } from '../../src/model/printed.ts'
import { readScript } from '../../src/sql/script.ts'
import { completed } from './drizzle-kit.ts'
import { askPeer, type Peer, urlsOf } from './peers.ts'

export const rollbackMarks = {
  exact: 'PostgreSQL has the catalog from before',
  'order-only': 'the same, with columns in another order',
  differs: 'it runs, and leaves another catalog',
  refused: 'PostgreSQL refuses it',
  'no plan': 'the tool ends with an error, or asks a question that nobody answers, or has no snapshot',
} as const
export type RollbackMark = keyof typeof rollbackMarks

/** How often each mark, by tool. */
export type Tally = ReadonlyMap<string, ReadonlyMap<RollbackMark, number>>

type Plan = { readonly sql: readonly string[] } | { readonly failed: string }
type Judged = { readonly mark: RollbackMark; readonly why?: string }

const judged = (before: PrintedCatalog, now: PrintedCatalog): Judged => {
  const found = compared(before, now)
  if (found.state === 'exact' || found.state === 'order-only') return { mark: found.state }
  const left = found.state === 'differs' ? found.differences.slice(0, 3).map(({ kind, identity }) => `${kind} ${identity}`) : []
  return { mark: 'differs', why: left.join(', ') }
}

/** Runs a plan in a copy of the database after the migration. */
const judge = async (engine: Engine, after: string, before: PrintedCatalog, plan: Plan, history: History): Promise<Judged> => {
  if ('failed' in plan) return { mark: 'no plan', why: plan.failed }
  const copy = await engine.createDatabase(after)
  try {
    await using session = await engine.session(copy)
    await session.script('SET check_function_bodies = off')
    for (const sql of plan.sql) await session.script(engine.adapt(sql))
    return judged(before, await engine.print(session, { exclude: [history.ledger] }))
  } catch (error) {
    if (error instanceof PostgresRefusal) return { mark: 'refused', why: error.message }
    throw error
  } finally {
    await engine.dropDatabase(copy)
  }
}

const patience = 20_000

const swapSnapshots = (from: string, to: string): Promise<Plan> =>
  !existsSync(from) || !existsSync(to)
    ? Promise.resolve({ failed: 'there is no snapshot' })
    : new Promise((resolve) => {
        const child = fork('scripts/ask-snapshots.mjs', [], { silent: true, timeout: patience })
        child.send([from, to].map((path) => completed(JSON.parse(readFileSync(path, 'utf8')) as Tree)))
        child.once('message', (answer) => resolve(answer as Plan))
        child.once('exit', () => resolve({ failed: 'it asks whether something was renamed' }))
      })

const planBy = async (peer: Peer, at: string, after: string, before: string): Promise<Plan> => {
  const { sql, failed } = await askPeer(peer, at, after, before)
  return failed === undefined ? { sql } : { failed }
}

export const snapshotSwap = 'drizzle-kit, snapshots swapped'

/** What pgstrata is called where it may write the tables anew. */
export const rebuilding = 'pgstrata --rebuild'

/** What a history's databases must have. */
export const extensionsOf = async (folder: string): Promise<readonly string[]> => {
  const { created, extensions } = startOf((await readHistoryFolder(folder, {})).migrations.map(({ sql }) => readScript(sql ?? '')))
  return [...new Set([...created, ...extensions])]
}

/** Every so-many-th migration of a history, from the second on: what each tool says of the two databases around it. `told` hears each answer. How many were asked of. */
export const measureHistory = async (
  engine: Engine,
  folder: string,
  every: number,
  asked: readonly { readonly peer: Peer; readonly at: string }[],
  told: (tag: string, tool: string, judged: Judged) => void,
): Promise<number> => {
  const history = await readHistoryFolder(folder, {})
  const scripts = history.migrations.map(({ sql }) => readScript(sql ?? ''))
  const start = startOf(scripts)
  const replayed = replay(scripts, start.catalog)
  const positions = [...scripts.keys()].filter((at) => at % every === Math.min(1, every - 1))
  const rollbacks = rollbacksOf(history, replayed, positions, { start: start.catalog, postgres: 18 })
  const rebuilds = rollbacksOf(history, replayed, positions, { start: start.catalog, postgres: 18, rebuilds: true })
  const url = await urlsOf(engine)
  let before = await engine.createDatabase()
  {
    await using session = await engine.session(before)
    await prepare(session, { before: start.platform.sql, extensions: start.extensions, roles: neededRoles(replayed.steps) })
    await session.script(ledgerSql(history.ledger))
  }
  for (const [index, script] of scripts.entries()) {
    const migration = history.migrations[index]
    const rollback = rollbacks.get(index)
    if (!migration || !rollback) {
      await using session = await engine.session(before)
      await runMigration(engine, session, script)
      continue
    }
    const after = await engine.createDatabase(before)
    let goal: PrintedCatalog
    {
      await using session = await engine.session(after)
      goal = await engine.print(session, { exclude: [history.ledger] })
      await runMigration(engine, session, script)
    }
    for (const [tool, made] of [
      ['pgstrata', rollback],
      [rebuilding, rebuilds.get(index) ?? rollback],
    ] as const) {
      const { inside, afterwards } = rollbackSql(made, history.ledger)
      told(migration.tag, tool, await judge(engine, after, goal, { sql: ['BEGIN', ...inside, 'COMMIT', ...afterwards] }, history))
    }
    for (const { peer, at } of asked) told(migration.tag, peer.what, await judge(engine, after, goal, await planBy(peer, at, url(after), url(before)), history))
    const snapshot = (at: number): string => join(folder, history.migrations[at]?.snapshot?.path ?? 'none')
    if (index > 0) told(migration.tag, snapshotSwap, await judge(engine, after, goal, await swapSnapshots(snapshot(index), snapshot(index - 1)), history))
    await engine.dropDatabase(before)
    before = after
  }
  await engine.dropDatabase(before)
  return positions.length
}
