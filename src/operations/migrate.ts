/** `migrate`: the pending migrations, run in an environment. */
import { acceptable } from '../features/migrate/plan.ts'
import { type Event, LedgerMoved, type Outcome, runSegments } from '../features/migrate/run.ts'
import { tryInPlace } from '../features/migrate/trial.ts'
import { takeTurn } from '../features/migrate/turn.ts'
import type { Watch } from '../features/migrate/watch.ts'
import type { Project } from '../model/config.ts'
import { ToolError } from '../model/error.ts'
import type { History } from '../model/history.ts'
import type { Report } from '../model/report.ts'
import type { Session } from '../model/session.ts'
import type { World } from '../model/world.ts'
import { loadSql } from '../sql/parser.ts'
import { assertAnalysed } from './analysed.ts'
import { defineOperation } from './define.ts'
import { baseline } from './migrate/baseline.ts'
import { look, type Prepared, stops } from './migrate/look.ts'
import { type Options, optionsOf } from './migrate/options.ts'
import { mayLock, prepare } from './migrate/prepare.ts'
import { recordingOf } from './migrate/record.ts'
import { rehearse } from './migrate/rehearse.ts'
import { type Ran, reportOf } from './migrate/report.ts'
import { type Target, targetOf } from './migrate/target.ts'
import { onlyProject } from './only-project.ts'
import { plural } from './plural.ts'

/** What was asked for. */
type Asked = { readonly project: Project; readonly history: History; readonly target: Target; readonly options: Options }

/** A folder that is not whole must not be run from. */
const refuseFaults = ({ faults, folder }: History): void => {
  const [fault] = faults
  if (fault)
    throw new ToolError('folder-broken', `${folder}/${fault.path} is not whole (${fault.type.replaceAll('-', ' ')}): nothing was run.`, {
      help: 'pgstrata check --only folder says what is wrong with it.',
    })
}

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

const nothingToDo = ({ findings, plan }: Prepared): boolean => stops(findings) || plan.run.length === 0

/** Throws `protected`. */
const refuseUnconfirmed = ({ target, options }: Asked, { plan: { run } }: Prepared): void => {
  if (!target.protected || options.yes) return
  throw new ToolError(
    'protected',
    `${target.name} is protected: nothing was run. ${plural(run.length, 'migration')} would be: ${run.map(({ tag }) => tag).join(', ')}.`,
    { help: '--yes runs them; --dry-run tries them on a copy.' },
  )
}

/** Tries it on a copy: the environment is only read. */
const onCopy = async (world: World, asked: Asked): Promise<Ran> => {
  const { history, target, options } = asked
  const session = await world.reader(target.source)
  const prepared = await look(world, session, asked)
  if (nothingToDo(prepared)) return { prepared, outcome: nothingRun }
  const { ledger, segments, named, unfinished, plan } = prepared
  const told = tell(world, plan.run.length)
  const rehearsal = await rehearse(world, history, target, { ledger, segments, named, unfinished, limits: options.limits, undecided: options.undecided, told })
  return { prepared, outcome: rehearsal.outcome, dry: { where: 'copy', leftOut: [], shown: rehearsal.shown, unknown: rehearsal.unknown } }
}

const tryThere = async (world: World, session: Session, watch: Watch | undefined, { options, target }: Asked, prepared: Prepared): Promise<Ran> => {
  const tools = { session, watch, limits: options.limits, pace: world, told: tell(world, prepared.plan.run.length) }
  const { tried, leftOut, failure } = await tryInPlace(tools, prepared.segments)
  const applied = tried.map(({ migration, statements }) => ({
    migration,
    statements,
    milliseconds: statements.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
    resumed: false,
  }))
  const shown = `in ${target.name} itself, in one transaction that was rolled back`
  return { prepared, outcome: { applied, retries: [], ...(failure ? { failure } : {}) }, dry: { where: 'environment', leftOut, shown, unknown: [] } }
}

/** Throws `another-migrate` (exit 3). */
const waitForTurn = async (world: World, session: Session, { target, options }: Asked): Promise<void> => {
  const waiting = (): void => world.progress({ step: `another migrate is at work in ${target.name}: waiting`, done: 0, total: undefined })
  if (await takeTurn(session, target.ledger, world, options.wait * 1_000, waiting)) return
  throw new ToolError('another-migrate', `Another migrate is at work in ${target.name}, and did not end within ${options.wait} s.`, {
    help: 'Run it again when it has ended, or --wait longer.',
    exit: 3,
  })
}

/** So often the plan is made anew when another migrator was faster. */
const mostTurns = 4

