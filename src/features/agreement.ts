/** Law 3: the catalog in memory, written as SQL and run, is the catalog that PostgreSQL has after the migrations themselves. */
import type { Catalog } from '../model/catalog.ts'
import type { Engine } from '../model/engine.ts'
import type { Finding } from '../model/finding.ts'
import { PostgresRefusal } from '../model/error.ts'
import type { History, LedgerName } from '../model/history.ts'
import { partsOf, quoteIdentifier } from '../model/name.ts'
import { differences, type PrintedCatalog, type PrintedDifference } from '../model/printed.ts'
import type { Session } from '../model/session.ts'
import type { Script } from '../model/statement.ts'
import { catalogSql } from '../changes/catalog-sql.ts'
import { ledgerSql, runHistory, type RunFailure } from '../drizzle/run.ts'
import { reportedFinding } from '../rules/report.ts'

export type Disagreement =
  | { readonly migration: number; readonly differences: readonly PrintedDifference[] }
  /** The SQL that memory writes is refused. */
  | { readonly migration: number; readonly refusal: PostgresRefusal; readonly sql: string }

export type Agreement = {
  /** Positions of the migrations after which both catalogs were compared. */
  readonly compared: readonly number[]
  readonly disagreements: readonly Disagreement[]
  /** Objects that statements changed which memory cannot follow: PostgreSQL alone answers for these. */
  readonly answered: readonly { readonly migration: number; readonly objects: readonly string[] }[]
  /** The history itself does not run. */
  readonly failure?: RunFailure
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

type Comparison = { readonly engine: Engine; readonly actual: Session; readonly trial: Trial; readonly ledger: LedgerName; readonly answered: ReadonlySet<string> }

/** The relation, type or routine that a printed object is or belongs to: the first two parts of its name. */
const wholeOf = ({ identity }: { readonly identity: string }): string => partsOf(identity).slice(0, 2).map(quoteIdentifier).join('.')

const firstRefused = async (session: Session, statements: readonly string[]): Promise<{ readonly refusal: PostgresRefusal; readonly sql: string } | undefined> => {
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
const compare = async ({ engine, actual, trial, ledger, answered }: Comparison, migration: number, catalog: Catalog): Promise<Disagreement | undefined> => {
  const statements = catalogSql(catalog).map((sql) => engine.adapt(sql))
  const expected = await trial.session()
  const exclude = [ledger]
  try {
    await expected.script(['BEGIN', 'SET LOCAL check_function_bodies = off', ...statements].join(';\n'))
    const [mine, theirs] = await Promise.all([engine.fingerprint(expected, { inTransaction: true, exclude }), engine.fingerprint(actual, { exclude })])
    if (mine === theirs) return undefined
    const [printed, real] = [await engine.print(expected, { inTransaction: true, exclude }), await engine.print(actual, { exclude })]
    const found = differences(real, printed).filter((difference) => !answered.has(wholeOf(difference)))
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

export type Plan = {
  readonly scripts: readonly Script[]
  /** Memory's catalog after each migration. */
  readonly catalogs: readonly Catalog[]
  readonly ledger: LedgerName
  /** Extensions and roles that the migrations use without making them: made beforehand. */
  readonly extensions: readonly string[]
  readonly roles: readonly string[]
  /** Positions of the migrations with statements that memory cannot follow. */
  readonly opaque: ReadonlySet<number>
  /** After which migrations both catalogs are compared. */
  readonly prefixes: 'all' | 'last'
}

/** What the history takes for granted. A role that is there already (another history in this engine) is left as it is. */
const prepare = async (session: Session, { extensions, roles }: Plan): Promise<void> => {
  const present = new Set((await session.query('SELECT rolname FROM pg_roles')).map(({ rolname }) => String(rolname)))
  for (const role of roles) if (!present.has(role)) await session.script(`CREATE ROLE ${quoteIdentifier(role)} NOLOGIN`)
  for (const extension of extensions) await session.script(`CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(extension)}`)
}

/**
 * Runs the history in the engine and compares its catalog with memory's. Needs the engine for itself: roles that the history makes are the cluster's.
 * Stops at a migration that the server refuses. `progress` hears the number of migrations that have run.
 */
export const agreement = async (engine: Engine, plan: Plan, progress: (done: number) => void = () => undefined): Promise<Agreement> => {
  const { scripts, catalogs, ledger, prefixes, opaque } = plan
  await using actual = await engine.session(await engine.createDatabase())
  const trial = new Trial(engine)
  const compared: number[] = []
  const disagreements: Disagreement[] = []
  const answers: { readonly migration: number; readonly objects: readonly string[] }[] = []
  const answered = new Set<string>()
  const print = (): Promise<PrintedCatalog> => engine.print(actual, { exclude: [ledger] })
  let before: PrintedCatalog | undefined
  try {
    await prepare(actual, plan)
    await actual.script(ledgerSql(ledger))
    if (opaque.has(0)) before = await print()
    const failure = await runHistory(engine, actual, scripts, ledger, async (migration) => {
      progress(migration + 1)
      if (before) {
        const objects = [...new Set(differences(before, await print()).map(wholeOf))]
        answers.push({ migration, objects })
        for (const object of objects) answered.add(object)
      }
      before = opaque.has(migration + 1) ? await print() : undefined
      const catalog = catalogs[migration]
      if (!catalog || (prefixes === 'last' && migration !== scripts.length - 1)) return
      compared.push(migration)
      const disagreement = await compare({ engine, actual, trial, ledger, answered }, migration, catalog)
      if (disagreement) disagreements.push(disagreement)
    })
    return { compared, disagreements, answered: answers, ...(failure ? { failure } : {}) }
  } finally {
    await trial.dispose()
  }
}

const objects = (found: readonly PrintedDifference[]): string => {
  const named = found.slice(0, 5).map(({ kind, identity, from, to }) => `${kind} ${identity} ${from === undefined ? 'is only in memory' : to === undefined ? 'is only in PostgreSQL' : 'differs'}`)
  return `${named.join('; ')}${found.length > named.length ? `; and ${found.length - named.length} more` : ''}`
}

/** Findings of an agreement: what the server refuses, and where memory is wrong. */
export const judgeAgreement = (history: History, { disagreements, failure }: Agreement): readonly Finding[] => {
  const place = (migration: number): Pick<Finding, 'file' | 'migration'> => {
    const found = history.migrations[migration]
    return found ? { file: history.folder === '.' ? found.path : `${history.folder.replace(/\/$/, '')}/${found.path}`, migration: found.tag } : {}
  }
  return [
    ...(failure ? [reportedFinding('engine-refuses', `PostgreSQL refuses the migration: ${failure.refusal.message} (SQLSTATE ${failure.refusal.sqlstate}).`, place(failure.migration), failure.refusal.sqlstate)] : []),
    ...disagreements.map((found) =>
      'refusal' in found
        ? reportedFinding('engine-disagrees', `The catalog in memory cannot be written: ${found.refusal.message} (SQLSTATE ${found.refusal.sqlstate}) at ${found.sql}`, place(found.migration), found.sql)
        : reportedFinding('engine-disagrees', `After this migration, memory and PostgreSQL differ: ${objects(found.differences)}.`, place(found.migration), 'differences')),
  ]
}
