/** `explain`: a rule's page. */
import { nearest } from '../model/config-schema.ts'
import { ToolError } from '../model/error.ts'
import type { Block, Report } from '../model/report.ts'
import { type AnyRule, ruleIds, rulesById } from '../rules/all.ts'
import type { FolderExample, SqlExample } from '../rules/define.ts'
import { defineOperation } from './define.ts'

const sqlOf = ({ given, sql }: SqlExample): string => {
  const files = typeof sql === 'string' ? [sql] : sql
  const pending = files.map((file, at) => (files.length === 1 ? file : `-- pending file ${at + 1}\n${file}`))
  return [
    ...(given === undefined ? [] : [`-- applied before\n${given}`]),
    ...(given === undefined ? pending : pending.map((file, at) => (files.length === 1 && at === 0 ? `-- pending\n${file}` : file))),
  ].join('\n\n')
}

const folderOf = ({ files }: FolderExample): string =>
  Object.entries(files)
    .filter(([path]) => path.endsWith('.sql') || path.endsWith('_journal.json'))
    .map(([path, text]) => `-- ${path}\n${text.trimEnd()}`)
    .join('\n\n')

const exampleBlocks = (title: string, examples: readonly (SqlExample | FolderExample)[]): readonly Block[] =>
  examples.length === 0
    ? []
    : [
        { type: 'heading', level: 2, text: title },
        ...examples.map(
          (example): Block => ({ type: 'code', language: 'sql', caption: example.shows, text: 'files' in example ? folderOf(example) : sqlOf(example) }),
        ),
      ]

const looksAt = (rule: AnyRule): string =>
  !('scope' in rule) ? 'the history as it runs' : { history: 'the whole folder', batch: 'all pending migrations together', step: 'each statement' }[rule.scope]

const versionsText = (rule: AnyRule): string | undefined => {
  if (!('versions' in rule) || rule.versions === undefined) return undefined
  const { from, to } = rule.versions
  return from === undefined ? `up to ${to}` : to === undefined ? `${from} and later` : `${from} to ${to}`
}

const blocksOf = (rule: AnyRule): readonly Block[] => {
  const versions = versionsText(rule)
  const preset = 'preset' in rule ? rule.preset : undefined
  return [
    { type: 'heading', level: 1, text: rule.id },
    { type: 'text', text: rule.summary },
    {
      type: 'definition',
      items: [
        {
          term: 'severity',
          text: preset === undefined || preset === 'recommended' ? rule.severity : `${rule.severity}; off unless the preset ${preset} is chosen`,
        },
        { term: 'looks at', text: looksAt(rule) },
        ...(versions === undefined ? [] : [{ term: 'PostgreSQL', text: versions }]),
        { term: 'why', text: rule.why },
        { term: 'instead', text: rule.instead },
      ],
    },
    ...('bad' in rule ? [...exampleBlocks('Found', rule.bad), ...exampleBlocks('Fine', rule.good)] : []),
  ]
}

const unknownRule = (id: string): ToolError => {
  const near = nearest(id, ruleIds)
  return new ToolError('usage', `There is no rule ${id}.`, { help: near ? `Did you mean ${near}?` : 'docs/rules lists all rules.' })
}

export const explain = defineOperation({
  name: 'explain',
  summary: 'Shows a rule’s page: what it finds, why, what to do instead.',
  description:
    'Shows what a rule finds, what happens when nothing is done, what to do instead, and examples that are found and that are fine. They are the rule’s own tests.',
  arguments: [{ name: 'RULE', description: 'The id that a finding shows.', required: true }],
  flags: {},
  examples: [{ command: 'pgstrata explain index-not-concurrent', shows: 'why an index is built CONCURRENTLY, and how with Drizzle' }],
  async run(_world, { arguments: [id = ''] }): Promise<Report> {
    const rule = rulesById.get(id)
    if (!rule) throw unknownRule(id)
    const { severity, summary, why, instead } = rule
    return {
      operation: 'explain',
      analysed: {},
      findings: [],
      data: { rule: id, severity, summary, why, instead },
      blocks: blocksOf(rule),
      unknown: [],
      informs: true,
    }
  },
})
