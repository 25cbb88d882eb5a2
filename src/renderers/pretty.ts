/** For people at a terminal: what was looked at, the report's own blocks, findings by rule, the worst first, what is unknown; the verdict last, where the eye is. */
import type { Finding, Severity } from '../model/finding.ts'
import type { Report, Tone } from '../model/report.ts'
import { type Verdict, verdictOf } from '../model/report.ts'
import { blockLines } from './blocks.ts'
import { defineRenderer, type RenderOptions } from './define.ts'
import { detailLines } from './detail.ts'
import { hanging, pad, type Terminal, terminal, widthOf, wrap } from './terminal.ts'
import { analysedText, groupBy, isSettled, placeOf, tally, worstFirst } from './text.ts'

type Lines = readonly string[]

const tones: Readonly<Record<Severity, Tone>> = { error: 'bad', warning: 'warn', note: 'muted' }

/** Warnings of one rule beyond this many are counted; an old folder may have a hundred alike. Errors are all shown. */
const warningsShown = 5
const foldAbove = 7
const placesShown = 3
const narrowestText = 36

const header = (report: Report, screen: Terminal): Lines => {
  const counts = Object.entries(report.analysed)
  const some = counts.filter(([, count]) => count > 0)
  // Nothing of a kind is worth a word only where there is nothing at all.
  const analysed = analysedText(Object.fromEntries(some.length > 0 ? some : counts), ` ${screen.glyphs.dot} `)
  return wrap(`${screen.paint(`pgstrata ${report.operation}`, 'strong')}${analysed === '' ? '' : `  ${screen.paint(analysed, 'muted')}`}`, screen.width)
}

const stateOf = (finding: Finding): string => (finding.waived ? `waived until ${finding.waived.until}: ${finding.waived.reason}` : finding.old ? 'old' : '')

/** A place that a terminal can open, and what was found there. */
const findingLines = (finding: Finding, screen: Terminal): Lines => {
  const place = placeOf(finding)
  const state = stateOf(finding)
  const text = `${place === '' ? '' : `${screen.paint(place, 'strong')}  `}${screen.paint(finding.message, 'plain')}${state === '' ? '' : screen.paint(` (${state})`, 'muted')}`
  const [first = '', ...rest] = wrap(text, screen.width - 4)
  return [`  ${first}`, ...rest.map((line) => `    ${line}`), ...detailLines(finding, screen)]
}

const helpLines = (help: string | undefined, screen: Terminal): Lines =>
  help ? hanging(`  ${screen.paint(screen.glyphs.arrow, 'muted')} `, screen.paint(help, 'plain'), screen.width) : []

/** One rule's findings of one severity: its name, the places, and once what to do. */
const ruleLines = (findings: readonly Finding[], screen: Terminal, verbose: boolean): Lines => {
  const [first] = findings
  if (!first) return []
  const settled = isSettled(first)
  const [glyph, tone] = settled ? ([screen.glyphs.settled, 'muted'] as const) : ([screen.glyphs[first.severity], tones[first.severity]] as const)
  const count = findings.length > 1 ? screen.paint(` (${findings.length})`, 'muted') : ''
  const folds = !verbose && first.severity === 'warning' && findings.length > foldAbove
  const shown = folds ? findings.slice(0, warningsShown) : findings
  const rest = findings.length - shown.length
  const more = rest > 0 ? [`  ${screen.paint(`${screen.glyphs.ellipsis} ${rest} more (--verbose shows all)`, 'muted')}`] : []
  const byHelp = [...groupBy(shown, ({ help }) => help ?? '')]
  return [
    '',
    ...hanging('', `${screen.paint(glyph, tone)} ${screen.paint(first.rule, tone === 'muted' ? 'plain' : tone)}${count}`, screen.width),
    ...byHelp.flatMap(([help, alike], index) => [
      ...alike.flatMap((finding) => findingLines(finding, screen)),
      ...(index === byHelp.length - 1 ? more : []),
      ...(alike.every(({ remedy }) => remedy) ? [] : helpLines(help, screen)),
    ]),
  ]
}

/** `a.sql:3, a.sql:9, b.sql:1` as `a.sql:3, 9, b.sql:1`. */
const placesText = (findings: readonly Finding[], most: number, screen: Terminal): string => {
  const shown = findings.slice(0, most)
  const places = shown.map((finding, index) => {
    const before = shown[index - 1]
    return before?.file !== undefined && before.file === finding.file && finding.line !== undefined ? String(finding.line) : placeOf(finding)
  })
  return `${places.filter((place) => place !== '').join(', ')}${findings.length > most ? ` ${screen.glyphs.ellipsis}` : ''}`
}

