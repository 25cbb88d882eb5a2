/** A part of the check: what it looked at, what it found, what it could not tell. */
import type { Finding, Unknown } from '../../model/finding.ts'
import type { Json } from '../../model/json.ts'
import type { Block, Counts, Text } from '../../model/report.ts'

/** All parts, in the order in which they are checked and shown. */
export const partNames = ['folder', 'replay', 'snapshots', 'lint', 'impact', 'rollback', 'drift'] as const
export type PartName = (typeof partNames)[number]

export type Part = {
  readonly name: PartName
  readonly analysed: Counts
  readonly findings: readonly Finding[]
  readonly unknown: readonly Unknown[]
  /** What it has shown, in one line. */
  readonly shown: Text
  readonly data: { readonly [key: string]: Json }
  /** What does not fit into the line. */
  readonly blocks?: readonly Block[]
  /** What it has to say beside another part's findings, by their statement. */
  readonly remarks?: ReadonlyMap<string, string>
}

/** A statement of a migration, for `remarks`. */
export const statementKey = ({ migration, statement }: Pick<Finding, 'migration' | 'statement'>): string => `${migration ?? ''} ${statement ?? ''}`

type Verdict = 'clean' | 'findings' | 'unknown'

/** The gravest severity of a part's findings that decide; undefined: there are none. */
export const worst = ({ findings }: Part): Finding['severity'] | undefined =>
  (['error', 'warning', 'note'] as const).find((severity) => findings.some((finding) => finding.severity === severity && !finding.waived && !finding.old))

/** What a part says as a whole: notes decide nothing, and unknown is never clean. */
export const verdictOf = (part: Part): Verdict => {
  const severity = worst(part)
  return severity === 'error' || severity === 'warning' ? 'findings' : part.unknown.length > 0 ? 'unknown' : 'clean'
}

/** The verdict on the same part of several projects: the strictest of theirs. */
export const strictestOf = (parts: readonly Part[]): Verdict =>
  (['findings', 'unknown', 'clean'] as const).find((verdict) => parts.some((part) => verdictOf(part) === verdict)) ?? 'unknown'
