/** A database that has the schema and not the ledger: held against the folder at a migration, and what that has behind it written down as applied. Nothing of it is run. */
import { positionOf } from '../../drizzle/history.ts'
import { appliedIn, ledgerTable, readLedger, reconcile } from '../../drizzle/ledger.ts'
import { ledgerRowSql } from '../../drizzle/ledger-write.ts'
import { grantsFor } from '../../drizzle/own-tables.ts'
import { judgeLedger } from '../../features/ledger.ts'
import { noted } from '../../features/migrate/note.ts'
import { namesFor, unfinishedFindings, withAccepted } from '../../features/migrate/plan.ts'
import { doneSql, readProgress, type Unfinished } from '../../features/migrate/progress.ts'
import { markIn, markOf, markSql } from '../../features/migrate/running.ts'
import type { Project } from '../../model/config.ts'
import { PostgresRefusal, ToolError } from '../../model/error.ts'
import { asWarnings, type Finding, type Unknown } from '../../model/finding.ts'
import type { History, Ledger, Migration } from '../../model/history.ts'
import { quoteIdentifier } from '../../model/name.ts'
import { plural } from '../../model/numbers.ts'
import { type Block, type Report, toned } from '../../model/report.ts'
import type { Session } from '../../model/session.ts'
import type { World } from '../../model/world.ts'
import { loadSql } from '../../sql/parser.ts'
import { subjectOf } from '../check/subject.ts'
import { compareSources, judgeCompared, readAcceptedFile } from '../drift/run.ts'
import { numberingOf, versionedOf } from '../version/classified.ts'
import { refuseUnconfirmed } from './enter.ts'
import { stops } from './look.ts'
import type { Options } from './options.ts'
import { mayLock, prepare } from './prepare.ts'
import { recordingOf } from './record.ts'
import { unrecordedBlocks } from './run-report.ts'
import type { Target } from './target.ts'

type Asked = { readonly project: Project; readonly history: History; readonly target: Target; readonly options: Options }

/** What of the folder is to be taken as applied, and what stands against that. */
type Plan = {
  readonly ledger: Ledger
  readonly mark: readonly Migration[]
  readonly named: ReturnType<typeof namesFor>
  readonly findings: readonly Finding[]
  /** Those of the comparison. */
  readonly drift: readonly Finding[]
  /** What of these migrations has begun, and counts as done with them. */
  readonly ended: readonly Unfinished[]
  readonly unknown: readonly Unknown[]
  /** What could not be compared, where differences are accepted. */
  readonly uncompared: readonly Unknown[]
  readonly objects: number
}

/** A migration below the baseline that Drizzle would skip is what a baseline mends. */
const isMended = ({ rule, migration }: Finding, marked: ReadonlySet<string>): boolean =>
  (rule === 'ledger-skipped' || rule === 'ledger-out-of-order') && migration !== undefined && marked.has(migration)

const planOf = async (world: World, session: Session, { history, target, options }: Asked, tag: string): Promise<Plan> => {
  const last = positionOf(history, tag)
  const ledger = await readLedger(session, target.ledger)
  const reconciliation = reconcile(history, ledger)
  const mark = reconciliation.migrations.flatMap(({ migration, row }) => (row === undefined && migration.index <= last ? [migration] : []))
  const marked = new Set(mark.map((migration) => migration.tag))
  const judged = withAccepted(judgeLedger(history, reconciliation), options.accepted).filter((finding) => !isMended(finding, marked))
  const upTo = history.migrations[last]?.tag ?? tag
  const compared = await compareSources(world, [{ type: 'folder', path: history.folder, upTo }, target.source], { include: [], exclude: [], facets: undefined })
  const { findings } = await judgeCompared(world, compared, await readAcceptedFile(world))
  const taken = options.accepted.has('drift')
  const drift = taken ? asWarnings(findings) : findings
  const begun = await readProgress(session, target.ledger)
  const ended = begun.filter((each) => each.direction === 'migrate' && marked.has(each.tag) && each.ledger !== 'absent')
  // One that goes forward and lies behind the baseline is gone on with by the next run.
  const against = begun.filter((each) => !ended.includes(each) && (each.direction === 'rollback' || each.ledger !== undefined))
  return {
    ledger,
    mark,
    named: namesFor(history, ledger, reconciliation),
    findings: [
      ...judged,
      ...unfinishedFindings(history, against, appliedIn(reconciliation), 'migrate', { ledger: target.ledger, environment: target.argument }),
      ...drift,
    ],
    drift,
    ended,
    unknown: taken ? [] : compared.comparison.unknown,
    uncompared: taken ? compared.comparison.unknown : [],
    objects: compared.comparison.objects,
  }
}

