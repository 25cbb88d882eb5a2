/** `migrate`: the pending migrations, run in an environment. */
import { positionOf } from '../drizzle/history.ts'
import { readLedger, reconcile } from '../drizzle/ledger.ts'
import { judgeLedger } from '../features/ledger.ts'
import { type Accepted, acceptable, namesFor, type Plan, planOf } from '../features/migrate/plan.ts'
import { readProgress, type Unfinished } from '../features/migrate/progress.ts'
import { type Event, LedgerMoved, type Outcome, runSegments } from '../features/migrate/run.ts'
import { type Segment, segmentsOf } from '../features/migrate/segments.ts'
import { takeTurn } from '../features/migrate/turn.ts'
import type { Watch } from '../features/migrate/watch.ts'
import type { Project, Runner } from '../model/config.ts'
import { ToolError } from '../model/error.ts'
import type { Finding } from '../model/finding.ts'
import type { History, Ledger } from '../model/history.ts'
import type { Report } from '../model/report.ts'
import type { Session } from '../model/session.ts'
import type { World } from '../model/world.ts'
import { loadSql } from '../sql/parser.ts'
import { assertAnalysed } from './analysed.ts'
import { defineOperation } from './define.ts'
import { type Judged, judgePending } from './migrate/judge.ts'
import { mayLock, prepare } from './migrate/prepare.ts'
import { appliedBlocks, appliedData, failureData, failureFinding, retryData, tagTree } from './migrate/report.ts'
import { type Target, targetOf } from './migrate/target.ts'
import { onlyProject } from './only-project.ts'
import { plural } from './plural.ts'

type Options = {
  readonly to: string | undefined
  readonly yes: boolean
  readonly accepted: ReadonlySet<Accepted>
  readonly lockTimeout: number
  readonly statementTimeout: number | undefined
  readonly retries: number
  readonly wait: number
  readonly cancelBlockers: boolean
  readonly undecided: 'stop' | 'again' | 'done'
}

const isAcceptable = (text: string): text is Accepted => acceptable.some((each) => each === text)

const acceptedOf = (given: readonly string[]): ReadonlySet<Accepted> => {
  const stranger = given.find((text) => !isAcceptable(text))
  if (stranger !== undefined) throw new ToolError('usage', `--accept does not know ${stranger}.`, { help: `It takes ${acceptable.join(', ')}.` })
  return new Set(given.filter(isAcceptable))
}

const atLeast = (flag: string, value: number, least: number): number => {
  if (Number.isInteger(value) && value >= least) return value
  throw new ToolError('usage', `--${flag} wants a whole number from ${least} on.`)
}

const undecidedOf = (text: string | undefined): Options['undecided'] => {
  if (text === undefined) return 'stop'
  if (text === 'again' || text === 'done') return text
  throw new ToolError('usage', `--undecided does not know ${text}.`, { help: 'again runs the statement once more, done takes it as done.' })
}

/** A folder that is not whole must not be run from. */
const refuseFaults = ({ faults, folder }: History): void => {
  const [fault] = faults
  if (fault)
    throw new ToolError('folder-broken', `${folder}/${fault.path} is not whole (${fault.type.replaceAll('-', ' ')}): nothing was run.`, {
      help: 'pgstrata check --only folder says what is wrong with it.',
    })
}

/** A database as it is found, and what is to be done. */
type Prepared = {
  readonly ledger: Ledger
  readonly state: string
  readonly plan: Plan
  readonly judged: Judged
  readonly findings: readonly Finding[]
  readonly segments: readonly Segment[]
  readonly unfinished: readonly Unfinished[]
  readonly named: ReturnType<typeof namesFor>
}

const look = async (
  world: World,
  session: Session,
  project: Project,
  history: History,
  target: Target,
  runner: Runner,
  options: Options,
): Promise<Prepared> => {
  const ledger = await readLedger(session, target.ledger)
  const [unfinished, reconciliation] = [await readProgress(session, target.ledger), reconcile(history, ledger)]
  const last = options.to === undefined ? undefined : positionOf(history, options.to)
  const plan = planOf(history, { reconciliation, judged: judgeLedger(history, reconciliation), unfinished, accepted: options.accepted, last })
  const judged = await judgePending(world, project, history, plan, runner)
  const policy = options.accepted.has('policy')
    ? judged.findings.map((finding) => (finding.severity === 'error' ? { ...finding, severity: 'warning' as const } : finding))
    : judged.findings
  return {
    ledger,
    state: reconciliation.state,
    plan,
    judged,
    findings: [...plan.findings, ...policy],
    segments: segmentsOf(judged.pending, runner),
    unfinished,
    named: namesFor(history, ledger, reconciliation),
  }
}

