/** `report`: what CI sees of an environment, as a file for those who cannot ask it. */

import { type Evidence, evidenceJson, readEvidence, type Sighted } from '../features/status/evidence.ts'
import { ledgerKey } from '../features/status/situation.ts'
import { PostgresRefusal, ToolError } from '../model/error.ts'
import type { History } from '../model/history.ts'
import { plural } from '../model/numbers.ts'
import type { Report } from '../model/report.ts'
import { textEdit } from '../model/text.ts'
import type { World } from '../model/world.ts'
import { defineOperation } from './define.ts'
import { pooled } from './pool.ts'
import { wholeFolder } from './status/folder.ts'
import { wantedIn } from './status/lanes.ts'
import { askAll, evidencePath, otherFileHelp, otherLedger } from './status/observe.ts'
import { type Standing, standingsOf } from './status/standings.ts'
import { unknownOf } from './status/unknown.ts'
import { stateText, toneOf } from './status/words.ts'

const concurrency = 16
const patience = 10_000

/** Which databases may stand as one: those that say the same in every word of the file. */
const keyOf = ({ seen, drift, situation }: Standing, fingerprint: string | undefined): string =>
  JSON.stringify([
    seen && [ledgerKey(seen.ledger), seen.ledger.rows.map(({ appliedAt }) => appliedAt), seen.version, seen.begun],
    drift,
    situation.state,
    fingerprint,
  ])

/** What was seen, tenants that were seen alike as one. */
const sightedOf = (standings: readonly Standing[], fingerprints: ReadonlyMap<string, string>): readonly Sighted[] => {
  const groups = new Map<string, Sighted & { readonly tenants?: string[] }>()
  for (const standing of standings) {
    const { lane, seen, drift, situation } = standing
    if (!seen) continue
    const fingerprint = fingerprints.get(lane.name)
    const key = keyOf(standing, fingerprint)
    const group = groups.get(key)
    if (group?.tenants && lane.tenant !== undefined) group.tenants.push(lane.tenant)
    else
      groups.set(key, {
        ...(lane.tenant === undefined ? {} : { tenants: [lane.tenant] }),
        version: seen.version,
        ledger: seen.ledger,
        begun: seen.begun,
        drift,
        ...(fingerprint ? { fingerprint } : {}),
        state: situation.state,
      })
  }
  return [...groups.values()]
}

/** The catalogs' fingerprints. A database that answered a moment ago and does not any more has none. */
const fingerprintsOf = async (world: World, standings: readonly Standing[]): Promise<ReadonlyMap<string, string>> => {
  const seen = standings.filter((standing) => standing.seen)
  const found = await pooled(seen, concurrency, world.signal, async ({ lane }): Promise<readonly (readonly [string, string])[]> => {
    try {
      return [[lane.name, await world.fingerprint(lane.source)]]
    } catch (error) {
      if (error instanceof ToolError || error instanceof PostgresRefusal) return []
      throw error
    }
  })
  return new Map(found.flat())
}

/** Throws `not-seen` (exit 3) where nothing could be read: an older file then stays as it is. */
const assertSeen = (environment: string, standings: readonly Standing[]): void => {
  const [first] = standings
  if (standings.some(({ seen }) => seen) || !first) return
  throw new ToolError('not-seen', `${environment} cannot be read: ${first.unread?.why ?? ''}`, {
    ...(first.unread?.help ? { help: first.unread.help } : {}),
    exit: 3,
  })
}

/** Throws `other-ledger` where the file tells of another ledger: it is somebody's evidence. What is no evidence is written over. */
const assertOurs = async (world: World, path: string, { environment, databases }: Evidence): Promise<void> => {
  const before = await evidenceAt(world, path, environment)
  const [first] = databases
  const other = before && first && otherLedger(before, first.ledger.name)
  if (other !== undefined) throw new ToolError('other-ledger', `${path} tells of the ledger ${other}, and would be written over.`, { help: otherFileHelp })
}

/** What a file says; undefined for one that is not there or no evidence of this environment. */
const evidenceAt = async (world: World, path: string, environment: string): Promise<Evidence | undefined> => {
  if (!(await world.files.exists(path))) return undefined
  try {
    return readEvidence(path, new TextDecoder().decode(await world.files.read(path)), environment, world.hash)
  } catch {
    return undefined
  }
}

type Flags = { readonly out: string | undefined; readonly by: string | undefined; readonly drift: boolean }

