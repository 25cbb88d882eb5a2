/** Rollbacks tried in a PostgreSQL that is started for it. */
import { neededRoles } from '../../changes/needed-roles.ts'
import type { RollbackProof } from '../../features/rollback/proof.ts'
import { type ProofPlan, proveRollbacks } from '../../features/rollback/prove.ts'
import type { RollbackSql } from '../../features/rollback/rollback-sql.ts'
import type { Engine } from '../../model/engine.ts'
import { refusalText } from '../../model/error.ts'
import type { Unknown } from '../../model/finding.ts'
import type { Subject } from '../check/subject.ts'
import { keepProofs, keptProofs, keysOf } from './kept.ts'

export type Proofs = {
  readonly proofs: ReadonlyMap<number, RollbackProof>
  /** Why some are missing. */
  readonly unknown: readonly Unknown[]
}

const whyNot = (engine: Engine): string | undefined =>
  engine.missing.length > 0 ? `the extension ${engine.missing.join(', ')} is not in the ${engine.name} PostgreSQL` : undefined

const missing = ({ history }: Subject, why: string, help?: string): Unknown => ({
  what: `rollbacks of ${history.folder}`,
  why,
  ...(help === undefined ? {} : { help }),
})

const planOf = async (subject: Subject, rollbacks: ReadonlyMap<number, RollbackSql>, rows: ProofPlan['rows']): Promise<ProofPlan> => {
  const { scripts, history, start } = subject
  const replayed = await subject.settled()
  const { platform, extensions, baseline } = start
  const roles = [...new Set([...neededRoles([...(baseline?.steps ?? []), ...replayed.steps]), ...platform.roles])]
  return { scripts, replayed, ledger: history.ledger, before: platform.sql, extensions, roles, rollbacks, rows, ...(baseline ? { baseline } : {}) }
}

type Rewritten = ProofPlan['rewritten']

const run = async (subject: Subject, rollbacks: ReadonlyMap<number, RollbackSql>, rows: ProofPlan['rows'], rewritten: Rewritten): Promise<Proofs> => {
  const { world, history, scripts } = subject
  const engine = await subject.anotherEngine()
  if ('unavailable' in engine) return { proofs: new Map(), unknown: [missing(subject, engine.unavailable.why, engine.unavailable.help)] }
  const why = whyNot(engine)
  if (why !== undefined) return { proofs: new Map(), unknown: [missing(subject, why, 'Give a server that has it: --engine postgres://….')] }
  const last = Math.max(...rollbacks.keys()) + 1
  const plan = { ...(await planOf(subject, rollbacks, rows)), scripts: scripts.slice(0, last), ...(rewritten ? { rewritten } : {}) }
  const { proofs, failure } = await proveRollbacks(engine, plan, (done) =>
    world.progress({ step: `rolling back in ${engine.name} PostgreSQL`, done, total: last }),
  )
  const refused = failure && `${history.migrations[failure.migration]?.tag ?? 'a migration'} does not run itself: ${refusalText(failure.refusal)}`
  return { proofs, unknown: refused === undefined ? [] : [missing(subject, refused, 'pgstrata check says more.')] }
}

/** Proofs of these rollbacks, by position: kept ones, and of the others what the engine says now. `rewritten`: other texts of migrations that they belong to. */
export const prove = async (subject: Subject, rollbacks: ReadonlyMap<number, RollbackSql>, rows: ProofPlan['rows'], rewritten?: Rewritten): Promise<Proofs> => {
  const { world, history } = subject
  const keys = keysOf(world, history, rollbacks)
  const kept = await keptProofs(world, keys)
  const open = new Map([...rollbacks].filter(([at]) => !kept.has(at)))
  if (open.size === 0) return { proofs: kept, unknown: [] }
  const { proofs, unknown } = await run(subject, open, rows, rewritten)
  await keepProofs(world, keys, proofs)
  return { proofs: new Map([...kept, ...proofs]), unknown }
}
