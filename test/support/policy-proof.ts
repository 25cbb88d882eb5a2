/** Findings on real histories, drawn at random, beside what PostgreSQL does at that point of the history. */
import { existsSync, readdirSync } from 'node:fs'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { readHistoryFolder } from '../../src/adapters/folder/index.ts'
import { type Batch, simulateBatch } from '../../src/changes/batch.ts'
import { neededRoles } from '../../src/changes/needed-roles.ts'
import { type Replay, replay } from '../../src/changes/replay.ts'
import { type Start, startOf } from '../../src/changes/start.ts'
import { ledgerSql, runMigration } from '../../src/drizzle/run.ts'
import type { Catalog } from '../../src/model/catalog.ts'
import type { History } from '../../src/model/history.ts'
import { quoteIdentifier, type RelationName } from '../../src/model/name.ts'
import type { Session } from '../../src/model/session.ts'
import type { Script } from '../../src/model/statement.ts'
import { type Judged, judgeBatch } from '../../src/rules/judge.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'
import { relationsIn } from './observe.ts'
import { claims, effectFaults, failureFaults, type Place, type Run, runBatch } from './proof.ts'
import { fill, type Manner, manners } from './rows.ts'

type Read = { readonly name: string; readonly history: History; readonly scripts: readonly Script[]; readonly start: Start; readonly replayed: Replay }

/** One finding that claims something, and where it stands. */
export type Drawn = { readonly corpus: string; readonly migration: number; readonly path: string; readonly judged: Judged; readonly all: readonly Judged[] }
export type Verdict = { readonly drawn: Drawn; readonly faults: readonly string[] }
export type Proof = { readonly judged: number; readonly claiming: number; readonly verdicts: readonly Verdict[] }

const read = async (corpus: string, name: string): Promise<Read> => {
  const history = await readHistoryFolder(`${corpus}/${name}`, { snapshots: false })
  const scripts = history.migrations.map(({ sql }) => readScript(sql ?? ''))
  const start = startOf(scripts)
  return { name, history, scripts, start, replayed: replay(scripts, start.catalog) }
}

const batchAt = ({ replayed, start }: Read, migration: number): Batch => {
  const before: Catalog = (migration === 0 ? undefined : replayed.catalogs[migration - 1]) ?? start.catalog
  return simulateBatch(
    replayed.steps.filter((step) => step.migration === migration),
    'drizzle',
    before,
  )
}

/** All rules on, whatever the preset: every claim is to be true. */
const judgeAt = (of: Read, migration: number): readonly Judged[] => {
  const batch = batchAt(of, migration)
  return batch.steps.length === 0 ? [] : judgeBatch(batch, { policy: { preset: 'strict' }, postgres: 18, usage: () => ({}), now: Date.UTC(2031, 0, 1) })
}

/** A generator of numbers below 1 that a seed decides (mulberry32). */
const random = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Rules take turns, each with a finding of its own drawn at random, so that the frequent ones do not crowd out the rest. */
const draw = (found: readonly Drawn[], count: number, seed: number): readonly Drawn[] => {
  const next = random(seed)
  const shuffled = found
    .map((each) => ({ each, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ each }) => each)
  const seen = new Map<string, number>()
  const turns = shuffled
    .map((finding) => {
      const turn = seen.get(finding.judged.rule.id) ?? 0
      seen.set(finding.judged.rule.id, turn + 1)
      return { finding, turn }
    })
    .sort((a, b) => a.turn - b.turn)
  return turns.slice(0, count).map(({ finding }) => finding)
}

/** A batch that ends its transaction itself cannot be tried and taken back. */
const leaves = ({ steps }: Batch): boolean => steps.some(({ step }) => step.statement.node === 'TransactionStmt')

/**
 * Where a statement is refused that a finding says is refused, nothing after it can be observed: the batch then runs without it, as it would once that finding
 * is mended.
 */
const withoutRefused = async (first: Run, all: readonly Judged[], once: (without: ReadonlySet<number>) => Promise<Run>): Promise<Run> => {
  const told = new Map(all.flatMap(({ at, hit }) => (hit.claim?.fails === undefined ? [] : [[at.position, hit.claim.fails] as const])))
  const without = new Set<number>()
  let run = first
  while (run.refused && told.get(run.refused.at) === run.refused.error.sqlstate && !without.has(run.refused.at)) {
    without.add(run.refused.at)
    run = await once(without)
  }
  return run
}

const verdicts = async (place: Place, batch: Batch, drawn: readonly Drawn[]): Promise<readonly Verdict[]> => {
  const failing = drawn.filter(({ judged }) => judged.hit.claim?.fails !== undefined)
  const last = failing.length > 0 || leaves(batch) ? batch.steps.length - 1 : Math.max(...drawn.map(({ judged }) => judged.at.position))
  const wanted = new Set(drawn.map(({ judged }) => judged.at.position))
  const options = { wanted: (position: number) => wanted.has(position), until: last, keep: false }
  const once = (without: ReadonlySet<number>): Promise<Run> =>
    leaves(batch) ? copied(place, (copy) => runBatch(copy, batch, { ...options, without })) : runBatch(place, batch, { ...options, without })
  const run = await once(new Set())
  const rest = await withoutRefused(run, drawn[0]?.all ?? [], once)
  const found: Verdict[] = []
  for (const each of drawn) {
    const failure = failureFaults(each.judged, run)
    const shown = failure.length === 0 || (await failsWithRows(place, batch, each.judged))
    found.push({ drawn: each, faults: [...effectFaults(each.judged, each.all, rest), ...(shown ? [] : failure)] })
  }
  return found
}