const stops = (findings: readonly Finding[]): boolean => findings.some(({ severity, waived }) => severity === 'error' && !waived)

/** Sees who holds what is waited for; without a second connection nobody does, and the run goes on. */
const openWatch = async (world: World, target: Target, session: Session, cancels: boolean): Promise<Watch | undefined> => {
  const [row] = await session.query('SELECT pg_catalog.pg_backend_pid() AS pid')
  try {
    return { session: await world.reader(target.source), pid: Number(row?.pid), cancels }
  } catch (error) {
    if (error instanceof ToolError && !cancels) return undefined
    throw error
  }
}

const tell =
  (world: World, total: number) =>
  (event: Event): void => {
    if (event.type === 'statement') world.progress({ step: `${event.migration.tag}: statement ${event.statement.index + 1}`, done: 0, total: undefined })
    if (event.type === 'retry') world.progress({ step: `${event.retry.migration.tag}: waiting ${event.pause} ms for its locks`, done: 0, total: undefined })
    if (event.type === 'applied') world.progress({ step: `${event.migration.tag} applied`, done: event.migration.index + 1, total })
  }

const nothingRun: Outcome = { applied: [], retries: [] }

type Run = { readonly prepared: Prepared; readonly outcome: Outcome }

/** Looks, judges and runs; once more where another migrator was faster. */
const migrateOnce = async (world: World, session: Session, project: Project, history: History, target: Target, options: Options): Promise<Run> => {
  const runner = world.config.runner ?? 'per-file'
  const watch = await openWatch(world, target, session, options.cancelBlockers)
  for (let turn = 0; ; turn++) {
    const prepared = await look(world, session, project, history, target, runner, options)
    if (stops(prepared.findings) || prepared.plan.run.length === 0) return { prepared, outcome: nothingRun }
    if (target.protected && !options.yes)
      throw new ToolError(
        'protected',
        `${target.name} is protected: nothing was run. ${plural(prepared.plan.run.length, 'migration')} would be: ${prepared.plan.run.map(({ tag }) => tag).join(', ')}.`,
        {
          help: '--yes runs them.',
        },
      )
    const layout = await prepare(session, history, prepared.ledger, prepared.segments, prepared.named)
    const { rows } = prepared.ledger
    try {
      const outcome = await runSegments(
        {
          session,
          watch,
          ledger: target.ledger,
          layouts: { ledger: layout, folder: history.layout },
          mark: { rows: rows.length, last: Math.max(0, ...rows.map(({ id }) => id)) },
          locksLedger: await mayLock(session, prepared.ledger),
          limits: {
            lockTimeout: options.lockTimeout,
            retries: options.retries,
            ...(options.statementTimeout === undefined ? {} : { statementTimeout: options.statementTimeout }),
          },
          pace: world,
          signal: world.signal,
          unfinished: prepared.unfinished,
          undecided: options.undecided,
          told: tell(world, prepared.plan.run.length),
        },
        prepared.segments,
      )
      return { prepared, outcome }
    } catch (error) {
      if (!(error instanceof LedgerMoved)) throw error
      if (turn >= 3)
        throw new ToolError('ledger-moves', 'Another migrator keeps writing to the ledger.', { help: 'Let it end, then run migrate again.', exit: 3 })
    }
  }
}

const reportOf = (history: History, target: Target, { prepared, outcome }: Run, started: number, now: number): Report => {
  const { plan, findings, state } = prepared
  const { applied, failure } = outcome
  const left = plan.run.filter(({ tag }) => !applied.some(({ migration }) => migration.tag === tag))
  const back = plan.applied.at(-1)
  const rollback = applied.length === 0 ? undefined : back ? `pgstrata rollback --to ${back.tag}` : 'pgstrata rollback --all'
  return {
    operation: 'migrate',
    analysed: { migrations: history.migrations.length, rows: prepared.ledger.rows.length },
    findings: [...findings, ...(failure ? [failureFinding(history, failure)] : [])],
    data: {
      environment: target.name,
      state,
      planned: plan.run.map(({ tag }) => tag),
      applied: applied.map(appliedData),
      retried: outcome.retries.map(retryData),
      failed: failure ? failureData(failure) : null,
      pending: [...left, ...plan.later].map(({ tag }) => tag),
      duration: Math.round(now - started),
      rollback: rollback ?? null,
    },
    blocks: [
      { type: 'heading', level: 1, text: target.name },
      ...appliedBlocks(outcome),
      ...tagTree(applied.length > 0 || failure ? 'still pending' : 'pending', left),
      ...tagTree('left for later by --to', plan.later),
      ...(plan.run.length === 0 && !stops(findings) ? [{ type: 'text' as const, text: [{ text: 'Nothing is pending.', tone: 'good' as const }] }] : []),
      ...(stops(findings) && applied.length === 0 && !failure ? [{ type: 'text' as const, text: [{ text: 'Nothing was run.', tone: 'bad' as const }] }] : []),
      ...(rollback ? [{ type: 'definition' as const, items: [{ term: 'the way back', text: rollback }] }] : []),
    ],
    unknown:
      failure?.why === 'lost'
        ? [{ what: `whether ${failure.migration.tag} is applied`, why: failure.message, help: 'pgstrata migrate tells, and goes on.' }]
        : [],
    chosen: true,
  }
}

