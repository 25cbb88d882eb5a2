/** What is said of snapshots by their version, once for all of them. */
import type { Migration } from '../model/history.ts'
import type { RuleHit } from './define.ts'

/** `versions`: which they are of, in words. Nothing where there is none. */
export const versionHit = (migrations: readonly Migration[], versions: string | undefined): readonly RuleHit[] => {
  const [first] = migrations
  if (!first?.snapshot) return []
  const which = migrations.length === 1 ? `The snapshot of ${first.tag} is` : `${migrations.length} snapshots are`
  return [{ message: `${which} of version ${versions}.`, path: first.snapshot.path, object: 'versions' }]
}
