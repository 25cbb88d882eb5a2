/** What is said of two histories that start at one place. */
import type { Unknown } from '../../../model/finding.ts'
import type { ObjectKey } from '../../../model/name.ts'
import type { Script } from '../../../model/statement.ts'
import type { ClassName, ClassNumber } from '../classes.ts'

/** One migration of a side, parsed. */
export type Line = { readonly tag: string; readonly script: Script }

/** `landed` has its place already; `mine` is to come behind it. */
export type Side = 'landed' | 'mine'

/** A statement that takes part, where it stands. */
export type Participant = {
  readonly side: Side
  readonly tag: string
  readonly sql: string
  /** In its file, from 1. */
  readonly line: number
  /** Of the migration on its side, from 0. */
  readonly position: number
  /** Of the statement in its migration, from 0. */
  readonly statement: number
}

/**
 * A way out. `who`: 'tool' where it is mechanical once it is asked for, 'person' where somebody has to write or to decide about rows. `sql` replaces the statement of mine; an empty
 * list leaves nothing of it.
 */
export type Way = {
  readonly id: 'keep' | 'drop-mine' | 'regenerate-mine' | 'rename-mine' | 'rewrite-mine' | 'order-labels' | 'recreate' | 'guard-rows'
  readonly text: string
  readonly who: 'tool' | 'person'
  readonly sql?: readonly string[]
}

/** How an order of the two goes at this place. */
export type Outcome = 'runs' | 'fails' | 'unknown'

/** One statement of mine that does not get along with statements of the landed side. */
export type Conflict = {
  readonly class: ClassNumber
  readonly name: ClassName
  readonly objects: readonly ObjectKey[]
  readonly landed: readonly Participant[]
  /** One statement. */
  readonly mine: readonly Participant[]
  readonly explanation: string
  readonly ways: readonly Way[]
  /** The way that loses nothing: it may be taken unasked. Absent where somebody has to choose. */
  readonly settles?: Way['id']
  readonly order: { readonly landedFirst: Outcome; readonly mineFirst: Outcome }
}

/** `depends`: rows decide. `unknown`: memory could not follow something, and no engine was asked. */
export type Verdict = 'commutes' | 'conflicts' | 'depends' | 'unknown'

export type Commutation = {
  readonly verdict: Verdict
  readonly conflicts: readonly Conflict[]
  /** What both orders run through and somebody should look at: rows that decide, policies without row security, texts of functions. */
  readonly warnings: readonly Conflict[]
  readonly unknown: readonly Unknown[]
}
