/** What `status` answers: the sentence first, then its evidence. */
import type { Cell, EnvironmentState } from '../../features/status/situation.ts'
import type { Finding } from '../../model/finding.ts'
import type { History } from '../../model/history.ts'
import { digits, plural } from '../../model/numbers.ts'
import type { Block, Report, Span, TreeItem } from '../../model/report.ts'
import type { Instant } from '../../model/world.ts'
import { reportedFinding } from '../../rules/report.ts'
import { begunBlocks } from './begun.ts'
import { type Column, columnsOf, mostColumns, worstFirst } from './columns.ts'
import { dataOf } from './data.ts'
import { driftBlocks } from './looked.ts'
import { matrixBlocks } from './matrix.ts'
import type { Standing } from './standings.ts'
import { isHearsay, unknownOf } from './unknown.ts'
import { ageText, deployText, endingText, stateText, toneOf } from './words.ts'

const isOrAre = ({ standings }: Column): string => (standings.length === 1 ? 'is' : 'are')
const its = ({ standings }: Column): string => (standings.length === 1 ? 'its' : 'their')

const withoutDot = (text: string): string => text.replace(/[.]$/, '')

/** `production is 7 behind, and its next deployment would fail: …` */
const clauseOf = (column: Column, now: Instant): readonly Span[] => {
  const [standing] = column.standings
  const { seen, unread, deploy, situation } = standing
  const ending = deploy && endingText(deploy, false)
  const report = seen?.report
  const age = seen && report ? `${situation.last === undefined ? ', seen' : ','} ${ageText(now - seen.observedAt)} ago` : ''
  // Why is told with what is unknown, once for all that it holds for.
  const why = !seen && unread ? `: ${column.standings.length === 1 ? 'it' : 'they'} could not be asked` : ''
  return [
    { text: column.subject, tone: 'strong' },
    ` ${isOrAre(column)} `,
    { text: stateText(standing), tone: toneOf(standing) },
    `${age}${why}`,
    ...(ending === undefined ? [] : [`, and ${its(column)} next deployment ${withoutDot(ending)}`]),
  ]
}

const clausesShown = 3

const joined = (clauses: readonly (readonly Span[])[]): readonly Span[] => clauses.flatMap((clause, at) => [...(at === 0 ? [] : ['; ']), ...clause])

const sizeOf = (columns: readonly Column[]): number => columns.reduce((sum, { standings }) => sum + standings.length, 0)

const isInSync = ({ standings: [{ situation, seen }] }: Column): boolean => situation.state === 'in-sync' && !seen?.report

/** Up to two are named; tenants are named by their environment. */
const restText = (columns: readonly Column[]): string =>
  columns.length <= 2 && columns.every(({ standings }) => standings.length === 1 || standings[0].lane.tenant !== undefined)
    ? columns.map((column) => `${column.subject} ${isOrAre(column)} in sync`).join(' and ')
    : `the other ${digits(sizeOf(columns))} are in sync`

const stateWords: Readonly<Record<EnvironmentState, string>> = {
  diverged: 'diverged',
  drifted: 'drifted',
  behind: 'behind',
  ahead: 'ahead',
  unknown: 'unknown',
  'in-sync': 'in sync as CI has seen them',
}

/** Those for which there is no clause, counted by their state: `3 more are behind`. */
const moreText = (columns: readonly Column[]): string => {
  const counts = (Object.keys(stateWords) as EnvironmentState[]).map(
    (state) => [state, sizeOf(columns.filter(({ standings: [{ situation }] }) => situation.state === state))] as const,
  )
  return counts.flatMap(([state, count]) => (count === 0 ? [] : `; ${digits(count)} more ${count === 1 ? 'is' : 'are'} ${stateWords[state]}`)).join('')
}

/** The answer in one sentence. */
const answer = (columns: readonly Column[], history: History, now: Instant): readonly Span[] => {
  const all = `${history.folder} (${plural(history.migrations.length, 'migration')})`
  const [good, other] = [columns.filter(isInSync), worstFirst(columns.filter((column) => !isInSync(column)))]
  if (other.length === 0)
    return [sizeOf(good) === 1 ? `${good[0]?.subject ?? ''} is in sync with ${all}.` : `All ${digits(sizeOf(good))} databases are in sync with ${all}.`]
  return [
    ...joined(other.slice(0, clausesShown).map((column) => clauseOf(column, now))),
    moreText(other.slice(clausesShown)),
    ...(good.length > 0 ? [`; ${restText(good)}`] : []),
    '.',
  ]
}

