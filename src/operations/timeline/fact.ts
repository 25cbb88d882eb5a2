import type { Cost } from '../../features/compatibility/way-back.ts'
import type { Interval } from '../../features/version/compatibility.ts'

/** What a replay knows of one version. */
export type Fact = {
  /** On which versions code runs that was written for this one. */
  readonly runs: Interval
  readonly back: Cost
  /** The tables that the migration touches. */
  readonly touched: readonly string[]
  /** How many there are when it has run. */
  readonly tables: number
  readonly columns: number
  /** Columns by the age of their tables, the oldest first: each layer is about as big as the others at its biggest. */
  readonly layers: readonly number[]
}