/** The tables that rows may stand in: those that the statement is about or locks. */
const tablesOf = ({ hit, at }: Judged): readonly RelationName[] => [
  ...new Set([hit.relation, ...at.footprint.locks.map(({ relation }) => relation)].flatMap((relation) => (relation === undefined ? [] : [relation]))),
]

/** The batch with rows that stand there before the statement at `from`, or before the first later one that knows their tables: the batch may rename them. */
const runWithRows = (place: Place, batch: Batch, judged: Judged, manner: Manner, from: number): Promise<Run> => {
  let filled = false
  return runBatch(place, batch, {
    wanted: () => false,
    keep: false,
    before: async (position) => {
      if (filled || position < from || position > judged.at.position) return
      const there = await relationsIn(place.session)
      const tables = tablesOf(judged).filter((relation) => there.kinds.get(relation) === 'r')
      if (tables.length === 0) return
      filled = true
      if (leaves(batch)) await place.session.script('BEGIN')
      for (const relation of tables) await fill(place.session, relation, manner)
      if (leaves(batch)) await place.session.script(batch.steps[position]?.inBlock ? 'COMMIT; BEGIN' : 'COMMIT')
    },
  })
}

/**
 * True when rows make the batch fail as the finding says. They are there before the batch, which may yet put them right; where they make an earlier
 * statement fail, they come after that one.
 */
const failsWithRows = async (place: Place, batch: Batch, judged: Judged): Promise<boolean> => {
  for (const manner of manners(judged.at.step.statement.text)) {
    let from = 0
    while (from <= judged.at.position) {
      const start = from
      const run = await (leaves(batch)
        ? copied(place, (copy) => runWithRows(copy, batch, judged, manner, start))
        : runWithRows(place, batch, judged, manner, start))
      if (failureFaults(judged, run).length === 0) return true
      if (!run.refused || run.refused.at >= judged.at.position || run.refused.at < from) break
      from = run.refused.at + 1
    }
  }
  return false
}

/** Does the work in a copy of the place's database, which nobody may be connected to meanwhile. */
const copied = async <T>({ engine, database }: Place, work: (copy: Place) => Promise<T>): Promise<T> => {
  const copy = await engine.createDatabase(database)
  const session = await engine.session(copy)
  try {
    return await work({ engine, database: copy, session })
  } finally {
    await session[Symbol.asyncDispose]()
    await engine.dropDatabase(copy)
  }
}

const prepare = async (session: Session, { history, start, replayed }: Read): Promise<void> => {
  if (start.platform.sql.length > 0) await session.script(start.platform.sql.join(';\n'))
  const present = new Set((await session.query('SELECT rolname FROM pg_roles')).map(({ rolname }) => String(rolname)))
  for (const role of neededRoles(replayed.steps)) if (!present.has(role)) await session.script(`CREATE ROLE ${quoteIdentifier(role)} NOLOGIN`)
  for (const extension of start.extensions) await session.script(`CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(extension)}`)
  await session.script(ledgerSql(history.ledger))
}

/** One history run in order. Before each migration that a finding was drawn from, it is tried and taken back, or tried in a copy. */
const prove = async (of: Read, drawn: readonly Drawn[]): Promise<readonly Verdict[]> => {
  await using engine = await openEngine({ extensions: [...of.start.created, ...of.start.extensions], profile: 'replay' })
  const database = await engine.createDatabase()
  let session = await engine.session(database)
  await prepare(session, of)
  const found: Verdict[] = []
  const last = Math.max(...drawn.map(({ migration }) => migration))
  for (const [migration, script] of of.scripts.slice(0, last + 1).entries()) {
    const here = drawn.filter((each) => each.migration === migration)
    const batch = batchAt(of, migration)
    if (here.length > 0 && leaves(batch)) {
      await session[Symbol.asyncDispose]()
      found.push(...(await verdicts({ engine, database, session }, batch, here)))
      session = await engine.session(database)
    } else if (here.length > 0) {
      found.push(...(await verdicts({ engine, database, session }, batch, here)))
      await session.script('DISCARD TEMP; RESET ALL')
    }
    await runMigration(engine, session, script)
  }
  await session[Symbol.asyncDispose]()
  return found
}

/**
 * Judges every migration of every history in a folder as the new one, draws findings that claim something, and tries them. Throws when the folder is not
 * there. Findings of migrations that end their transaction themselves are tried too, in the run itself.
 */
export const provePolicy = async (corpus: string, count: number, seed: number, only?: ReadonlySet<string>): Promise<Proof> => {
  if (!existsSync(corpus)) throw new Error(`There are no migration histories in ${corpus}; set PGSTRATA_CORPUS.`)
  await loadSql()
  const names = readdirSync(corpus, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const histories: Read[] = []
  for (const { name } of names) histories.push(await read(corpus, name))
  const findings = histories.flatMap((of) =>
    of.history.migrations.flatMap(({ path }, migration) => {
      const all = judgeAt(of, migration)
      return all.map((judged): Drawn => ({ corpus: of.name, migration, path, judged, all }))
    }),
  )
  const claiming = findings.filter(({ judged }) => claims(judged) && (only === undefined || only.has(judged.rule.id)))
  const drawn = draw(claiming, count, seed)
  const found: Verdict[] = []
  for (const of of histories) {
    const here = drawn.filter(({ corpus: name }) => name === of.name)
    if (here.length > 0) found.push(...(await prove(of, here)))
  }
  return { judged: findings.length, claiming: claiming.length, verdicts: found }
}

/** A wrong finding in one line. */
export const lineOf = ({ drawn: { corpus, path, judged }, faults }: Verdict): string =>
  `${corpus}/${path}:${judged.at.step.statement.start.line} ${judged.rule.id}: ${faults.join('; ')}`