const deployBlocks = (columns: readonly Column[]): readonly Block[] => {
  const items = columns.flatMap(({ title, standings: [standing] }) => {
    const { deploy } = standing
    return deploy && (deploy.run.length > 0 || deploy.obstacle) ? [{ term: title, text: deployText(deploy, standing) }] : []
  })
  if (items.length === 0) return []
  const left = items.length - mostColumns
  return [
    { type: 'heading', level: 2, text: 'next deployment' },
    { type: 'definition', items: items.slice(0, mostColumns) },
    ...(left > 0 ? [{ type: 'text' as const, text: `${left} more in --format json.` }] : []),
  ]
}

const rowsShown = 10

const capped = (items: readonly TreeItem[]): readonly TreeItem[] =>
  items.length <= rowsShown ? items : [...items.slice(0, rowsShown), { text: `${items.length - rowsShown} more`, children: [] }]

const rowText = ({ migration, secondFor }: Cell): string => {
  if (secondFor !== undefined) return `a second row for ${secondFor}`
  return /^[0-9a-f]{64}$/.test(migration) ? `${migration.slice(0, 12)}…` : migration
}

/** Rows that no file explains, with the columns that have them; those from before a squash are only counted. */
const orphanBlocks = (columns: readonly Column[]): readonly Block[] => {
  const rows = new Map<string, string[]>()
  const squashed: TreeItem[] = []
  for (const { title, standings } of columns) {
    const cells = standings[0].situation.cells.filter(({ isRow }) => isRow)
    const orphans = cells.filter(({ state, last }) => (last ?? state) === 'orphan')
    for (const text of new Set(orphans.map(rowText))) rows.set(text, [...(rows.get(text) ?? []), title])
    const older = cells.length - orphans.length
    if (older > 0) squashed.push({ text: `${title}: ${plural(older, 'row')} from before the folder was squashed`, children: [] })
  }
  const items = [...rows].map(([row, titles]): TreeItem => ({ text: `${row}: ${titles.join(', ')}`, children: [] }))
  return items.length + squashed.length === 0
    ? []
    : [{ type: 'tree', root: { text: `rows without a file (${items.length})`, children: [...capped(items), ...squashed] } }]
}

/** Where something was not seen by ourselves: by whom, when, and why not. */
const evidenceBlocks = (standings: readonly Standing[], now: Instant): readonly Block[] => {
  const told = new Set<string>()
  const items = standings.flatMap(({ lane, seen, unread }) => {
    if (!seen?.report || told.has(seen.report.path)) return []
    told.add(seen.report.path)
    const { path, by, commit } = seen.report
    const who = `${by === undefined ? '' : ` by ${by}`}${commit === undefined ? '' : ` at ${commit.slice(0, 7)}`}`
    return [{ term: lane.environment, text: `seen ${ageText(now - seen.observedAt)} ago${who} (${path}). ${unread?.why ?? ''}` }]
  })
  return items.length === 0
    ? []
    : [
        { type: 'heading', level: 2, text: 'evidence' },
        { type: 'definition', items },
      ]
}

/** With --check: whatever was seen not to be in sync. What is unknown is unknown, and so is what only a report says. */
const findingsOf = (columns: readonly Column[], now: Instant): readonly Finding[] =>
  columns
    .filter(({ standings: [standing] }) => !isHearsay(standing) && !['in-sync', 'unknown'].includes(standing.situation.state))
    .map((column) => {
      const message = clauseOf(column, now).map((span) => (typeof span === 'string' ? span : span.text))
      return reportedFinding('environment-not-in-sync', `${message.join('')}.`, {}, column.title)
    })

export type Asked = { readonly drift: boolean; readonly check: boolean }

/** The answer. */
export const reportOf = (history: History, standings: readonly Standing[], { drift, check }: Asked, now: Instant): Report => {
  const columns = columnsOf(standings)
  const environments = new Set(standings.map(({ lane }) => lane.environment)).size
  return {
    operation: 'status',
    analysed: { environments, ...(standings.length === environments ? {} : { databases: standings.length }), migrations: history.migrations.length },
    findings: check ? findingsOf(columns, now) : [],
    data: dataOf(history, standings, drift),
    blocks: [
      { type: 'text', text: answer(columns, history, now) },
      ...driftBlocks(standings, now),
      ...matrixBlocks(history, columns),
      ...begunBlocks(columns),
      ...deployBlocks(columns),
      ...orphanBlocks(columns),
      ...evidenceBlocks(standings, now),
    ],
    unknown: unknownOf(standings, { drift, check }, now),
    chosen: true,
    ...(check ? {} : { informs: true as const }),
  }
}
