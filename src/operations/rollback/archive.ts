/** Migrations rewritten so that they keep what they take, where their proof has shown that something is lost. */
import { type Archived, archivedOf, isRewritten } from '../../features/rollback/archive/archive.ts'
import type { RollbackProof } from '../../features/rollback/prove.ts'
import type { Rollback } from '../../features/rollback/rollback.ts'
import { archivedClassOf, changedRows, classOf } from '../../features/rollback/verdict.ts'
import type { Unknown } from '../../model/finding.ts'
import { readScript } from '../../sql/script.ts'
import type { Subject } from '../check/subject.ts'
import { prove } from './prove.ts'

/** A rewritten migration and what PostgreSQL says of it; without a proof where nothing was run. */
export type Kept = { readonly archived: Archived; readonly proof: RollbackProof | undefined }

export type Archives = { readonly archives: ReadonlyMap<number, Kept>; readonly unknown: readonly Unknown[] }

/** Rewrites what loses rows. A migration that was not tried is rewritten where it says itself that it may lose some. */
export const archivesOf = async (
  subject: Subject,
  rollbacks: ReadonlyMap<number, Rollback>,
  proofs: ReadonlyMap<number, RollbackProof>,
  { postgres, run }: { readonly postgres: number; readonly run: boolean },
): Promise<Archives> => {
  const { world, history } = subject
  const made = new Map<number, Archived>()
  for (const [at, rollback] of rollbacks) {
    const proof = proofs.get(at)
    if (isRewritten(rollback.migration)) continue
    if (proof ? classOf(rollback, proof) !== 'lossy' : rollback.loses.length === 0) continue
    const changed = proof ? changedRows(proof.rows) : []
    const archived = archivedOf({ rollback, changed, ledger: history.ledger, postgres, hash: (text) => world.hash(text) })
    if (archived) made.set(at, archived)
  }
  const sql = new Map([...made].map(([at, { rollback }]) => [at, rollback]))
  const rows = new Map([...made].map(([at, archived]) => [at, archived.rows]))
  const rewritten = new Map([...made].map(([at, { up }]) => [at, readScript(up)]))
  const proven = run && made.size > 0 ? await prove(subject, sql, rows, rewritten) : { proofs: new Map<number, RollbackProof>(), unknown: [] }
  return { archives: new Map([...made].map(([at, archived]) => [at, { archived, proof: proven.proofs.get(at) }])), unknown: proven.unknown }
}

/** A rewritten migration is worth its place unless PostgreSQL has shown that it is not. */
export const bringsBack = ({ proof }: Kept): boolean => proof === undefined || archivedClassOf(proof) === 'lossless-with-archive'
