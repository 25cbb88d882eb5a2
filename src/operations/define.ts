/** The contract of the verbs: one file is one operation; the command line, the library and the reference pages are all derived from it. */
import type { Report } from '../model/report.ts'
import type { World } from '../model/world.ts'

/** One flag. `strings` may be given several times. */
export type FlagDefinition = {
  readonly type: 'boolean' | 'string' | 'number' | 'strings'
  readonly description: string
  /** Placeholder in the help: `DIR`. */
  readonly value?: string
  readonly default?: boolean | string | number | readonly string[]
  /** Of a `string`: what the flag means without a value, which then has to be joined to it: `--dry-run=environment`. */
  readonly alone?: string
}

type Values = { boolean: boolean; string: string; number: number; strings: readonly string[] }

/** What a flag's value is: a boolean is false and a list is empty when it is not given; text and numbers are undefined unless they have a default. */
export type FlagValue<D extends FlagDefinition> = D['type'] extends 'boolean' | 'strings'
  ? Values[D['type']]
  : D extends { readonly default: string | number }
    ? Values[D['type']]
    : Values[D['type']] | undefined

/** The values of an operation's flags, by name. */
export type Flags<F extends Record<string, FlagDefinition>> = { readonly [K in keyof F]: FlagValue<F[K]> }

export type ArgumentDefinition = { readonly name: string; readonly description: string; readonly required: boolean; readonly variadic?: boolean }

/** A verb of ours: what it is called, what it takes, what it answers. It prints nothing and never exits. */
export type Operation<F extends Record<string, FlagDefinition> = Record<string, FlagDefinition>> = {
  readonly name: string
  /** One line, for the list of verbs. */
  readonly summary: string
  readonly description: string
  readonly arguments: readonly ArgumentDefinition[]
  readonly flags: F
  readonly examples: readonly { readonly command: string; readonly shows: string }[]
  /** When the user stops it, it ends by itself and tells how far it came: its report is waited for. Always, or where this flag is given. */
  readonly concludes?: true | string
  /** It has a flag `watch`, in seconds: run again and again until the user stops it, and shown when something changes. */
  readonly watches?: true
  /** Its report is a function of what it asks the world for: while that is the same, the report is, and may be shown again without a run. */
  readonly lasting?: true
  run(world: World, input: { readonly arguments: readonly string[]; readonly flags: Flags<F> }): Promise<Report>
}

/** Checks an operation against the contract and keeps the types of its flags. */
export const defineOperation = <const F extends Record<string, FlagDefinition>>(operation: Operation<F>): Operation<F> => operation
