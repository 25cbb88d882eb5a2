/** A database that has the schema and not the ledger: held against the folder at a migration, and what that has behind it written down as applied. Nothing of it is run. */
import { positionOf } from '../../drizzle/history.ts'
import { readLedger, reconcile } from '../../drizzle/ledger.ts'
import { ledgerRowSql } from '../../drizzle/ledger-write.ts'
import { judgeLedger } from '../../features/ledger.ts'
import { namesFor, withAccepted } from '../../features/migrate/plan.ts'
import type { Project } from '../../model/config.ts'
import { PostgresRefusal, ToolError } from '../../model/error.ts'
import type { Finding, Unknown } from '../../model/finding.ts'
import type { History, Ledger, Migration } from '../../model/history.ts'
import type { Block, Report } from '../../model/report.ts'
import type { Session } from '../../model/session.ts'
import type { World } from '../../model/world.ts'
import { loadSql } from '../../sql/parser.ts'
import { subjectOf } from '../check/subject.ts'
import { compareSources, judgeCompared, readAcceptedFile } from '../drift/run.ts'
import { plural } from '../plural.ts'
import { numberingOf, versionedOf } from '../version/classified.ts'
import { refuseUnconfirmed } from './enter.ts'
import { stops } from './look.ts'
import type { Options } from './options.ts'
import { prepare } from './prepare.ts'
import { recordingOf } from './record.ts'
import type { Target } from './target.ts'

type Asked = { readonly project: Project; readonly history: History; readonly target: Target; readonly options: Options }

/** What of the folder is to be taken as applied, and what stands against that. */
type Plan = {
  readonly ledger: Ledger
  readonly mark: readonly Migration[]
  readonly named: ReturnType<typeof namesFor>
  readonly findings: readonly Finding[]
  readonly unknown: readonly Unknown[]
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
  return {
    ledger,
    mark,
    named: namesFor(history, ledger, reconciliation),
    findings: [...judged, ...(taken ? findings.map((each) => (each.severity === 'error' ? { ...each, severity: 'warning' as const } : each)) : findings)],
    unknown: taken ? [] : compared.comparison.unknown,
    objects: compared.comparison.objects,
  }
}

const write = async (world: World, session: Session, { project, history, target }: Asked, { ledger, mark, named }: Plan): Promise<string | undefined> => {
  const layout = await prepare(session, history, ledger, [], named)
  const subject = subjectOf(world, project, history, false)
  const { besides, why } = await recordingOf(world, session, { project, history, subject, run: mark, ledger, source: 'baseline' })
  try {
    await session.script(
      [
        'BEGIN',
        "SET LOCAL lock_timeout = '5s'",
        ...mark.flatMap((migration) => [ledgerRowSql(target.ledger, layout, history.layout, migration), ...(besides?.(migration) ?? [])]),
        'COMMIT',
      ].join(';\n'),
    )
  } catch (error) {
    await session.script('ROLLBACK').catch(() => undefined)
    if (!(error instanceof PostgresRefusal)) throw error
    throw new ToolError('ledger-not-written', `The ledger of ${target.name} cannot be written: ${error.message}. Nothing of the baseline is there.`)
  }
  return why
}

/** Whether rows were changed as these migrations would have cannot be seen in a catalog. */
const changingRows = async (world: World, { project, history }: Asked, mark: readonly Migration[]): Promise<readonly string[]> => {
  const { classes } = await versionedOf(world, history, numberingOf(world.config, project, false))
  return mark.filter(({ index }) => classes[index]?.flags.includes('data')).map(({ tag }) => tag)
}

const words = (text: string, tone: 'good' | 'warn' | 'bad' | 'muted'): Block => ({ type: 'text', text: [{ text, tone }] })

const stateBlocks = (plan: Plan, { options, target }: Asked, written: boolean, unrecorded: string | undefined, rows: readonly string[]): readonly Block[] => {
  if (stops(plan.findings) || plan.unknown.length > 0) return [words('Nothing was written: the database is not what the folder makes up to there.', 'bad')]
  if (plan.mark.length === 0) return [words('All of it is in the ledger already.', 'good')]
  return [
    words(written ? `${plural(plan.mark.length, 'migration')} taken as applied; none was run.` : 'Nothing was written: a dry run.', 'good'),
    ...(rows.length === 0 ? [] : [words(`Rows are changed by ${rows.join(', ')}: whether that was done here, no catalog tells.`, 'warn')]),
    ...(options.accepted.has('drift') && plan.findings.length > 0 ? [words('The differences were accepted.', 'warn')] : []),
    ...(unrecorded === undefined
      ? []
      : [words(`Not noted in pgstrata.schema_versions: ${unrecorded}. Once, as a user who may: pgstrata version ${target.name} --sync.`, 'muted')]),
  ]
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