/** As many places as fit on the line, one at least. */
const fittingPlaces = (findings: readonly Finding[], room: number, screen: Terminal): string => {
  const texts = [placesShown, 2, 1].map((most) => placesText(findings, most, screen))
  return texts.find((text) => widthOf(text) <= room) ?? texts.at(-1) ?? ''
}

/** One line for one rule's notes, or for findings that do not decide; one alone is told in its own words. */
const digestLines = (findings: readonly Finding[], columns: { readonly rule: number; readonly count: number }, screen: Terminal): Lines => {
  const [first] = findings
  if (!first) return []
  const glyph = screen.paint(isSettled(first) ? screen.glyphs.settled : screen.glyphs.note, 'muted')
  const head = `${glyph} ${pad(screen.paint(first.rule, 'plain'), columns.rule)}  ${pad(screen.paint(String(findings.length), 'muted'), columns.count, 'right')}  `
  const state = stateOf(first) === '' ? '' : ` (${stateOf(first)})`
  const place = placeOf(first)
  const text =
    findings.length === 1
      ? `${place === '' ? '' : `${place}  `}${first.message}${state}`
      : `${fittingPlaces(findings, screen.width - widthOf(head) - widthOf(state), screen)}${state}`
  const tone = isSettled(first) ? 'muted' : 'plain'
  // On a narrow screen a text beside the names would be one word wide.
  if (screen.width - widthOf(head) >= narrowestText) return hanging(head, screen.paint(text, tone), screen.width)
  return [...wrap(head.trimEnd(), screen.width), ...hanging('    ', screen.paint(text, tone), screen.width)]
}

const digest = (findings: readonly Finding[], screen: Terminal): Lines => {
  const groups = [...groupBy(findings, (finding) => `${finding.rule}\n${stateOf(finding)}`).values()]
  if (groups.length === 0) return []
  const columns = {
    rule: Math.max(...groups.map(([first]) => widthOf(first?.rule ?? ''))),
    count: Math.max(...groups.map(({ length }) => String(length).length)),
  }
  const hint = groups.some(({ length }) => length > 1) ? hanging('  ', screen.paint('--verbose shows each of them.', 'muted'), screen.width) : []
  return ['', ...groups.flatMap((group) => digestLines(group, columns, screen)), ...hint]
}

/** Errors, then warnings, rule by rule; then notes and what does not decide, one line a rule, unless all is asked for. */
const findingBlocks = (report: Report, screen: Terminal, verbose: boolean): Lines => {
  const findings = worstFirst(report.findings)
  const isBrief = (finding: Finding): boolean => !verbose && (finding.severity === 'note' || isSettled(finding))
  const groups = groupBy(
    findings.filter((finding) => !isBrief(finding)),
    (finding) => [isSettled(finding), finding.severity, finding.rule].join(),
  )
  return [...[...groups.values()].flatMap((group) => ruleLines(group, screen, verbose)), ...digest(findings.filter(isBrief), screen)]
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

/** Warnings may stand in what passes: that is not called clean. */
const isSpotless = (report: Report): boolean => report.findings.every((finding) => finding.severity === 'note' || isSettled(finding))

const verdictLine = (report: Report, { failOn }: RenderOptions, screen: Terminal): Lines => {
  const verdict = verdictOf(report, failOn)
  if (report.informs && verdict === 'clean' && report.findings.length === 0) return []
  const [glyph, tone, word] = verdicts[verdict]
  const said = verdict === 'clean' && !isSpotless(report) ? 'Passed' : word
  const counts = tally(report)
  return [
    '',
    ...wrap(
      `${screen.paint(screen.glyphs[glyph], tone)} ${screen.paint(said, tone)}${counts === '' ? '' : `: ${screen.paint(counts, 'plain')}`}`,
      screen.width,
    ),
  ]
}

export const pretty = defineRenderer({
  name: 'pretty',
  summary: 'For people at a terminal (the default there): findings by rule, tables and trees, the verdict last.',
  render(report, options) {
    const screen = terminal(options)
    const lines = [
      ...header(report, screen),
      ...report.blocks.flatMap((block) => ['', ...blockLines(block, screen)]),
      ...findingBlocks(report, screen, options.verbose),
      ...unknownLines(report, screen),
      ...verdictLine(report, options, screen),
    ]
    return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
  },
})
