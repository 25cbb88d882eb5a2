/** The database beside what its migrations make: a rollback is made for the second. */
import { touches } from '../../../changes/index.ts'
import { loadScripts } from '../../../features/drift/load.ts'
import { affectedTables } from '../../../features/rollback/affected.ts'
import { ToolError } from '../../../model/error.ts'
import type { Finding, Unknown } from '../../../model/finding.ts'
import { parseKey, partsOf } from '../../../model/name.ts'
import type { PrintedCatalog, PrintedDifference } from '../../../model/printed.ts'
import { reportedFinding } from '../../../rules/report.ts'
import { tableOfIndex } from '../../../sql/printed/tables.ts'
import type { Subject } from '../../check/subject.ts'
import type { Judged } from '../../drift/judge.ts'
import { judgeCompared, readAcceptedFile, settled } from '../../drift/run.ts'
import { selectionOf } from '../../drift/select.ts'
import { type ReadSide, readLive } from '../../drift/sides.ts'
import type { Target } from '../../migrate/target.ts'
import { plural } from '../../plural.ts'
import type { Way } from './ways.ts'

/** Schema and name: whose object it is that a longer name belongs to. */
const ownerOf = (identity: string): string => partsOf(identity).slice(0, 2).join('\0')

/** An index is called otherwise than its table. */
const ownersOf = ({ kind, identity, from, to }: PrintedDifference): readonly string[] =>
  [identity, ...(kind === 'index' ? [tableOfIndex(String((from ?? to)?.definition))] : [])].map(ownerOf)

/** What the ways back work on, by owner; undefined: it may be anything. */
const touchedBy = (ways: readonly Way[]): ReadonlySet<string> | undefined => {
  const changes = ways.flatMap(({ rollback }) => rollback.inverse.changes)
  if (changes.some(({ kind }) => kind === 'opaque')) return undefined
  const tables = ways.flatMap(({ rollback, after }) => [...affectedTables(rollback.inverse.changes, after)])
  return new Set([...tables, ...changes.flatMap((change) => touches(change).map((key) => parseKey(key).name))].map(ownerOf))
}

/** Where nothing can be compared, that is said. */
const notCompared = (why: string): readonly Finding[] => [
  reportedFinding('rollback-drift', `The database was not compared with what its migrations make: ${why}.`, {}, 'not compared', { severity: 'warning' }),
]

const summary = (others: readonly Judged[], target: Target): readonly Finding[] =>
  others.length === 0
    ? []
    : [
        reportedFinding(
          'rollback-drift',
          `${target.name} differs from its migrations in ${plural(others.length, 'object')} that the rollback does not work on: ${others
            .slice(0, 3)
            .map(({ drift }) => drift)
            .join(', ')}${others.length > 3 ? ' …' : ''}.`,
          {},
          'others',
          { severity: 'note' },
        ),
      ]

const foundIn = (judged: readonly Judged[], touched: ReadonlySet<string> | undefined, target: Target, accepted: boolean): readonly Finding[] => {
  const open = judged.filter((each) => each.accepted === undefined)
  const isTouched = ({ item: { difference } }: Judged): boolean => touched === undefined || ownersOf(difference).some((owner) => touched.has(owner))
  const findings = open
    .filter(isTouched)
    .map(({ drift, finding: { message } }) =>
      reportedFinding('rollback-drift', accepted ? `${message} Accepted.` : message, {}, drift, accepted ? { severity: 'note' } : {}),
    )
  return [
    ...findings,
    ...summary(
      open.filter((each) => !isTouched(each)),
      target,
    ),
  ]
}

/** What its migrations make, in an engine of the database's major where there is one. Throws `extension-missing` and `refused`. */
const madeBy = async ({ world, history, scripts, start }: Subject, major: number): Promise<PrintedCatalog> => {
  const engine = await world.engine({ extensions: [...new Set([...start.created, ...start.extensions])], profile: 'replay', genuine: true, major })
  try {
    if (engine.missing.length > 0) throw new ToolError('extension-missing', `no engine has the extension ${engine.missing.join(', ')}`)
    const printed = await loadScripts(engine, scripts, start, history.ledger)
    if ('refusal' in printed) throw new ToolError('refused', `${history.migrations[printed.migration]?.tag} does not run there: ${printed.refusal.message}`)
    return printed
  } finally {
    await engine[Symbol.asyncDispose]()
  }
}

const compared = async (subject: Subject, target: Target): Promise<{ readonly judged: readonly Judged[]; readonly unknown: readonly Unknown[] }> => {
  const { world, history, replayed } = subject
  const live = await readLive(world, target.source, target.name, false)
  const printed = await madeBy(subject, Math.floor(live.printed.version / 10_000))
  const source = { type: 'folder', path: history.folder } as const
  const folder: ReadSide = {
    name: 'folder',
    live: false,
    printed,
    unknown: [],
    source,
    printedBy: '',
    notes: [],
    history: { history, catalogs: async () => replayed.catalogs },
  }
  const selection = await selectionOf(world, { include: [], exclude: [], facets: new Set() }, [folder, live])
  const found = await settled(world, [folder, live], selection)
  const { judged } = await judgeCompared(world, found, await readAcceptedFile(world))
  return { judged, unknown: found.comparison.unknown }
}

/** Drift is an error where the ways back work on it, and told elsewhere. `subject`: the migrations as the database has run them. */
export const driftFindings = async (subject: Subject, target: Target, ways: readonly Way[], accepted: boolean): Promise<readonly Finding[]> => {
  try {
    const { judged, unknown } = await compared(subject, target)
    const [first] = unknown
    return [...foundIn(judged, touchedBy(ways), target, accepted), ...(first ? notCompared(`${first.what}: ${first.why}`) : [])]
  } catch (error) {
    if (error instanceof ToolError) return notCompared(error.message.replace(/\.$/, ''))
    throw error
  }
}
