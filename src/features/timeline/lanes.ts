/** The bands below the versions: environments, and on what the app runs. */
import { type Band, type Frame, left, margin, width } from './frame.ts'
import { bandName } from './layers.ts'
import type { Bracket, Lane, LaneState, Picture } from './picture.ts'
import { fitted, group, shape, titled, widthOf, words } from './svg.ts'

/** Neighbours in one state. */
type Run = { readonly state: LaneState; readonly from: number; readonly to: number }

const runsOf = (states: readonly LaneState[]): readonly Run[] => {
  const ends = states.flatMap((state, at) => (states[at + 1] === state ? [] : [at]))
  return ends.map((to, place) => ({ state: states[to] ?? 'unknown', from: (ends[place - 1] ?? -1) + 1, to }))
}

export const laneLetters: Readonly<Record<LaneState, string>> = { applied: 'A', edited: 'E', pending: 'P', skipped: 'S', 'out-of-order': 'X', unknown: 'U' }
export const laneColours: Readonly<Record<LaneState, string>> = {
  applied: 'applied',
  edited: 'edited',
  pending: 'pending',
  skipped: 'skipped',
  'out-of-order': 'order',
  unknown: 'unknown',
}

/** What is odd has a glyph of its own, around a middle. */
const glyphs: { readonly [S in LaneState]?: (x: number, y: number) => string } = {
  edited: (x, y) => `M${x - 4} ${y + 4}l1 -3 5 -5 2 2 -5 5z`,
  skipped: (x, y) => `M${x} ${y - 5}l5 9h-10z`,
  'out-of-order': (x, y) => `M${x - 5} ${y - 2}h7l-2 -2 1 -1 4 3.5 -4 3.5 -1 -2h-5zM${x + 5} ${y + 3}h-7v-1h7z`,
}

const laneHeight = 34

const runPart = (frame: Frame, { state, from, to }: Run, y: number): readonly string[] => {
  const [x, end] = [frame.x(from), frame.x(to + 1)]
  if (state === 'applied' || state === 'edited') return [shape('rect', { x, y: y - 5, width: end - x, height: 10, class: 'f-ground' })]
  if (state === 'pending') {
    const step = Math.max(frame.slot, 5)
    const dots = Array.from({ length: Math.max(1, Math.round((end - x) / step)) }, (_, dot) => x + step / 2 + dot * step)
    return dots.map((middle) => shape('circle', { cx: middle, cy: y, r: Math.min(3.5, step * 0.36), class: 'f-pending' }))
  }
  return []
}

/** How far to the right glyphs and letters stand already. */
type Taken = { readonly glyphs: number; readonly letters: number }

/** Where odd ones stand close together, one glyph stands for some, and the others are ticks. */
const markPart = (frame: Frame, { state, from, to }: Run, y: number, taken: Taken): { readonly parts: readonly string[]; readonly taken: Taken } => {
  const middle = (frame.x(from) + frame.x(to + 1)) / 2
  const glyph = glyphs[state]
  if (!glyph) return { parts: [], taken }
  const style = `f-${laneColours[state]}`
  if (middle - 8 < taken.glyphs)
    return { parts: [shape('rect', { x: frame.x(from), y: y - 5, width: Math.max(1, frame.x(to + 1) - frame.x(from)), height: 10, class: style })], taken }
  const label = to > from ? `${laneLetters[state]} ×${to - from + 1}` : laneLetters[state]
  const half = Math.max(8, widthOf(label, 12) / 2)
  const fits = middle - half >= taken.letters
  return {
    parts: [
      shape('circle', { cx: middle, cy: y, r: 8, class: 'f-paper' }),
      shape('path', { d: glyph(Math.round(middle * 10) / 10, y), class: style }),
      ...(fits ? [words(middle, y - 11, 'f-ink2 small', label, 'middle')] : []),
    ],
    taken: { glyphs: middle + 8, letters: fits ? middle + half + 3 : taken.letters },
  }
}

