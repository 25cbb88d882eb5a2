/** What `lint --fix` did, as part of a report. */
import type { Finding } from '../../model/finding.ts'
import type { Json } from '../../model/json.ts'
import type { Block } from '../../model/report.ts'
import { plural } from '../plural.ts'
import type { Fixed } from './fix.ts'

const place = ({ file, line, migration }: Finding): string => (file === undefined ? (migration ?? '') : `${file}:${line ?? 1}`)

const fixedTable = ({ fixed }: Fixed): readonly Block[] =>
  fixed.length === 0
    ? []
    : [{ type: 'table', columns: [{ title: 'fixed' }, { title: 'was at' }], rows: fixed.map((finding) => [finding.rule, place(finding)]) }]

const leftTable = ({ left }: Fixed): readonly Block[] =>
  left.length === 0
    ? []
    : [
        {
          type: 'table',
          columns: [{ title: 'not fixed' }, { title: 'at' }, { title: 'because' }],
          rows: left.map(({ finding, why }) => [finding.rule, place(finding), why]),
        },
      ]

const stepsText = ({ before, next }: Fixed): readonly Block[] => [
  ...before.map((path): Block => ({ type: 'text', text: `Before the deployment: psql -f ${path} (in no transaction). lint takes it as done.` })),
  ...next.map(
    (path): Block => ({ type: 'text', text: `For the deployment after it: ${path}. lint --fix makes a migration of it when its migrations have landed.` }),
  ),
]

/** What was written, fixed and left. */
export const fixBlocks = (fixed: Fixed): readonly Block[] => [
  { type: 'heading', level: 2, text: `Fixed in ${fixed.project.folder}: ${plural(fixed.fixed.length, 'finding')}` },
  { type: 'text', text: fixed.written.length === 0 ? 'Nothing was written.' : `Written: ${fixed.written.join(', ')}` },
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

export const fixData = ({ project, written, fixed, left, before, next }: Fixed): Json => ({
  project: project.name,
  written,
  fixed: fixed.map(findingData),
  left: left.map(({ finding, why }) => ({ ...findingData(finding), why })),
  before,
  next,
})
