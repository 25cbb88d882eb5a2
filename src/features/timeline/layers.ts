/** The bands above the environments: months, layers, versions, going back. */
import { type Band, type Frame, left, margin, right, width } from './frame.ts'
import type { Grade, PictureVersion } from './picture.ts'
import { layerCount } from './style.ts'
import { fitted, group, shape, titled, widthOf, words } from './svg.ts'

type Versions = readonly PictureVersion[]

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'June', 'July', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec']

const isTime = (when: number): boolean => !Number.isNaN(new Date(when).getTime())

/** A journal may hold a number that is no time. */
export const monthOf = (when: number): string => {
  const date = new Date(when)
  if (!isTime(when)) return 'no date'
  return `${months[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`
}

export const dayText = (when: number): string => (isTime(when) ? `${new Date(when).getUTCDate()} ${monthOf(when)}` : 'no date')

const monthNumber = (when: number): number => new Date(when).getUTCFullYear() * 12 + new Date(when).getUTCMonth()

/** A band's name, with what explains it below. */
export const bandName = (top: number, name: string, lines: readonly string[]): readonly string[] => [
  words(margin, top + 12, 'f-ink body strong', name),
  ...lines.map((line, at) => words(margin, top + 29 + at * 15, 'f-ink3 small', line)),
]

/** Months where they begin; a label that would touch the one before it is left out. */
export const monthBand = (versions: Versions, frame: Frame, top: number): Band => {
  const parts: string[] = []
  let [free, newest, year] = [0, -1, '']
  for (const [at, { when }] of versions.entries()) {
    const number = monthNumber(when)
    if (number <= newest) continue
    newest = number
    const [month = '', ofYear = ''] = monthOf(when).split(' ')
    const label = ofYear === year ? month : `${month} ${ofYear}`
    parts.push(shape('path', { d: `M${frame.x(at).toFixed(1)} ${top + 18}v5`, class: 's-line2' }))
    if (frame.x(at) < free || frame.x(at) + widthOf(label, 12) > width - margin) continue
    parts.push(words(frame.x(at), top + 13, 'f-ink2 small', label))
    free = frame.x(at) + widthOf(label, 12) + 14
    year = ofYear
  }
  return { height: 28, parts }
}

const layersHeight = 170
const count = new Intl.NumberFormat('en')

/** The columns of the layers below that one and of itself. */
const upTo = ({ layers }: PictureVersion, layer: number): number => layers.slice(0, layer + 1).reduce((sum, columns) => sum + columns, 0)

const outline = (versions: Versions, frame: Frame, y: (version: PictureVersion) => number): string =>
  versions.map((version, at) => `${at === 0 ? 'M' : 'L'}${frame.x(at).toFixed(1)} ${y(version).toFixed(1)}H${frame.x(at + 1).toFixed(1)}`).join('')

const back = (versions: Versions, frame: Frame, y: (version: PictureVersion) => number): string =>
  versions
    .map((version, at) => `L${frame.x(at + 1).toFixed(1)} ${y(version).toFixed(1)}H${frame.x(at).toFixed(1)}`)
    .toReversed()
    .join('')

/** Names at the right edge, each beside its layer; one that would touch the next is left out. */
const layerNames = (versions: Versions, frame: Frame, y: (columns: number) => number): readonly string[] => {
  const last = versions.at(-1)
  if (!last) return []
  let free = Number.POSITIVE_INFINITY
  return last.layers.flatMap((columns, layer) => {
    const first = versions.find(({ layers }) => (layers[layer] ?? 0) > 0)
    const middle = y(upTo(last, layer) - columns / 2)
    if (columns === 0 || !first || middle + 4 > free - 14) return []
    free = middle + 4
    return [
      shape('path', { d: `M${frame.end + 2} ${middle.toFixed(1)}h8`, class: 's-line2' }),
      words(frame.end + 14, middle + 4, 'f-ink3 small', `since ${monthOf(first.when)}`),
    ]
  })
}

export const layerBand = (versions: Versions, frame: Frame, top: number): Band => {
  const last = versions.at(-1)
  const most = Math.max(...versions.map(({ columns }) => columns))
  if (!last || most === 0) return { height: 0, parts: [] }
  const bottom = top + layersHeight
  const y = (columns: number): number => bottom - (columns / most) * (layersHeight - 6)
  const layers = last.layers.map((_, layer) => {
    const d = `${outline(versions, frame, (version) => y(upTo(version, layer)))}${back(versions, frame, (version) => y(upTo(version, layer - 1)))}Z`
    return shape('path', { d, class: `layer-${layer % layerCount}` })
  })
  const cuts = versions.flatMap(({ bump }, at) => (at > 0 && bump === 'major' ? [`M${frame.x(at).toFixed(1)} ${top}V${bottom}`] : []))
  return {
    height: layersHeight + 18,
    parts: [
      ...bandName(top, 'Layers', ['columns, by the', 'age of their table']),
      words(margin, bottom - 19, 'f-ink2 body', `${count.format(last.columns)} columns`),
      words(margin, bottom - 3, 'f-ink3 small', `${count.format(last.tables)} tables today`),
      ...layers,
      ...(frame.slot >= 2.2 && cuts.length > 0 ? [shape('path', { d: cuts.join(''), class: 's-paper cut' })] : []),
      shape('path', { d: outline(versions, frame, ({ columns }) => y(columns)), class: 's-ink', 'stroke-width': 1.5 }),
      shape('path', { d: `M${left} ${bottom + 0.5}H${frame.end.toFixed(1)}`, class: 's-line2' }),
      ...layerNames(versions, frame, y),
    ],
  }
}

