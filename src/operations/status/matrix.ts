/** Migrations by environments, the newest on top; what all have in common is one line at the bottom. */
import type { Cell, CellState } from '../../features/status/situation.ts'
import type { History } from '../../model/history.ts'
import { plural } from '../../model/numbers.ts'
import type { Block, Span, Text } from '../../model/report.ts'
import { type Column, mostColumns } from './columns.ts'
import { markOf, marks, toneOf } from './words.ts'

type Row = { readonly tag: string; readonly cells: readonly Cell[] }

const stateWord = ({ standings: [standing] }: Column): Span => {
  const { state, behind } = standing.situation
  const words = state === 'behind' ? `${behind} behind` : state === 'in-sync' ? 'in sync' : state
  return { text: words, tone: toneOf(standing) }
}

const alike = (a: Row, b: Row): boolean => a.cells.every(({ state, last }, at) => state === b.cells[at]?.state && last === b.cells[at]?.last)

/** Rows one behind the other in which each database says the same. */
const runsOf = (rows: readonly Row[]): readonly (readonly [Row, ...Row[]])[] => {
  const runs: [Row, ...Row[]][] = []
  for (const row of rows) {
    const run = runs.at(-1)
    if (run && alike(run[0], row)) run.push(row)
    else runs.push([row])
  }
  return runs
}

/** Nothing is to be done about it: it is there, or nobody can see it. */
const isSettled = ({ cells }: Row): boolean => cells.every(({ state, last }) => ['applied', 'baseline', 'unknown'].includes(last ?? state))

const openShown = 6

type Line = { readonly label: string; readonly row: Row }

/** The lines of a run, newest on top: a settled one is one line, a long one loses its middle. */
const linesOf = (run: readonly [Row, ...Row[]]): readonly Line[] => {
  const [oldest] = run
  const newest = run.at(-1) ?? oldest
  if (run.length > 1 && isSettled(oldest)) return [{ label: `${oldest.tag} … ${newest.tag} (${run.length})`, row: oldest }]
  const lines = run.toReversed().map((row): Line => ({ label: row.tag, row }))
  if (lines.length <= openShown) return lines
  const hidden = lines.length - openShown + 1
  return [...lines.slice(0, openShown - 2), { label: `… ${hidden} more`, row: oldest }, ...lines.slice(-1)]
}

/** The words of the states that are shown. */
const legend = (rows: readonly Row[]): Block => {
  const shown = new Set(rows.flatMap(({ cells }) => cells.map(({ state, last }) => last ?? state)))
  const used = (Object.keys(marks) as CellState[]).filter((state) => shown.has(state))
  const old = rows.some(({ cells }) => cells.some(({ last }) => last !== undefined))
  const entries = used.flatMap((state, at): readonly Span[] => [at === 0 ? '' : ' · ', markOf({ state }), ` ${marks[state].words}`])
  return { type: 'text', text: [...entries, ...(old ? [' · with a ? behind it: as it was last seen'] : [])] }
}

/** Names beyond this many characters leave no room for migrations on a narrow screen: columns are then numbered. */
const namesFit = 48
const narrowestName = 9
const gap = 2

const areNumbered = (columns: readonly Column[]): boolean => columns.reduce((sum, { title }) => sum + Math.max(title.length, narrowestName) + gap, 0) > namesFit

/** Which number is which. */
const key = (columns: readonly Column[]): Block => ({
  type: 'definition',
  items: columns.map((column, at) => ({ term: String(at + 1), text: [{ text: column.title, tone: 'strong' }, ': ', stateWord(column)] })),
})

/** The matrix of those columns that there is room for, and its legend. */
export const matrixBlocks = ({ migrations }: History, columns: readonly Column[]): readonly Block[] => {
  const shown = columns.slice(0, mostColumns)
  const known = shown.map(({ standings: [{ situation }] }) => new Map(situation.cells.flatMap((cell) => (cell.isRow ? [] : [[cell.migration, cell]]))))
  const rows = migrations.map(({ tag }): Row => ({ tag, cells: known.flatMap((cells) => cells.get(tag) ?? []) }))
  const [numbered, withWords] = [areNumbered(shown), shown.length <= 2]
  const reported = shown.map(({ standings: [{ seen }] }) => seen?.report !== undefined)
  const cellText = (cell: Cell, at: number): Text => [markOf(cell, reported[at]), ...(withWords ? [` ${cell.last ?? cell.state}`] : [])]
  const lines = runsOf(rows).toReversed().flatMap(linesOf)
  const left = columns.length - shown.length
  return [
    ...(numbered ? [key(shown)] : []),
    {
      type: 'table',
      columns: [{ title: 'migration' }, ...shown.map(({ title }, at) => ({ title: numbered ? String(at + 1) : title }))],
      rows: [
        ...(numbered ? [] : [['', ...shown.map((column): Text => [stateWord(column)])]]),
        ...lines.map(({ label, row }): readonly Text[] => [label, ...row.cells.map(cellText)]),
      ],
    },
    ...(left > 0
      ? [{ type: 'text' as const, text: `${plural(left, 'column is', 'columns are')} not shown: --environments chooses, --format json has all.` }]
      : []),
    ...(rows.length > 0 ? [legend(rows)] : []),
  ]
}
