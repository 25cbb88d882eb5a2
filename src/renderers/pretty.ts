/** For people at a terminal: what was looked at, the report's own blocks, findings by file, what is unknown; the verdict last, where the eye is. */
import type { Finding, Severity } from '../model/finding.ts'
import type { Report, Tone } from '../model/report.ts'
import { type Verdict, verdictOf } from '../model/report.ts'
import { blockLines } from './blocks.ts'
import { defineRenderer, type RenderOptions } from './define.ts'
import { hanging, pad, type Terminal, terminal, widthOf, wrap } from './terminal.ts'
import { analysedText, compareText, groupBy, isSettled, tally, worstFirst } from './text.ts'

type Lines = readonly string[]

const tones: Readonly<Record<Severity, Tone>> = { error: 'bad', warning: 'warn', note: 'muted' }

/** Notes alike are folded beyond this many: they are many in old folders and decide nothing. */
const foldAbove = 4
const shownOfFold = 2

const header = (report: Report, screen: Terminal): Lines => {
  const analysed = analysedText(report.analysed, ` ${screen.glyphs.dot} `)
  return wrap(`${screen.paint(`pgstrata ${report.operation}`, 'strong')}${analysed === '' ? '' : `  ${screen.paint(analysed, 'muted')}`}`, screen.width)
}

const stateOf = (finding: Finding): string =>
  finding.waived ? ` (waived until ${finding.waived.until}: ${finding.waived.reason})` : finding.old ? ' (old: landed already)' : ''

const lineReference = (finding: Finding): string =>
  finding.line === undefined ? '' : [finding.line, ...(finding.column === undefined ? [] : [finding.column])].join(':')

const findingLines = (finding: Finding, places: number, screen: Terminal): Lines => {
  const settled = isSettled(finding)
  const glyph = screen.paint(settled ? screen.glyphs.settled : screen.glyphs[finding.severity], settled ? 'muted' : tones[finding.severity])
  const head = `  ${pad(screen.paint(lineReference(finding), 'muted'), places, 'right')}${places > 0 ? '  ' : ''}${pad(glyph, widthOf(screen.glyphs.error))}  `
  const message = `${screen.paint(finding.message, settled ? 'muted' : 'plain')}  ${screen.paint(finding.rule + stateOf(finding), 'muted')}`
  const help = finding.help
    ? hanging(`${' '.repeat(widthOf(head))}${screen.paint(screen.glyphs.arrow, 'muted')} `, screen.paint(finding.help, 'plain'), screen.width)
    : []
  return [...hanging(head, message, screen.width), ...help]
}

const foldable = (finding: Finding): boolean => finding.severity === 'note' || isSettled(finding)

/** Leaves out notes of which many alike were shown already; answers what is shown and how many of each rule were left out. */
const fold = (findings: readonly Finding[], verbose: boolean): { readonly shown: readonly Finding[]; readonly folded: ReadonlyMap<string, number> } => {
  const total = groupBy(findings.filter(foldable), ({ rule }) => rule)
  if (verbose) return { shown: findings, folded: new Map() }
  const seen = new Map<string, number>()
  const folded = new Map<string, number>()
  const shown = findings.filter((finding) => {
    if (!foldable(finding) || (total.get(finding.rule)?.length ?? 0) <= foldAbove) return true
    const count = (seen.get(finding.rule) ?? 0) + 1
    seen.set(finding.rule, count)
    if (count > shownOfFold) folded.set(finding.rule, (folded.get(finding.rule) ?? 0) + 1)
    return count <= shownOfFold
  })
  return { shown, folded }
}

const findingBlocks = (report: Report, screen: Terminal, verbose: boolean): Lines => {
  const { shown, folded } = fold(worstFirst(report.findings), verbose)
  const groups = [...groupBy(shown, ({ file }) => file ?? '')]
  const places = Math.max(0, ...shown.map((finding) => lineReference(finding).length))
  const lines = groups.flatMap(([file, findings]) => [
    '',
    ...(file === '' ? [] : wrap(screen.paint(file, 'strong'), screen.width)),
    ...findings.flatMap((finding) => findingLines(finding, places, screen)),
  ])
  const rest = [...folded].sort(([a], [b]) => compareText(a, b)).map(([rule, count]) => `${count} more ${rule}`)
  return rest.length === 0
    ? lines
    : [...lines, '', ...wrap(screen.paint(`  ${screen.glyphs.ellipsis} ${rest.join(', ')} (--verbose shows all)`, 'muted'), screen.width)]
}

const unknownLines = (report: Report, screen: Terminal): Lines =>
  report.unknown.flatMap(({ what, why, help }) => {
    const head = `  ${screen.paint(screen.glyphs.unknown, 'warn')}  `
    const more = help ? hanging(`     ${screen.paint(screen.glyphs.arrow, 'muted')} `, screen.paint(help, 'plain'), screen.width) : []
    return ['', ...hanging(head, `${screen.paint(what, 'strong')}: ${screen.paint(why, 'plain')}`, screen.width), ...more]
  })

const verdicts: Readonly<Record<Verdict, readonly [glyph: 'clean' | 'error' | 'unknown', tone: Tone, word: string]>> = {
  clean: ['clean', 'good', 'Clean'],
  findings: ['error', 'bad', 'Findings'],
  unknown: ['unknown', 'warn', 'Unknown'],
}

const verdictLine = (report: Report, { failOn }: RenderOptions, screen: Terminal): Lines => {
  const [glyph, tone, word] = verdicts[verdictOf(report, failOn)]
  const counts = tally(report)
  return wrap(
    `${screen.paint(screen.glyphs[glyph], tone)} ${screen.paint(word, tone)}${counts === '' ? '' : `: ${screen.paint(counts, 'plain')}`}`,
    screen.width,
  )
}

export const pretty = defineRenderer({
  name: 'pretty',
  summary: 'For people at a terminal (the default there): findings by file, tables and trees, the verdict last.',
  render(report, options) {
    const screen = terminal(options)
    const lines = [
      ...header(report, screen),
      ...report.blocks.flatMap((block) => ['', ...blockLines(block, screen)]),
      ...findingBlocks(report, screen, options.verbose),
      ...unknownLines(report, screen),
      '',
      ...verdictLine(report, options, screen),
    ]
    return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
  },
})
