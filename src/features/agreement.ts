/** Law 3: the catalog in memory, written as SQL and run, is the catalog that PostgreSQL has after the migrations themselves. */

import { wholeOf, withAnswered } from '../changes/answered.ts'
import type { Baseline } from '../changes/baseline.ts'
import { catalogOf, type LeftObject } from '../changes/catalog-of.ts'
import { catalogSql } from '../changes/catalog-sql.ts'
import { type Identities, identitiesOf, renamesBack } from '../changes/identities.ts'
import { continuedFrom, opaqueMigrations, type Replay } from '../changes/replay.ts'
import { type Ground, prepare, withBaseline } from '../changes/run-start.ts'
import { ledgerSql, type RunFailure, runHistory } from '../drizzle/run.ts'
import type { Catalog } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import type { Runner } from '../model/config.ts'
import type { Engine } from '../model/engine.ts'
import { PostgresRefusal, refusalText } from '../model/error.ts'
import type { Finding } from '../model/finding.ts'
import type { History, LedgerName } from '../model/history.ts'
import { below } from '../model/path.ts'
import { differences, type PrintedCatalog, type PrintedDifference, printedKey } from '../model/printed.ts'
import type { Session } from '../model/session.ts'
import type { Script } from '../model/statement.ts'
import { unreadByPull } from '../rules/pulled.ts'
import { reportedFinding } from '../rules/report.ts'

export type Disagreement =
  | { readonly migration: number; readonly differences: readonly PrintedDifference[] }
  /** The SQL that memory writes is refused. */
  | { readonly migration: number; readonly refusal: PostgresRefusal; readonly sql: string }

export type Agreement = {
  /** Positions of the migrations after which both catalogs were compared. */
  readonly compared: readonly number[]
  readonly disagreements: readonly Disagreement[]
  /** What Drizzle's migrator would be refused; here it ran outside of a transaction. */
  readonly apart: readonly RunFailure[]
  /** What PostgreSQL answered where memory could not follow a statement. */
  readonly answered: readonly Answer[]
  /** The replay with these answers in it: each later migration is read from there. */
  readonly replayed: Replay
  /** The baseline, as far as PostgreSQL takes it. */
  readonly baseline?: Baseline
  /** The history itself does not run. */
  readonly failure?: RunFailure
}

export type Answer = {
  readonly migration: number
  /** What the migration changed, by name: memory has these as the engine's catalog says. */
  readonly objects: readonly string[]
  /** Those among them that memory cannot hold: they are compared no more. */
  readonly left: readonly LeftObject[]
}

/** Enough prefixes in one database: rolled back rows slow its catalog down, and a new database starts with cold caches. Measured: 20 is 20 % slower, 5 a third. */
const perDatabase = 50

/** The database in which memory's SQL is tried, made anew now and then. */
class Trial {
  readonly #engine: Engine
  #session: Session | undefined
  #name: string | undefined
  #used = 0

  constructor(engine: Engine) {
    this.#engine = engine
  }

