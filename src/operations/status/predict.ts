/** What the next deployment runs in a database, and what stands in its way: the pending migrations judged behind what this one has run. */

import { appliedIn, type Reconciliation } from '../../drizzle/ledger.ts'
import { judgeLedger } from '../../features/ledger.ts'
import { unfinishedFindings } from '../../features/migrate/plan.ts'
import type { Unfinished } from '../../features/migrate/progress.ts'
import { type Begun, ledgerKey } from '../../features/status/situation.ts'
import type { Project, Runner } from '../../model/config.ts'
import { type Finding, isOpenError } from '../../model/finding.ts'
import type { History, Ledger, Migration } from '../../model/history.ts'
import { plural } from '../../model/numbers.ts'
import type { World } from '../../model/world.ts'
import { fileOf } from '../../rules/place.ts'
import { loadSql } from '../../sql/parser.ts'
import { supportedMajors } from '../lint/options.ts'
import { judgePending, type Refusal } from '../migrate/judge.ts'

/** What stands in the way. */
export type Obstacle = {
  readonly rule: string
  readonly message: string
  /** The migration at which it ends; undefined: none is begun. */
  readonly migration?: string
  readonly file?: string
  readonly line?: number
  /** `refused`: PostgreSQL or Drizzle's migrator ends it. `rows`: PostgreSQL does where there are rows in the way. `stopped`: pgstrata migrate does not begin. */
  readonly how: 'refused' | 'rows' | 'stopped'
}

export type Deploy = {
  readonly runner: Runner
  readonly run: readonly string[]
  readonly obstacle?: Obstacle
  /** Tags of `run` that it would not bring in: the one at which it ends, and those behind it. */
  readonly blocked: ReadonlySet<string>
  /** Why nobody can be sure that it goes well. */
  readonly unsure: readonly string[]
  /** pgstrata migrate, each migration in a transaction of its own, would bring all of them in. */
  readonly otherwise: boolean
}

/** A database as it stands: its ledger, held against the folder. */
export type Standpoint = {
  readonly ledger: Ledger
  readonly reconciliation: Reconciliation
  readonly version: number
  /** Undefined where it may not be read. */
  readonly begun: readonly Begun[] | undefined
}

/** The major to judge for; undefined for one that the rules do not know. */
const majorOf = (version: number): number | undefined => supportedMajors.find((major) => major === Math.floor(version / 10_000))

/** Drizzle's migrator runs what it takes for new, whatever was applied; pgstrata migrate what is pending. */
const runOf = ({ migrations }: Reconciliation, runner: Runner): readonly Migration[] =>
  migrations.filter(({ state, willRun }) => (runner === 'drizzle' ? willRun : state === 'pending')).map(({ migration }) => migration)

const missingFile = (history: History, runs: boolean): Obstacle | undefined => {
  const missing = history.migrations.find(({ sql }) => sql === undefined)
  return missing && runs
    ? { rule: 'journal-missing-file', message: `The file ${fileOf(history, missing)} is missing.`, file: fileOf(history, missing), how: 'refused' }
    : undefined
}

/** drizzle-orm 1.0 takes over a ledger of 0.x only when it finds a folder for each row of it. */
const takeover = ({ layout }: History, { ledger, reconciliation: { unknown } }: Standpoint): Obstacle | undefined =>
  layout === 'folders' && ledger.layout === 'journal' && unknown.length > 0
    ? {
        rule: 'ledger-unknown-row',
        message: `drizzle-orm 1.0 does not take over a ledger of 0.x in which ${plural(unknown.length, 'row has', 'rows have')} no folder.`,
        how: 'refused',
      }
    : undefined

const unfinishedOf = ({ migrations }: History, { migration: tag, direction, statements, hash, kept }: Begun): Unfinished => ({
  tag,
  direction,
  statements,
  hash: hash ?? migrations.find((each) => each.tag === tag)?.hash ?? '',
  ...(kept ? { text: '' } : {}),
})

/** What pgstrata migrate finds begun and cannot go on with; it then runs nothing. */
const unfinishedIn = (history: History, { begun = [], ledger, reconciliation }: Standpoint): readonly Finding[] =>
  unfinishedFindings(
    history,
    begun.map((each) => unfinishedOf(history, each)),
    appliedIn(reconciliation),
    'migrate',
    { ledger: ledger.name, environment: 'ENVIRONMENT' },
  )

/** What pgstrata migrate stops for before it runs anything. */
const stopping = (findings: readonly Finding[]): Obstacle | undefined => {
  const found = findings.find(isOpenError)
  return found && { ...placeOf(found), rule: found.rule, message: found.message, how: 'stopped' }
}

const placeOf = ({ migration, file, line }: Finding): Pick<Obstacle, 'migration' | 'file' | 'line'> => ({
  ...(migration === undefined ? {} : { migration }),
  ...(file === undefined ? {} : { file }),
  ...(line === undefined ? {} : { line }),
})

/** SQLSTATE classes of what rows are refused for (appendix A): data exceptions and integrity constraints. */
const isOfRows = (sqlstate: string | undefined): boolean => sqlstate !== undefined && /^2[23]/.test(sqlstate)

