/** Examples of other tools' own test suites: SQL, and what its authors expect to be found in it. */
import type { Runner } from '../../../src/model/config.ts'
import type { LockMode } from '../../../src/model/lock.ts'

export type PeerCase = {
  /** Where it stands, for one who looks it up: `ban_char_field.rs: creating_table_with_char_errors`. */
  readonly name: string
  /** The migrations, in their order. Each is judged on top of those before it, which have landed. */
  readonly scripts: readonly string[]
  readonly runner: Runner
  /** PostgreSQL's major version; absent: the newest. */
  readonly postgres?: number
  readonly expects: Expectation
}

/** `rule`: by the peer's name of it, and whether it speaks. `lock`: the strongest that the last statement takes on anything that was there. */
export type Expectation = { readonly rule: string; readonly found: boolean } | { readonly lock: LockMode }

/** What of a suite can be read by program, and how many expectations cannot. */
export type PeerCases = { readonly cases: readonly PeerCase[]; readonly unread: readonly string[] }

/** Our rules for the hazard that a rule of a peer's is about, or why we do not adopt it. */
export type Hazard = readonly string[] | { readonly notAdopted: string }

export type PeerSuite = {
  /** The name of the directory in which the checkout is looked for. */
  readonly peer: string
  readonly repository: string
  readonly read: (checkout: string) => Promise<PeerCases>
  readonly hazards: Readonly<Record<string, Hazard>>
}
