/** What a drawing of a timeline shows: plain facts, in the order of the versions, oldest first. */

/** What going back over a migration costs, the best first. */
export type Grade = 'exact' | 'new rows' | 'data' | 'unknown'

export type PictureVersion = {
  readonly version: string
  readonly major: number
  readonly tag: string
  /** Milliseconds since 1970. */
  readonly when: number
  readonly author: string | undefined
  readonly release: string | undefined
  readonly bump: 'major' | 'minor' | 'patch' | 'none' | 'unknown'
  readonly breaking: boolean
  /** What changed, in words. */
  readonly what: string
  readonly back: Grade
  readonly tables: number
  readonly columns: number
  /** Columns by the age of their tables, the oldest first. */
  readonly layers: readonly number[]
}

/** `out-of-order`: it will run behind a later one. */
export type LaneState = 'applied' | 'edited' | 'pending' | 'skipped' | 'out-of-order' | 'unknown'

/** Where one environment stands. */
export type Lane = {
  readonly name: string
  /** Its version, or that it is not known. */
  readonly label: string
  /** `7 pending, 1 skipped`. */
  readonly note: string
  /** How many versions from the first one on it has. */
  readonly prefix: number
  readonly states: readonly LaneState[]
  /** Why nothing is known. */
  readonly unknown: string | undefined
}

/** The versions on which something runs. */
export type Bracket = {
  readonly name: string
  readonly from: number
  readonly to: number
  /** It is deployed somewhere now. */
  readonly deployed: boolean
}

export type Picture = {
  /** What is true now, in one sentence. */
  readonly answer: string
  readonly folder: string
  readonly versions: readonly PictureVersion[]
  readonly lanes: readonly Lane[]
  readonly brackets: readonly Bracket[]
  /** Apps that run on no version, or of which nothing is known, with the reason. */
  readonly loose: readonly string[]
  /** Positions of the versions in the list, newest first. */
  readonly listed: readonly number[]
}
