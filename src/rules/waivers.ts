/** Waivers: a rule switched off for one statement, with a reason and an expiry. `-- pgstrata: allow RULE[, RULE] until 2027-01-31 because REASON` */
import { nearest } from '../model/config-schema.ts'
import type { Comment, Statement } from '../model/statement.ts'
import type { Instant } from '../model/world.ts'

export type Waiver = {
  readonly statement: Statement
  readonly comment: Comment
  readonly rules: readonly string[]
  /** The last day on which it holds, `2027-01-31` (UTC). */
  readonly until: string
  readonly reason: string
}

/** A comment that wants to be a waiver and is none. */
export type BadWaiver = { readonly statement: Statement; readonly comment: Comment; readonly why: string }

const isWaiver = /^\s*pgstrata:\s*allow\b/i
const shape = /^\s*pgstrata:\s*allow\s+(?<rules>[\w-]+(?:\s*,\s*[\w-]+)*)\s+until\s+(?<until>\d{4}-\d{2}-\d{2})\s+because\s+(?<reason>\S[\s\S]*?)\s*$/i

const isDay = (text: string): boolean => {
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

const whatIsMissing = (text: string): string =>
  !/\bbecause\s[\s\S]*[\p{L}\p{N}]/iu.test(text)
    ? 'it gives no reason (because …)'
    : !/\buntil\s+\S/i.test(text)
      ? 'it has no expiry (until YYYY-MM-DD)'
      : 'it is not written as allow RULE[, RULE] until YYYY-MM-DD because REASON'

const unknownRule = (rule: string, known: readonly string[]): string => {
  const near = nearest(rule, known)
  return `there is no rule ${rule}${near === undefined ? '' : `; did you mean ${near}?`}`
}

const readOne = (statement: Statement, comment: Comment, known: readonly string[]): Waiver | BadWaiver => {
  const bad = (why: string): BadWaiver => ({ statement, comment, why })
  const { rules = '', until = '', reason = '' } = shape.exec(comment.text)?.groups ?? {}
  // What an editor inserts ends in an ellipsis, to be filled in.
  if (rules === '' || !/[\p{L}\p{N}]/u.test(reason)) return bad(whatIsMissing(comment.text))
  if (!isDay(until)) return bad(`${until} is no day of the calendar`)
  const ids = rules.split(',').map((rule) => rule.trim())
  const stranger = ids.find((rule) => !known.includes(rule))
  return stranger === undefined ? { statement, comment, rules: ids, until, reason } : bad(unknownRule(stranger, known))
}

/** The waivers above a statement, and the comments that fail to be one. `known`: the ids of all rules. */
export const waiversOf = (statement: Statement, known: readonly string[]): readonly (Waiver | BadWaiver)[] =>
  statement.comments.filter(({ text }) => isWaiver.test(text)).map((comment) => readOne(statement, comment, known))

export const isBad = (waiver: Waiver | BadWaiver): waiver is BadWaiver => 'why' in waiver

/** True after the last day of the waiver. */
export const isExpired = ({ until }: Waiver, now: Instant): boolean => now >= Date.parse(`${until}T00:00:00Z`) + 86_400_000
