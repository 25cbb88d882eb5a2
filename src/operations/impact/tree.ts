/** Entries with the way to the use, as a tree. */
import type { Reach } from '../../features/impact/reach.ts'
import { weakestOf } from '../../features/impact/reach.ts'
import { isSurer } from '../../features/impact/search.ts'
import type { Access } from '../../model/code.ts'
import { plural } from '../../model/numbers.ts'
import type { Block, Span, TreeItem } from '../../model/report.ts'

/** So many entries are shown with the calls that lead from them; of more the places are shown that they come to. */
const few = 6
/** More is no help to a reader; the data has all. */
const shownPlaces = 8
const shownEntries = 5

const leaf = (text: TreeItem['text']): TreeItem => ({ text, children: [] })

const frameItem = (reach: Reach, at: number): TreeItem => {
  const frame = reach.path[at]
  if (!frame) return leaf('')
  const place: Span = { text: `${frame.file}:${frame.line}`, tone: 'muted' }
  const isWeakest = frame === weakestOf(reach)
  const isUse = at === reach.path.length - 1
  const through = isUse && reach.use.through !== undefined ? `, through ${reach.use.through}` : ''
  return leaf([`${frame.what}${through}  `, place, ...(isWeakest ? [{ text: `  ← ${frame.confidence}`, tone: 'warn' } as const] : [])])
}

/** The entry itself stands on its own line, with its place. */
const entryItem = (reach: Reach): TreeItem => {
  const [first] = reach.path
  return {
    text: [
      { text: first?.what ?? reach.entry.name, tone: 'strong' },
      { text: `  ${reach.entry.file}:${reach.entry.line}`, tone: 'muted' },
      ...(reach.byCompiler ? [{ text: '  the compiler agrees', tone: 'muted' } as const] : []),
      ...(first && first === weakestOf(reach) ? [{ text: `  ← ${first.confidence}`, tone: 'warn' } as const] : []),
    ],
    children: reach.path.slice(1).map((_, at) => frameItem(reach, at + 1)),
  }
}

const muted = (text: string): TreeItem => leaf([{ text, tone: 'muted' }])

/** An entry without the calls, below the place that it comes to. */
const shortItem = ({ entry, confidence, use }: Reach): TreeItem =>
  leaf([
    { text: entry.name, tone: 'strong' },
    { text: `  ${entry.file}:${entry.line}`, tone: 'muted' },
    ...(isSurer(use.confidence, confidence) ? [{ text: `  ← ${confidence}`, tone: 'warn' } as const] : []),
  ])

const placeItem = ([first, ...others]: readonly [Reach, ...Reach[]]): TreeItem => {
  const { use } = first
  // A file may register several jobs in one line, under one name.
  const reaches = [...new Map([first, ...others].map((reach) => [`${reach.entry.name} ${reach.entry.file}:${reach.entry.line}`, reach])).values()]
  const rest = reaches.length - shownEntries
  return {
    text: [
      `${use.what}${use.through === undefined ? '' : `, through ${use.through}`}  `,
      { text: `${use.file}:${use.line}`, tone: 'muted' },
      ...(use.confidence === 'certain' ? [] : [{ text: `  ← ${use.confidence}`, tone: 'warn' } as const]),
    ],
    children: [...reaches.slice(0, shownEntries).map(shortItem), ...(rest > 0 ? [muted(`and ${rest} more`)] : [])],
  }
}

/** Reaches by the place that they come to; where most do stands first. */
const byPlace = (reaches: readonly Reach[]): readonly (readonly [Reach, ...Reach[]])[] => {
  const places = new Map<string, [Reach, ...Reach[]]>()
  for (const reach of reaches) {
    const place = `${reach.use.file}:${reach.use.line} ${reach.use.what}`
    const known = places.get(place)
    if (known) known.push(reach)
    else places.set(place, [reach])
  }
  return [...places.values()].toSorted((a, b) => b.length - a.length)
}

const placeItems = (reaches: readonly Reach[]): readonly TreeItem[] => {
  const places = byPlace(reaches)
  const rest = places.slice(shownPlaces)
  const hidden = rest.reduce((sum, place) => sum + place.length, 0)
  return [
    ...places.slice(0, shownPlaces).map(placeItem),
    ...(rest.length > 0 ? [muted(`and ${plural(rest.length, 'place')} more, with ${plural(hidden, 'entry', 'entries')}`)] : []),
    muted('every entry with its calls: --full, or --format json'),
  ]
}

/** A tree of one group; nothing where it is empty. */
export const entriesTree = (title: string, reaches: readonly Reach[], full: boolean): readonly Block[] =>
  reaches.length === 0
    ? []
    : [
        {
          type: 'tree',
          root: {
            text: [{ text: `${title} (${reaches.length})`, tone: 'strong' }],
            children: full || reaches.length <= few ? reaches.map(entryItem) : placeItems(reaches),
          },
        },
      ]

const titles: Readonly<Record<Access, readonly [explicit: string, implicit: string]>> = {
  read: ['read it by name', 'carry it along in whole rows'],
  write: ['write it by name', 'write it along with whole rows'],
  delete: ['delete its rows by name', 'delete its rows'],
}

const accesses = ['read', 'write', 'delete'] as const satisfies readonly Access[]

/** All entries of an answer, by what they do and whether they name it; what is named stands first. */
export const reachTrees = (reaches: readonly Reach[], full: boolean): readonly Block[] =>
  accesses.flatMap((access) =>
    (['explicit', 'implicit'] as const).flatMap((via, at) =>
      entriesTree(
        titles[access][at] ?? '',
        reaches.filter((reach) => reach.access === access && reach.via === via),
        full,
      ),
    ),
  )
