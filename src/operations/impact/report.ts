/** Answers about targets and changes, for people. */
import type { Answer } from '../../features/impact/answer.ts'
import { isDeclared } from '../../features/impact/answer.ts'
import type { Assessed, Assessment, Recommendation } from '../../features/impact/assess.ts'
import type { Dependent } from '../../features/impact/database.ts'
import type { Risk } from '../../features/impact/risk.ts'
import type { CodeFacts, CodeGap } from '../../model/code.ts'
import { plural } from '../../model/numbers.ts'
import { type Block, type Text, type Tone, type TreeItem, toned } from '../../model/report.ts'
import type { Footing } from './ground.ts'
import type { Judged } from './judge.ts'
import { entriesTree, reachTrees } from './tree.ts'
import { type Typed, typesBlocks } from './types.ts'
import { answerText, entriesText } from './words.ts'

const shown = 12

const tree = (title: string, items: readonly Text[], full: boolean): readonly Block[] => {
  if (items.length === 0) return []
  const told = full ? items : items.slice(0, shown)
  const rest = items.length - told.length
  const children: readonly TreeItem[] = [...told, ...(rest > 0 ? [[{ text: `and ${rest} more: --full, or --format json`, tone: 'muted' } as const]] : [])].map(
    (text) => ({ text, children: [] }),
  )
  return [{ type: 'tree', root: { text: [{ text: `${title} (${items.length})`, tone: 'strong' }], children } }]
}

const linesText = (lines: readonly number[]): string => (lines.length > 6 ? `${lines.slice(0, 6).join(', ')} …` : lines.join(', '))

const dependentsTree = (dependents: readonly Dependent[], full: boolean): readonly Block[] =>
  tree(
    'in the database',
    dependents.map(
      ({ kind, name, why, confidence }): Text => [
        `${kind} ${name}: ${why}`,
        ...(confidence === 'certain' ? [] : [{ text: `  ← ${confidence}`, tone: 'warn' } as const]),
      ],
    ),
    full,
  )

const categoryWords: Readonly<Record<Answer['files'][number]['category'], string>> = {
  code: 'code on the way',
  schema: 'validation schemas',
  type: 'types',
  sql: 'SQL',
  string: 'texts',
  ui: 'user interface',
  fixture: 'fixtures',
  test: 'tests',
  unreached: 'code that no entry was seen to reach',
}

const filesTree = ({ files }: Answer, full: boolean): readonly Block[] => {
  const categories = [...new Set(files.map(({ category }) => category))]
  if (categories.length === 0) return []
  const itemsOf = (category: (typeof categories)[number]): readonly TreeItem[] => {
    const own = files.filter((file) => file.category === category)
    const told = full ? own : own.slice(0, shown)
    const rest = own.length - told.length
    return [
      ...told.map(({ file, lines }): TreeItem => ({ text: [file, { text: `:${linesText(lines)}`, tone: 'muted' }], children: [] })),
      ...(rest > 0 ? [{ text: [{ text: `and ${rest} more`, tone: 'muted' } as const], children: [] }] : []),
    ]
  }
  return [
    {
      type: 'tree',
      root: {
        text: [{ text: `files (${new Set(files.map(({ file }) => file)).size})`, tone: 'strong' }],
        children: categories.map((category) => ({ text: categoryWords[category], children: itemsOf(category) })),
      },
    },
  ]
}

const gapItems = (gaps: readonly CodeGap[]): readonly Text[] =>
  gaps.map(({ file, line, why }): Text => [`${why}  `, { text: `${file}:${line}`, tone: 'muted' }])

/** One answer: the sentence first, then the evidence. */
export const answerBlocks = (footing: Footing, answer: Typed, full: boolean): readonly Block[] => {
  const { target, entries, tests, dependents, gaps } = answer
  const undeclared = isDeclared(footing.index, target) ? [] : [`The code declares no ${target.name}: only what it says in SQL texts could be found.`]
  return [
    { type: 'heading', level: 1, text: target.text },
    toned(answerText(target.name, entries), 'strong'),
    ...[...(target.note === undefined ? [] : [target.note]), ...undeclared].map((text): Block => ({ type: 'text', text })),
    ...reachTrees(entries, full),
    ...entriesTree('tests', tests, full),
    ...(answer.types ? typesBlocks(answer.types, [...entries, ...tests], full) : []),
    ...dependentsTree(dependents, full),
    ...filesTree(answer, full),
    ...tree('near it, and not followed', gapItems(gaps), full),
  ]
}

