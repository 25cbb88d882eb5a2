/** Many databases as one report: each difference once, with those that have it. */
import type { Acceptance } from '../../features/drift/accepted.ts'
import { type Group, groupsOf, namesText, spreadOf } from '../../features/drift/groups.ts'
import { objectText } from '../../features/drift/words.ts'
import type { Finding, Unknown } from '../../model/finding.ts'
import type { Json } from '../../model/json.ts'
import { digits, plural } from '../../model/numbers.ts'
import type { Block, Report } from '../../model/report.ts'
import type { World } from '../../model/world.ts'
import type { Fleet, FleetOptions, Told } from './fleet.ts'
import { type Judged, judge, judgeAccepted } from './judge.ts'
import { changeOf, diffs, leftOutText } from './report.ts'
import { acceptedPath } from './run.ts'

type Spread = { readonly difference: Judged; readonly tenants: readonly string[] }

/** A fleet judged: groups with the same differences, those without any among them. */
export type JudgedFleet = {
  readonly fleet: Fleet
  readonly equal: readonly string[]
  readonly groups: readonly Group<Judged>[]
  readonly spread: readonly Spread[]
  readonly unknown: readonly Unknown[]
  readonly findings: readonly Finding[]
}

const isEqual = ({ comparison }: Told): boolean => comparison.differences.length === 0 && comparison.unknown.length === 0

const rank = { high: 0, medium: 1, low: 2 } as const

const byWeight = (x: Spread, y: Spread): number => rank[x.difference.risk.level] - rank[y.difference.risk.level] || y.tenants.length - x.tenants.length

const findingOf = ({ difference: { finding }, tenants }: Spread, asked: number): Finding => ({
  ...finding,
  message: `${digits(tenants.length)} of ${plural(asked, 'tenant')} (${namesText(tenants)}): ${finding.message}`,
})

/** What could not be told of databases that were read: once, with their names. */
const untold = (told: readonly Told[]): readonly Unknown[] => {
  const found = new Map<string, { readonly unknown: Unknown; readonly tenants: readonly string[] }>()
  for (const { tenants, comparison } of told)
    for (const unknown of comparison.unknown) {
      const key = JSON.stringify([unknown.what, unknown.why])
      found.set(key, { unknown, tenants: [...(found.get(key)?.tenants ?? []), ...tenants].sort() })
    }
  const all = told.reduce((sum, { tenants }) => sum + tenants.length, 0)
  return [...found.values()].map(({ unknown, tenants }) =>
    tenants.length === all ? unknown : { ...unknown, what: `${unknown.what} (tenants ${namesText(tenants)})` },
  )
}

const unreadOf = ({ environment, unread }: Fleet): readonly Unknown[] =>
  [...unread].sort((x, y) => (x.tenant < y.tenant ? -1 : 1)).map(({ tenant, ...why }) => ({ what: `tenant ${tenant} of ${environment}`, ...why }))

/** Judges each difference, and what is accepted of them. */
export const judgeFleet = async (world: World, fleet: Fleet, accepted: readonly Acceptance[], shard: FleetOptions['shard']): Promise<JudgedFleet> => {
  const { read, asked } = fleet
  if (!read) return { fleet, equal: [], groups: [], spread: [], unknown: unreadOf(fleet), findings: [] }
  const judged: Group<Judged>[] = []
  for (const { tenants, comparison } of read.told)
    if (comparison.differences.length > 0) judged.push({ tenants, differences: await judge(world, read.sides, comparison, accepted) })
  const groups = groupsOf(judged)
  const spread = [...spreadOf(groups)].sort(byWeight)
  const differences = spread.map(({ difference }) => difference)
  // What is accepted may be there in a database that was not read.
  const ofAcceptances = shard || fleet.unread.length > 0 ? [] : judgeAccepted(acceptedPath(world), read.sides, differences, accepted)
  return {
    fleet,
    equal: read.told
      .filter(isEqual)
      .flatMap(({ tenants }) => tenants)
      .sort(),
    groups,
    spread,
    unknown: [...unreadOf(fleet), ...untold(read.told)],
    findings: [...spread.map((each) => findingOf(each, asked.length)), ...ofAcceptances],
  }
}

/** The changes for machines, each with the tenants that have it. */
export const fleetChanges = ({ spread }: JudgedFleet): readonly Json[] =>
  spread.map(({ difference, tenants }) => ({ ...(changeOf(difference) as { readonly [key: string]: Json }), tenants: [...tenants] }))

