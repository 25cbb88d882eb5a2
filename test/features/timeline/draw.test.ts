/** The drawing: one well-formed file that needs nothing, in which no text lies on another one. */
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, test } from 'vitest'
import { draw } from '../../../src/features/timeline/draw.ts'
import { width } from '../../../src/features/timeline/frame.ts'
import type { Bracket, Lane, LaneState, Picture, PictureVersion } from '../../../src/features/timeline/picture.ts'
import { fitted, widthOf } from '../../../src/features/timeline/svg.ts'

const bumps = ['minor', 'patch', 'major', 'minor', 'unknown', 'none'] as const
const grades = ['exact', 'new rows', 'data', 'unknown'] as const
const day = 86_400_000

const versionAt = (at: number): PictureVersion => ({
  version: `${at}.1${at}.0`,
  major: Math.floor(at / 3),
  tag: `${String(at).padStart(4, '0')}_${'long_name_'.repeat(at % 5)}`,
  when: Date.UTC(2025, 1, 3) + at * 2 * day,
  author: at % 2 === 0 ? 'Wilhelmina Featherstonehaugh-Cholmondeley' : undefined,
  release: at % 7 === 3 ? `schema-v${at}.1${at}.0` : undefined,
  bump: bumps[at % bumps.length] ?? 'minor',
  breaking: at % 6 === 2,
  what: `column a_table_with_a_long_name.a_column_${at} (integer) is added, ${'and more '.repeat(at % 9)}`,
  back: grades[at % grades.length] ?? 'exact',
  tables: at,
  columns: at * 10,
  layers: [at * 4, at * 3, at * 3],
})

const states: readonly LaneState[] = ['applied', 'edited', 'skipped', 'applied', 'out-of-order', 'pending']

const laneOf = (count: number, lane: number): Lane => {
  const prefix = lane === 3 ? 0 : Math.max(0, count - lane * 2)
  return {
    name: ['production', 'a-staging-environment-with-a-long-name', 'dev', 'dead'][lane] ?? `env ${lane}`,
    label: lane === 3 ? 'unknown' : `${prefix}.1${prefix}.0`,
    note: '12 pending, 3 skipped, 2 out of order',
    prefix,
    states: Array.from({ length: count }, (_, at) =>
      lane === 3 ? 'unknown' : lane === 1 ? (states[at % states.length] ?? 'applied') : at < prefix ? 'applied' : 'pending',
    ),
    unknown: lane === 3 ? 'the server is not there, and nobody knows where it went or whether it will come back one day' : undefined,
  }
}

const bracketOf = (count: number, at: number): Bracket => ({
  name: `api@v${at}.2.${at} with a rather long name of a release`,
  from: Math.floor((count * at) / 20),
  to: Math.min(count - 1, Math.floor((count * (at + 3)) / 20)),
  deployed: at > 12,
})

const pictureOf = (count: number): Picture => ({
  answer: `${count} versions since Feb 2025. production can go back six, to 61.7.2, and keep its app running, whatever else there is to be said about it.`,
  folder: 'packages/some/where/drizzle',
  versions: Array.from({ length: count }, (_, at) => versionAt(at)),
  lanes: [0, 1, 2, 3].map((lane) => laneOf(count, lane)),
  brackets: Array.from({ length: 15 }, (_, at) => bracketOf(count, at)),
  loose: ['deadbeef: unknown, git knows no commit deadbeef'],
  listed: Array.from({ length: Math.min(14, count) }, (_, at) => count - 1 - at),
})

type Box = { readonly text: string; readonly from: number; readonly to: number; readonly y: number }

/** Where the texts stand, as wide as they may be. */
const boxesIn = (svg: string): readonly Box[] =>
  [...svg.matchAll(/<text x="([\d.-]+)" y="([\d.-]+)" class="([^"]*)"(?: text-anchor="(\w+)")?>([^<]*)<\/text>/g)].map(
    ([, x, y, style = '', anchor, raw = '']) => {
      const text = raw.replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>')
      const size = style.includes('answer') ? 24 : style.includes('body') ? 13 : 12
      const wide = widthOf(text, size, style.includes('mono'))
      const from = Number(x) - (anchor === 'end' ? wide : anchor === 'middle' ? wide / 2 : 0)
      return { text, from, to: from + wide, y: Number(y) }
    },
  )

const overlaps = (boxes: readonly Box[]): readonly string[] =>
  boxes.flatMap((a, at) =>
    boxes
      .slice(at + 1)
      .flatMap((b) => (a.text !== '' && b.text !== '' && Math.abs(a.y - b.y) < 10 && a.from < b.to && b.from < a.to ? [`${a.text} | ${b.text}`] : [])),
  )

describe.each([0, 1, 2, 12, 60, 300])('%i versions', (count) => {
  const svg = draw(pictureOf(count))

  test('is well-formed, and has a title and a description', () => {
    expect(XMLValidator.validate(svg)).toBe(true)
    const { svg: root } = new XMLParser({ ignoreAttributes: false }).parse(svg) as { readonly svg: { readonly [key: string]: unknown } }
    expect(root).toMatchObject({ '@_role': 'img', '@_aria-labelledby': 't d', title: { '@_id': 't' }, desc: { '@_id': 'd' } })
    expect(svg).not.toMatch(/NaN|Infinity|undefined/)
  })

  test('needs nothing from outside', () => {
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|@import|@font-face|<script|<image|<foreignObject|var\(/)
    expect(svg).toContain('prefers-color-scheme:dark')
  })

  test('no text lies on another one, or leaves the drawing', () => {
    const boxes = boxesIn(svg)
    expect(boxes.length).toBeGreaterThan(1)
    expect(overlaps(boxes)).toEqual([])
    for (const { text, from, to } of boxes) expect({ text, out: from < 0 || to > width }).toEqual({ text, out: false })
  })
})

test('states are told by letters too', () => {
  const svg = draw(pictureOf(12))
  for (const letter of ['A', 'E', 'P', 'S', 'X', 'U']) expect(svg).toContain(`>${letter}</text>`)
  expect(svg).toContain('S skipped, Drizzle will never run it')
})

test('one history is one drawing', () => expect(draw(pictureOf(60))).toBe(draw(pictureOf(60))))

test('a text is cut where it does not fit', () => {
  expect(fitted('users', 100, 12)).toBe('users')
  expect(fitted('a_very_long_name_of_a_table', 60, 12)).toMatch(/^a_ver.*…$/)
  expect(widthOf(fitted('数据库迁移的名字', 50, 12), 12)).toBeLessThanOrEqual(50)
})
