/** A database as it is found: what is taken back in it, how, and what stands against that. */
import { type AppliedMigration, appliedIn, type ReconciledMigration, type Reconciliation, readLedger, reconcile } from '../../../drizzle/ledger.ts'
import { judgeLedger } from '../../../features/ledger.ts'
import { unfinishedFindings, withAccepted } from '../../../features/migrate/plan.ts'
import { readProgress, type Unfinished } from '../../../features/migrate/progress.ts'
import { type Pending, type Segment, segmentsOf } from '../../../features/migrate/segments.ts'
import type { RollbackProof } from '../../../features/rollback/proof.ts'
import { rollbacksOf } from '../../../features/rollback/rollback.ts'
import { guardSql } from '../../../features/rollback/rollback-sql.ts'
import type { RollbackClass } from '../../../features/rollback/verdict.ts'
import type { Project } from '../../../model/config.ts'
import { ToolError } from '../../../model/error.ts'
import type { Finding, Unknown } from '../../../model/finding.ts'
import type { History, Ledger, Migration } from '../../../model/history.ts'
import { quoteIdentifier } from '../../../model/name.ts'
import type { Session } from '../../../model/session.ts'
import type { Statement } from '../../../model/statement.ts'
import type { World } from '../../../model/world.ts'
import { fileOf } from '../../../rules/place.ts'
import { reportedFinding } from '../../../rules/report.ts'
import { text as textIn } from '../../../sql/tree.ts'
import { type Subject, subjectOf } from '../../check/subject.ts'
import { stops } from '../../migrate/look.ts'
import type { Target } from '../../migrate/target.ts'
import { rowsOf } from '../files.ts'
import { failedFindings } from '../inspect.ts'
import { prove } from '../prove.ts'
import { verdictOf } from '../report.ts'
import { countOf } from './choose.ts'
import { driftIn, notCompared } from './drift.ts'
import { type Counted, lossesIn, lossFindings, stillEmpty, unwatchedFindings } from './losses.ts'
import type { ApplyOptions } from './options.ts'
import { stepsOf, type Way, type Ways, waysOf } from './ways.ts'

export type Asked = { readonly project: Project; readonly history: History; readonly target: Target; readonly options: ApplyOptions }

/** A way back with what is known of it. */
export type Judged = {
  readonly way: Way
  readonly proof: RollbackProof | undefined
  readonly verdict: RollbackClass | undefined
  readonly lost: readonly Counted[]
}

export type Prepared = {
  readonly ledger: Ledger
  /** What is applied and stays, in its order. */
  readonly staying: readonly Migration[]
  /** What is taken back, in that order; each with the id of its row. */
  readonly going: ReadonlyMap<Migration, number>
  readonly judged: readonly Judged[]
  readonly findings: readonly Finding[]
  readonly unknown: readonly Unknown[]
  readonly unfinished: readonly Unfinished[]
  readonly segments: readonly Segment[]
}

type Chosen = Pick<Prepared, 'going' | 'staying'> & { readonly history: History; readonly positions: readonly number[] }

/** What the database has run, as a history in its own order; and which of it goes, the last first. */
const chosenOf = (history: History, target: Target, applied: readonly AppliedMigration[], options: ApplyOptions): Chosen => {
  const count = countOf(history, target, applied, options)
  const ordered = applied.map(({ migration, row }, index) => ({ migration: { ...migration, index }, id: row.id }))
  const going = ordered.slice(ordered.length - count).toReversed()
  return {
    history: { ...history, migrations: ordered.map(({ migration }) => migration) },
    positions: going.map(({ migration }) => migration.index),
    going: new Map(going.map(({ migration, id }) => [migration, id])),
    staying: ordered.slice(0, ordered.length - count).map(({ migration }) => migration),
  }
}

/** Throws `no-permission`. */
const refuseReadOnly = async (session: Session, { name: { schema, table } }: Ledger): Promise<void> => {
  const name = `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`
  const [row] = await session.query("SELECT has_table_privilege($1, 'DELETE') AS may", [name])
  if (row?.may === true) return
  throw new ToolError('no-permission', `This user may not take rows out of the ledger ${schema}.${table}: nothing was run.`, {
    help: `GRANT DELETE ON ${name} to this user.`,
  })
}

