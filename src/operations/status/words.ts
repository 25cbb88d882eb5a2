/** States in words, and for the eye: a glyph, a letter and a tone, so that neither colour nor shape has to carry it alone. */
import type { CellState, EnvironmentState } from '../../features/status/situation.ts'
import type { Runner } from '../../model/config.ts'
import { plural } from '../../model/numbers.ts'
import type { Span, Tone } from '../../model/report.ts'
import type { Deploy, Obstacle } from './predict.ts'
import type { Standing } from './standings.ts'

export const marks: { readonly [S in CellState]: { readonly glyph: string; readonly letter: string; readonly tone: Tone; readonly words: string } } = {
  applied: { glyph: '✓', letter: 'A', tone: 'good', words: 'applied' },
  'applied-edited': { glyph: '✎', letter: 'E', tone: 'bad', words: 'applied, and the file edited since' },
  pending: { glyph: '●', letter: 'P', tone: 'plain', words: 'pending' },
  skipped: { glyph: '▲', letter: 'S', tone: 'bad', words: 'skipped: Drizzle will never run it' },
  'out-of-order': { glyph: '⇄', letter: 'X', tone: 'warn', words: 'out of order: will run behind a later one' },
  orphan: { glyph: '⊘', letter: 'O', tone: 'warn', words: 'orphan: a row without a file' },
  blocked: { glyph: '⊠', letter: 'B', tone: 'bad', words: 'blocked: the next deployment ends at it or before it' },
  baseline: { glyph: '≡', letter: '=', tone: 'muted', words: 'baseline: there before the folder begins' },
  unknown: { glyph: '?', letter: 'U', tone: 'muted', words: 'unknown' },
}

/** What was seen too long ago is shown with a question mark behind it; what only a report says is not green. */
export const markOf = ({ state, last }: { readonly state: CellState; readonly last?: CellState }, isReported = false): Span => {
  const { glyph, letter } = marks[last ?? state]
  return { text: `${glyph} ${letter}${last === undefined ? '' : '?'}`, tone: isReported && marks[state].tone === 'good' ? 'plain' : marks[state].tone }
}

const stateTones: Readonly<Record<EnvironmentState, Tone>> = {
  'in-sync': 'good',
  behind: 'warn',
  ahead: 'warn',
  diverged: 'bad',
  drifted: 'bad',
  unknown: 'muted',
}

/** Only what was looked at just now is green. */
export const toneOf = ({ situation: { state }, seen }: Standing): Tone => (state === 'in-sync' && seen?.report ? 'plain' : stateTones[state])

const counted = (cells: Standing['situation']['cells'], state: CellState, word: string): readonly string[] => {
  const count = cells.filter((cell) => cell.state === state || cell.last === state).length
  return count === 0 ? [] : [`${count} ${word}`]
}

/** Why an environment is said to be diverged. */
const divergence = ({ situation: { cells, again, stuck, ahead, behind }, seen }: Standing): string => {
  const skipped = counted(cells, 'skipped', 'skipped')
  return [
    ...skipped,
    ...counted(cells, 'applied-edited', 'edited'),
    ...counted(cells, 'out-of-order', 'out of order'),
    ...(seen?.begun?.some(({ direction }) => direction === 'rollback') ? ['rolled back by half'] : []),
    ...(stuck.length > 0 ? [`${stuck.length} begun and not to be gone on with`] : []),
    ...(again.length > 0 ? [`${again.length} to run again`] : []),
    ...(ahead > 0 ? [`${plural(ahead, 'row')} without a file`] : []),
    ...(behind > 0 && skipped.length === 0 ? [`${behind} not applied`] : []),
  ].join(', ')
}

/** Of a database that was seen something may still be unknown. */
const unknownText = ({ situation: { cells }, seen }: Standing): string => {
  if (!seen) return 'unknown'
  const missing = cells.filter(({ state, last }) => (last ?? state) === 'unknown').length
  return missing > 0 ? `unknown (${plural(missing, 'file is', 'files are')} missing)` : 'in sync by its ledger, the rest unknown'
}

const wordsOf = (standing: Standing, state: EnvironmentState): string => {
  const { situation, drift } = standing
  switch (state) {
    case 'in-sync':
      return 'in sync'
    case 'behind':
      return `${situation.behind} behind`
    case 'ahead':
      return `ahead by ${plural(situation.ahead, 'row')} without a file`
    case 'diverged':
      return `diverged (${divergence(standing)})`
    case 'drifted':
      return `drifted${drift.state === 'drifted' ? ` (${plural(drift.differences, 'difference')})` : ''}${situation.behind > 0 ? ` and ${situation.behind} behind` : ''}`
    case 'unknown':
      return unknownText(standing)
  }
}

/** An environment's state in a few words. */
export const stateText = (standing: Standing): string => {
  const { state, last } = standing.situation
  return last === undefined ? wordsOf(standing, state) : `unknown; last seen ${wordsOf(standing, last)}`
}

const runners: Readonly<Record<Runner, string>> = {
  drizzle: 'Drizzle’s migrator, all in one transaction',
  'per-file': 'pgstrata migrate, each in a transaction of its own',
  none: 'pgstrata migrate, each statement by itself',
}

const endings: Readonly<Record<Obstacle['how'], string>> = {
  refused: 'would fail',
  rows: 'fails where rows stand in the way',
  stopped: 'would be stopped',
}

/** ` at 0012_x`, ` at 0012_x (drizzle/0012_x.sql:3)` */
const placeText = ({ migration, file, line }: Obstacle, withFile: boolean): string => {
  if (migration === undefined) return ''
  const place = [file, line].filter((part) => part !== undefined).join(':')
  return ` at ${migration}${withFile && place !== '' ? ` (${place})` : ''}`
}

/** How a deployment is foretold to end: `would fail at 0012_x: …`, with or without the file; undefined where nothing is known to stand in its way. */
export const endingText = ({ obstacle }: Deploy, withFile: boolean): string | undefined =>
  obstacle && `${endings[obstacle.how]}${placeText(obstacle, withFile)}: ${obstacle.message}`

const shownTags = 4

/** The first tags, and how many more there are. */
const tagsText = (tags: readonly string[]): string =>
  tags.length <= shownTags + 1 ? tags.join(', ') : `${tags.slice(0, shownTags).join(', ')} and ${tags.length - shownTags} more`

/** What the next deployment of a database does, in sentences. */
export const deployText = (deploy: Deploy, { situation }: Standing): readonly Span[] => {
  const { run, runner, unsure, otherwise } = deploy
  const ending = endingText(deploy, true)
  const again = situation.again.filter((tag) => run.includes(tag))
  return [
    `${run.length === 0 ? 'runs nothing' : `runs ${tagsText(run)}`} (${runners[runner]})`,
    ...(again.length > 0 ? [`; ${tagsText(again)} for the second time`] : []),
    ...(ending === undefined ? [run.length === 0 ? '.' : '; nothing is known to stand in its way.'] : [' and ', { text: ending, tone: 'bad' as const }]),
    ...(otherwise ? [` pgstrata migrate, each in a transaction of its own, would run ${run.length === 1 ? 'it' : 'them all'}.`] : []),
    ...(unsure.length > 0 ? [` Not sure: ${unsure.join('; ')}.`] : []),
  ]
}

/** `2 h`, `3 days`: how long ago, roughly. */
export const ageText = (milliseconds: number): string => {
  const minutes = Math.round(milliseconds / 60_000)
  if (minutes < 1) return 'under a minute'
  if (minutes < 60) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : plural(Math.round(hours / 24), 'day')
}