  async session(): Promise<Session> {
    if (this.#session && this.#used++ < perDatabase) return this.#session
    await this.dispose()
    this.#name = await this.#engine.createDatabase()
    this.#session = await this.#engine.session(this.#name)
    this.#used = 1
    return this.#session
  }

  async dispose(): Promise<void> {
    await this.#session?.[Symbol.asyncDispose]()
    if (this.#name !== undefined) await this.#engine.dropDatabase(this.#name)
    this.#session = undefined
    this.#name = undefined
  }
}

type Comparison = { readonly engine: Engine; readonly actual: Session; readonly trial: Trial; readonly ledger: LedgerName; readonly left: ReadonlySet<string> }

const firstRefused = async (
  session: Session,
  statements: readonly string[],
): Promise<{ readonly refusal: PostgresRefusal; readonly sql: string } | undefined> => {
  await session.script('BEGIN; SET LOCAL check_function_bodies = off')
  for (const sql of statements) {
    try {
      await session.script(sql)
    } catch (error) {
      if (error instanceof PostgresRefusal) return { refusal: error, sql }
      throw error
    }
  }
  return undefined
}

/** Compares the two catalogs at this moment, in the server; reads both only when they differ. */
const compare = async ({ engine, actual, trial, ledger, left }: Comparison, migration: number, catalog: Catalog): Promise<Disagreement | undefined> => {
  const statements = catalogSql(catalog).map((sql) => engine.adapt(sql))
  const expected = await trial.session()
  const exclude = [ledger]
  try {
    await expected.script(['BEGIN', 'SET LOCAL check_function_bodies = off', ...statements].join(';\n'))
    const [mine, theirs] = await Promise.all([engine.fingerprint(expected, { inTransaction: true, exclude }), engine.fingerprint(actual, { exclude })])
    if (mine === theirs) return undefined
    const [printed, real] = [await engine.print(expected, { inTransaction: true, exclude }), await engine.print(actual, { exclude })]
    const found = differences(real, printed).filter((difference) => !left.has(wholeOf(difference)))
    return found.length === 0 ? undefined : { migration, differences: found }
  } catch (error) {
    if (!(error instanceof PostgresRefusal)) throw error
    await expected.script('ROLLBACK')
    const refused = await firstRefused(expected, statements)
    return { migration, refusal: refused?.refusal ?? error, sql: refused?.sql ?? '' }
  } finally {
    await expected.script('ROLLBACK')
  }
}

export type Plan = Ground & {
  readonly scripts: readonly Script[]
  readonly replayed: Replay
  readonly ledger: LedgerName
  /** What the database had before the first migration, which is then not run: it is that as a comment. */
  readonly baseline?: Baseline
  /** After which migrations both catalogs are compared. */
  readonly prefixes: 'all' | 'last'
}

/** A changed object for a report: default privileges have a role and a schema in their name, and are neither. */
const nameOf = (object: PrintedDifference): string => (object.kind === 'default privileges' ? printedKey(object) : wholeOf(object))

/** What the engine says of a migration that memory could not follow: the replay from there, and what was answered. */
const answer = async (
  actual: Session,
  scripts: readonly Script[],
  replayed: Replay,
  migration: number,
  before: PrintedCatalog,
  after: PrintedCatalog,
): Promise<{ readonly replayed: Replay; readonly answer: Answer }> => {
  const [row] = await actual.query('SELECT current_user::regrole::text AS role')
  const changed = differences(before, after)
  const live = catalogOf(after, { migratingRole: String(row?.role) })
  const touched = new Set(changed.map(wholeOf))
  const left = live.left.filter((object) => touched.has(wholeOf(object)))
  const kept = new Set(left.map(wholeOf))
  const catalog = withAnswered(
    replayed.catalogs[migration] ?? replayed.catalog,
    live.catalog,
    changed.filter((object) => !kept.has(wholeOf(object))),
  )
  return { replayed: continuedFrom(scripts, replayed, migration, catalog), answer: { migration, objects: [...new Set(changed.map(nameOf))], left } }
}

/**
 * Runs the history in the engine and compares its catalog with memory's. Where memory cannot follow a statement, it takes what that one changed from the engine and goes on from there. Needs the engine
 * for itself: roles that the history makes are the cluster's. Stops at a migration that the server refuses. `progress` hears the number of migrations that have run.
 */
export const agreement = async (engine: Engine, plan: Plan, progress: (done: number) => void = () => undefined): Promise<Agreement> => {
  const { ledger, prefixes } = plan
  await using actual = await engine.session(await engine.createDatabase())
  const trial = new Trial(engine)
  const compared: number[] = []
  const disagreements: Disagreement[] = []
  const apart: RunFailure[] = []
  const answered: Answer[] = []
  const left = new Set<string>()
  const print = (): Promise<PrintedCatalog> => engine.print(actual, { exclude: [ledger] })
  try {
    await prepare(actual, plan)
    const standing = await withBaseline(engine, actual, plan)
    const { scripts } = standing
    let replayed = standing.replayed
    let opaque = opaqueMigrations(replayed.steps)
    let before: PrintedCatalog | undefined
    let known: Identities | undefined
    const renames = new Map<number, readonly Change[]>()
    await actual.script(ledgerSql(ledger))
    if (opaque.has(0)) [before, known] = [await print(), await identitiesOf(actual)]
    const failure = await runHistory(engine, actual, scripts, ledger, async (migration, refusal) => {
      progress(migration + 1)
      if (refusal) apart.push({ migration, refusal })
      if (before) {
        const found = await answer(actual, scripts, replayed, migration, before, await print())
        renames.set(migration, known ? renamesBack(known, await identitiesOf(actual), found.replayed.catalogs[migration] ?? found.replayed.catalog) : [])
        replayed = found.replayed
        opaque = opaqueMigrations(replayed.steps)
        answered.push(found.answer)
        for (const object of found.answer.left) left.add(wholeOf(object))
      }
      before = opaque.has(migration + 1) ? await print() : undefined
      known = before && (await identitiesOf(actual))
      const catalog = replayed.catalogs[migration]
      if (!catalog || (prefixes === 'last' && migration !== scripts.length - 1)) return
      compared.push(migration)
      const disagreement = await compare({ engine, actual, trial, ledger, left }, migration, catalog)
      if (disagreement) disagreements.push(disagreement)
    })
    return {
      compared,
      disagreements,
      apart,
      answered,
      replayed: { ...replayed, renames },
      ...(standing.baseline ? { baseline: standing.baseline } : {}),
      ...(failure ? { failure } : {}),
    }
  } finally {
    await trial.dispose()
  }
}

const objects = (found: readonly PrintedDifference[]): string => {
  const named = found
    .slice(0, 5)
    .map(
      ({ kind, identity, from, to }) =>
        `${kind} ${identity} ${from === undefined ? 'is only in memory' : to === undefined ? 'is only in PostgreSQL' : 'differs'}`,
    )
  return `${named.join('; ')}${found.length > named.length ? `; and ${found.length - named.length} more` : ''}`
}

const setApart = "If pgstrata migrate deploys, it runs such a statement outside of a transaction: say runner: 'per-file' in the configuration."

/** Findings of an agreement: what the server refuses the `runner`, and where memory is wrong. */
export const judgeAgreement = (history: History, { disagreements, apart, failure, baseline }: Agreement, runner: Runner): readonly Finding[] => {
  const place = (migration: number): Pick<Finding, 'file' | 'migration'> => {
    const found = history.migrations[migration]
    return found ? { file: below(history.folder, found.path), migration: found.tag } : {}
  }
  return [
    ...(failure
      ? [
          reportedFinding(
            'engine-refuses',
            `PostgreSQL refuses the migration: ${refusalText(failure.refusal)}.`,
            place(failure.migration),
            failure.refusal.sqlstate,
            baseline && unreadByPull(failure.refusal),
          ),
        ]
      : []),
    ...(runner === 'drizzle' ? apart : []).map(({ migration, refusal }) =>
      reportedFinding('engine-refuses', `PostgreSQL refuses it to Drizzle’s migrator: ${refusalText(refusal)}.`, place(migration), refusal.sqlstate, {
        help: setApart,
      }),
    ),
    ...disagreements.map((found) =>
      'refusal' in found
        ? reportedFinding(
            'engine-disagrees',
            `The catalog in memory cannot be written: ${refusalText(found.refusal)} at ${found.sql}`,
            place(found.migration),
            found.sql,
          )
        : reportedFinding(
            'engine-disagrees',
            `After this migration, memory and PostgreSQL differ: ${objects(found.differences)}.`,
            place(found.migration),
            'differences',
          ),
    ),
  ]
}
