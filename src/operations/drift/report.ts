/** A drift for people and machines. */
import type { Comparison } from '../../features/drift/compare.ts'
import { definitionText } from '../../features/drift/definition.ts'
import { dottedName } from '../../features/drift/names.ts'
import type { Proof, Repair, RepairStep } from '../../features/drift/repair.ts'
import type { LeftOut } from '../../features/drift/select.ts'
import { diffOf, objectText } from '../../features/drift/words.ts'
import type { Json } from '../../model/json.ts'
import { plural } from '../../model/numbers.ts'
import type { PrintedDifference } from '../../model/printed.ts'
import type { Block, Text } from '../../model/report.ts'
import type { Judged } from './judge.ts'
import type { Selected } from './select.ts'
import type { ReadSide } from './sides.ts'

type Sides = readonly [ReadSide, ReadSide]

export type Repaired = { readonly repair: Repair; readonly proof: Proof }

const definition = ({ kind, identity }: PrintedDifference, value: PrintedDifference['from']): string | null =>
  value === undefined ? null : definitionText({ kind, identity, value })

export const changeOf = ({ item, risk, since, accepted, fingerprint }: Judged): Json => {
  const { difference, parts, kind, facet } = item
  return {
    kind,
    object: { type: difference.kind, name: dottedName(difference) },
    from: definition(difference, difference.from),
    to: definition(difference, difference.to),
    risk: risk.level,
    why: risk.why,
    ...(facet ? { facet } : {}),
    ...(parts.length > 0 ? { parts: parts.map((part) => ({ type: part.kind, name: dottedName(part) })) } : {}),
    ...(since ? { since: { migration: since.tag, what: since.what } } : {}),
    ...(accepted ? { accepted: { reason: accepted.reason, until: accepted.until } } : {}),
    fingerprint,
  }
}

const stepOf = ({ what, sql, locks, rows }: RepairStep): Json => ({
  what,
  sql: [...sql],
  locks: locks.map(({ relation, mode }) => ({ relation, mode })),
  ...(rows ? { rows: { how: rows.how, words: rows.words } } : {}),
})

const proofOf = (proof: Proof): Json =>
  proof.state === 'differs'
    ? { state: proof.state, objects: proof.differences.map((each) => `${each.kind} ${dottedName(each)}`) }
    : proof.state === 'proven'
      ? { state: proof.state, without: proof.without }
      : { ...proof }

/** The changes for machines. */
export const changesOf = (judged: readonly Judged[]): readonly Json[] => judged.map(changeOf)

export const dataOf = (
  sides: Sides,
  comparison: Comparison,
  judged: readonly Judged[],
  fingerprints: { readonly a: string; readonly b: string },
  repaired: Repaired | undefined,
): Json => ({
  a: sides[0].name,
  b: sides[1].name,
  changes: [...changesOf(judged)],
  leftOut: Object.fromEntries(comparison.leftOut),
  fingerprints,
  sql: repaired ? repaired.repair.steps.flatMap(({ sql }) => [...sql]) : [],
  ...(repaired
    ? { repair: { steps: repaired.repair.steps.map(stepOf), without: repaired.repair.without.map((each) => ({ ...each })), proof: proofOf(repaired.proof) } }
    : {}),
})

/** What each is called, for one and for several. */
const leftOutNames: { readonly [L in Exclude<LeftOut, 'platform'>]: readonly [one: string, several: string] } = {
  owners: ['owner', 'owners'],
  grants: ['grant', 'grants'],
  comments: ['comment', 'comments'],
  roles: ['role', 'roles'],
  storage: ['storage setting', 'storage settings'],
  names: ['name of a NOT NULL constraint', 'names of NOT NULL constraints'],
  order: ['order of columns', 'orders of columns'],
  archives: ['object that a rollback keeps', 'objects that rollbacks keep'],
  partitions: ['object of partitions that one side alone has', 'objects of partitions that one side alone has'],
  versions: ['version of an extension', 'versions of extensions'],
  statistics: ['statistics target', 'statistics targets'],
  labels: ['security label', 'security labels'],
  excluded: ['object that is excluded', 'objects that are excluded'],
  'other schemas': ['object of a schema that the project does not manage', 'objects of schemas that the project does not manage'],
}

/** `12 owners, 3 comments (--facets owners,comments compares them)` */
export const leftOutText = ({ leftOut }: Comparison, { platform }: Selected): string => {
  const counts = [...leftOut].map(([what, count]) =>
    what === 'platform' ? `${count} of ${platform?.name ?? 'the platform'}` : plural(count, ...leftOutNames[what]),
  )
  const facets = [...leftOut.keys()].filter((what) => !['excluded', 'other schemas', 'platform'].includes(what))
  return `${counts.join(', ')}${facets.length > 0 ? `; --facets ${facets.join(',')} compares ${[...leftOut.values()].some((count) => count > 1) || facets.length > 1 ? 'them' : 'it'}` : ''}`
}

