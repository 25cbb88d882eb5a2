/** `status`: environments by migrations, and what the next deployment will do in each. */
import { ToolError } from '../model/error.ts'
import type { Report } from '../model/report.ts'
import { defineOperation } from './define.ts'
import { wholeFolder } from './status/folder.ts'
import { wantedIn } from './status/lanes.ts'
import { observe } from './status/observe.ts'
import { reportOf } from './status/report.ts'
import { standingsOf } from './status/standings.ts'

const hour = 3_600_000

const atLeast = (flag: string, value: number, least: number): number => {
  if (Number.isFinite(value) && value >= least) return value
  throw new ToolError('usage', `--${flag} wants a number from ${least} on.`)
}

const mostConcurrent = 64

const concurrencyOf = (value: number): number => {
  if (Number.isInteger(value) && value >= 1 && value <= mostConcurrent) return value
  throw new ToolError('usage', `--concurrency wants a whole number from 1 to ${mostConcurrent}.`)
}

export const status = defineOperation({
  name: 'status',
  summary: 'Shows where each migration is applied, and what the next deploy will do.',
  description:
    'Asks every environment of the configuration for its ledger (each tenant is a database of its own) and joins it with the folder, by hash, then name, then time. It says what is applied, applied and edited since, pending, skipped by Drizzle’s watermark, out of order, without a file or from before a squash; what the next deployment will run there, and where it would fail, judged behind what this database has run and in the batches of the configured runner. Databases are asked at once, read-only, each over one connection that is left at once; one that is away or hangs is unknown, never in sync. Where an environment cannot be asked from here, what pgstrata report --env has written in CI is evidence, with its age; older than --max-age it is unknown.',
  arguments: [],
  flags: {
    environments: { type: 'string', value: 'A,B', description: 'Only these environments, or ENVIRONMENT/TENANT.' },
    check: { type: 'boolean', description: 'Exit 1 unless all of them are in sync; 3 where something is unknown or only a report tells of it.' },
    drift: { type: 'boolean', description: 'Also compare each catalog with what its applied migrations make.' },
    watch: { type: 'string', value: 'SECONDS', alone: '5', description: 'Look again and again, and show it when something changes; Ctrl-C ends it.' },
    maxAge: { type: 'number', value: 'HOURS', default: 24, description: 'How old evidence from a report may be.' },
    timeout: { type: 'number', value: 'SECONDS', default: 3, description: 'How long a database may take to let us in, and for each answer.' },
    concurrency: { type: 'number', value: 'N', default: 16, description: 'How many are asked at a time.' },
  },
  examples: [
    { command: 'pgstrata status', shows: 'whether production is behind, and whether its next deployment would fail' },
    { command: 'pgstrata status --environments staging,production --check', shows: 'a gate in CI: exit 1 unless both are in sync' },
    { command: 'pgstrata status --drift', shows: 'the same, and whether somebody changed a schema by hand' },
    { command: 'pgstrata status --watch=10', shows: 'every ten seconds, while a deployment is underway' },
  ],
  watches: true,
  async run(world, { flags }): Promise<Report> {
    const options = {
      patience: atLeast('timeout', flags.timeout, 0.1) * 1_000,
      concurrency: concurrencyOf(flags.concurrency),
      maxAge: atLeast('max-age', flags.maxAge, 0) * hour,
    }
    const wanted = wantedIn(world.config, flags.environments)
    const { project, history } = await wholeFolder(world)
    const sights = await observe(world, history, wanted, options)
    return reportOf(history, await standingsOf(world, project, history, sights, { drift: flags.drift, ...options }), flags, world.now())
  },
})
