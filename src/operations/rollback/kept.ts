/** Proofs that are kept by what was proven: a second run over the same history and the same statements runs nothing. */
import type { RollbackProof } from '../../features/rollback/proof.ts'
import type { RollbackSql } from '../../features/rollback/rollback-sql.ts'
import type { History } from '../../model/history.ts'
import type { World } from '../../model/world.ts'

type Kept = Pick<World, 'cache'>
type Proofs = ReadonlyMap<number, RollbackProof>

/** A migration stands on all before it: each proof has a key of its own, so that one more migration leaves the others' as they are. */
export const keysOf = (
  { hash, config }: Pick<World, 'hash' | 'config'>,
  { migrations }: History,
  rollbacks: ReadonlyMap<number, RollbackSql>,
): ReadonlyMap<number, string> => {
  const keys = new Map<number, string>()
  let prefix = hash(JSON.stringify(['rollback proof 4', config.postgres ?? null, config.engine ?? null]))
  for (const [at, migration] of migrations.entries()) {
    prefix = hash(`${prefix} ${migration.hash ?? 'missing'}`)
    const rollback = rollbacks.get(at)
    if (rollback) keys.set(at, hash(JSON.stringify([prefix, rollback])))
  }
  return keys
}

export const keptProofs = async ({ cache }: Kept, keys: ReadonlyMap<number, string>): Promise<Proofs> => {
  const found = new Map<number, RollbackProof>()
  for (const [at, key] of keys) {
    const bytes = await cache.get(key)
    if (bytes) found.set(at, JSON.parse(new TextDecoder().decode(bytes)) as RollbackProof)
  }
  return found
}

export const keepProofs = async ({ cache }: Kept, keys: ReadonlyMap<number, string>, proofs: Proofs): Promise<void> => {
  for (const [at, proof] of proofs) {
    const key = keys.get(at)
    if (key !== undefined && proof.schema.state !== 'not-run') await cache.put(key, new TextEncoder().encode(JSON.stringify(proof)))
  }
}