const summary = (sides: Sides, comparison: Comparison, judged: readonly Judged[], selected: Selected): Block => {
  const count = (level: string): number => judged.filter(({ risk, accepted }) => risk.level === level && !accepted).length
  const [high, medium, low] = [count('high'), count('medium'), count('low')]
  const differences: Text =
    judged.length === 0
      ? [{ text: comparison.unknown.length > 0 ? 'none in what could be read' : 'none', tone: comparison.unknown.length > 0 ? 'warn' : 'good' }]
      : [
          { text: plural(judged.length, 'difference'), tone: 'strong' },
          ...(high > 0 ? [': ', { text: `${high} of high risk`, tone: 'bad' as const }] : []),
          ...(medium > 0 ? [high > 0 ? ', ' : ': ', { text: `${medium} medium`, tone: 'warn' as const }] : []),
          ...(low > 0 ? [high + medium > 0 ? ', ' : ': ', `${low} low`] : []),
          ...(judged.some(({ accepted }) => accepted) ? [`, ${judged.filter(({ accepted }) => accepted).length} accepted`] : []),
        ]
  return {
    type: 'definition',
    items: [
      ...sides.map(({ name, printedBy, printed }) => ({ term: name, text: `${plural(printed.objects.length, 'object')}, printed by ${printedBy}` })),
      { term: 'differences', text: differences },
      ...(comparison.leftOut.size > 0 ? [{ term: 'left out', text: leftOutText(comparison, selected) }] : []),
      ...(selected.platform
        ? [{ term: 'platform', text: `${selected.platform.name}${selected.platform.found ? ' (found by itself)' : ''}: its own objects are left out` }]
        : []),
      ...sides.flatMap(({ notes }) => notes.map((text) => ({ term: 'note', text }))),
    ],
  }
}

/** Both definitions of what is changed, where they are longer than a message. */
export const diffs = (judged: readonly Judged[], [a, b]: Sides): readonly Block[] =>
  judged.flatMap(({ item }) => {
    const texts = diffOf(item)
    return texts ? [{ type: 'diff', ...texts, caption: `${objectText(item)}: - ${a.name}, + ${b.name}` } as const] : []
  })

const commented = ({ what, sql, locks, rows }: RepairStep): string =>
  [
    `-- ${what}`,
    ...locks.map(({ relation, mode }) => `-- lock: ${mode} on ${relation}`),
    ...(rows ? [`-- ${rows.how === 'loses' ? 'LOSES' : 'may be refused for'}: ${rows.words}`] : []),
    ...sql.map((text) => `${text};`),
  ].join('\n')

const proofText = (proof: Proof, { without }: Repair): Text => {
  const rest = without.length > 0 ? `; without ${without.map(({ what, why }) => `${what} (${why})`).join(', ')}` : ''
  switch (proof.state) {
    case 'proven':
      return [
        { text: 'proven', tone: 'good' },
        `: run on a copy of the second side, nothing differs any more${proof.without > 0 ? `; ${plural(proof.without, 'object')} could not be copied` : ''}${rest}`,
      ]
    case 'differs':
      return [
        { text: 'not proven', tone: 'bad' },
        `: run on a copy, these still differ: ${proof.differences.map((each) => `${each.kind} ${dottedName(each)}`).join(', ')}${rest}`,
      ]
    case 'refused':
      return [{ text: 'not proven', tone: 'bad' }, `: PostgreSQL refuses ${proof.sql}: ${proof.why}${rest}`]
    case 'not run':
      return [{ text: 'not proven', tone: 'warn' }, `: ${proof.why}${rest}`]
  }
}

const repairBlocks = ({ repair, proof }: Repaired, [a, b]: Sides): readonly Block[] => [
  ...(repair.steps.length === 0
    ? []
    : [{ type: 'code', language: 'sql', text: repair.steps.map(commented).join('\n\n'), caption: `brings ${b.name} to ${a.name}` } satisfies Block]),
  { type: 'text', text: proofText(proof, repair) },
]

export const blocksOf = (
  sides: Sides,
  comparison: Comparison,
  judged: readonly Judged[],
  selected: Selected,
  repaired: Repaired | undefined,
): readonly Block[] => [
  { type: 'heading', level: 1, text: `${sides[1].name} as seen from ${sides[0].name}` },
  summary(sides, comparison, judged, selected),
  ...diffs(judged, sides),
  ...(repaired ? repairBlocks(repaired, sides) : []),
]
