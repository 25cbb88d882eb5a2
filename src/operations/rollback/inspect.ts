/** The files of rollbacks, for CI: there for each new migration, made for its text, and proven as they are written. */
import { displayPlace } from '../../features/rollback/columns.ts'
import type { RollbackProof } from '../../features/rollback/proof.ts'
import type { Rollback } from '../../features/rollback/rollback.ts'
import type { RollbackSql } from '../../features/rollback/rollback-sql.ts'
import { rollbackSql } from '../../features/rollback/script.ts'
import { unannounced, unsaid } from '../../features/rollback/verdict.ts'
import type { Finding } from '../../model/finding.ts'
import type { History, Migration } from '../../model/history.ts'
import type { World } from '../../model/world.ts'
import { reportedFinding } from '../../rules/report.ts'
import { downPath, isStale, readFile, sqlOf } from './files.ts'

export type Inspected = {
  /** What the files hold, by position. */
  readonly sql: ReadonlyMap<number, RollbackSql>
  readonly findings: readonly Finding[]
}

const place = (history: History, migration: Migration): Pick<Finding, 'file' | 'migration'> => ({
  file: downPath(history, migration),
  migration: migration.tag,
})

/** Reads the files of these rollbacks. `isNew`: those that must have one. */
export const inspect = async (
  world: World,
  history: History,
  rollbacks: ReadonlyMap<number, Rollback>,
  isNew: (migration: Migration) => boolean,
): Promise<Inspected> => {
  const sql = new Map<number, RollbackSql>()
  const findings: Finding[] = []
  for (const [at, rollback] of rollbacks) {
    const { migration } = rollback
    const text = await readFile(world, history, migration)
    if (text === undefined) {
      if (isNew(migration))
        findings.push(reportedFinding('rollback-missing', `${migration.tag} has no rollback beside it.`, place(history, migration), 'missing'))
    } else if (isStale(text, migration))
      findings.push(reportedFinding('rollback-stale', `The rollback was made for another text of ${migration.tag}.`, place(history, migration), 'stale'))
    else sql.set(at, sqlOf(text, rollbackSql(rollback, history.ledger).guards))
  }
  return { sql, findings }
}

const failureOf = (rollback: Rollback, { schema: proof, rows }: RollbackProof): string | undefined => {
  const lost = unsaid(rollback, rows).map(({ table, column }) => displayPlace(table, column))
  const [stopped] = unannounced(rows).filter(({ state }) => state !== 'up-refused')
  if (stopped && 'why' in stopped) return `rows stop it, and nothing says so before: ${stopped.why}`
  if (lost.length > 0) return `it loses more than it says: ${lost.join(', ')}`
  if (proof.state === 'refused') return `PostgreSQL refuses it: ${proof.why} at ${proof.sql.split('\n')[0]}`
  if (proof.state !== 'differs') return undefined
  const named = proof.differences.slice(0, 3).map(({ kind, identity }) => `${kind} ${identity.replaceAll('"', '')}`)
  return `the catalog is not the one from before: ${named.join(', ')}${proof.differences.length > 3 ? ` and ${proof.differences.length - 3} more` : ''}`
}

/** A finding for each rollback that does not lead back. */
export const failedFindings = (history: History, rollbacks: ReadonlyMap<number, Rollback>, proofs: ReadonlyMap<number, RollbackProof>): readonly Finding[] =>
  [...proofs].flatMap(([at, proof]) => {
    const rollback = rollbacks.get(at)
    const [migration, why] = [rollback?.migration, rollback && failureOf(rollback, proof)]
    return migration && why !== undefined
      ? [reportedFinding('rollback-failed', `The rollback of ${migration.tag} was tried and fails: ${why}.`, place(history, migration), 'failed')]
      : []
  })