/** Whoever writes to the ledger meanwhile waits; whoever has already makes the plan void. Throws `ledger-moves`. */
const begin = async (session: Session, { ledger }: Plan, target: Target): Promise<void> => {
  const lock = (await mayLock(session, ledger)) ? [`LOCK TABLE ${ledgerTable(ledger.name)} IN SHARE ROW EXCLUSIVE MODE`] : []
  const now = markOf(await session.script(['BEGIN', "SET LOCAL lock_timeout = '5s'", ...lock, markSql(ledger.name)].join(';\n')))
  const planned = markIn(ledger)
  if (now.rows === planned.rows && now.last === planned.last) return
  throw new ToolError('ledger-moves', `Another migrator has written to the ledger of ${target.name} meanwhile: nothing of the baseline is there.`, {
    help: 'Let it end, then run this again.',
    exit: 3,
  })
}

const notWritten = (error: PostgresRefusal, { name, ledger }: Target, begun: readonly Unfinished[]): ToolError =>
  new ToolError('ledger-not-written', `The ledger of ${name} cannot be written: ${error.message}. Nothing of the baseline is there.`, {
    help:
      error.sqlstate === '42501'
        ? `GRANT USAGE ON SCHEMA ${quoteIdentifier(ledger.schema)}, SELECT, INSERT ON ${ledgerTable(ledger)} and USAGE ON its sequence to this user${begun.length > 0 ? `; ${grantsFor('unfinished_migrations')}` : ''}.`
        : 'Run it again when nobody else works on the ledger.',
  })

/** All of it or nothing: the rows, and the end of what has begun of these migrations. Answers why something is not noted beside them. */
const write = async (world: World, session: Session, { project, history, target }: Asked, plan: Plan): Promise<string | undefined> => {
  const { ledger, mark, named, ended } = plan
  const layout = await prepare(session, history, ledger, [], named)
  const subject = subjectOf(world, project, history, false)
  const { besides, why } = await recordingOf(world, session, { project, history, subject, run: mark, ledger, source: 'baseline' })
  let unrecorded = why
  try {
    await begin(session, plan, target)
    for (const migration of mark) {
      await session.script(ledgerRowSql(target.ledger, layout, history.layout, migration))
      unrecorded ??= await noted(session, besides?.(migration) ?? [], world.signal)
    }
    await session.script([...ended.map((begun) => doneSql(target.ledger, begun)), 'COMMIT'].join(';\n'))
  } catch (error) {
    await session.script('ROLLBACK').catch(() => undefined)
    throw error instanceof PostgresRefusal ? notWritten(error, target, ended) : error
  }
  return unrecorded
}

/** Whether rows were changed as these migrations would have cannot be seen in a catalog. */
const changingRows = async (world: World, { project, history }: Asked, mark: readonly Migration[]): Promise<readonly string[]> => {
  const { classes } = await versionedOf(world, history, numberingOf(world.config, project, false))
  return mark.filter(({ index }) => classes[index]?.flags.includes('data')).map(({ tag }) => tag)
}

/** What it was that stands against it. */
const againstIt = ({ drift, unknown }: Plan): string => {
  if (stops(drift)) return 'the database is not what the folder makes up to there'
  return unknown.length > 0 ? 'the database could not be compared' : 'what its ledger says, or what has begun there, stands against it'
}

