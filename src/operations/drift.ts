/** `drift`: what differs between any two sources, what it means, and the statements that mend it. */
import { type Acceptance, writeAccepted } from '../features/drift/accepted.ts'
import { type Comparison, comparedText } from '../features/drift/compare.ts'
import { type Proof, proveRepair, type Repair, repairOf } from '../features/drift/repair.ts'
import { parseShard } from '../features/drift/shard.ts'
import { ToolError } from '../model/error.ts'
import type { Report } from '../model/report.ts'
import type { SourceRef } from '../model/source.ts'
import { textEdit } from '../model/text.ts'
import type { World } from '../model/world.ts'
import { loadSql } from '../sql/parser.ts'
import { defineOperation } from './define.ts'
import { compareFleet, type FleetOptions, usualConcurrency } from './drift/fleet.ts'
import { fleetReport, judgeFleet } from './drift/fleet-report.ts'
import { betweenOf, type Judged } from './drift/judge.ts'
import { blocksOf, dataOf, type Repaired } from './drift/report.ts'
import { acceptedPath, compareSources, type DriftOptions, judgeCompared, majorOf, readAcceptedFile, type Sides } from './drift/run.ts'
import type { Selected } from './drift/select.ts'
import { extensionsOf } from './drift/sides.ts'
import { parseSource } from './source-ref.ts'

/** The environment that is meant when none is named: `production`, or the only one. */
const usualEnvironment = ({ config }: World): string => {
  const names = Object.keys(config.environments ?? {})
  const [only, ...others] = names
  if (names.includes('production')) return 'production'
  if (only !== undefined && others.length === 0) return only
  throw new ToolError('usage', 'drift wants two sources, or one that is compared with the folder.', {
    help: `pgstrata drift folder ENVIRONMENT, pgstrata drift staging production, pgstrata drift folder postgres://… Environments: ${names.join(', ') || 'none; pgstrata.config.ts names them'}.`,
  })
}

const sourcesOf = (world: World, [first, second]: readonly string[]): readonly [SourceRef, SourceRef] => {
  const [a, b] = first === undefined ? ['folder', usualEnvironment(world)] : second === undefined ? ['folder', first] : [first, second]
  return [parseSource(a, world.config), parseSource(b, world.config)]
}

const proofOf = async (world: World, [, b]: Sides, repair: Repair, selection: Selected): Promise<Proof> => {
  if (repair.steps.length === 0) return { state: 'not run', why: 'there is nothing to run' }
  const engine = await world.engine({ extensions: extensionsOf(b.printed, repair.goal), profile: 'replay', genuine: true, major: majorOf(b) })
  try {
    return await proveRepair(engine, b.printed, repair, selection)
  } finally {
    await engine[Symbol.asyncDispose]()
  }
}

const repaired = async (world: World, sides: Sides, comparison: Comparison, selection: Selected, renames: readonly string[]): Promise<Repaired> => {
  await loadSql()
  const repair = repairOf(sides[0].printed, sides[1].printed, comparison.differences, renames)
  return { repair, proof: await proofOf(world, sides, repair, selection) }
}

/** Accepts what is judged and not accepted yet; entries for these sources whose drift is gone are taken out. */
const accept = async (
  world: World,
  sides: Sides,
  judged: readonly Judged[],
  known: readonly Acceptance[],
  reason: string,
  until: string,
): Promise<readonly Acceptance[]> => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(until) || Number.isNaN(Date.parse(until)))
    throw new ToolError('usage', `--until ${JSON.stringify(until)} is no day.`, { help: 'Write it as 2027-01-31.' })
  if (Date.parse(`${until}T23:59:59.999Z`) < world.now()) throw new ToolError('usage', `--until ${until} is past.`, { help: 'Name a day to come.' })
  const between = betweenOf(sides)
  const others = known.filter((each) => each.between !== between)
  const mine = judged.map(({ drift, fingerprint, accepted }): Acceptance => accepted ?? { drift, fingerprint, between, reason, until })
  const all = [...others, ...mine]
  await world.files.write([textEdit(acceptedPath(world), writeAccepted(all))])
  return all
}

/** The environment whose databases are compared one by one; undefined where there is none. */
const fleetOf = ({ config }: World, [a, b]: readonly [SourceRef, SourceRef]): string | undefined => {
  const environment = (source: SourceRef): string | undefined =>
    source.type === 'environment' && source.tenant === undefined && config.environments?.[source.name]?.tenants ? source.name : undefined
  const first = environment(a)
  if (first !== undefined)
    throw new ToolError('usage', `${first} has tenants: it cannot be the first source.`, {
      help: `Name one of them, ${first}/TENANT, or compare a source with all of them: pgstrata drift folder ${first}.`,
    })
  return environment(b)
}

type FleetFlags = { readonly shard: string | undefined; readonly concurrency: number; readonly sql: boolean; readonly rename: readonly string[] }

const most = 64

const fleetOptions = (environment: string, { shard, concurrency, sql, rename }: FleetFlags): Pick<FleetOptions, 'shard' | 'concurrency'> => {
  if (sql || rename.length > 0)
    throw new ToolError('usage', `--sql is written for one database, and ${environment} has many.`, { help: `pgstrata drift A ${environment}/TENANT --sql` })
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > most)
    throw new ToolError('usage', `--concurrency wants a whole number from 1 to ${most}.`)
  return { concurrency, shard: shard === undefined ? undefined : parseShard(shard) }
}

type AcceptFlags = { readonly accept: string | undefined; readonly until: string | undefined }

