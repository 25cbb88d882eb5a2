/** Law 4: after a migration and its rollback, PostgreSQL has the catalog from before. */

import type { Baseline } from '../../changes/baseline.ts'
import type { Replay } from '../../changes/replay.ts'
import { type Ground, prepare, withBaseline } from '../../changes/run-start.ts'
import { ledgerSql, type RunFailure } from '../../drizzle/run.ts'
import type { Engine } from '../../model/engine.ts'
import { PostgresRefusal } from '../../model/error.ts'
import type { LedgerName } from '../../model/history.ts'
import type { Script } from '../../model/statement.ts'
import type { RollbackProof } from './proof.ts'
import type { RollbackSql } from './rollback-sql.ts'
import type { RowsPlan } from './rows.ts'
import { Walk } from './walk.ts'

export type ProofPlan = Ground & {
  readonly scripts: readonly Script[]
  readonly replayed: Replay
  readonly ledger: LedgerName
  readonly baseline?: Baseline
  /** The statements that roll a migration back, by its position. The others are run and not tried. */
  readonly rollbacks: ReadonlyMap<number, RollbackSql>
  /** Another text of a migration, which its rollback belongs to: it is tried in place of its own, and the history goes on with its own. */
  readonly rewritten?: ReadonlyMap<number, Script>
  /** What rows each of them is tried over; without one, over none. */
  readonly rows: Pick<ReadonlyMap<number, RowsPlan>, 'get'>
}

export type Proofs = {
  /** By position of the migration; those behind one that does not run are not there. */
  readonly proofs: ReadonlyMap<number, RollbackProof>
  /** The history itself does not run. */
  readonly failure?: RunFailure
}

const adapted = (engine: Engine, { guards, inside, afterwards }: RollbackSql): RollbackSql => ({
  guards,
  inside: inside.map((sql) => engine.adapt(sql)),
  afterwards: afterwards.map((sql) => engine.adapt(sql)),
})

/**
 * Runs the history in the engine and tries the rollback of each migration right behind it. Needs the engine for itself, as `agreement` does. Stops at a migration that the
 * server refuses.
 */
export const proveRollbacks = async (engine: Engine, plan: ProofPlan, progress: (done: number) => void = () => undefined): Promise<Proofs> => {
  await using walk = await Walk.start(engine, plan.ledger)
  await prepare(walk.session, plan)
  const { scripts } = await withBaseline(engine, walk.session, plan)
  await walk.session.script(ledgerSql(plan.ledger))
  const proofs = new Map<number, RollbackProof>()
  for (const [migration, script] of scripts.entries()) {
    const [rollback, rewritten] = [plan.rollbacks.get(migration), plan.rewritten?.get(migration)]
    try {
      const attempt = rollback && { script: rewritten ?? script, rollback: adapted(engine, rollback), rows: plan.rows.get(migration) }
      if (!attempt) await walk.run(script)
      else proofs.set(migration, await (rewritten ? walk.instead({ ...attempt, own: script }) : walk.step(attempt)))
    } catch (error) {
      if (error instanceof PostgresRefusal) return { proofs, failure: { migration, refusal: error } }
      throw error
    }
    progress(migration + 1)
  }
  return { proofs }
}