const tickHeights: Readonly<Record<PictureVersion['bump'], number>> = { major: 17, unknown: 17, minor: 10, patch: 5, none: 5 }

const barWidth = ({ slot }: Frame, most: number): number => Math.max(1, Math.min(most, slot * 0.5))

/** Whole versions where there is room for each, else the first numbers where they change. */
const numbers = (versions: Versions, frame: Frame, y: number): readonly string[] => {
  const whole = Math.max(...versions.map(({ version }) => widthOf(version, 12))) + 8 <= frame.slot
  let free = 0
  return versions.flatMap(({ version, major }, at) => {
    if (!whole && at > 0 && versions[at - 1]?.major === major) return []
    const label = whole ? version : String(major)
    const middle = Math.max(left, frame.middle(at))
    const half = widthOf(label, 12) / 2
    if (middle - half < free || middle + half > right + 40) return []
    free = middle + half + 7
    return [words(middle, y, 'f-ink2 small', label, 'middle')]
  })
}

export const versionBand = (versions: Versions, frame: Frame, top: number): Band => {
  const bar = barWidth(frame, 6)
  return {
    height: 58,
    parts: [
      ...bandName(top, 'Versions', ['tall ticks break code']),
      ...versions.map(({ version, tag, bump, when, breaking }, at) =>
        group('g', {}, [
          titled(`${version}, ${bump}${breaking ? ', breaking' : ''}: ${tag}, ${dayText(when)}`),
          shape('rect', {
            x: frame.middle(at) - bar / 2,
            y: top + 22 - tickHeights[bump],
            width: bar,
            height: tickHeights[bump],
            ...(bump === 'unknown' ? { fill: 'url(#hatch)' } : { class: bump === 'major' ? 'f-ink' : 'f-ink3' }),
          }),
        ]),
      ),
      ...numbers(versions, frame, top + 38),
    ],
  }
}

const grades: Readonly<Record<Grade, { readonly height: number; readonly style: string; readonly words: string }>> = {
  exact: { height: 3, style: 'f-applied', words: 'comes back exactly' },
  'new rows': { height: 9, style: 'f-line2', words: 'loses what was written since' },
  data: { height: 18, style: 'f-blocked', words: 'loses data for good' },
  unknown: { height: 18, style: '', words: 'not known' },
}

export const backBand = (versions: Versions, frame: Frame, top: number): Band => {
  const bar = barWidth(frame, 10)
  return {
    height: 50,
    parts: [
      ...bandName(top, 'Going back', ['tall loses data for good']),
      ...versions.map(({ version, back: grade }, at) =>
        group('g', {}, [
          titled(`${version} taken back: ${grades[grade].words}`),
          shape('rect', {
            x: frame.middle(at) - bar / 2,
            y: top + 22 - grades[grade].height,
            width: bar,
            height: grades[grade].height,
            ...(grade === 'unknown' ? { fill: 'url(#hatch)' } : { class: grades[grade].style }),
          }),
        ]),
      ),
    ],
  }
}

/** Releases under the ticks of the versions that they are. */
export const releaseBand = (versions: Versions, frame: Frame, top: number): Band => {
  const released = versions.flatMap(({ release }, at) => (release === undefined ? [] : [{ release, at }]))
  if (released.length === 0) return { height: 0, parts: [] }
  let free = 0
  const parts = released.flatMap(({ release, at }) => {
    const label = fitted(release, 150, 12)
    const [middle, half] = [frame.middle(at), widthOf(label, 12) / 2]
    const mark = group('g', {}, [titled(release), shape('path', { d: `M${middle.toFixed(1)} ${top + 1}l4 7h-8z`, class: 'f-ink2' })])
    const from = Math.max(left, middle - half)
    if (from < free || from + 2 * half > width - margin) return [mark]
    free = from + 2 * half + 12
    return [mark, words(from, top + 22, 'f-ink2 small', label)]
  })
  return { height: 44, parts: [...bandName(top, 'Releases', []), ...parts] }
}
