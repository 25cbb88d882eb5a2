/** What `lint --fix` did, as part of a report. */
import type { Finding } from '../../model/finding.ts'
import type { Json } from '../../model/json.ts'
import { plural } from '../../model/numbers.ts'
import type { Block } from '../../model/report.ts'
import type { Fixed } from './fix.ts'

const place = ({ file, line, migration }: Finding): string => (file === undefined ? (migration ?? '') : `${file}:${line ?? 1}`)

const fixedTable = ({ fixed }: Fixed): readonly Block[] =>
  fixed.length === 0
    ? []
    : [{ type: 'table', columns: [{ title: 'fixed' }, { title: 'was at' }], rows: fixed.map((finding) => [finding.rule, place(finding)]) }]

type Left = Fixed['left'][number]

/** Findings that are left for the like of a reason stand in one line: what is in brackets is each one's own. */
const alike = ({ finding, why }: Left): string => `${finding.rule} ${why.replaceAll(/\(.*\)/g, '')}`

const groupsOf = (left: readonly Left[]): readonly (readonly Left[])[] =>
  [...new Set(left.map(alike))].map((reason) => left.filter((each) => alike(each) === reason))

const leftRow = (group: readonly Left[]): readonly string[] => {
  const [first] = group
  if (!first) return []
  const more = group.length > 1 ? ` and ${group.length - 1} more` : ''
  return [first.finding.rule, `${place(first.finding)}${more}`, first.why]
}

const leftTable = ({ left }: Fixed): readonly Block[] =>
  left.length === 0
    ? []
    : [
        {
          type: 'table',
          columns: [{ title: 'not fixed' }, { title: 'at' }, { title: 'because' }],
          rows: groupsOf(left).map(leftRow),
        },
      ]

const stepsText = ({ before, next, waits }: Fixed): readonly Block[] => [
  ...before.map((path): Block => ({ type: 'text', text: `Before the deployment: psql -f ${path} (in no transaction). lint takes it as done.` })),
  ...next.map(
    (path): Block => ({ type: 'text', text: `For the deployment after it: ${path}. lint --fix makes a migration of it when its migrations have landed.` }),
  ),
  ...(waits
    ? [
        {
          type: 'text',
          text: 'Not yet made of it, though landed: what would read tables while the new migrations keep tables locked. Run lint --fix without them.',
        } as const,
      ]
    : []),
]

const writtenText = ({ written, removed, pending }: Fixed): readonly string[] => {
  if (written.length === 0) return [pending === 0 ? 'Nothing was written: no migration is new.' : 'Nothing was written.']
  const made = written.filter((path) => !removed.includes(path))
  return [
    ...(made.length > 0 ? [`Written: ${made.join(', ')}`] : []),
    ...(removed.length > 0 ? [`Removed: ${removed.join(', ')} (the migrations that it was for have landed)`] : []),
  ]
}

/** What was written, fixed and left. */
export const fixBlocks = (fixed: Fixed): readonly Block[] => [
  { type: 'heading', level: 2, text: `Fixed in ${fixed.project.folder}: ${plural(fixed.fixed.length, 'finding')}` },
  ...writtenText(fixed).map((text): Block => ({ type: 'text', text })),
  ...fixedTable(fixed),
  ...leftTable(fixed),
  ...stepsText(fixed),
]

const findingData = ({ rule, file, line, fingerprint }: Finding): { readonly [key: string]: Json } => ({
  rule,
  fingerprint,
  ...(file === undefined ? {} : { file }),
  ...(line === undefined ? {} : { line }),
})

export const fixData = ({ project, written, removed, fixed, left, before, next, waits }: Fixed): Json => ({
  project: project.name,
  written,
  removed,
  fixed: fixed.map(findingData),
  left: left.map(({ finding, why }) => ({ ...findingData(finding), why })),
  before,
  next,
  waits,
})