/** How many objects were looked at in one database. */
export const objectsOf = ({ fleet: { read } }: JudgedFleet): number => Math.max(0, ...(read?.told ?? []).map(({ comparison }) => comparison.objects))

const dataOf = (judged: JudgedFleet, shard: FleetOptions['shard']): Json => ({
  a: judged.fleet.read?.sides[0].name ?? null,
  b: judged.fleet.environment,
  changes: [...fleetChanges(judged)],
  tenants: {
    total: judged.fleet.total,
    asked: judged.fleet.asked.length,
    ...(shard ? { shard: `${shard.index}/${shard.of}` } : {}),
    equal: judged.equal.length,
    groups: judged.groups.map(({ tenants, differences }) => ({ tenants: [...tenants], changes: differences.map(changeOf) })),
    unknown: judged.fleet.unread.map(({ tenant, why }) => ({ tenant, why })),
  },
})

const summaryOf = ({ fleet, equal, groups }: JudgedFleet, shard: FleetOptions['shard']): Block => {
  const { asked, total, unread, read } = fleet
  const differ = groups.reduce((sum, { tenants }) => sum + tenants.length, 0)
  const base = read?.sides[0]
  return {
    type: 'definition',
    items: [
      ...(base ? [{ term: base.name, text: `${plural(base.printed.objects.length, 'object')}, printed by ${base.printedBy}` }] : []),
      ...(shard ? [{ term: 'part', text: `${shard.index} of ${shard.of}: ${digits(asked.length)} of ${digits(total)} tenants` }] : []),
      {
        term: 'tenants',
        text: [
          {
            text: `${digits(equal.length)} of ${digits(asked.length)} equal to ${base?.name ?? 'the other side'}`,
            tone: equal.length === asked.length ? 'good' : 'plain',
          },
          ...(differ > 0 ? [', ', { text: `${digits(differ)} differ`, tone: 'bad' as const }, ` in ${plural(groups.length, 'way')}`] : []),
          ...(unread.length > 0 ? [', ', { text: `${digits(unread.length)} unknown`, tone: 'warn' as const }] : []),
        ],
      },
      ...(read && (read.told[0]?.comparison.leftOut.size ?? 0) > 0 && read.told[0]
        ? [{ term: 'left out', text: `in ${read.told[0].tenants[0]}: ${leftOutText(read.told[0].comparison, read.selection)}` }]
        : []),
      ...(read?.selection.platform ? [{ term: 'platform', text: `${read.selection.platform.name}: its own objects are left out` }] : []),
      ...(read?.sides.flatMap(({ notes }) => notes.map((text) => ({ term: 'note', text }))) ?? []),
    ],
  }
}

const verbs = { missing: 'lacks', extra: 'has more:', changed: 'has otherwise:' } as const

const differsText = (differences: readonly Judged[]): string => {
  const words = differences.map(({ item }) => `${verbs[item.kind]} ${objectText(item)}`)
  return words.length <= 4 ? words.join('; ') : `${words.slice(0, 3).join('; ')} and ${words.length - 3} more`
}

const groupsTable = (groups: readonly Group<Judged>[]): readonly Block[] =>
  groups.length === 0
    ? []
    : [
        {
          type: 'table',
          columns: [{ title: 'tenants', align: 'right' }, { title: 'each of them' }, { title: 'which' }],
          rows: groups.map(({ tenants, differences }) => [digits(tenants.length), differsText(differences), namesText(tenants, 5)]),
        },
      ]

export const fleetReport = (judged: JudgedFleet, shard: FleetOptions['shard']): Report => {
  const { fleet, groups, spread, findings, unknown } = judged
  const { read, unread, asked, environment } = fleet
  return {
    operation: 'drift',
    analysed: {
      tenants: asked.length - unread.length,
      objects: objectsOf(judged),
      differences: spread.length,
    },
    findings,
    data: dataOf(judged, shard),
    blocks: [
      {
        type: 'heading',
        level: 1,
        text: `${environment}, ${plural(fleet.total, 'tenant')}, as seen from ${read?.sides[0].name ?? 'the other side'}`,
      },
      summaryOf(judged, shard),
      ...groupsTable(groups),
      ...(read
        ? diffs(
            spread.map(({ difference }) => difference),
            read.sides,
          )
        : []),
    ],
    unknown,
  }
}
