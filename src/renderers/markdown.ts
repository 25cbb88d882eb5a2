/** GitHub-flavoured Markdown: a job summary or a comment on a pull request. */
import { diffLines } from 'diff'
import type { Finding } from '../model/finding.ts'
import type { Block, Report, Span, Text, TreeItem } from '../model/report.ts'
import { verdictOf } from '../model/report.ts'
import { defineRenderer } from './define.ts'
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

const findingText = (finding: Finding): string => {
  const state = finding.waived ? ` (waived until ${escapeText(finding.waived.until)}: ${escapeText(finding.waived.reason)})` : finding.old ? ' (old)' : ''
  const place = finding.line === undefined ? '' : ` line ${finding.line}:`
  const help = finding.help ? `\n  ${escapeText(oneLine(finding.help))}` : ''
  return `- ${isSettled(finding) ? '⚪' : marks[finding.severity]}${place} ${escapeText(oneLine(finding.message))} ${inlineCode(finding.rule)}${state}${help}`
}

const findingsText = (report: Report): readonly string[] =>
  [...groupBy(worstFirst(report.findings), ({ file }) => file ?? '')].map(([file, findings]) =>
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

export const markdown = defineRenderer({
  name: 'markdown',
  summary: 'GitHub-flavoured Markdown for job summaries and comments on pull requests.',
  render(report, { failOn }) {
    const counts = tally(report)
    const analysed = analysedText(report.analysed, ' · ')
    const parts = [
      `# pgstrata ${escapeText(report.operation)}`,
      `${verdictWords[verdictOf(report, failOn)]}${counts === '' ? '' : `: ${counts}`}`,
      ...(analysed === '' ? [] : [analysed]),
      ...report.blocks.map(blockText),
      ...findingsText(report),
      ...unknownText(report),
    ]
    return `${parts.join('\n\n')}\n`
  },
})
