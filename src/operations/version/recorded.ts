/** What our own ledger says of a database, shown. */
import { type RecordedVersion, type TimeSource, versionsSeen } from '../../features/schema-versions.ts'
import type { Ledger, LedgerName, LedgerRow } from '../../model/history.ts'
import type { Json } from '../../model/json.ts'
import type { Block, Text } from '../../model/report.ts'
import type { SourceRef } from '../../model/source.ts'
import type { World } from '../../model/world.ts'

/** What is noted of a database; undefined where there is no such table, or this user may not read it. */
export const recordedIn = async (world: World, source: SourceRef, ledger: LedgerName): Promise<readonly RecordedVersion[] | undefined> => {
  await using session = await world.reader(source)
  return await versionsSeen(session, ledger)
}

export const recordedData = (recorded: readonly RecordedVersion[]): Json => recorded.map((each) => ({ ...each }))

const sourceWords: Readonly<Record<TimeSource, string>> = {
  migrate: 'pgstrata migrate',
  baseline: 'a baseline: taken as applied',
  trigger: 'the trigger',
  ledger: 'Drizzle’s ledger',
  'commit-timestamp': 'its commit',
  unknown: 'unknown',
}

const when = (at: string | undefined): string => at?.replace('T', ' ').replace('Z', ' UTC') ?? 'unknown'

const stateText = ({ state, endedAt, endedBy }: RecordedVersion): Text =>
  state === 'applied'
    ? ''
    : state === 'rolled-back'
      ? [{ text: `rolled back ${when(endedAt)}${endedBy === undefined ? '' : ` by ${endedBy}`}`, tone: 'warn' }]
      : [{ text: 'its row is gone from the ledger', tone: 'bad' }]

const row = (recorded: RecordedVersion): readonly Text[] => [
  [{ text: recorded.version ?? '?', tone: 'strong' }],
  recorded.migration ?? recorded.hash.slice(0, 12),
  recorded.changeType ?? '?',
  when(recorded.appliedAt),
  recorded.appliedBy ?? 'unknown',
  sourceWords[recorded.source],
  stateText(recorded),
]

/** What the ledger has and nobody has noted. */
const unnoted = (ledger: Ledger, recorded: readonly RecordedVersion[]): readonly LedgerRow[] =>
  ledger.rows.filter(({ id, hash }) => !recorded.some((each) => each.row === id && each.hash === hash && each.state === 'applied'))

/** Everything that was applied, the last one first; what is applied and was not noted above it. */
export const appliedTable = (ledger: Ledger, recorded: readonly RecordedVersion[], tagOf: (row: LedgerRow) => string): readonly Block[] => [
  {
    type: 'table',
    columns: [{ title: 'version' }, { title: 'migration' }, { title: 'change' }, { title: 'applied' }, { title: 'by' }, { title: 'known from' }, { title: '' }],
    rows: [
      ...unnoted(ledger, recorded)
        .toReversed()
        .map((each): readonly Text[] => ['?', tagOf(each), '?', 'unknown', 'unknown', 'nobody: version --sync', '']),
      ...recorded.toReversed().map(row),
    ],
  },
]

/** `0041_x, 2026-11-29 14:03:22 UTC, by deploy as app`: the last row of Drizzle's ledger, and what is noted of it. */
export const lastApplied = (ledger: Ledger, recorded: readonly RecordedVersion[], tagOf: (row: LedgerRow) => string): string | undefined => {
  const last = ledger.rows.at(-1)
  if (!last) return undefined
  const found = recorded.find((each) => each.row === last.id && each.hash === last.hash && each.state === 'applied')
  const by = found?.appliedBy === undefined ? '' : `, by ${found.appliedBy}`
  return `${tagOf(last)}, ${found?.appliedAt === undefined ? 'nobody has noted when' : when(found.appliedAt)}${by}`
}
