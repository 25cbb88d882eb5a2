/** What every voice needs of a report's texts: plain words, order, counts. */
import type { Finding, Severity } from '../model/finding.ts'
import type { Counts, Report, Text } from '../model/report.ts'

// Messages quote SQL and file names: control characters (but line breaks and tabs) would let a migration steer the terminal.
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Text without control characters and without marks that turn the direction of writing. */
export const clean = (text: string): string => text.replaceAll('\r\n', '\n').replaceAll('\t', '  ').replace(control, '')

/** Text on one line. */
export const oneLine = (text: string): string => clean(text).replace(/\s*\n\s*/g, ' ')

/** A text without its tones. */
export const plain = (text: Text): string => clean(typeof text === 'string' ? text : text.map((span) => (typeof span === 'string' ? span : span.text)).join(''))

const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 }

/** Findings that decide come before old and waived ones; then the worse, the file, the place. */
export const worstFirst = (findings: readonly Finding[]): readonly Finding[] =>
  [...findings].sort(
    (a, b) =>
      Number(isSettled(a)) - Number(isSettled(b)) ||
      rank[a.severity] - rank[b.severity] ||
      compareText(a.file ?? '', b.file ?? '') ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  )

/** Old or waived: shown, but never decides. */
export const isSettled = (finding: Finding): boolean => finding.old === true || finding.waived !== undefined

/** Order by code units: the same on every machine. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const irregular: Readonly<Record<string, string>> = { entries: 'entry', policies: 'policy', queries: 'query', histories: 'history', indexes: 'index' }

/** `1 migration`, `2 migrations`: counts are keyed by the plural. */
export const counted = (count: number, plural: string): string => {
  const noun = count === 1 ? (irregular[plural] ?? (plural.endsWith('s') ? plural.slice(0, -1) : plural)) : plural
  return `${grouped(count)} ${noun}`
}

/** 12345 → `12,345`. */
const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

const words = (key: string): string => key.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()

/** What was looked at: `15 migrations · 42 statements`. */
export const analysedText = (analysed: Counts, separator: string): string =>
  Object.entries(analysed)
    .map(([what, count]) => counted(count, words(what)))
    .join(separator)

/** `2 errors, 1 note`; findings that are old or waived are counted apart. Empty without findings. */
export const tally = (report: Report): string => {
  const live = report.findings.filter((finding) => !isSettled(finding))
  const bySeverity = (['error', 'warning', 'note'] as const).map(
    (severity) => [live.filter((finding) => finding.severity === severity).length, `${severity}s`] as const,
  )
  const settled = [
    [report.findings.filter((finding) => finding.waived).length, 'waived'],
    [report.findings.filter((finding) => finding.old && !finding.waived).length, 'old'],
    [report.unknown.length, 'unknown'],
  ] as const
  return [...bySeverity, ...settled]
    .filter(([count]) => count > 0)
    .map(([count, noun]) => counted(count, noun))
    .join(', ')
}

/** `file:line:column` as far as it is known. */
export const placeOf = (finding: Finding): string =>
  [finding.file, finding.line, finding.line === undefined ? undefined : finding.column].filter((part) => part !== undefined).join(':')

/** Values by key, in the order in which keys first occur. */
export const groupBy = <T>(values: readonly T[], keyOf: (value: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>()
  for (const value of values) {
    const group = groups.get(keyOf(value))
    if (group) group.push(value)
    else groups.set(keyOf(value), [value])
  }
  return groups
}
