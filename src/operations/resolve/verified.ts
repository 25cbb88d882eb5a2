import type { Finding, Unknown } from '../../model/finding.ts'

/** One look at the folder as it will be. */
export type Verified = {
  readonly name: 'order' | 'replay' | 'orders' | 'postgres' | 'snapshot' | 'schema'
  readonly findings: readonly Finding[]
  readonly unknown: readonly Unknown[]
  /** It could not be looked at, and need not be: nothing is said of it. */
  readonly notAsked?: true
  /** What it has shown, in one line. */
  readonly shown: string
}