const seenBy = async (world: World, environment: string, standings: readonly Standing[], { by, drift }: Flags): Promise<Evidence> => {
  const commit = await world.git.resolve('HEAD').catch(() => undefined)
  const who = by ?? world.actor
  return {
    environment,
    // What comes later may have changed meanwhile: the file is as old as the first ledger in it.
    observedAt: Math.min(...standings.flatMap(({ seen }) => seen?.observedAt ?? [])),
    ...(who === undefined ? {} : { by: who }),
    ...(commit === undefined ? {} : { commit }),
    databases: sightedOf(standings, drift ? await fingerprintsOf(world, standings) : new Map()),
    unread: standings.flatMap(({ lane, seen, unread }) => (seen ? [] : [{ tenant: lane.tenant ?? lane.environment, why: unread?.why ?? '' }])),
  }
}

const look = async (world: World, environment: string, drift: boolean): Promise<{ readonly history: History; readonly standings: readonly Standing[] }> => {
  const { project, history } = await wholeFolder(world)
  const sights = await askAll(world, history, [{ environment }], { patience, concurrency })
  return { history, standings: await standingsOf(world, project, history, sights, { drift, concurrency, patience }) }
}

/** The one environment of `--env`. Throws `usage`, and what naming an environment throws. */
const environmentOf = (world: World, env: string | undefined): string => {
  if (env === undefined || env.trim() === '') throw new ToolError('usage', 'report wants --env NAME.', { help: 'pgstrata report --env production' })
  const [only, ...others] = wantedIn(world.config, env)
  if (only && others.length === 0 && only.tenant === undefined) return only.environment
  throw new ToolError('usage', `--env wants one environment, not ${env}.`, { help: 'Its tenants are read with it.' })
}

export const report = defineOperation({
  name: 'report',
  summary: 'Writes what is seen of an environment, for where it cannot be asked.',
  description:
    'Runs in CI, beside the deployment, where the environment can be reached, and writes a small JSON file: the rows of the ledger (hash, name, times), the server’s version, the state, when and by whom and at which commit it was looked at, and a digest over all of it. With --drift also whether the catalog is what the migrations make, and its fingerprint. There is no host, no URL and no database user in it. pgstrata status reads the file where the environment cannot be asked, shows its age, and refuses one that was changed. The digest shows that a file is whole, not who wrote it: keep it where only CI can write.',
  arguments: [],
  flags: {
    env: { type: 'string', value: 'NAME', description: 'The environment of the configuration; all of its tenants are read.' },
    out: {
      type: 'string',
      value: 'FILE',
      description: 'Where to write it. Default: environments.NAME.report of the configuration, else .pgstrata/environments/NAME.json.',
    },
    by: { type: 'string', value: 'WHO', description: 'Who looked; default: as continuous integration or the machine calls you.' },
    drift: { type: 'boolean', description: 'Also compare the catalog with what the applied migrations make.' },
  },
  examples: [
    { command: 'pgstrata report --env production', shows: 'what was written, and where' },
    { command: 'pgstrata report --env production --drift --out production.json', shows: 'a file that also says whether somebody changed the schema by hand' },
  ],
  async run(world, { flags }): Promise<Report> {
    const environment = environmentOf(world, flags.env)
    const { history, standings } = await look(world, environment, flags.drift)
    assertSeen(environment, standings)
    const path = flags.out ?? evidencePath(world, environment)
    const found = await seenBy(world, environment, standings, flags)
    await assertOurs(world, path, found)
    const evidence = evidenceJson(found, world.hash)
    await world.files.write([textEdit(path, `${JSON.stringify(evidence, null, 2)}\n`)])
    const [first] = standings
    const unread = standings.filter(({ seen }) => !seen)
    return {
      operation: 'report',
      analysed: { databases: standings.length - unread.length, migrations: history.migrations.length },
      findings: [],
      data: { path, ...evidence },
      blocks: [
        {
          type: 'text',
          text: [
            { text: environment, tone: 'strong' },
            ...(first && standings.length === 1
              ? [' is ', { text: stateText(first), tone: toneOf(first) }]
              : [`: ${plural(standings.length - unread.length, 'database')} read`]),
            `; written to ${path}.`,
          ],
        },
      ],
      unknown: unknownOf(standings, { drift: flags.drift, check: false }, world.now()),
      informs: true,
      chosen: true,
    }
  },
})
