/** How migrations are judged: the flags of `lint`, the configuration, and what is known of production. */
import type { Runner } from '../../model/config.ts'
import { nearest } from '../../model/config-schema.ts'
import { ToolError } from '../../model/error.ts'
import type { World } from '../../model/world.ts'
import type { Surroundings } from '../../rules/judge.ts'
import { profileFor, usageOf } from './usage.ts'

export type LintFlags = {
  readonly rules?: string | undefined
  readonly pgVersion?: number | undefined
  readonly runner?: string | undefined
  readonly profile?: string | undefined
}

export type LintOptions = {
  readonly runner: Runner
  readonly surroundings: Surroundings
  /** Nobody has said which major production has: the newest is taken. */
  readonly majorIsAssumed: boolean
  /** All that was chosen, as a text: two judgements with the same are the same. */
  readonly identity: string
}

const runners: readonly Runner[] = ['drizzle', 'per-file', 'none']

const chosenRunner = (named: string | undefined, configured: Runner = 'drizzle'): Runner => {
  if (named === undefined) return configured
  const runner = runners.find((each) => each === named)
  if (runner) return runner
  throw new ToolError('usage', `--runner does not know ${named}.`, { help: `Runners: ${runners.join(', ')}.` })
}

/** Those that the rules know. */
export const supportedMajors = [14, 15, 16, 17, 18]

/** The newest major that is known: what is judged for where nobody says another. */
export const newest = 18

const chosenMajor = (named: number | undefined, known: number | undefined): number => {
  if (named === undefined || supportedMajors.includes(named)) return named ?? known ?? newest
  throw new ToolError('usage', `--pg-version ${named} is not a major of PostgreSQL that is known here.`, { help: `Majors: ${supportedMajors.join(', ')}.` })
}

const chosenRules = async (named: string | undefined): Promise<ReadonlySet<string> | undefined> => {
  if (named === undefined) return undefined
  const { ruleIds } = await import('../../rules/all.ts')
  const ids = named.split(',').map((id) => id.trim())
  const stranger = ids.find((id) => !ruleIds.includes(id))
  if (stranger === undefined) return new Set(ids)
  const near = nearest(stranger, ruleIds)
  throw new ToolError('usage', `There is no rule ${stranger}.`, { help: near ? `Did you mean ${near}?` : 'docs/rules lists all rules.' })
}

/** Reads flags and configuration. Throws `usage` for a runner, a major or a rule that is not known, `no-such-file` and `profile-invalid` for a profile. */
export const optionsOf = async (world: World, flags: LintFlags = {}): Promise<LintOptions> => {
  const { policy = {}, runner, postgres } = world.config
  const only = await chosenRules(flags.rules)
  const profile = await profileFor(world, flags.profile)
  const known = postgres ?? profile?.postgres
  const chosen = { runner: chosenRunner(flags.runner, runner), majorIsAssumed: flags.pgVersion === undefined && known === undefined }
  const major = chosenMajor(flags.pgVersion, known)
  return {
    ...chosen,
    identity: JSON.stringify({ ...chosen, major, policy, profile, only: only && [...only] }),
    surroundings: {
      policy,
      postgres: major,
      usage: usageOf(policy, profile),
      now: world.now(),
      ...(only ? { only } : {}),
    },
  }
}
