/** What is known of production without its values: sizes and traffic. */
import type { RelationName } from './name.ts'

/** What is known of one relation; a number that is absent is unknown, and unknown counts as large. */
export type Usage = {
  readonly rows?: number
  readonly bytes?: number
  /** Rows written a second, over the time since the statistics were reset. */
  readonly writes?: number
  /** Scans begun a second. */
  readonly reads?: number
  /** The configuration names it as busy. */
  readonly busy?: true
}

/** The statistics profile of an environment: counts, never values. */
export type StatisticsProfile = {
  readonly schema: 'pgstrata/profile@1'
  readonly environment: string
  /** ISO 8601, UTC. */
  readonly observedAt: string
  /** The server's major. */
  readonly postgres: number
  readonly relations: { readonly [relation: RelationName]: Usage }
}