export const migrate = defineOperation({
  name: 'migrate',
  summary: 'Runs the pending migrations in an environment, never half.',
  description:
    'Runs what is pending as Drizzle’s migrator would, and writes the same ledger, so that drizzle-kit and the app’s own migrator see nothing unusual. Before: the ledger is held against the folder (what Drizzle would skip, run again or not notice stops it), and the policy judges the migrations as this database will meet them. Then each migration runs in a transaction of its own, with its row in it; what PostgreSQL takes in no transaction stands alone, and a run that ends in the middle is gone on with. A lock that is not to be had in time is given back and tried for again, so that nobody stands in line behind it.',
  arguments: [{ name: 'ENV', description: 'An environment of the config, ENVIRONMENT/TENANT, or a postgres:// URL.', required: true }],
  flags: {
    to: { type: 'string', value: 'TAG', description: 'Nothing behind TAG.' },
    yes: { type: 'boolean', description: 'Run it in a protected environment.' },
    accept: { type: 'strings', value: 'KIND', description: `What stops the run otherwise: ${acceptable.join(', ')}.` },
    lockTimeout: { type: 'number', value: 'MS', description: 'How long a transaction may wait for locks, all in all.', default: 1000 },
    statementTimeout: { type: 'number', value: 'MS', description: 'How long a statement may run; default: as the server has it.' },
    retries: { type: 'number', value: 'N', description: 'How often it is tried again for locks, with longer and longer pauses.', default: 10 },
    wait: { type: 'number', value: 'SECONDS', description: 'How long to wait while another migrate is at work.', default: 300 },
    cancelBlockers: { type: 'boolean', description: 'Cancel the statement of whoever holds what is waited for.' },
    undecided: { type: 'string', value: 'again|done', description: 'What to do about a statement of which an earlier run could not see the end.' },
  },
  examples: [
    { command: 'pgstrata migrate staging', shows: 'what was applied, how long each took, and the way back' },
    { command: 'pgstrata migrate production --yes --lock-timeout 500', shows: 'production, which wants to be confirmed' },
    { command: 'pgstrata migrate dev --accept out-of-order', shows: 'a migration that was merged late and that Drizzle would skip' },
  ],
  concludes: true,
  async run(world, { arguments: [text = ''], flags }): Promise<Report> {
    const options: Options = {
      to: flags.to,
      yes: flags.yes,
      accepted: acceptedOf(flags.accept),
      lockTimeout: atLeast('lock-timeout', flags.lockTimeout, 1),
      statementTimeout: flags.statementTimeout === undefined ? undefined : atLeast('statement-timeout', flags.statementTimeout, 1),
      retries: atLeast('retries', flags.retries, 0),
      wait: atLeast('wait', flags.wait, 0),
      cancelBlockers: flags.cancelBlockers,
      undecided: undecidedOf(flags.undecided),
    }
    const project = onlyProject(await world.projects())
    const history = await world.history({ type: 'folder', path: project.folder }, { snapshots: false })
    assertAnalysed([history])
    refuseFaults(history)
    const target = targetOf(text, world.config, history)
    const started = world.now()
    const [session] = await Promise.all([world.writer(target.source), loadSql()])
    world.signal.addEventListener('abort', () => session.cancel().catch(() => undefined), { once: true })
    const waiting = (): void => world.progress({ step: `another migrate is at work in ${target.name}: waiting`, done: 0, total: undefined })
    if (!(await takeTurn(session, target.ledger, world, options.wait * 1_000, waiting)))
      throw new ToolError('another-migrate', `Another migrate is at work in ${target.name}, and did not end within ${options.wait} s.`, {
        help: 'Run it again when it has ended, or --wait longer.',
        exit: 3,
      })
    const run = await migrateOnce(world, session, project, history, target, options)
    return reportOf(history, target, run, started, world.now())
  },
})
