/** A timeline as one SVG: for a README, a page, a wall. It needs nothing from outside, and says in its description what it shows. */
import { type Band, frameOf, margin, width } from './frame.ts'
import { bracketBand, laneBand } from './lanes.ts'
import { backBand, layerBand, monthBand, releaseBand, versionBand } from './layers.ts'
import { listBand } from './list.ts'
import type { LaneState, Picture } from './picture.ts'
import { styleSheet } from './style.ts'
import { escaped, fitted, group, shape, widthOf, words, wrapped } from './svg.ts'

const stateWords: Readonly<Record<LaneState, string>> = {
  applied: 'A applied',
  edited: 'E edited after it was applied',
  pending: 'P pending',
  skipped: 'S skipped, Drizzle will never run it',
  'out-of-order': 'X out of order',
  unknown: 'U unknown',
}

/** What the letters of the environments mean, as far as they are there. */
const legendOf = ({ lanes }: Picture): string =>
  (Object.keys(stateWords) as readonly LaneState[])
    .filter((state) => lanes.some(({ states }) => states.includes(state)))
    .map((state) => stateWords[state])
    .join(' · ')

const describedAs = ({ versions, lanes, brackets, loose }: Picture): string => {
  const last = versions.at(-1)
  return [
    last ? `The newest version is ${last.version}, migration ${last.tag}; ${last.tables} tables with ${last.columns} columns.` : 'There is no version yet.',
    ...lanes.map(({ name, label, note, unknown }) => `${name}: ${unknown === undefined ? `${label}, ${note}` : `unknown, ${unknown}`}.`),
    ...brackets.map(({ name, from, to }) => `${name} runs on ${versions[from]?.version ?? ''} to ${versions[to]?.version ?? ''}.`),
    ...loose.map((line) => `${line}.`),
  ].join(' ')
}

const hatch = group('pattern', { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' }, [
  shape('rect', { width: 6, height: 6, class: 'f-line' }),
  shape('rect', { width: 2, height: 6, class: 'f-unknown' }),
])

type Draw = (top: number) => Band

export const draw = (picture: Picture): string => {
  const { versions, answer, folder } = picture
  const frame = frameOf(versions)
  // Strong letters are wider.
  const lines = wrapped(answer, width - 2 * margin, 27)
  const parts: string[] = lines.map((line, at) => words(margin, 48 + at * 31, 'f-ink answer', line))
  let top = 48 + lines.length * 31
  const place = (band: Draw): void => {
    const { height, parts: drawn } = band(top)
    parts.push(...drawn)
    top += height
  }
  const legend = legendOf(picture)
  if (versions.length > 0) {
    place((at) => monthBand(versions, frame, at))
    place((at) => layerBand(versions, frame, at + 4))
    place((at) => versionBand(versions, frame, at))
    place((at) => releaseBand(versions, frame, at))
    place((at) => backBand(versions, frame, at))
    place((at) => laneBand(picture, frame, at))
    place((at) => bracketBand(picture, frame, at))
    place((at) => listBand(picture, at + 8))
  }
  const height = top + 44
  const source = `${folder} · pgstrata timeline`
  parts.push(
    words(margin, height - 18, 'f-ink3 small', legend),
    words(width - margin, height - 18, 'f-ink3 small', fitted(source, width - 2 * margin - widthOf(legend, 12) - 24, 12, { tail: true }), 'end'),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="t d" style="max-width:100%;height:auto">`,
    `<title id="t">${escaped(answer)}</title><desc id="d">${escaped(describedAs(picture))}</desc>`,
    `<style>${styleSheet}</style><defs>${hatch}</defs>`,
    shape('rect', { width, height, class: 'f-paper' }),
    ...parts,
    '</svg>\n',
  ].join('\n')
}
