/** A migration and its rollback over tables that hold rows: those from before are compared, those written since must not stop it without a word. */
import { chunksOf, freshSql, runMigration } from '../../drizzle/run.ts'
import type { Catalog } from '../../model/catalog.ts'
import type { Engine } from '../../model/engine.ts'
import { PostgresRefusal, refusalOf, refusalText } from '../../model/error.ts'
import type { RelationName } from '../../model/name.ts'
import type { Session } from '../../model/session.ts'
import type { Script } from '../../model/statement.ts'
import { type GivenValues, type SeedStyle, seedRows } from '../../rows/index.ts'
import type { Guard } from './guards.ts'
import { type RollbackSql, saidBy } from './rollback-sql.ts'
import type { Seeding } from './seeding.ts'
import { type Changed, changedIn, type Sums, sumsOf } from './sums.ts'
import type { Survivor } from './survivors.ts'

/** What rows are put where. */
export type RowsPlan = {
  readonly before: Catalog
  readonly after: Catalog
  /** Tables whose rows the migration may change, and those of its rollback, by the names that they have when each starts. */
  readonly tables: { readonly before: ReadonlySet<RelationName>; readonly after: ReadonlySet<RelationName> }
  /** What may refuse the migration itself for the rows that are there, and what its rollback without a guard's having asked. */
  readonly guards: { readonly up: readonly Guard[]; readonly down: readonly Guard[] }
  /** Values that the migration's own casts take. */
  fitting(): GivenValues
  /** A new label of an enum is used only when its transaction is over. */
  readonly addsLabels: boolean
  /** What must keep the rows written since. */
  readonly survivors: readonly Survivor[]
}

/** Tidy rows and untidy ones from before, and untidy ones from before and since. */
export type PassName = SeedStyle | 'since'

/**
 * `kept`: all is as it was. `changed`: some rows or values are not. `up-refused`: the migration itself is refused for these rows. `stopped`: a guard says that rows are in
 * the way. `refused`: the rollback is refused and no guard had said it. `not-run`: the server's own limits ended it.
 */
export type RowsPass = {
  readonly name: PassName
  readonly rows: number
  /** Tables that were empty: over their rows the migration itself does not run. */
  readonly without?: readonly RelationName[]
} & (
  | { readonly state: 'kept' }
  | { readonly state: 'changed'; readonly changed: readonly Changed[] }
  /** The server's own limits ended it: nothing is known of the rows. */
  | { readonly state: 'not-run'; readonly why: string }
  /** `announced`: what may be in the way was known before anything ran. */
  | { readonly state: 'up-refused' | 'stopped' | 'refused'; readonly why: string; readonly announced: boolean }
)

export type RowsTrial = {
  readonly engine: Engine
  readonly session: Session
  readonly script: Script
  readonly rollback: RollbackSql
  readonly plan: RowsPlan
  readonly seeding: Seeding
}

/** Where numbers of the second seeding start: behind those of the first. */
const sinceOffset = 5000

/** Milliseconds: a statement that is not done with a dozen rows by then goes on for reasons of its own (a partition for each month since the year 1). */
const longest = 8_000

const asReplica = (sql: readonly string[]): string =>
  ['SET LOCAL session_replication_role = replica', ...sql, 'SET LOCAL session_replication_role = origin'].join(';\n')

/** Puts rows into tables, in the open transaction. What one table refuses does not keep the others from theirs. */
const seed = async (
  { engine, session, seeding, plan }: RowsTrial,
  catalog: Catalog,
  tables: ReadonlySet<RelationName>,
  style: SeedStyle,
  offset: number,
): Promise<void> => {
  const wanted = new Set([...tables].filter((table) => !seeding.without.has(table)))
  if (wanted.size === 0) return
  const { seeds } = seedRows(catalog, wanted, {
    rows: seeding.rows,
    style,
    offset: offset + seeding.offset,
    ...(seeding.fitting ? { values: plan.fitting() } : {}),
  })
  const statements = seeds.map(({ sql }) => engine.adapt(sql))
  if (await runs(session, asReplica(statements))) return
  for (const statement of statements) await runs(session, asReplica([statement]))
}

/** Runs a text in the open transaction, or leaves no trace of it. */
const runs = async (session: Session, sql: string): Promise<boolean> => {
  try {
    await session.script(`SAVEPOINT rows;\n${sql};\nRELEASE rows`)
    return true
  } catch (error) {
    if (!(error instanceof PostgresRefusal)) throw error
    await session.script('ROLLBACK TO rows')
    return false
  }
}

const countIn = (sums: Sums): number => [...sums.values()].reduce((sum, { rows }) => sum + Number(rows), 0)

