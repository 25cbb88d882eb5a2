/** The flags of `migrate`, read. */
import { type Accepted, acceptable } from '../../features/migrate/plan.ts'
import type { Limits } from '../../features/migrate/run.ts'
import { ToolError } from '../../model/error.ts'

export type Options = {
  readonly to: string | undefined
  readonly yes: boolean
  readonly accepted: ReadonlySet<Accepted>
  readonly limits: Limits
  /** Seconds to wait for another migrate. */
  readonly wait: number
  readonly cancelBlockers: boolean
  readonly undecided: 'stop' | 'again' | 'done'
  /** Where it is only tried. */
  readonly dryRun: 'copy' | 'environment' | undefined
}

export type MigrateFlags = {
  readonly to: string | undefined
  readonly baseline: string | undefined
  readonly dryRun: string | undefined
  readonly yes: boolean
  readonly accept: readonly string[]
  readonly lockTimeout: number
  readonly statementTimeout: number | undefined
  readonly retries: number
  readonly wait: number
  readonly cancelBlockers: boolean
  readonly undecided: string | undefined
}

const isAcceptable = (text: string): text is Accepted => acceptable.some((each) => each === text)

const acceptedOf = (given: readonly string[]): ReadonlySet<Accepted> => {
  const stranger = given.find((text) => !isAcceptable(text))
  if (stranger !== undefined) throw new ToolError('usage', `--accept does not know ${stranger}.`, { help: `It takes ${acceptable.join(', ')}.` })
  return new Set(given.filter(isAcceptable))
}

const atLeast = (flag: string, value: number, least: number): number => {
  if (Number.isInteger(value) && value >= least) return value
  throw new ToolError('usage', `--${flag} wants a whole number from ${least} on.`)
}

const undecidedOf = (text: string | undefined): Options['undecided'] => {
  if (text === undefined) return 'stop'
  if (text === 'again' || text === 'done') return text
  throw new ToolError('usage', `--undecided does not know ${text}.`, { help: 'again runs the statement once more, done takes it as done.' })
}

const dryRunOf = (text: string | undefined): Options['dryRun'] => {
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

const readOptions = (flags: MigrateFlags): Options => ({
  to: flags.to,
  yes: flags.yes,
  accepted: acceptedOf(flags.accept),
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
  return readOptions(flags)
}
