/** All databases of an environment with tenants, migrated one by one or some at a time. */
import { PostgresRefusal, ToolError } from '../../model/error.ts'
import type { History } from '../../model/history.ts'
import type { Report } from '../../model/report.ts'
import type { World } from '../../model/world.ts'
import { pooled } from '../pool.ts'
import { type Fared, fleetReport, goesOn, isBad, type Why } from './fleet-report.ts'
import { stops } from './look.ts'
import { type Ran, reportOf } from './report.ts'
import type { Target } from './target.ts'

/** `dry`: nothing of it stays. */
export type FleetOptions = { readonly concurrency: number; readonly keepGoing: boolean; readonly dry: boolean }

/** Behind a dry run nothing is migrated, and what it has left out alone was not even tried. */
const endOf = ({ prepared: { plan }, outcome: { finished }, dry }: Ran): Fared['state'] => {
  if (finished.length > 0) return dry ? 'tried' : 'migrated'
  if (dry && dry.leftOut.length > 0) return 'left out'
  return plan.later.length > 0 ? 'left for later' : 'nothing pending'
}

const stateOf = (ran: Ran): Fared['state'] => {
  const { failure } = ran.outcome
  if (failure?.why === 'stopped') return 'stopped'
  if (failure) return failure.why === 'lost' ? 'unknown' : 'failed'
  return stops(ran.prepared.findings) ? 'stopped' : endOf(ran)
}

/** Why the server, or the user, has kept us from hearing the end; throws what is neither: a bug. */
const whyOf = (error: unknown, stopped: boolean): { readonly state: 'stopped' | 'unknown'; readonly why: Why } => {
  if (stopped) return { state: 'stopped', why: { code: 'stopped', message: 'The run was stopped while it was at work there.', help: goesOn } }
  if (error instanceof ToolError) return { state: 'unknown', why: error }
  if (!(error instanceof PostgresRefusal)) throw error
  const { message, sqlstate, hint } = error
  return { state: 'unknown', why: { code: 'refused', message: `${message.replace(/\.$/, '')} (SQLSTATE ${sqlstate}).`, help: hint ?? goesOn } }
}

type Work = (tenant: string, target: Target) => Promise<Fared>

/** Does the work in one database after the other, `concurrency` at a time. A bug is thrown when nobody is at work any more: no connection is closed under anybody's hands. */
const eachOf = async (
  world: World,
  environment: string,
  targets: ReadonlyMap<string, Target>,
  { concurrency, keepGoing }: FleetOptions,
  work: Work,
): Promise<readonly Fared[]> => {
  const bugs: unknown[] = []
  let halted = false
  let done = 0
  const once: Work = async (tenant, target) => {
    if (halted || world.signal.aborted) return { tenant, state: 'not begun' }
    try {
      return await work(tenant, target)
    } catch (error) {
      halted = true
      bugs.push(error)
      return { tenant, state: 'unknown' }
    }
  }
  const fared = await pooled([...targets], concurrency, new AbortController().signal, async ([tenant, target]) => {
    const told = await once(tenant, target)
    if (isBad(told) && !keepGoing) halted = true
    world.progress({ step: `${environment}/${told.tenant}: ${told.state}`, done: ++done, total: targets.size })
    return told
  })
  if (bugs.length > 0) throw bugs[0]
  return fared
}

/**
 * Migrates each of these databases, `concurrency` at a time. Where one of them is not brought to its end, no further one is begun unless `keepGoing`. One that cannot be reached, or whose server refuses what we ask, is unknown, by name.
 */
export const migrateFleet = async (
  world: World,
  history: History,
  environment: string,
  targets: ReadonlyMap<string, Target>,
  options: FleetOptions,
  run: (target: Target) => Promise<Ran>,
): Promise<Report> => {
  const started = world.now()
  const fared = await eachOf(world, environment, targets, options, async (tenant, target) => {
    const begun = world.now()
    try {
      const ran = await run(target)
      return { tenant, state: stateOf(ran), ran, report: reportOf(history, target, ran, world.now() - begun) }
    } catch (error) {
      return { tenant, ...whyOf(error, world.signal.aborted) }
    }
  })
  return fleetReport(history, environment, fared, { dry: options.dry, stopped: world.signal.aborted, duration: world.now() - started })
}
