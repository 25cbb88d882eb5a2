/** What the parts of all projects say together, for people and for machines. */
import { countBeside } from '../../changes/start.ts'
import type { Json } from '../../model/json.ts'
import { plural } from '../../model/numbers.ts'
import type { Block, Counts, Text } from '../../model/report.ts'
import { titleOf } from '../examine.ts'
import { type Part, type PartName, strictestOf, verdictOf, worst } from './part.ts'
import type { Subject } from './subject.ts'

/** A project and what its parts say. */
export type Checked = { readonly subject: Subject; readonly found: readonly Part[] }

const mark = (part: Part): Text => {
  const severity = worst(part)
  if (severity === 'error') return [{ text: 'error', tone: 'bad' }]
  if (severity === 'warning') return [{ text: 'warning', tone: 'warn' }]
  return part.unknown.length > 0 ? [{ text: 'unknown', tone: 'warn' }] : [{ text: 'ok', tone: 'good' }]
}

const contents = ({ start, replayed }: Subject): string => {
  const { tables, indexes, types, views, routines } = countBeside(start.assumed, replayed.catalog)
  return [plural(tables, 'table'), plural(indexes, 'index', 'indexes'), plural(types, 'type'), plural(views, 'view'), plural(routines, 'routine')].join(', ')
}

/** One project's head, and a line for each of its parts. */
export const blocksOf = ({ subject, found }: Checked): readonly Block[] => [
  { type: 'heading', level: 1, text: titleOf(subject.project) },
  {
    type: 'definition',
    items: [
      { term: 'migrations', text: `${subject.history.migrations.length}, ${plural(subject.replayed.steps.length, 'statement')}` },
      { term: 'last', text: subject.history.migrations.at(-1)?.tag ?? 'none' },
      { term: 'schema', text: contents(subject) },
    ],
  },
  {
    type: 'table',
    columns: [{ title: 'part' }, { title: 'verdict' }, { title: 'what was shown' }],
    rows: found.map((part) => [part.name, mark(part), part.shown]),
  },
  ...found.flatMap(({ blocks = [] }) => blocks),
]

const total = (counts: readonly Counts[]): Counts => {
  const sums: Record<string, number> = {}
  for (const count of counts) for (const [name, value] of Object.entries(count)) sums[name] = Math.max(sums[name] ?? 0, 0) + value
  return sums
}

/** What the parts of one project looked at: they count the same migrations, so a name that two of them use counts once. */
const merged = ({ found }: Checked): Counts => Object.assign({}, ...found.map(({ analysed }) => analysed)) as Counts

/** What was looked at in all projects. */
export const analysedIn = (results: readonly Checked[]): Counts => ({ projects: results.length, ...total(results.map(merged)) })

const partData = (part: Part): { readonly [key: string]: Json } => ({
  verdict: verdictOf(part),
  analysed: part.analysed,
  findings: part.findings.length,
  ...part.data,
})

const projectData = ({ subject, found }: Checked): Json => ({
  name: subject.project.name,
  folder: subject.history.folder,
  parts: Object.fromEntries(found.map((part) => [part.name, partData(part)])),
})

/** The same part of all projects: the worst verdict and the sums; of a single project all there is to say. */
const summary = (parts: readonly Part[]): Json => {
  const [only] = parts
  if (only && parts.length === 1) return partData(only)
  return { verdict: strictestOf(parts), analysed: total(parts.map(({ analysed }) => analysed)), findings: parts.flatMap(({ findings }) => findings).length }
}

/** One object a part, over all projects, and under `projects` each one's own. */
export const dataOf = (names: readonly PartName[], results: readonly Checked[]): Json => ({
  ...Object.fromEntries(names.map((name) => [name, summary(results.flatMap(({ found }) => found.filter((part) => part.name === name)))])),
  projects: results.map(projectData),
})
