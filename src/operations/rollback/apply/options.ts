/** What `rollback --apply` may be told. */
import { ToolError } from '../../../model/error.ts'
import { acceptedOf, type RunOptions, runFlags, runOptionsOf } from '../../migrate/options.ts'

/** What somebody may take upon himself. */
const acceptable = ['edited', 'unknown-rows', 'drift'] as const

export const applyFlags = {
  apply: { type: 'string', value: 'ENV', description: 'Take them back there: what that database has run, the last one first.' },
  acceptLoss: { type: 'boolean', description: 'With --apply: lose the rows that it names.' },
  accept: { type: 'strings', value: 'KIND', description: `With --apply: what stops it otherwise: ${acceptable.join(', ')}.` },
  ...runFlags,
} as const

export type ApplyFlags = Parameters<typeof runOptionsOf>[0] & {
  readonly to: string | undefined
  readonly all: boolean
  readonly rebuild: boolean
  readonly keep: boolean
  readonly unproven: boolean
  readonly acceptLoss: boolean
  readonly accept: readonly string[]
}

export type ApplyOptions = RunOptions & {
  /** The one that is to be taken back; undefined: the last one, unless another flag says more. */
  readonly tag: string | undefined
  /** All behind it; it stays. */
  readonly to: string | undefined
  readonly all: boolean
  readonly rebuilds: boolean
  readonly keeps: boolean
  readonly unproven: boolean
  readonly acceptsLoss: boolean
  readonly accepted: ReadonlySet<(typeof acceptable)[number]>
}

/** Throws `usage`. */
export const applyOptionsOf = (tag: string | undefined, flags: ApplyFlags): ApplyOptions => {
  if ([tag !== undefined, flags.to !== undefined, flags.all].filter(Boolean).length > 1)
    throw new ToolError('usage', 'A TAG, --to and --all exclude each other.', {
      help: 'A TAG is the one that is taken back; --to TAG is all behind it; --all is each of them.',
    })
  return {
    ...runOptionsOf(flags),
    tag,
    to: flags.to,
    all: flags.all,
    rebuilds: flags.rebuild,
    keeps: flags.keep,
    unproven: flags.unproven,
    acceptsLoss: flags.acceptLoss,
    accepted: acceptedOf(flags.accept, acceptable),
  }
}
