/** What rules claim of PostgreSQL, beside what PostgreSQL is seen to do. */
import type { Batch, BatchStep } from '../../src/changes/batch.ts'
import type { Engine } from '../../src/model/engine.ts'
import { PostgresRefusal } from '../../src/model/error.ts'
import { type LockMode, lockModes } from '../../src/model/lock.ts'
import { display, type RelationName } from '../../src/model/name.ts'
import type { Session } from '../../src/model/session.ts'
import type { Judged } from '../../src/rules/judge.ts'
import { observe, observeAlone, relationsIn, type Seen } from './observe.ts'

/** Where a batch runs: a session of a database that holds what stands before the batch. */
export type Place = { readonly engine: Engine; readonly database: string; readonly session: Session }

export type Run = {
  /** The relations that were there before the batch, with `pg_class.relkind`. */
  readonly used: ReadonlyMap<RelationName, string>
  /** By position in the batch. */
  readonly seen: ReadonlyMap<number, Seen>
  /** The statement that was refused; nothing ran after it. COMMIT itself can be refused: the last statement then is. */
  readonly refused?: { readonly at: number; readonly error: PostgresRefusal }
}

const ends = (step: BatchStep | undefined, previous: BatchStep | undefined): boolean =>
  previous?.inBlock === true && (step === undefined || step.transaction !== previous.transaction)

export type RunOptions = {
  /** Which positions are observed. Default: all. */
  readonly wanted?: (position: number) => boolean
  /** The last position that is run. Default: the batch's last. */
  readonly until?: number
  /** Which positions are left out. Default: none. */
  readonly without?: ReadonlySet<number>
  /** False: the last transaction is taken back instead of committed. Default: true. */
  readonly keep?: boolean
  /** Called before each statement, in its transaction if there is one. */
  readonly before?: (position: number) => Promise<void>
}

/** Runs a batch as its runner does, statement by statement. A BEGIN or COMMIT of the batch's own makes PostgreSQL warn of ours, and nothing else. */
export const runBatch = async ({ engine, database, session }: Place, { steps }: Batch, options: RunOptions = {}): Promise<Run> => {
  const { wanted = () => true, until = steps.length - 1, without = new Set(), keep = true, before = async () => undefined } = options
  const there = await relationsIn(session)
  const found = new Map<number, Seen>()
  let previous: BatchStep | undefined
  let at = 0
  try {
    for (const step of steps.slice(0, until + 1).filter(({ position }) => !without.has(position))) {
      if (ends(step, previous)) await session.script('COMMIT')
      at = step.position
      if (step.inBlock && step.transaction !== previous?.transaction) await session.script('BEGIN')
      await before(at)
      const sql = engine.adapt(step.step.statement.text)
      if (!wanted(at)) await session.script(sql)
      else found.set(at, step.inBlock ? await observe(session, sql, there) : await observeAlone(engine, database, session, sql))
      previous = step
    }
    if (ends(undefined, previous)) await session.script(keep ? 'COMMIT' : 'ROLLBACK')
    return { used: there.kinds, seen: found }
  } catch (error) {
    await session.script('ROLLBACK')
    if (!(error instanceof PostgresRefusal)) throw error
    return { used: there.kinds, seen: found, refused: { at, error } }
  }
}

const rank = (mode: LockMode): number => lockModes.indexOf(mode)
const names = (relations: Iterable<RelationName>): string => [...relations].map(display).join(', ') || 'none'
const tables = ['r', 'm']

/** What is wrong with the lock of a hit, if anything. */
const lockFault = ({ hit: { lock }, at }: Judged, { held, taken }: Seen): string | undefined => {
  if (!lock) return undefined
  const modes = held.filter(({ relation }) => relation === lock.relation).map(({ mode }) => mode)
  if (!modes.includes(lock.mode)) return `claims ${lock.mode} on ${display(lock.relation)}; held on it: ${modes.join(', ') || 'nothing'}`
  // Of several commands in one statement each takes its own lock; of one, the strongest counts.
  const alone = at.moves.filter(({ change }) => !change.implied).length === 1
  const stronger = taken.find(({ relation, mode }) => relation === lock.relation && rank(mode) > rank(lock.mode))
  return alone && stronger ? `claims ${lock.mode} on ${display(lock.relation)}, which takes ${stronger.mode}` : undefined
}

/** The partitions stand for a partitioned table, which has no file and no rows of its own. */
const isParent = ({ before }: Seen, relation: RelationName): boolean => before.get(relation) === 'p'

/** Tables that the statement wrote anew and that others may use. */
const rewrittenTables = ({ used }: Run, { rewrites, before }: Seen): ReadonlySet<RelationName> =>
  new Set(rewrites.filter((relation) => used.has(relation) && tables.includes(before.get(relation) ?? '')))

const rewriteFaults = (judged: Judged, all: readonly Judged[], run: Run, seen: Seen): readonly string[] => {
  const claimed = judged.hit.claim?.rewrites
  if (!claimed) return []
  const real = rewrittenTables(run, seen)
  const missing = claimed.filter((relation) => !isParent(seen, relation) && !seen.rewrites.includes(relation))
  const claims = all.filter(({ at }) => at.position === judged.at.position).flatMap(({ hit }) => hit.claim?.rewrites ?? [])
  const parents = claims.some((relation) => isParent(seen, relation))
  const silent = [...real].filter((relation) => !claims.includes(relation) && !parents)
  return [
    ...(missing.length > 0 ? [`claims that ${names(missing)} is rewritten; rewritten: ${names(seen.rewrites)}`] : []),
    ...(parents && real.size === 0 ? [`claims that a partitioned table is rewritten; rewritten: none`] : []),
    ...(silent.length > 0 ? [`does not say that ${names(silent)} is rewritten too`] : []),
  ]
}

const scanFaults = ({ hit }: Judged, seen: Seen): readonly string[] => {
  const missing = (hit.claim?.scans ?? []).filter((relation) => !isParent(seen, relation) && !seen.scans.includes(relation))
  return missing.length > 0 ? [`claims that ${names(missing)} is scanned; scanned: ${names(seen.scans)}`] : []
}

/** True for a hit that says what PostgreSQL does. */
export const claims = ({ hit }: Judged): boolean => hit.lock !== undefined || hit.claim !== undefined

/** What PostgreSQL contradicts in the locks, rewrites and scans of a hit. */
export const effectFaults = (judged: Judged, all: readonly Judged[], run: Run): readonly string[] => {
  const { lock, claim } = judged.hit
  if (!lock && !claim?.rewrites && !claim?.scans) return []
  const seen = run.seen.get(judged.at.position)
  if (!seen)
    return [
      `claims what cannot be observed: ${run.refused ? `statement ${run.refused.at + 1} is refused, ${run.refused.error.sqlstate} ${run.refused.error.message}` : 'it did not run'}`,
    ]
  return [lockFault(judged, seen) ?? [], rewriteFaults(judged, all, run, seen), scanFaults(judged, seen)].flat()
}

/** What PostgreSQL contradicts in the failure that a hit claims. */
export const failureFaults = ({ hit, at }: Judged, { refused }: Run): readonly string[] => {
  const claimed = hit.claim?.fails
  if (claimed === undefined) return []
  if (!refused) return [`claims that it fails with ${claimed}; it runs`]
  if (refused.error.sqlstate !== claimed) return [`claims that it fails with ${claimed}; it fails with ${refused.error.sqlstate} ${refused.error.message}`]
  return refused.at < at.position ? [`claims that it fails; a statement before it does`] : []
}
