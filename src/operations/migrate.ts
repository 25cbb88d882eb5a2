/** `migrate`: the pending migrations, run in an environment. */
import { positionOf } from '../drizzle/history.ts'
import { acceptable } from '../features/migrate/plan.ts'
import { appliedRecord } from '../features/migrate/records.ts'
import { runSegments } from '../features/migrate/run.ts'
import { nothingRun, type Running } from '../features/migrate/running.ts'
import type { Project } from '../model/config.ts'
import { ToolError } from '../model/error.ts'
import type { History, Layout } from '../model/history.ts'
import { plural } from '../model/numbers.ts'
import type { Report } from '../model/report.ts'
import type { World } from '../model/world.ts'
import { loadSql } from '../sql/parser.ts'
import { assertAnalysed, assertWhole } from './analysed.ts'
import { defineOperation } from './define.ts'
import { baseline } from './migrate/baseline.ts'
import { enter, inTurns, refuseUnconfirmed, runningIn, tell } from './migrate/enter.ts'
import { migrateFleet } from './migrate/fleet.ts'
import { triedInPlace } from './migrate/in-place.ts'
import { judgeOf } from './migrate/judge.ts'
import { type Looking, look, type Prepared, stops } from './migrate/look.ts'
import { concurrencyOf, type MigrateFlags, optionsOf, runFlags } from './migrate/options.ts'
import { prepare } from './migrate/prepare.ts'
import { recordingOf } from './migrate/record.ts'
import { rehearse } from './migrate/rehearse.ts'
import { type Ran, reportOf } from './migrate/report.ts'
import { targetOf } from './migrate/target.ts'
import { onlyProject } from './only-project.ts'
import { parseSource } from './source-ref.ts'

/** What was asked for. `to`: the whole tag. */
type Asked = Looking & { readonly project: Project; readonly to: string | undefined }

const nothingToDo = ({ findings, plan }: Prepared): boolean => stops(findings) || plan.run.length === 0

/** What makes a run one that applies. `layout`: of the ledger's table. */
const forward = (history: History, { ledger, unfinished }: Prepared, layout: Layout): Pick<Running, 'direction' | 'record' | 'unfinished'> => ({
  direction: 'migrate',
  record: appliedRecord(ledger.name, { ledger: layout, folder: history.layout }),
  unfinished,
})

/** Tries it on a copy: the environment is only read. */
const onCopy = async (world: World, asked: Asked): Promise<Ran> => {
  const { history, target, options } = asked
  await using session = await world.reader(target.source)
  const prepared = await look(session, asked)
  if (nothingToDo(prepared)) return { prepared, outcome: nothingRun }
  const told = tell(world, prepared.plan.run.length, 'tried')
  const rehearsal = await rehearse(world, history, target, prepared, {
    running: (layout) => ({ ...forward(history, prepared, layout), limits: options.limits, undecided: options.undecided, told }),
  })
  return { prepared, outcome: rehearsal.outcome, dry: { where: 'copy', leftOut: [], shown: rehearsal.shown, unknown: rehearsal.unknown } }
}

/** Looks, judges and runs; once more where another migrator was faster. */
const inEnvironment = async (world: World, asked: Asked): Promise<Ran> => {
  const { history, target, options } = asked
  await using entered = await enter(world, target, options)
  return await inTurns(async () => {
    const prepared = await look(entered.session, asked)
    if (nothingToDo(prepared)) return { prepared, outcome: nothingRun }
    const { ledger, segments, plan } = prepared
    const tags = plan.run.map(({ tag }) => tag)
    refuseUnconfirmed(target, options.yes, tags, 'applied')
    if (options.dryRun) return { prepared, ...(await triedInPlace(world, entered, asked, segments, plan.run.length)) }
    const layout = await prepare(entered.session, history, ledger, segments, prepared.named)
    const { besides, why } = await recordingOf(world, entered.session, {
      ...asked,
      subject: prepared.judged.subject,
      run: plan.run,
      ledger,
      source: 'migrate',
    })
    const running = {
      ...(await runningIn(world, entered, ledger, options)),
      ...forward(history, prepared, layout),
      told: tell(world, tags.length, 'applied'),
      ...(besides ? { besides } : {}),
    }
    return { prepared, outcome: await runSegments(running, segments), ...(why === undefined ? {} : { unrecorded: why }) }
  })
}

/** Tries or runs it, as it was asked for. */
const ranIn = async (world: World, asked: Asked): Promise<Ran> => {
  const { options, to } = asked
  const ran = await (options.dryRun === 'copy' ? onCopy(world, asked) : inEnvironment(world, asked))
  return { ...ran, ...(to === undefined ? {} : { to }) }
}

/** Marks instead of running. */
const takeAsApplied = async (world: World, asked: Asked, tag: string): Promise<Report> => {
  await using entered = await enter(world, asked.target, asked.options)
  return await baseline(world, entered.session, asked, tag)
}

/** The databases of an environment that has many, of which none is named; undefined for everything else. */
const tenantsOf = async (world: World, text: string): Promise<readonly string[] | undefined> => {
  const source = parseSource(text, world.config)
  return source.type === 'environment' && source.tenant === undefined && world.config.environments?.[source.name]?.tenants
    ? world.tenants(source.name)
    : undefined
}