const laneParts = ({ name, label, note, states, prefix, unknown }: Lane, frame: Frame, y: number): readonly string[] => {
  const labelRoom = left - margin - 14
  const shownLabel = fitted(label, labelRoom * 0.5, 12)
  const names = [
    words(margin, y + 4, 'f-ink body strong', fitted(name, labelRoom - widthOf(shownLabel, 12) - 8, 13)),
    words(left - 12, y + 4, 'f-ink2 small', shownLabel, 'end'),
  ]
  const noteRoom = width - margin - frame.end - 10
  if (unknown !== undefined) {
    const reason = fitted(`unknown: ${unknown}`, Math.max(frame.end - left, 400) - 20, 12)
    return [
      titled(`${name}: unknown: ${unknown}`),
      ...names,
      shape('rect', { x: left, y: y - 5, width: frame.end - left, height: 10, fill: 'url(#hatch)' }),
      shape('rect', { x: left + 0.5, y: y - 4.5, width: frame.end - left - 1, height: 9, class: 's-unknown' }),
      words(left, y - 10, 'f-ink2 small', `? ${reason}`),
    ]
  }
  const runs = runsOf(states)
  let taken: Taken = { glyphs: 0, letters: 0 }
  const marks = runs.flatMap((run) => {
    const mark = markPart(frame, run, y, taken)
    taken = mark.taken
    return mark.parts
  })
  const surface = frame.x(prefix)
  return [
    titled(`${name}: ${label}, ${note}`),
    ...names,
    shape('path', { d: `M${left} ${y}H${frame.end.toFixed(1)}`, class: 's-line' }),
    ...runs.flatMap((run) => runPart(frame, run, y)),
    ...(prefix > 0 ? [shape('path', { d: `M${surface.toFixed(1)} ${y - 9}v18`, class: 's-ink', 'stroke-width': 2 })] : []),
    ...marks,
    words(frame.end + 10, y + 4, 'f-ink2 small', fitted(note, noteRoom, 12)),
  ]
}

export const laneBand = ({ lanes }: Picture, frame: Frame, top: number): Band => ({
  height: lanes.length === 0 ? 0 : lanes.length * laneHeight + 12,
  parts: lanes.map((lane, at) => group('g', {}, laneParts(lane, frame, top + 18 + at * laneHeight))),
})

const bracketHeight = 22
const mostBrackets = 12

const bracketParts = ({ name, from, to, deployed }: Bracket, frame: Frame, y: number): readonly string[] => {
  const [x, end] = [frame.x(from), frame.x(to + 1)]
  const inset = Math.min(1, frame.slot / 4)
  return [
    shape('path', {
      d: `M${(x + inset).toFixed(1)} ${y - 5}v10M${(x + inset).toFixed(1)} ${y}H${(end - inset).toFixed(1)}M${(end - inset).toFixed(1)} ${y - 5}v10`,
      class: deployed ? 's-ink' : 's-ink2',
      'stroke-width': deployed ? 2.5 : 1.25,
    }),
    words(end + 10, y + 4, `f-ink small${deployed ? ' strong' : ''}`, fitted(name, width - margin - end - 10, 12)),
  ]
}

/** Of many the last ones are drawn: those that are deployed come last. */
export const bracketBand = ({ brackets, loose }: Picture, frame: Frame, top: number): Band => {
  if (brackets.length + loose.length === 0) return { height: 0, parts: [] }
  const drawn = brackets.slice(-mostBrackets)
  const rest = brackets.length - drawn.length
  const lines = [...loose, ...(rest > 0 ? [`and ${rest} more`] : [])]
  const below = top + 4 + drawn.length * bracketHeight
  return {
    height: Math.max(drawn.length * bracketHeight + lines.length * 18, 50) + 16,
    parts: [
      ...bandName(top, 'App runs on', ['the versions that each', 'can live with']),
      ...drawn.map((bracket, at) =>
        group('g', {}, [titled(`${bracket.name}${bracket.deployed ? ', deployed' : ''}`), ...bracketParts(bracket, frame, top + 8 + at * bracketHeight)]),
      ),
      ...lines.map((line, at) => words(left, below + 10 + at * 18, 'f-ink2 small', fitted(line, width - margin - left, 12))),
    ],
  }
}