/** What the ledger holds, and what that says of the folder. */
type Known = { readonly ledger: Ledger; readonly reconciliation: Reconciliation }

/** What the ledger says against it: files that are not what was applied, and rows that nobody explains behind what goes. */
const ledgerFindings = (history: History, { reconciliation }: Known, lowest: number): readonly Finding[] => {
  const above = reconciliation.unknown.filter(({ id }) => id > lowest)
  const found = judgeLedger(history, { ...reconciliation, unknown: above, squashed: [], state: 'ahead' })
  return found.flatMap((finding): readonly Finding[] => {
    if (finding.rule === 'ledger-edited') return [{ ...finding, message: `${finding.message} Its rollback may not be either.` }]
    return finding.rule === 'ledger-unknown-row' ? [{ ...finding, severity: 'error' }] : []
  })
}

/** One that goes, and is still not pending afterwards. */
const notPending = (history: History, target: Target, { migration, state }: ReconciledMigration): readonly Finding[] => {
  const place = { file: fileOf(history, migration), migration: migration.tag }
  if (state === 'applied' || state === 'applied-edited')
    return [
      reportedFinding('ledger-unknown-row', `The ledger has ${migration.tag} more than once: with one row gone it still counts as applied.`, place, 'again', {
        severity: 'error',
        help: 'Take the other row out by hand, if it is one too many; --accept unknown-rows leaves it.',
      }),
    ]
  if (state !== 'skipped') return []
  return [
    reportedFinding('ledger-skipped', `${migration.tag} is older than a row that stays: Drizzle’s migrator will not run it again.`, place, 'when', {
      severity: 'warning',
      help: `pgstrata migrate ${target.argument} --accept out-of-order does.`,
    }),
  ]
}

/** One that stays, and that Drizzle would run once more. */
const pendingAgain = (history: History, { migration }: ReconciledMigration): Finding =>
  reportedFinding(
    'ledger-runs-again',
    `${migration.tag} stays, and Drizzle’s migrator would run it again then: its time is later than that of every row that stays.`,
    { file: fileOf(history, migration), migration: migration.tag },
    'again',
  )

/** Rows that nobody explains, and behind which nothing goes: this folder does not know the last of what the database has run. */
const behindFindings = (history: History, known: Known, applied: readonly AppliedMigration[]): readonly Finding[] =>
  ledgerFindings(history, known, Math.max(0, ...applied.map(({ row }) => row.id))).filter(({ rule }) => rule === 'ledger-unknown-row')

/** Throws `no-ledger`. */
const refuseAbsent = ({ layout, name: { schema, table } }: Ledger, target: Target): void => {
  if (layout !== 'absent') return
  throw new ToolError('no-ledger', `${target.name} has no ledger ${schema}.${table}: nobody knows what it has run, and nothing was taken back.`, {
    help: 'Where its ledger is another table, name it: environments: { … : { ledger: { schema, table } } } in pgstrata.config.ts.',
  })
}

/** What Drizzle's own migrator makes of it afterwards, where that is not what one expects. */
const afterwardsFindings = (history: History, { ledger, reconciliation }: Known, going: ReadonlySet<number>, target: Target): readonly Finding[] => {
  const { migrations } = reconcile(history, { ...ledger, rows: ledger.rows.filter(({ id }) => !going.has(id)) })
  return migrations.flatMap((each, at): readonly Finding[] => {
    const before = reconciliation.migrations[at]
    if (!before?.row) return []
    if (going.has(before.row.id)) return notPending(history, target, each)
    return each.willRun && !before.willRun ? [pendingAgain(history, each)] : []
  })
}

/** What a statement sets for the session, or until its transaction ends; how the transaction itself goes is no such thing. */
const settingOf = ({ node, tree }: Statement): readonly string[] => {
  const [name, kind] = [textIn(tree, 'name'), textIn(tree, 'kind')]
  return node === 'VariableSetStmt' && name !== undefined && kind !== 'VAR_SET_MULTI' ? [name] : []
}

