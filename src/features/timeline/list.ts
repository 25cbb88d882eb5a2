/** The newest versions in words: the twin of the bands. */
import { type Band, margin, width } from './frame.ts'
import { laneColours, laneLetters } from './lanes.ts'
import { dayText } from './layers.ts'
import type { Grade, Lane, Picture, PictureVersion } from './picture.ts'
import { fitted, group, shape, titled, words } from './svg.ts'

const rowHeight = 27

export const gradeWords: Readonly<Record<Grade, string>> = { exact: 'exact', 'new rows': 'loses new rows', data: 'loses data', unknown: 'not known' }
const bumpBars: Readonly<Record<PictureVersion['bump'], number>> = { major: 15, unknown: 15, minor: 9, patch: 5, none: 5 }

const cell = 26
const gap = 12

/** Where each column begins. */
type Columns = { readonly [C in 'bump' | 'version' | 'tag' | 'what' | 'back' | 'when' | 'author' | 'lanes']: number }

/** Authors and releases have a column where there is one of them; what changed has the rest. */
const columnsOf = (lanes: readonly Lane[], hasAuthors: boolean): Columns => {
  const end = width - margin - lanes.length * cell
  const author = hasAuthors ? end - 130 : end
  return { bump: margin, version: margin + 12, tag: 122, what: 400, back: author - 198, when: author - 96, author, lanes: end }
}

const headParts = (lanes: readonly Lane[], columns: Columns, y: number): readonly string[] => [
  words(columns.version, y, 'f-ink3 small', 'Version'),
  words(columns.tag, y, 'f-ink3 small', 'Migration'),
  words(columns.what, y, 'f-ink3 small', 'What changed'),
  words(columns.back, y, 'f-ink3 small', 'Going back'),
  words(columns.when, y, 'f-ink3 small', 'Authored'),
  ...(lanes.length === 0 ? [] : [words(width - margin, y, 'f-ink3 small', 'Environments', 'end')]),
]

const rowParts = (lanes: readonly Lane[], columns: Columns, version: PictureVersion, at: number, y: number): readonly string[] => {
  const room = (from: number, to: number): number => to - from - gap
  return [
    shape('path', { d: `M${margin} ${y - 18.5}H${width - margin}`, class: 's-line' }),
    version.bump === 'unknown'
      ? shape('rect', { x: columns.bump, y: y + 2 - bumpBars.unknown, width: 4, height: bumpBars.unknown, fill: 'url(#hatch)' })
      : shape('rect', {
          x: columns.bump,
          y: y + 2 - bumpBars[version.bump],
          width: 4,
          height: bumpBars[version.bump],
          class: version.bump === 'major' ? 'f-ink' : 'f-line2',
        }),
    words(columns.version, y, `f-ink body${version.breaking ? ' strong' : ''}`, fitted(version.version, room(columns.version, columns.tag), 13)),
    words(columns.tag, y, 'f-ink small mono', fitted(version.tag, room(columns.tag, columns.what), 12, { mono: true })),
    words(columns.what, y, 'f-ink body', fitted(version.what, room(columns.what, columns.back), 13)),
    words(columns.back, y, 'f-ink2 small', gradeWords[version.back]),
    words(columns.when, y, 'f-ink2 small', dayText(version.when)),
    words(columns.author, y, 'f-ink2 small', fitted(version.release ?? version.author ?? '', Math.max(0, room(columns.author, columns.lanes)), 12)),
    ...lanes.map((lane, place) => {
      const state = lane.states[at] ?? 'unknown'
      return group('g', {}, [
        titled(`${lane.name}: ${state}`),
        words(columns.lanes + place * cell + cell / 2, y, `f-${laneColours[state]} small strong`, laneLetters[state], 'middle'),
      ])
    }),
  ]
}

/** More environments than the list has columns for are in the lanes alone. */
const mostLanes = 6

export const listBand = ({ versions, lanes, listed }: Picture, top: number): Band => {
  const shown = lanes.slice(0, mostLanes)
  const rows = listed.flatMap((at) => (versions[at] ? [{ at, version: versions[at] }] : []))
  if (rows.length === 0) return { height: 0, parts: [] }
  const columns = columnsOf(
    shown,
    rows.some(({ version }) => version.author !== undefined || version.release !== undefined),
  )
  return {
    height: 26 + rows.length * rowHeight + 10,
    parts: [
      ...headParts(shown, columns, top + 12),
      ...rows.flatMap(({ at, version }, row) => rowParts(shown, columns, version, at, top + 40 + row * rowHeight)),
    ],
  }
}