const driftOfFleet = async (world: World, source: SourceRef, environment: string, flags: FleetFlags & DriftOptions & AcceptFlags): Promise<Report> => {
  const options = { ...flags, ...fleetOptions(environment, flags) }
  if (options.shard && flags.accept !== undefined)
    throw new ToolError('usage', '--accept wants all tenants, and --shard takes some of them.', { help: 'Leave --shard out.' })
  const fleet = await compareFleet(world, source, environment, options)
  const known = await readAcceptedFile(world)
  const judged = await judgeFleet(world, fleet, known, options.shard)
  if (flags.accept === undefined || !fleet.read) return fleetReport(judged, options.shard)
  const differences = judged.spread.map(({ difference }) => difference)
  const accepted = await accept(world, fleet.read.sides, differences, known, flags.accept, flags.until ?? '')
  return fleetReport(await judgeFleet(world, fleet, accepted, options.shard), options.shard)
}

export const drift = defineOperation({
  name: 'drift',
  summary: 'Compares any two sources: databases, folders, git refs, schemas, dumps.',
  description:
    'Reads both sources and says what differs, object by object, as the second is seen from the first, with what each difference means and since which migration the folder has had it. A database is read over one read-only connection, in one transaction; everything else is built in a PostgreSQL that starts by itself, of the database’s own major where there is one, so that PostgreSQL prints both sides. With one source, it is compared with the folder; with none, the environment production is. What could not be read or loaded is unknown (exit 3), never “no drift”.\n\nAn environment with `tenants` (a list of databases on its server, or a query on its own database that names them) is compared database by database, as the second source: each is asked for the fingerprint of its catalog, of those that are alike one is read in full, and the report tells each difference once, with the tenants that have it. A tenant that cannot be read is unknown, by name. What was read is kept: a run that was cut off goes on where it was, and a database whose catalog has not moved is not read again. `ENVIRONMENT/TENANT` names one of them. Tenants on another server are another environment.',
  arguments: [
    {
      name: 'A',
      description:
        'What is expected: an environment, a postgres:// URL, folder, folder@TAG, git:REF, schema, a .sql file or dump, a snapshot. Default: folder.',
      required: false,
    },
    { name: 'B', description: 'What is compared with it, the same. Default: the environment production, or the only one.', required: false },
  ],
  flags: {
    include: { type: 'strings', value: 'WHAT', description: 'Only these kinds (`index`) or names (`public.audit_*`, `orders.total`), by comma.' },
    exclude: { type: 'strings', value: 'WHAT', description: 'Not these kinds or names, by comma.' },
    facets: {
      type: 'string',
      value: 'LIST',
      description:
        'What is compared beside the design: owners, grants, comments, roles, statistics, storage, versions, labels, names, order, partitions, archives; all; none. Default: grants between two databases, else none.',
    },
    sql: { type: 'boolean', description: 'Also write the statements that bring B to A, proven on a copy.' },
    rename: { type: 'strings', value: 'OLD to NEW', description: 'With --sql: a table or column of B that has another name in A: `users.mail to email`.' },
    accept: { type: 'string', value: 'REASON', description: 'Write what is found into the file of accepted drift (drift.accepted in the configuration).' },
    until: { type: 'string', value: 'DATE', description: 'With --accept: the last day on which it is accepted, 2027-01-31.' },
    shard: { type: 'string', value: 'I/N', description: 'Of an environment with tenants: only the I-th of N parts, 2/5; every job of a CI matrix takes one.' },
    concurrency: { type: 'number', value: 'N', default: usualConcurrency, description: 'Of an environment with tenants: how many are read at a time.' },
  },
  examples: [
    { command: 'pgstrata drift production', shows: 'what production has that the folder does not say, and the other way round' },
    { command: 'pgstrata drift staging production --sql', shows: 'statements that make production what staging is, proven on a copy' },
    { command: 'pgstrata drift schema folder', shows: 'what the TypeScript schema says and no migration makes' },
    { command: 'pgstrata drift git:main folder', shows: 'what this branch changes' },
    { command: 'pgstrata drift folder tenants --shard 2/5', shows: 'the second fifth of all tenant databases, grouped by what differs in them' },
  ],
  async run(world, { arguments: given, flags }): Promise<Report> {
    if (given.length > 2) throw new ToolError('usage', `drift compares two sources; ${given.length} are given.`)
    if ((flags.accept === undefined) !== (flags.until === undefined))
      throw new ToolError('usage', '--accept and --until belong together.', { help: "--accept 'made by the DBA, ticket 12' --until 2027-01-31" })
    const sources = sourcesOf(world, given)
    const environment = fleetOf(world, sources)
    if (environment !== undefined) return driftOfFleet(world, sources[0], environment, flags)
    if (flags.shard !== undefined)
      throw new ToolError('usage', '--shard wants an environment with tenants as the second source.', {
        help: 'environments.NAME.tenants in pgstrata.config.ts.',
      })
    const compared = await compareSources(world, sources, flags)
    const { sides, comparison, selection } = compared
    const known = await readAcceptedFile(world)
    const before = await judgeCompared(world, compared, known)
    const accepted = flags.accept === undefined ? known : await accept(world, sides, before.judged, known, flags.accept, flags.until ?? '')
    const { judged, findings } = flags.accept === undefined ? before : await judgeCompared(world, compared, accepted)
    const mended = flags.sql ? await repaired(world, sides, comparison, selection, flags.rename) : undefined
    const same = comparison.differences.length === 0 && comparison.unknown.length === 0
    const fingerprint = (at: 0 | 1): string => world.hash(comparedText(sides[at], sides[at === 0 ? 1 : 0], selection))
    const a = fingerprint(0)
    return {
      operation: 'drift',
      analysed: { objects: comparison.objects, differences: judged.length },
      findings,
      data: dataOf(sides, comparison, judged, { a, b: same ? a : fingerprint(1) }, mended),
      blocks: blocksOf(sides, comparison, judged, selection, mended),
      unknown: comparison.unknown,
    }
  },
})