/** Looks, judges and runs; once more where another migrator was faster. */
const inEnvironment = async (world: World, asked: Asked): Promise<Ran> => {
  const { history, target, options } = asked
  const session = await world.writer(target.source)
  world.signal.addEventListener('abort', () => session.cancel().catch(() => undefined), { once: true })
  await waitForTurn(world, session, asked)
  const watch = await openWatch(world, target, session, options.cancelBlockers)
  for (let turn = 1; turn <= mostTurns; turn++) {
    const prepared = await look(world, session, asked)
    if (nothingToDo(prepared)) return { prepared, outcome: nothingRun }
    refuseUnconfirmed(asked, prepared)
    if (options.dryRun) return tryThere(world, session, watch, asked, prepared)
    const { ledger, segments, unfinished, plan } = prepared
    const layout = await prepare(session, history, ledger, segments, prepared.named)
    const { besides, why } = await recordingOf(world, session, {
      ...asked,
      subject: prepared.judged.subject,
      run: plan.run,
      ledger: target.ledger,
      source: 'migrate',
    })
    const running = {
      session,
      watch,
      ledger: target.ledger,
      layouts: { ledger: layout, folder: history.layout },
      mark: { rows: ledger.rows.length, last: Math.max(0, ...ledger.rows.map(({ id }) => id)) },
      locksLedger: await mayLock(session, ledger),
      limits: options.limits,
      pace: world,
      signal: world.signal,
      unfinished,
      undecided: options.undecided,
      told: tell(world, plan.run.length),
      ...(besides ? { besides } : {}),
    }
    try {
      return { prepared, outcome: await runSegments(running, segments), ...(why === undefined ? {} : { unrecorded: why }) }
    } catch (error) {
      if (!(error instanceof LedgerMoved)) throw error
    }
  }
  throw new ToolError('ledger-moves', 'Another migrator keeps writing to the ledger.', { help: 'Let it end, then run migrate again.', exit: 3 })
}

/** Marks instead of running. */
const takeAsApplied = async (world: World, asked: Asked, tag: string): Promise<Report> => {
  const session = await world.writer(asked.target.source)
  await waitForTurn(world, session, asked)
  return baseline(world, session, asked, tag)
}

export const migrate = defineOperation({
  name: 'migrate',
  summary: 'Runs the pending migrations in an environment, never half.',
  description:
    'Runs what is pending as Drizzle’s migrator would, and writes the same ledger, so that drizzle-kit and the app’s own migrator see nothing unusual. Before: the ledger is held against the folder (what Drizzle would skip, run again or not notice stops it), and the policy judges the migrations as this database will meet them. Then each migration runs in a transaction of its own, with its row in it; what PostgreSQL takes in no transaction stands alone, and a run that ends in the middle is gone on with. A lock that is not to be had in time is given back and tried for again, so that nobody stands in line behind it.',
  arguments: [{ name: 'ENV', description: 'An environment of the config, ENVIRONMENT/TENANT, or a postgres:// URL.', required: true }],
  flags: {
    to: { type: 'string', value: 'TAG', description: 'Nothing behind TAG.' },
    baseline: {
      type: 'string',
      value: 'TAG',
      description: 'Run nothing: where the database is what the folder makes up to TAG, write that into its ledger as applied.',
    },
    dryRun: {
      type: 'string',
      value: 'WHERE',
      alone: 'copy',
      description:
        'Only try it: on a copy of the environment’s catalog with invented rows, in an engine of ours; with =environment there, in one transaction that is rolled back.',
    },
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
    { command: 'pgstrata migrate production --dry-run', shows: 'the same on a copy: nothing of production is touched' },
    { command: 'pgstrata migrate production --yes --lock-timeout 500', shows: 'production, which wants to be confirmed' },
    {
      command: 'pgstrata migrate production --baseline 0041 --yes',
      shows: 'a database that was made by push or by hand, compared with the folder and taken over',
    },
    { command: 'pgstrata migrate dev --accept out-of-order', shows: 'a migration that was merged late and that Drizzle would skip' },
  ],
  concludes: true,
  async run(world, { arguments: [text = ''], flags }): Promise<Report> {
    const options = optionsOf(flags)
    const project = onlyProject(await world.projects())
    const history = await world.history({ type: 'folder', path: project.folder }, { snapshots: false })
    assertAnalysed([history])
    refuseFaults(history)
    const asked = { project, history, target: targetOf(text, world.config, history), options }
    if (flags.baseline !== undefined) return takeAsApplied(world, asked, flags.baseline)
    const started = world.now()
    await loadSql()
    const ran = await (options.dryRun === 'copy' ? onCopy(world, asked) : inEnvironment(world, asked))
    return reportOf(history, asked.target, ran, world.now() - started)
  },
})
