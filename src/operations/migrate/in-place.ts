/** A dry run in the environment itself. */
import type { Outcome } from '../../features/migrate/running.ts'
import type { Segment } from '../../features/migrate/segments.ts'
import { tryInPlace } from '../../features/migrate/trial.ts'
import type { World } from '../../model/world.ts'
import { type Entered, tell } from './enter.ts'
import type { Looking } from './look.ts'
import type { DryRun } from './run-report.ts'

/** Runs them, and takes everything back. `count`: how many migrations they are. */
export const triedInPlace = async (
  world: World,
  entered: Entered,
  { options, target }: Pick<Looking, 'options' | 'target'>,
  segments: readonly Segment[],
  count: number,
): Promise<{ readonly outcome: Outcome; readonly dry: DryRun }> => {
  const told = tell(world, count, 'tried')
  const { outcome, leftOut } = await tryInPlace({ ...entered, limits: options.limits, pace: world, signal: world.signal, told }, segments)
  const shown = `in ${target.name} itself, in one transaction that was rolled back`
  return { outcome, dry: { where: 'environment', leftOut, shown, unknown: [] } }
}
