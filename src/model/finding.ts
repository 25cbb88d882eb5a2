export type Severity = 'error' | 'warning' | 'note'

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
  /** The same while lines move. */
  readonly fingerprint: string
  readonly waived?: { readonly reason: string; readonly until: string }
  /** In a migration that has landed already: shown and counted, never decides the exit code. */
  readonly old?: true
}

/** Something that could not be read or decided. Never shown as safe. */
export type Unknown = { readonly what: string; readonly why: string; readonly help?: string }
