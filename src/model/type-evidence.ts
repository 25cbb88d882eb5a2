/** What the TypeScript compiler says of code when a part of the schema is taken out of it, or gets a type that fits nowhere. */
import type { CodePlace } from './code.ts'

/** A part of the schema that is taken out; the place is that of its table, or of the enum. */
export type Removal = CodePlace &
  (
    | { readonly kind: 'column'; readonly symbol: string; readonly key: string }
    | { readonly kind: 'table'; readonly symbol: string }
    /** One value of a `pgEnum`, or with `key` of the values that a column lists. */
    | { readonly kind: 'value'; readonly symbol: string; readonly key?: string; readonly value: string }
  )

/** `drop`: the part is absent. `brand`: it has a type that no other type fits, so that places show which only hand it on. */
export type Simulation = 'drop' | 'brand'

/** An error that the compiler has only in the simulation. */
export type TypeFound = CodePlace & {
  readonly code: number
  readonly message: string
  readonly how: Simulation
  /** The lines of the statement around it, the first and the last. */
  readonly statement: readonly [number, number]
  /** The lines in which the functions around it begin, from the inside to the outside. */
  readonly functions: readonly number[]
}

export type TypeEvidence = {
  /** Absent where no compiler could be asked. */
  readonly compiler?: { readonly engine: 'typescript-7' | 'typescript'; readonly version: string }
  readonly found: readonly TypeFound[]
  /** What the compiler was not asked, or cannot see, in words. */
  readonly notes: readonly string[]
}
