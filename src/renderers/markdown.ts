/** GitHub-flavoured Markdown: a job summary or a comment on a pull request. */
import { diffLines } from 'diff'
import type { Finding } from '../model/finding.ts'
import type { Block, Report, Span, Text, TreeItem } from '../model/report.ts'
import { verdictOf } from '../model/report.ts'
import { defineRenderer, type RenderOptions } from './define.ts'
import { lockText, precheckText, stepText, terminated } from './plain.ts'
import { analysedText, clean, groupBy, isSettled, oneLine, tally, worstFirst } from './text.ts'

/** Text that Markdown and HTML leave as it is; an `@` would mention a person. */
const escapeText = (text: string): string =>
  clean(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_{}[\]#|~]/g, '\\$&')
    .replaceAll('@', '@\u200b')

const cell = (text: string): string => text.replaceAll(/\s*\n\s*/g, '<br>')

/** Inline code with a fence longer than any run of backticks inside. */
const inlineCode = (text: string): string => {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  const space = longest > 0 ? ' ' : ''
  return `${fence}${space}${oneLine(text)}${space}${fence}`
}

const fenced = (text: string, language: string): string => {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${clean(text).trimEnd()}\n${fence}`
}

const span = (part: Span): string =>
  typeof part === 'string' ? escapeText(part) : part.tone === 'strong' ? `**${escapeText(part.text)}**` : escapeText(part.text)
const inline = (text: Text): string => (typeof text === 'string' ? escapeText(text) : text.map(span).join(''))

const treeLines = (item: TreeItem, depth: number): readonly string[] => [
  `${'  '.repeat(depth)}- ${inline(item.text)}`,
  ...item.children.flatMap((child) => treeLines(child, depth + 1)),
]

const captioned = (caption: string | undefined, text: string): string => (caption === undefined ? text : `${escapeText(caption)}\n\n${text}`)

const table = ({ columns, rows }: Extract<Block, { readonly type: 'table' }>): string => {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [
    line(columns.map(({ title }) => escapeText(title))),
    line(columns.map(({ align }) => (align === 'right' ? '--:' : ':--'))),
    ...rows.map((cells) => line(columns.map((_, column) => inline(cells[column] ?? '')))),
  ].join('\n')
}

const unified = (from: string, to: string): string =>
  diffLines(from, to)
    .flatMap(({ value, added, removed }) =>
      value
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => `${added ? '+' : removed ? '-' : ' '}${line}`),
    )
    .join('\n')

const blockText = (block: Block): string => {
  switch (block.type) {
    case 'heading':
      return `${block.level === 1 ? '##' : '###'} ${inline(block.text)}`
    case 'text':
      return inline(block.text)
    case 'table':
      return table(block)
    case 'code':
      return captioned(block.caption, fenced(block.text, block.language))
    case 'diff':
      return captioned(block.caption, fenced(unified(block.from, block.to), 'diff'))
    case 'tree':
      return treeLines(block.root, 0).join('\n')
    case 'definition':
      return block.items.map(({ term, text }) => `- **${escapeText(term)}**: ${inline(text)}`).join('\n')
  }
}

const marks = { error: '❌', warning: '⚠️', note: 'ℹ️' } as const
const verdictWords = { clean: '✅ **Clean**', findings: '❌ **Findings**', unknown: '❔ **Unknown**' } as const

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ')

/** The lock in a line; the statements to run, folded away until they are asked for. */
const detailsOf = ({ lock, precheck, remedy }: Finding): string => {
  const first = lock ? `\n  ${escapeText(lockText(lock))}` : ''
  const query = precheck === undefined ? [] : [escapeText(precheckText), fenced(terminated(precheck), 'sql')]
  const instead = (remedy?.steps ?? []).flatMap((step) => [escapeText(stepText(step)), fenced(step.sql.map(terminated).join('\n'), 'sql')])
  if (query.length + instead.length === 0) return first
  const title = remedy?.title ?? 'What to ask first'
  return `${first}\n\n${indented(`<details><summary>${escapeText(title)}</summary>\n\n${[...query, ...instead].join('\n\n')}\n\n</details>`)}`
}

const findingText = (finding: Finding): string => {
  const state = finding.waived ? ` (waived until ${escapeText(finding.waived.until)}: ${escapeText(finding.waived.reason)})` : finding.old ? ' (old)' : ''
  const place = finding.line === undefined ? '' : ` line ${finding.line}:`
  const help = finding.help ? `\n  ${escapeText(oneLine(finding.help))}` : ''
  const details = isSettled(finding) ? '' : detailsOf(finding)
  return `- ${isSettled(finding) ? '⚪' : marks[finding.severity]}${place} ${escapeText(oneLine(finding.message))} ${inlineCode(finding.rule)}${state}${help}${details}`
}

const findingsText = (worst: readonly Finding[]): readonly string[] =>
  [...groupBy(worst, ({ file }) => file ?? '')].map(([file, findings]) =>
    [...(file === '' ? [] : [`**${inlineCode(file)}**`, '']), ...findings.map(findingText)].join('\n'),
  )

const unknownText = (report: Report): readonly string[] =>
  report.unknown.length === 0
    ? []
    : [
        report.unknown
          .map(({ what, why, help }) => `- ❔ **${escapeText(what)}**: ${escapeText(oneLine(why))}${help ? `\n  ${escapeText(oneLine(help))}` : ''}`)
          .join('\n'),
      ]

type Cut = { readonly findings: number; readonly blocks: boolean; readonly unknown: boolean }

const cutText = (report: Report, { findings, blocks, unknown }: Cut): readonly string[] => {
  const left = report.findings.length - findings
  if (left === 0 && blocks) return []
  const what = left === 0 ? 'The tables are left out' : `${left} more ${left === 1 ? 'finding is' : 'findings are'} left out`
  const unsaid = unknown || report.unknown.length === 0 ? '' : `, and what is unknown (${report.unknown.length})`
  return [`✂️ **${what}**${unsaid}: the whole text is too long for this place. The run’s log and the format json have all of it.`]
}

const render = (report: Report, { failOn }: RenderOptions, cut: Cut): string => {
  const counts = tally(report)
  const analysed = analysedText(report.analysed, ' · ')
  const parts = [
    `# pgstrata ${escapeText(report.operation)}`,
    `${verdictWords[verdictOf(report, failOn)]}${counts === '' ? '' : `: ${counts}`}`,
    ...(analysed === '' ? [] : [analysed]),
    ...cutText(report, cut),
    ...(cut.blocks ? report.blocks.map(blockText) : []),
    ...findingsText(worstFirst(report.findings).slice(0, cut.findings)),
    ...(cut.unknown ? unknownText(report) : []),
  ]
  return `${parts.join('\n\n')}\n`
}

/** A report that fits: the worst findings are kept, and how many are not is said. The tables go first. `fits` is asked for the whole text. */
export const markdownWithin = (report: Report, options: RenderOptions, fits: (text: string) => boolean): string => {
  const of = (cut: Cut): string => render(report, options, cut)
  const whole = of({ findings: report.findings.length, blocks: true, unknown: true })
  if (fits(whole)) return whole
  let [fitting, over] = [0, report.findings.length + 1]
  while (over - fitting > 1) {
    const middle = (fitting + over) >> 1
    if (fits(of({ findings: middle, blocks: false, unknown: true }))) fitting = middle
    else over = middle
  }
  const most = of({ findings: fitting, blocks: false, unknown: true })
  return fits(most) ? most : of({ findings: 0, blocks: false, unknown: false })
}

/** Bytes that GitHub takes for one step's summary: a longer one it does not show at all. */
const longestSummary = 1024 * 1024

export const markdown = defineRenderer({
  name: 'markdown',
  summary: 'GitHub-flavoured Markdown for job summaries: at most 1 MiB, the worst findings first.',
  render: (report, options) => markdownWithin(report, options, (text) => new TextEncoder().encode(text).length <= longestSummary),
})