const riskTones: Readonly<Record<Risk, Tone>> = { none: 'good', low: 'plain', medium: 'warn', high: 'bad' }

const recommendationItems = (recommendations: readonly Recommendation[]): readonly Text[] =>
  recommendations.map(({ file, lines, what }): Text => [{ text: `${file}:${linesText(lines)}`, tone: 'strong' }, `  ${what}`])

const stepBlocks = ({ deployment }: Assessment): readonly Block[] => [
  { type: 'heading', level: 2, text: `deployment: ${deployment.order}` },
  { type: 'text', text: deployment.why },
  ...(deployment.steps.length === 0
    ? []
    : [
        {
          type: 'definition',
          items: deployment.steps.map(({ kind, what, sql = [] }, at) => ({
            term: `${at + 1} ${kind}`,
            text: sql.length === 0 ? what : [`${what}  `, { text: sql.join(' '), tone: 'muted' as const }],
          })),
        } as const,
      ]),
]

const effectBlocks = ({ effect, risk, riskWhy, breaks, needs, tests, dependents, gaps }: Assessed, full: boolean): readonly Block[] => [
  { type: 'heading', level: 2, text: effect.what },
  { type: 'text', text: [{ text: risk, tone: riskTones[risk] }, `: ${riskWhy}`] },
  ...(effect.unseen === undefined ? [] : [toned(effect.unseen, 'warn')]),
  ...reachTrees(breaks, full),
  ...entriesTree('cannot run before it', needs, full),
  ...entriesTree('tests', tests, full),
  ...dependentsTree(dependents, full),
  ...tree('near it, and not followed', gapItems(gaps), full),
]

/** Whether an effect meets nothing here: it is told in a line. */
const isQuiet = ({ risk, dependents, gaps, effect }: Assessed): boolean =>
  risk === 'none' && dependents.length + gaps.length === 0 && effect.unseen === undefined

/** A migration or a change: the verdict first, then its effects, the order, and what to do where. */
export const judgedBlocks = ({ title, assessment, notes }: Judged, full: boolean): readonly Block[] => {
  const { risk, riskWhy, deployment, effort, effects } = assessment
  const broken = effects.flatMap(({ breaks }) => breaks)
  return [
    { type: 'heading', level: 1, text: title },
    {
      type: 'definition',
      items: [
        { term: 'risk', text: [{ text: risk, tone: riskTones[risk] }, `: ${riskWhy}`] },
        { term: 'touches', text: broken.length === 0 ? 'no entry that was found' : entriesText(broken) },
        { term: 'deploy', text: deployment.order },
        { term: 'effort', text: `${plural(effort.files, 'file')}, ${plural(effort.entries, 'entry', 'entries')} to try` },
      ],
    },
    ...notes.map((text): Block => ({ type: 'text', text })),
    ...effects.filter((assessed) => !isQuiet(assessed)).flatMap((assessed) => effectBlocks(assessed, full)),
    ...tree(
      'nothing of the code that was followed depends on',
      effects.filter(isQuiet).map(({ effect }) => effect.what),
      full,
    ),
    ...(effects.length === 0 ? [] : stepBlocks(assessment)),
    ...tree('what to do, by file', recommendationItems(effects.flatMap(({ recommendations }) => recommendations)), full),
  ]
}

const unparsedText = ({ counts }: CodeFacts): string => (counts.unparsed === 0 ? '' : `, ${plural(counts.unparsed, 'file')} could not be parsed`)

/** What was looked at and what was not: never left out. */
export const analysedBlocks = ({ index: { facts }, notes }: Footing, full: boolean): readonly Block[] => [
  { type: 'heading', level: 2, text: 'analysed' },
  {
    type: 'definition',
    items: [
      { term: 'files', text: `${facts.counts.files}, of which ${facts.counts.followed} were followed${unparsedText(facts)}` },
      { term: 'entries', text: `${facts.entries.length}, over ${plural(facts.tables.length, 'table')}` },
      { term: 'not followed', text: facts.gaps.length === 0 ? 'nothing that was met' : plural(facts.gaps.length, 'place') },
      ...notes.map((text) => ({ term: 'not known', text })),
    ],
  },
  ...tree('not followed', gapItems(facts.gaps), full),
]