/** What could not be compared, and was taken all the same. */
const uncomparedBlocks = ({ uncompared }: Plan): readonly Block[] => uncompared.map(({ what, why }) => toned(`Not compared: ${what}: ${why}.`, 'warn'))

const writtenBlocks = (plan: Plan, { options, target }: Asked, written: boolean, unrecorded: string | undefined, rows: readonly string[]): readonly Block[] => [
  toned(written ? `${plural(plan.mark.length, 'migration')} taken as applied; none was run.` : 'Nothing was written: a dry run.', 'good'),
  ...(plan.ended.length === 0 || !written ? [] : [toned(`Had begun here, and counts as done: ${plan.ended.map(({ tag }) => tag).join(', ')}.`, 'warn')]),
  ...(rows.length === 0 ? [] : [toned(`Rows are changed by ${rows.join(', ')}: whether that was done here, no catalog tells.`, 'warn')]),
  ...(options.accepted.has('drift') && plan.drift.length > 0 ? [toned('The differences were accepted.', 'warn')] : []),
  ...unrecordedBlocks('Time and version are', unrecorded, target.name),
]

const stateBlocks = (plan: Plan, asked: Asked, written: boolean, unrecorded: string | undefined, rows: readonly string[]): readonly Block[] => {
  if (stops(plan.findings) || plan.unknown.length > 0) return [...uncomparedBlocks(plan), toned(`Nothing was written: ${againstIt(plan)}.`, 'bad')]
  const state = plan.mark.length === 0 ? [toned('All of it is in the ledger already.', 'good')] : writtenBlocks(plan, asked, written, unrecorded, rows)
  return [...uncomparedBlocks(plan), ...state]
}

/**
 * Writes what the folder has up to `tag` into a ledger as applied, where the live catalog is what these migrations make. The caller holds the turn. Throws `protected`, `no-such-migration`, `ledger-not-written`,
 * and what reading the database or the folder throws.
 */
export const baseline = async (world: World, session: Session, asked: Asked, tag: string): Promise<Report> => {
  const { history, target, options } = asked
  await loadSql()
  const plan = await planOf(world, session, asked, tag)
  const { mark, findings, unknown } = plan
  const writes = !stops(findings) && unknown.length === 0 && mark.length > 0
  if (writes && !options.dryRun)
    refuseUnconfirmed(
      target,
      options.yes,
      mark.map((migration) => migration.tag),
      'taken as applied',
    )
  const unrecorded = writes && !options.dryRun ? await write(world, session, asked, plan) : undefined
  const rows = writes ? await changingRows(world, asked, mark) : []
  const last = positionOf(history, tag)
  const pending = history.migrations.filter(({ index }) => index > last).map((migration) => migration.tag)
  return {
    operation: 'migrate',
    analysed: { migrations: history.migrations.length, rows: plan.ledger.rows.length, objects: plan.objects },
    findings,
    data: {
      environment: target.name,
      baseline: history.migrations[last]?.tag ?? tag,
      dryRun: options.dryRun ?? null,
      marked: writes && !options.dryRun ? mark.map((migration) => migration.tag) : [],
      planned: mark.map((migration) => migration.tag),
      changesRows: [...rows],
      pending,
      uncompared: plan.uncompared.map(({ what, why }) => ({ what, why })),
    },
    blocks: [
      { type: 'heading', level: 1, text: target.name },
      {
        type: 'definition',
        items: [
          { term: 'baseline', text: history.migrations[last]?.tag ?? tag },
          { term: 'compared', text: plural(plan.objects, 'object') },
        ],
      },
      ...(writes
        ? [{ type: 'tree' as const, root: { text: `taken as applied (${mark.length})`, children: mark.map((each) => ({ text: each.tag, children: [] })) } }]
        : []),
      ...stateBlocks(plan, asked, writes && !options.dryRun, unrecorded, rows),
    ],
    unknown,
    chosen: true,
  }
}