/** Refusals that say nothing of what was asked: resources, limits, an operator. */
const forOtherReasons = /^(53|54|57)/

type Ended =
  | { readonly state: 'not-run'; readonly why: string }
  | { readonly state: 'up-refused' | 'stopped' | 'refused'; readonly why: string; readonly announced: boolean }

/** Refusals for what rows hold: of their values, and of constraints. */
const forRows = /^(22|23)/

/** The SQLSTATE of RAISE EXCEPTION: the migration's own word. */
const raised = 'P0001'

const refusedBy = (state: 'up-refused' | 'refused', refusal: PostgresRefusal, guards: readonly Guard[]): Ended => {
  const { sqlstate } = refusal
  if (forOtherReasons.test(sqlstate)) return { state: 'not-run', why: refusalText(refusal) }
  const announced = (guards.length > 0 && forRows.test(sqlstate)) || (state === 'up-refused' && sqlstate === raised)
  return { state, why: refusalText(refusal), announced }
}

/** The rollback from its guards on, in the open transaction; why it does not come to its end. */
const rollBack = async ({ session, rollback, plan }: RowsTrial): Promise<Ended | undefined> => {
  for (const { what, sql } of rollback.guards) if (await refusalOf(() => session.script(sql))) return { state: 'stopped', why: what, announced: true }
  const refusal = await refusalOf(() => session.script([...rollback.inside, 'SET CONSTRAINTS ALL IMMEDIATE'].join(';\n')))
  const said = refusal && saidBy(refusal)
  if (said !== undefined) return { state: 'stopped', why: said, announced: true }
  return refusal && refusedBy('refused', refusal, plan.guards.down)
}

/** What the tables that outlive the rollback hold before it, by the names that they have behind it. */
const writtenSince = async ({ session, plan }: RowsTrial): Promise<Sums> => {
  const sums = await sumsOf(
    session,
    plan.after,
    plan.survivors.map(({ after }) => after),
  )
  return new Map(
    plan.survivors.flatMap(({ after, before, columns }) => {
      const known = sums.get(after)
      return known ? [[before, { rows: known.rows, columns: new Map(columns.map(([from, to]) => [to, known.columns.get(from) ?? ''])) }] as const] : []
    }),
  )
}

const migrate = ({ engine, session, script }: RowsTrial, transactional: boolean): Promise<unknown> =>
  transactional ? session.script([...chunksOf(engine, script), ...freshSql].join('\n;\n')) : runMigration(engine, session, script)

/** One pass in a transaction that stays open; `transactional` says that the migration runs in it too. */
const pass = async (trial: RowsTrial, name: PassName, transactional: boolean): Promise<RowsPass> => {
  const { session, plan } = trial
  await session.script('BEGIN')
  await seed(trial, plan.before, plan.tables.before, name === 'since' ? 'adverse' : name, 0)
  const before = await sumsOf(session, plan.before, plan.tables.before)
  const without = [...trial.seeding.without].filter((table) => plan.tables.before.has(table))
  const told = { name, rows: countIn(before), ...(without.length > 0 ? { without } : {}) }
  await session.script(transactional ? `SET LOCAL statement_timeout = ${longest}` : 'COMMIT')
  const refusal = await refusalOf(() => migrate(trial, transactional))
  if (refusal) return { ...told, ...refusedBy('up-refused', refusal, plan.guards.up) }
  if (!transactional) await session.script('BEGIN')
  if (name === 'since') await seed(trial, plan.after, plan.tables.after, 'adverse', sinceOffset)
  const since = name === 'since' ? await writtenSince(trial) : undefined
  const ended = await rollBack(trial)
  if (ended) return { ...told, ...ended }
  const changed = changedIn(since ?? before, await sumsOf(session, plan.before, (since ?? before).keys()))
  return changed.length === 0 ? { ...told, state: 'kept' } : { ...told, state: 'changed', changed }
}

/** All passes that a migration needs: none where it touches no rows. */
export const passesOf = ({ tables }: RowsPlan): readonly PassName[] => [
  ...(tables.before.size > 0 ? (['benign', 'adverse'] as const) : []),
  ...(tables.after.size > 0 ? (['since'] as const) : []),
]

/** One pass over the session's database, taken back at its end where the migration stays in its transaction; else the database is the pass's own. */
export const tryRows = async (trial: RowsTrial, name: PassName, transactional: boolean): Promise<RowsPass> => {
  try {
    return await pass(trial, name, transactional)
  } finally {
    await trial.session.script('ROLLBACK; DISCARD TEMP; RESET ALL')
  }
}