/** Rules that are not errors here, and what somebody has waived because of his rows, do not count. */
const counts = ({ finding: { severity, waived }, sqlstate }: Refusal): boolean => severity === 'error' && !(waived && isOfRows(sqlstate))

const refusedBy = ({ finding, sqlstate }: Refusal): Obstacle => ({
  ...placeOf(finding),
  rule: finding.rule,
  message: sqlstate === undefined ? finding.message : `${finding.message.replace(/[.]$/, '')} (SQLSTATE ${sqlstate}).`,
  how: isOfRows(sqlstate) ? 'rows' : 'refused',
})

/** The first of them in the order in which they run. */
const firstOf = (run: readonly Migration[], obstacles: readonly Obstacle[]): Obstacle | undefined => {
  const place = ({ migration }: Obstacle): number => run.findIndex(({ tag }) => tag === migration)
  return obstacles.toSorted((a, b) => place(a) - place(b) || (a.line ?? 0) - (b.line ?? 0))[0]
}

const blockedBy = (obstacle: Obstacle | undefined, run: readonly Migration[]): ReadonlySet<string> => {
  if (!obstacle) return new Set()
  const at = obstacle.how === 'stopped' ? -1 : run.findIndex(({ tag }) => tag === obstacle.migration)
  return new Set(run.slice(Math.max(0, at)).map(({ tag }) => tag))
}

/** Drizzle's migrator knows nothing of what ours has begun. */
const begunText = ({ migration: tag, direction }: Begun, migrations: Reconciliation['migrations']): string => {
  const anew = migrations.some(({ migration, willRun }) => migration.tag === tag && willRun)
  return `${direction === 'rollback' ? `the rollback of ${tag}` : tag} has begun, and ${anew ? 'Drizzle’s migrator would begin it anew' : 'is not finished'}`
}

const unsureOf = (
  { ledger, begun, reconciliation: { migrations, unknown, squashed } }: Standpoint,
  findings: readonly Finding[],
  runner: Runner,
): readonly string[] => {
  const strangers = unknown.length - squashed.length
  const edited = migrations.filter(({ state }) => state === 'applied-edited').length
  const opaque = findings.filter(({ rule }) => rule === 'opaque-statement').length
  return [
    ...(ledger.layout === 'absent' ? ['it has no ledger, and what else is in it was not looked at'] : []),
    ...(runner === 'drizzle' ? (begun ?? []).map((each) => begunText(each, migrations)) : []),
    ...(strangers > 0 ? [`what ${plural(strangers, 'row')} without a file did is not known`] : []),
    ...(edited > 0 ? [`${plural(edited, 'file was', 'files were')} edited after being applied`] : []),
    ...(opaque > 0 ? [`${plural(opaque, 'statement is', 'statements are')} not followed in memory`] : []),
  ]
}

const predict = async (world: World, project: Project, history: History, at: Standpoint, runner: Runner): Promise<Deploy> => {
  const { reconciliation, version } = at
  const run = runOf(reconciliation, runner)
  const whole = missingFile(history, runner === 'drizzle' || run.length > 0) ?? (runner === 'drizzle' ? takeover(history, at) : undefined)
  const found = { runner, run: run.map(({ tag }) => tag), unsure: unsureOf(at, [], runner), otherwise: false }
  if (whole) return { ...found, obstacle: whole, blocked: blockedBy(whole, run) }
  const unfinished = runner === 'drizzle' ? undefined : stopping(unfinishedIn(history, at))
  if (run.length === 0) return { ...found, ...(unfinished ? { obstacle: unfinished } : {}), blocked: new Set() }
  await loadSql()
  const { findings, refusals } = await judgePending(
    world,
    project,
    history,
    { applied: appliedIn(reconciliation).map(({ migration }) => migration), run },
    runner,
    majorOf(version),
  )
  const refused = firstOf(run, refusals.filter(counts).map(refusedBy))
  const obstacle = (runner === 'drizzle' ? undefined : (unfinished ?? stopping([...judgeLedger(history, reconciliation), ...findings]))) ?? refused
  return { ...found, unsure: unsureOf(at, findings, runner), ...(obstacle ? { obstacle } : {}), blocked: blockedBy(obstacle, run) }
}

/** What the next deployment of a database does. Databases that have run the same are judged once. */
export const predictor = (world: World, project: Project, history: History): ((at: Standpoint) => Promise<Deploy>) => {
  const runner = world.config.runner ?? 'drizzle'
  const known = new Map<string, Promise<Deploy>>()
  const judge = async (at: Standpoint): Promise<Deploy> => {
    const deploy = await predict(world, project, history, at, runner)
    if (runner !== 'drizzle' || !deploy.obstacle) return deploy
    const ours = await predict(world, project, history, at, 'per-file')
    return { ...deploy, otherwise: ours.run.length > 0 && !ours.obstacle }
  }
  return (at) => {
    const key = JSON.stringify([ledgerKey(at.ledger), majorOf(at.version), at.begun])
    const deploy = known.get(key) ?? judge(at)
    known.set(key, deploy)
    return deploy
  }
}
