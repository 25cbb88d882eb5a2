/** What our own ledger says of a database, shown. */
import { accessTo } from '../../drizzle/own-tables.ts'
import { type RecordedVersion, readVersions, type TimeSource } from '../../features/schema-versions.ts'
import type { LedgerName } from '../../model/history.ts'
import type { Json } from '../../model/json.ts'
import type { Block, Text } from '../../model/report.ts'
import type { SourceRef } from '../../model/source.ts'
import type { World } from '../../model/world.ts'

/** What is noted of a database; undefined where there is no such table, or this user may not read it. */
export const recordedIn = async (world: World, source: SourceRef, ledger: LedgerName): Promise<readonly RecordedVersion[] | undefined> => {
  await using session = await world.reader(source)
  const access = await accessTo(session, 'schema_versions')
  return access === 'absent' || access === 'hidden' ? undefined : await readVersions(session, ledger)
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

/** Everything that was applied, the last one first. */
export const appliedTable = (recorded: readonly RecordedVersion[]): readonly Block[] => [
  {
    type: 'table',
    columns: [{ title: 'version' }, { title: 'migration' }, { title: 'change' }, { title: 'applied' }, { title: 'by' }, { title: 'known from' }, { title: '' }],
    rows: recorded.toReversed().map(row),
  },
]

/** `0041_x, 2026-11-29 14:03:22 UTC, by deploy as app`: the last one that is still there. */
export const lastApplied = (recorded: readonly RecordedVersion[]): string | undefined => {
  const last = recorded.findLast(({ state }) => state === 'applied')
  if (!last) return undefined
  const by = last.appliedBy === undefined ? '' : `, by ${last.appliedBy}`
  return `${last.migration ?? last.hash.slice(0, 12)}, ${last.appliedAt === undefined ? 'nobody knows when' : when(last.appliedAt)}${by}`
}