/** What a migration has set counts no longer in the next one, and its checks that wait for the end are made. */
const betweenSql = (before: readonly Statement[]): readonly string[] => {
  const names = new Set(before.flatMap(settingOf))
  return [
    ...(before.length > 0 ? ['SET CONSTRAINTS ALL IMMEDIATE'] : []),
    ...[...names].map((name) => `RESET ${name.split('.').map(quoteIdentifier).join('.')}`),
  ]
}

/** All in one transaction; where a statement takes none, each in its own. */
const segmentsFor = (judged: readonly Judged[], { history, target, options }: Asked): readonly Segment[] => {
  const before: Statement[] = []
  const pending = judged.map(({ way, lost }): Pending => {
    const steps = stepsOf(way, [history.ledger, target.ledger])
    const asked = options.acceptsLoss || options.dryRun === 'copy' ? [] : stillEmpty(way, lost)
    const asking = asked.flatMap((guard) => [`LOCK TABLE ${guard.table} IN ACCESS EXCLUSIVE MODE`, ...guardSql(guard).map(({ sql }) => sql)])
    const opening = betweenSql(before)
    before.push(...steps.map(({ statement }) => statement))
    return { migration: way.rollback.migration, steps, opening, asking, path: way.file ?? `the rollback of ${way.rollback.migration.tag}` }
  })
  const each = segmentsOf(pending, 'per-file')
  const fits = each.length === pending.length && each.every((segment) => segment.type === 'transaction' && segment.acts.at(-1)?.type === 'record')
  return fits ? segmentsOf(pending, 'drizzle') : each
}

/** What only makes something, or removes what has no rows: nothing is lost by it. */
const losesNothing = ({ node, tree }: Statement): boolean =>
  ['IndexStmt', 'ReindexStmt', 'VacuumStmt', 'CommentStmt'].includes(node) || (node === 'DropStmt' && textIn(tree, 'removeType') === 'OBJECT_INDEX')

/** All that may lose something stands in the first transaction, which locks and asks before it. */
const isWatched = (way: Way, { history, target }: Asked): boolean => {
  const done = way.begun?.statements ?? 0
  const steps = stepsOf(way, [history.ledger, target.ledger])
  const [first, ...others] = segmentsOf([{ migration: way.rollback.migration, steps, asking: [''] }], 'per-file')
  const behind = first?.type === 'alone' ? [first, ...others] : others
  const acts = behind.flatMap((segment) => (segment.type === 'alone' ? [segment.act] : segment.acts))
  return acts.every((act) => act.type !== 'run' || act.step.statement.index < done || losesNothing(act.step.statement))
}

const watchFindings = (judged: readonly Judged[], asked: Asked): readonly Finding[] =>
  judged.flatMap(({ way, lost }) => (isWatched(way, asked) ? [] : unwatchedFindings(way, lost, asked.options.acceptsLoss)))

type Proven = { readonly judged: readonly Judged[]; readonly findings: readonly Finding[]; readonly unknown: readonly Unknown[] }

/** Tries what no earlier run has begun, and counts what it loses here. */
const proven = async (session: Session, subject: Subject, ways: readonly Way[], options: ApplyOptions): Promise<Proven> => {
  const fresh = new Map(ways.flatMap((way) => (way.begun ? [] : [[way.rollback.migration.index, way] as const])))
  const sql = new Map([...fresh].map(([at, way]) => [at, way.sql]))
  const rollbacks = new Map([...fresh].map(([at, { rollback }]) => [at, rollback]))
  const { proofs, unknown } =
    options.unproven || sql.size === 0
      ? { proofs: new Map<number, RollbackProof>(), unknown: [] }
      : await prove(
          subject,
          sql,
          rowsOf(rollbacks, (at) => fresh.get(at)?.file !== undefined),
        )
  const judged: Judged[] = []
  for (const way of ways) {
    const proof = proofs.get(way.rollback.migration.index)
    const verdict = proof && verdictOf({ rollback: way.rollback, proof, archive: undefined, fromFile: way.file !== undefined })
    judged.push({ way, proof, verdict, lost: await lossesIn(session, way, verdict) })
  }
  const losses = judged.flatMap(({ way, lost }) => lossFindings(way, lost, options.acceptsLoss))
  const help = '--unproven takes it back without a proof.'
  return {
    judged,
    unknown: unknown.map((each) => ({ ...each, help: each.help === undefined ? help : `${each.help} ${help}` })),
    findings: [...failedFindings(subject.history, rollbacks, proofs), ...losses],
  }
}

