/** The contract of the rules: one file is one rule, its words are its page in the docs, its examples are its tests. */
import type { Batch, BatchStep, Move } from '../changes/batch.ts'
import type { Catalog } from '../model/catalog.ts'
import type { Change, ChangeKind } from '../model/change.ts'
import type { Runner } from '../model/config.ts'
import type { LockDuration, Remedy, Severity } from '../model/finding.ts'
import type { History, Migration } from '../model/history.ts'
import type { LockMode } from '../model/lock.ts'
import type { RelationName } from '../model/name.ts'
import type { Usage } from '../model/profile.ts'
import type { Instant } from '../model/world.ts'

/** What a rule of scope `history` looks at. */
export type HistoryView = {
  readonly history: History
  /** SQL files (relative to the folder) that git saw change after the commit that added them; empty outside a repository. */
  readonly edited: readonly { readonly path: string; readonly added: string; readonly edited: string }[]
  /** The folder's migrations as they stand in the upstream branch; undefined where there is none to compare with. */
  readonly landed?: { readonly commit: string; readonly migrations: readonly Pick<Migration, 'tag' | 'path' | 'hash'>[] }
  /** Files of the project's TypeScript schema that are not as in the upstream branch; undefined where that is not known. */
  readonly schemaChanges?: readonly string[]
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
  /** The folder as it stands in the upstream branch. */
  readonly landed?: { readonly [path: string]: string }
  /** Files of the TypeScript schema that changed since. */
  readonly schemaChanges?: readonly string[]
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

/** What a policy rule's severity is by default: `strict` and `taste` rules are off unless that preset is chosen. */
export type PresetName = 'recommended' | 'strict' | 'taste'

export type PolicyWords<Id extends string> = RuleWords<Id> & {
  /** The smallest preset that has it on. Default: recommended. */
  readonly preset?: PresetName
  /** The majors of PostgreSQL that it holds for. Default: all. */
  readonly versions?: { readonly from?: number; readonly to?: number }
  /**
   * How the size and traffic of the relation weigh. `rows`: it takes as long as there are rows (scan, rewrite, build). `traffic`: it is short, and hurts as
   * much as others wait. Default: neither matters.
   */
  readonly weighs?: 'rows' | 'traffic'
  readonly bad: readonly SqlExample[]
  readonly good: readonly SqlExample[]
}

/** Migrations that show a rule at work, judged as they would run. */
export type SqlExample = {
  /** What the reader sees in it. */
  readonly shows: string
  /** Migrations that are applied already, as one text. */
  readonly given?: string
  /** The pending migration, or several pending files. */
  readonly sql: string | readonly string[]
  readonly runner?: Runner
  readonly postgres?: 14 | 15 | 16 | 17 | 18
  /** Other rules that find the same statement at fault, for another reason. */
  readonly also?: readonly string[]
  /** Rows that the tables hold, where a claim depends on them. */
  readonly rows?: string
  /** What the policy asks of deprecation, and the days on which migrations were made; it is judged on 2031-01-01. */
  readonly deprecation?: { readonly days: number; readonly made?: { readonly [tag: string]: string } }
}

/** What PostgreSQL is seen to do: tests run the example and compare. */
export type Claim = {
  /** The statement rewrites these relations. */
  readonly rewrites?: readonly RelationName[]
  /** It reads these from end to end. */
  readonly scans?: readonly RelationName[]
  /** It (or, in its batch, a later statement) is refused with this SQLSTATE; `always`, or with rows that stand in the way. */
  readonly fails?: string
}

/** What a policy rule found in one statement. */
export type PolicyHit = {
  readonly message: string
  /** Instead of the rule's own `instead`. */
  readonly help?: string
  /** What it is about, for the fingerprint and for telling two hits of one statement apart: an object's key or a word. */
  readonly object: string
  /** The relation whose size and traffic weigh, and whose own settings in the policy count. */
  readonly relation?: RelationName
  readonly lock?: { readonly relation: RelationName; readonly mode: LockMode; readonly duration: LockDuration }
  readonly remedy?: Remedy
  /** A query that production can be asked beforehand; rows in its answer stand in the way. */
  readonly precheck?: string
  readonly claim?: Claim
  readonly severity?: Severity
}

/** What a rule may know beside the statement. */
export type PolicyContext = {
  readonly batch: Batch
  readonly runner: Runner
  /** The major of production's PostgreSQL. */
  readonly postgres: number
  /** What is known of a relation's size and traffic. */
  readonly usage: (relation: RelationName) => Usage
  /** When it is judged. */
  readonly now: Instant
  /** How long a table or column must have been deprecated before it is dropped, where the policy asks for it, and when a migration was made (by its tag). */
  readonly deprecation?: { readonly days: number; readonly madeAt: (tag: string) => Instant | undefined }
}

/** One statement of the batch, with its surroundings. */
export type StepView = BatchStep & PolicyContext

type Found = PolicyHit | readonly PolicyHit[] | undefined

/** A judgement on single statements. */
export type StepRule<Id extends string = string> = PolicyWords<Id> & {
  readonly scope: 'step'
  /** By kind of change. `move` has the catalogs around the change. */
  readonly judges?: { readonly [K in ChangeKind]?: (move: Move<Change<K>>, view: StepView) => Found }
  /** On the statement as a whole, for what no kind of change says. */
  readonly statement?: (view: StepView) => Found
}

/** A judgement on all statements that run together. */
export type BatchRule<Id extends string = string> = PolicyWords<Id> & {
  readonly scope: 'batch'
  check(view: BatchView): readonly (PolicyHit & { readonly at: BatchStep })[]
}

export type BatchView = PolicyContext & { readonly before: Catalog; readonly after: Catalog }

export type PolicyRule = StepRule | BatchRule

export const defineStepRule = <const Id extends string>(rule: Omit<StepRule<Id>, 'scope'>): StepRule<Id> => ({ scope: 'step', ...rule })
export const defineBatchRule = <const Id extends string>(rule: Omit<BatchRule<Id>, 'scope'>): BatchRule<Id> => ({ scope: 'batch', ...rule })
