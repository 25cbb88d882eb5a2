/** The contract of the rules: one file is one rule, its words are its page in the docs, its examples are its tests. */
import type { Severity } from '../model/finding.ts'
import type { History, Migration } from '../model/history.ts'
import type { Instant } from '../model/world.ts'

/** What a rule of scope `history` looks at. */
export type HistoryView = {
  readonly history: History
  /** SQL files (relative to the folder) that git saw change after the commit that added them; empty outside a repository. */
  readonly edited: readonly { readonly path: string; readonly added: string; readonly edited: string }[]
  readonly now: Instant
  /** How many statements each chunk of a migration holds. */
  readonly statementsInChunk: (migration: Migration) => readonly number[]
}

/** One place where a rule found something. */
export type RuleHit = {
  readonly message: string
  /** Instead of the rule's own `instead`, where the case allows a better word. */
  readonly help?: string
  /** Relative to the folder. */
  readonly path?: string
  readonly line?: number
  readonly column?: number
  /** The migration's tag. */
  readonly migration?: string
  /** Tells apart two findings of one rule in one file; never a line number. */
  readonly object?: string
  /** Instead of the rule's own severity. */
  readonly severity?: Severity
}

/** A small migrations folder that shows a rule at work. A journal is written as it stands; snapshots likewise. */
export type FolderExample = {
  /** What the reader sees in it. */
  readonly shows: string
  readonly files: { readonly [path: string]: string }
  /** Paths that git saw change after they were added. */
  readonly edited?: readonly string[]
  /** When it is looked at; default: long after all of it. */
  readonly now?: Instant
  /** Other rules that find the same folder faulty, for the same cause. */
  readonly also?: readonly string[]
}

export type RuleWords<Id extends string> = {
  readonly id: Id
  readonly severity: Severity
  /** One sentence: what is found. */
  readonly summary: string
  /** What happens to whom when nothing is done. */
  readonly why: string
  /** What to do, in words that can be followed. */
  readonly instead: string
}

/** A judgement over a whole folder, whatever its statements do. */
export type HistoryRule<Id extends string = string> = RuleWords<Id> & {
  readonly scope: 'history'
  readonly bad: readonly FolderExample[]
  readonly good: readonly FolderExample[]
  check(view: HistoryView): readonly RuleHit[]
}

/** Checks a rule against the contract and keeps its id's type. */
export const defineHistoryRule = <const Id extends string>(rule: Omit<HistoryRule<Id>, 'scope'>): HistoryRule<Id> => ({ scope: 'history', ...rule })
