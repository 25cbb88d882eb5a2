import type { Finding, Unknown } from './finding.ts'
import type { Json } from './json.ts'

/** How many of each thing were looked at. A check that looked at nothing fails. */
export type Counts = { readonly [what: string]: number }

export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'muted' | 'strong'
/** Text in one tone. */
export type Span = string | { readonly text: string; readonly tone: Tone }
export type Text = readonly Span[] | string

/** What people read. Renderers know blocks and findings and no feature. */
export type Block =
  | { readonly type: 'heading'; readonly text: Text; readonly level: 1 | 2 }
  | { readonly type: 'text'; readonly text: Text }
  | {
      readonly type: 'table'
      /** `least`: a narrower column is no help to a reader. */
      readonly columns: readonly { readonly title: string; readonly align?: 'left' | 'right'; readonly least?: number }[]
      readonly rows: readonly (readonly Text[])[]
    }
  | { readonly type: 'code'; readonly language: string; readonly text: string; readonly caption?: string }
  | { readonly type: 'diff'; readonly from: string; readonly to: string; readonly caption?: string }
  | { readonly type: 'tree'; readonly root: TreeItem }
  | { readonly type: 'definition'; readonly items: readonly { readonly term: string; readonly text: Text }[] }

/** A line of text in one tone. */
export const toned = (text: string, tone: Tone): Block => ({ type: 'text', text: [{ text, tone }] })

export type TreeItem = { readonly text: Text; readonly children: readonly TreeItem[] }

/** An operation's answer. `data` is for machines (the CLI contract), `blocks` are for people; the verdict is derived from findings and unknowns. */
export type Report = {
  readonly operation: string
  readonly analysed: Counts
  readonly findings: readonly Finding[]
  readonly data: Json
  readonly blocks: readonly Block[]
  readonly unknown: readonly Unknown[]
  /** What is judged was chosen by name (files, what is staged): nothing of it counts as old. */
  readonly chosen?: true
  /** It may be another one within the day, though nothing changes but the clock. */
  readonly passing?: true
  /** It tells and judges nothing: nobody needs to hear that it is clean. */
  readonly informs?: true
}

export type Verdict = 'clean' | 'findings' | 'unknown'
export type FailOn = 'error' | 'warning' | 'never'

const rank = { error: 2, warning: 1, note: 0 } as const

const decides = (finding: Finding, failOn: FailOn): boolean => failOn !== 'never' && !finding.waived && !finding.old && rank[finding.severity] >= rank[failOn]

/** The verdict: unknown is never clean, and only findings at or above `failOn` count. */
export const verdictOf = (report: Report, failOn: FailOn = 'error'): Verdict =>
  report.findings.some((finding) => decides(finding, failOn)) ? 'findings' : report.unknown.length > 0 ? 'unknown' : 'clean'

/** The exit code of a verdict: 0 clean, 1 findings, 3 unknown. */
export const exitCodeOf = (verdict: Verdict): 0 | 1 | 3 => (verdict === 'clean' ? 0 : verdict === 'findings' ? 1 : 3)