/** Throws `missing-file` where nobody knows what a migration did. */
const refuseMissing = ({ history, positions }: Chosen): void => {
  const missing = positions.map((at) => history.migrations[at]).find((migration) => migration?.sql === undefined)
  if (missing)
    throw new ToolError('missing-file', `${missing.tag} is applied, and its file ${history.folder}/${missing.path} is missing: nobody knows what it did.`, {
      help: 'Check out the commit that has it.',
    })
}

/** The ways back of what goes, and what files and ledger say against them. */
const waysIn = async (session: Session, subject: Subject, chosen: Chosen, known: Known, unfinished: readonly Unfinished[], asked: Asked): Promise<Ways> => {
  const { history, target, options } = asked
  const replayed = await subject.settled()
  const rollbacks = rollbacksOf(chosen.history, replayed, chosen.positions, {
    start: subject.start.catalog,
    postgres: Math.floor(session.version / 10_000),
    rebuilds: options.rebuilds,
    keeps: options.keeps,
  })
  const { ways, findings } = await waysOf({ world: subject.world, history: chosen.history, replayed, unfinished }, rollbacks, options)
  const rows = new Set(chosen.going.values())
  const ofLedger = [...ledgerFindings(history, known, Math.min(...rows)), ...afterwardsFindings(history, known, rows, target)]
  return { ways, findings: [...withAccepted(ofLedger, options.accepted), ...findings] }
}

const majors = [14, 15, 16, 17, 18] as const

/** Proofs count for the major of the database that they are made for, where there is an engine of it. */
const ofMajor = (world: World, major: number): World => {
  const postgres = majors.find((each) => each === major)
  return postgres === undefined ? world : { ...world, config: { ...world.config, postgres } }
}

/** Reads the ledger and what has begun, and proves and judges what is to be taken back. Throws what reading throws, and what `choose.ts` and `ways.ts` throw. */
export const look = async (world: World, session: Session, asked: Asked): Promise<Prepared> => {
  const { project, history, target, options } = asked
  const ledger = await readLedger(session, target.ledger)
  const known = { ledger, reconciliation: reconcile(history, ledger) }
  const unfinished = await readProgress(session, target.ledger)
  const applied = appliedIn(known.reconciliation)
  const begun = unfinishedFindings(history, unfinished, applied, 'rollback', { ledger: target.ledger, environment: target.argument })
  const untouched = { ledger, unfinished, judged: [], segments: [], unknown: [], findings: begun }
  if (begun.length > 0) return { ...untouched, staying: applied.map(({ migration }) => migration), going: new Map() }
  refuseAbsent(ledger, target)
  const chosen = chosenOf(history, target, applied, options)
  const { going, staying } = chosen
  const nothing = { ...untouched, staying, going }
  if (going.size === 0) return { ...nothing, findings: withAccepted(behindFindings(history, known, applied), options.accepted) }
  await refuseReadOnly(session, ledger)
  refuseMissing(chosen)
  const subject = subjectOf(ofMajor(world, Math.floor(session.version / 10_000)), project, chosen.history, false)
  const { ways, findings } = await waysIn(session, subject, chosen, known, unfinished, asked)
  if (stops(findings)) return { ...nothing, findings }
  const tried = await proven(session, subject, ways, options)
  const drift = options.unproven
    ? { findings: notCompared('--unproven runs nothing elsewhere'), unknown: [] }
    : await driftIn(subject, target, ways, options.accepted.has('drift'))
  return {
    ...nothing,
    ...tried,
    unknown: [...tried.unknown, ...drift.unknown],
    findings: [...findings, ...tried.findings, ...watchFindings(tried.judged, asked), ...drift.findings],
    segments: segmentsFor(tried.judged, asked),
  }
}

/** Whether nothing may be run. */
export const isStopped = ({ findings, unknown }: Prepared): boolean => stops(findings) || unknown.length > 0
