import type { LockMode } from './lock.ts'

export type Severity = 'error' | 'warning' | 'note'

/** How long a lock lasts: a moment, or as long as the table takes to be read, written anew, or indexed. */
export type LockDuration = 'moment' | 'scan' | 'rewrite' | 'index build'

/** The lock that a statement takes, and what waits for it. */
export type FindingLock = {
  readonly relation: string
  readonly mode: LockMode
  readonly blocks: 'reads and writes' | 'writes' | 'schema changes'
  readonly duration: LockDuration
}

/** What to run instead, with the user's own names. */
export type Remedy = {
  readonly title: string
  readonly steps: readonly {
    /** `before`, `after`: in this migration, the statement stays. `instead`: in this migration, in the statement's place. `next deployment`: in a migration that is deployed after this one has run. `outside`: by hand or a job, not by the migrator. */
    readonly when: 'before' | 'instead' | 'after' | 'next deployment' | 'outside'
    readonly sql: readonly string[]
    readonly note?: string
  }[]
  /** True where `--fix` may write it. */
  readonly mechanical?: true
}

/** One result of one rule: what, where, what to do. */
export type Finding = {
  readonly rule: string
  readonly severity: Severity
  readonly message: string
  /** What to do instead, in words that can be followed. */
  readonly help?: string
  /** Path of the rule's page below docs/, without extension. */
  readonly docs?: string
  /** Relative to the working directory, with forward slashes. */
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly endLine?: number
  /** The migration's tag. */
  readonly migration?: string
  /** Position of the statement in its file, from 0. */
  readonly statement?: number
  readonly lock?: FindingLock
  readonly remedy?: Remedy
  /** A query for production; rows in its answer stand in the way of the statement. */
  readonly precheck?: string
  /** The statement's own text, for a code frame. */
  readonly source?: string
  /** The same while lines move. */
  readonly fingerprint: string
  readonly waived?: { readonly reason: string; readonly until: string }
  /** In a migration that has landed already: shown and counted, never decides the exit code. */
  readonly old?: true
}

/** Something that could not be read or decided. Never shown as safe. */
export type Unknown = { readonly what: string; readonly why: string; readonly help?: string }

/** An error that nobody has taken upon himself. */
export const isOpenError = ({ severity, waived }: Pick<Finding, 'severity' | 'waived'>): boolean => severity === 'error' && !waived

/** Findings that somebody has accepted: they are shown, and no error any more. */
export const asWarnings = (findings: readonly Finding[]): readonly Finding[] =>
  findings.map((finding) => (finding.severity === 'error' ? { ...finding, severity: 'warning' } : finding))
