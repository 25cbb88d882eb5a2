/** The files of rollbacks, for CI: there for each new migration, made for its text, and proven as they are written. */
import type { SchemaProof } from '../../features/rollback/prove.ts'
import type { Rollback } from '../../features/rollback/rollback.ts'
import type { RollbackSql } from '../../features/rollback/script.ts'
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
  for (const [at, { migration }] of rollbacks) {
    const text = await readFile(world, history, migration)
    if (text === undefined) {
      if (isNew(migration))
        findings.push(reportedFinding('rollback-missing', `${migration.tag} has no rollback beside it.`, place(history, migration), 'missing'))
    } else if (isStale(text, migration))
      findings.push(reportedFinding('rollback-stale', `The rollback was made for another text of ${migration.tag}.`, place(history, migration), 'stale'))
    else sql.set(at, sqlOf(text))
  }
  return { sql, findings }
}

const failureOf = (proof: SchemaProof): string | undefined => {
  if (proof.state === 'refused') return `PostgreSQL refuses it: ${proof.why} at ${proof.sql.split('\n')[0]}`
  if (proof.state !== 'differs') return undefined
  const named = proof.differences.slice(0, 3).map(({ kind, identity }) => `${kind} ${identity.replaceAll('"', '')}`)
  return `the catalog is not the one from before: ${named.join(', ')}${proof.differences.length > 3 ? ` and ${proof.differences.length - 3} more` : ''}`
}

/** A finding for each rollback that does not lead back. */
export const failedFindings = (history: History, proofs: ReadonlyMap<number, SchemaProof>): readonly Finding[] =>
  [...proofs].flatMap(([at, proof]) => {
    const [migration, why] = [history.migrations[at], failureOf(proof)]
    return migration && why !== undefined
      ? [reportedFinding('rollback-failed', `The rollback of ${migration.tag} was tried and fails: ${why}.`, place(history, migration), 'failed')]
      : []
  })
