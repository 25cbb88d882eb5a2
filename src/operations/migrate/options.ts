/** The flags of `migrate`, read. */
import { type Accepted, acceptable } from '../../features/migrate/plan.ts'
import type { Limits } from '../../features/migrate/running.ts'
import { ToolError } from '../../model/error.ts'
import type { FlagDefinition, Flags } from '../define.ts'

/** How something is run in an environment. */
export type RunOptions = {
  readonly yes: boolean
  readonly limits: Limits
  /** Seconds to wait for another run. */
  readonly wait: number
  readonly cancelBlockers: boolean
  readonly undecided: 'stop' | 'again' | 'done'
  /** Where it is only tried. */
  readonly dryRun: 'copy' | 'environment' | undefined
}

export type Options = RunOptions & { readonly to: string | undefined; readonly accepted: ReadonlySet<Accepted> }

/** Flags of everything that runs in an environment. */
export const runFlags = {
  dryRun: {
    type: 'string',
    value: 'WHERE',
    alone: 'copy',
    description:
      'Only try it: on a copy of the environment’s catalog with invented rows, in an engine of ours; with =environment there, in one transaction that is rolled back.',
  },
  yes: { type: 'boolean', description: 'Do it in a protected environment.' },
  lockTimeout: { type: 'number', value: 'MS', description: 'How long a transaction may wait for locks, all in all.', default: 1000 },
  statementTimeout: { type: 'number', value: 'MS', description: 'How long a statement may run; default: as the server has it.' },
  retries: { type: 'number', value: 'N', description: 'How often it is tried again for locks, with longer and longer pauses.', default: 10 },
  wait: { type: 'number', value: 'SECONDS', description: 'How long to wait while another migrate or rollback is at work.', default: 300 },
  cancelBlockers: { type: 'boolean', description: 'Cancel the statement of whoever holds what is waited for.' },
  undecided: { type: 'string', value: 'again|done', description: 'What to do about a statement of which an earlier run could not see the end.' },
} as const satisfies Record<string, FlagDefinition>

type RunFlags = Flags<typeof runFlags>

export type MigrateFlags = RunFlags & {
  readonly to: string | undefined
  readonly baseline: string | undefined
  readonly accept: readonly string[]
  readonly concurrency: number
  readonly keepGoing: boolean
}

/** What `--accept` names, of what it may. Throws `usage`. */
export const acceptedOf = <K extends string>(given: readonly string[], known: readonly K[]): ReadonlySet<K> => {
  const isKnown = (text: string): text is K => known.some((each) => each === text)
  const stranger = given.find((text) => !isKnown(text))
  if (stranger !== undefined) throw new ToolError('usage', `--accept does not know ${stranger}.`, { help: `It takes ${known.join(', ')}.` })
  return new Set(given.filter(isKnown))
}

const atLeast = (flag: string, value: number, least: number): number => {
  if (Number.isInteger(value) && value >= least) return value
  throw new ToolError('usage', `--${flag} wants a whole number from ${least} on.`)
}

/** How many databases at a time. Throws `usage`. */
export const concurrencyOf = (value: number): number => atLeast('concurrency', value, 1)

const undecidedOf = (text: string | undefined): RunOptions['undecided'] => {
  if (text === undefined) return 'stop'
  if (text === 'again' || text === 'done') return text
  throw new ToolError('usage', `--undecided does not know ${text}.`, { help: 'again runs the statement once more, done takes it as done.' })
}

const dryRunOf = (text: string | undefined): RunOptions['dryRun'] => {
  if (text === undefined || text === 'copy' || text === 'environment') return text
  throw new ToolError('usage', `--dry-run does not know ${text}.`, {
    help: '--dry-run runs it on a copy, --dry-run=environment in the environment, rolled back.',
  })
}

const refuseOdd = ({ to, baseline, accept }: MigrateFlags): void => {
  if (to !== undefined && baseline !== undefined)
    throw new ToolError('usage', '--to and --baseline do not go together.', { help: '--baseline runs nothing: run migrate --to behind it.' })
  if (baseline === undefined && accept.includes('drift')) throw new ToolError('usage', '--accept drift goes with --baseline: nothing else is compared.')
}

/** Throws `usage`. */
export const runOptionsOf = (flags: RunFlags): RunOptions => ({
  yes: flags.yes,
  limits: {
    lockTimeout: atLeast('lock-timeout', flags.lockTimeout, 1),
    retries: atLeast('retries', flags.retries, 0),
    ...(flags.statementTimeout === undefined ? {} : { statementTimeout: atLeast('statement-timeout', flags.statementTimeout, 1) }),
  },
  wait: atLeast('wait', flags.wait, 0),
  cancelBlockers: flags.cancelBlockers,
  undecided: undecidedOf(flags.undecided),
  dryRun: dryRunOf(flags.dryRun),
})

/** Throws `usage`. */
export const optionsOf = (flags: MigrateFlags): Options => {
  refuseOdd(flags)
  return { ...runOptionsOf(flags), to: flags.to, accepted: acceptedOf(flags.accept, acceptable) }
}