/** Throws `usage` for what is done in one database only. */
const refuseForMany = (environment: string, isProtected: boolean, flags: MigrateFlags, dryRun: Asked['options']['dryRun']): void => {
  if (flags.baseline === undefined && dryRun !== 'copy') return
  const inEach = ` --dry-run=environment${isProtected ? ' --yes' : ''} tries it in each of them.`
  throw new ToolError(
    'usage',
    `${environment} has many databases: ${flags.baseline === undefined ? 'a copy is made' : 'a baseline is taken'} of one of them.`,
    { help: `Write ${environment}/TENANT.${dryRun === 'copy' ? inEach : ''}` },
  )
}

/** Throws `usage` for what is done in one database only, `no-tenants`, `protected`. */
const onTenants = async (
  world: World,
  looking: Omit<Asked, 'target'>,
  environment: string,
  tenants: readonly string[],
  flags: MigrateFlags,
): Promise<Report> => {
  const { history, options } = looking
  const targets = new Map(tenants.map((tenant) => [tenant, targetOf(`${environment}/${tenant}`, world.config, history)]))
  const [first] = targets.values()
  refuseForMany(environment, first?.protected === true, flags, options.dryRun)
  if (!first)
    throw new ToolError('no-tenants', `${environment} has no databases: its tenants are an empty list.`, {
      help: `environments.${environment}.tenants in the configuration.`,
    })
  if (first.protected && !options.yes)
    throw new ToolError('protected', `${environment} is protected: nothing was run. It has ${plural(targets.size, 'database')}.`, {
      help: '--yes does it; --dry-run=environment --yes tries it in each of them.',
    })
  await loadSql()
  const how = { concurrency: concurrencyOf(flags.concurrency), keepGoing: flags.keepGoing, dry: options.dryRun !== undefined }
  return migrateFleet(world, history, environment, targets, how, (target) => ranIn(world, { ...looking, target }))
}

export const migrate = defineOperation({
  name: 'migrate',
  summary: 'Runs the pending migrations in an environment, never half.',
  description:
    'Runs what is pending as Drizzle’s migrator would, and writes the same ledger, so that drizzle-kit and the app’s own migrator see nothing unusual. Before: the ledger is held against the folder (what Drizzle would skip, run again or not notice stops it), and the policy judges the migrations as this database will meet them. Then each migration runs in a transaction of its own, with its row in it; what PostgreSQL takes in no transaction stands alone, and a run that ends in the middle is gone on with. A lock that is not to be had in time is given back and tried for again, so that nobody stands in line behind it.',
  arguments: [
    {
      name: 'ENV',
      description: 'An environment of the config (with tenants: all of its databases), ENVIRONMENT/TENANT, or a postgres:// URL.',
      required: true,
    },
  ],
  flags: {
    to: { type: 'string', value: 'TAG', description: 'Nothing behind TAG.' },
    baseline: {
      type: 'string',
      value: 'TAG',
      description: 'Run nothing: where the database is what the folder makes up to TAG, write that into its ledger as applied.',
    },
    accept: { type: 'strings', value: 'KIND', description: `What stops the run otherwise: ${acceptable.join(', ')}.` },
    ...runFlags,
    concurrency: { type: 'number', value: 'N', description: 'Of an environment with tenants: how many are migrated at a time.', default: 1 },
    keepGoing: { type: 'boolean', description: 'Of an environment with tenants: begin the others too when one was not brought to its end.' },
  },
  examples: [
    { command: 'pgstrata migrate staging', shows: 'what was applied, how long each took, and the way back' },
    { command: 'pgstrata migrate production --dry-run', shows: 'the same on a copy: nothing of production is touched' },
    { command: 'pgstrata migrate production --yes --lock-timeout 500', shows: 'production, which wants to be confirmed' },
    {
      command: 'pgstrata migrate production --baseline 0041 --yes',
      shows: 'a database that was made by push or by hand, compared with the folder and taken over',
    },
    { command: 'pgstrata migrate tenants --concurrency 4', shows: 'all databases of an environment, those that fared alike together' },
    { command: 'pgstrata migrate dev --accept out-of-order', shows: 'a migration that was merged late and that Drizzle would skip' },
  ],
  concludes: true,
  async run(world, { arguments: [text = ''], flags }): Promise<Report> {
    const options = optionsOf(flags)
    const project = onlyProject(await world.projects())
    const history = await world.history({ type: 'folder', path: project.folder }, { snapshots: false })
    assertAnalysed([history])
    assertWhole(history, 'nothing was run')
    const runner = world.config.runner ?? 'per-file'
    const to = options.to === undefined ? undefined : history.migrations[positionOf(history, options.to)]?.tag
    const looking = { project, history, options, to, runner, judge: judgeOf(world, project, history, runner) }
    const many = await tenantsOf(world, text)
    if (many) return onTenants(world, looking, text, many, flags)
    const asked = { ...looking, target: targetOf(text, world.config, history) }
    if (flags.baseline !== undefined) return takeAsApplied(world, asked, flags.baseline)
    const started = world.now()
    await loadSql()
    return reportOf(history, asked.target, await ranIn(world, asked), world.now() - started)
  },
})
