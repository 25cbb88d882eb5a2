/** Folders of drizzle-kit 1.0 may end in several snapshots, one for each branch; what `generate` starts from is all of them together. */
import type { Json, Tree } from '../model/json.ts'
import { members, word } from './snapshot-json.ts'

const keyOf = (entity: Tree): string => JSON.stringify(['entityType', 'schema', 'table', 'name'].map((part) => word(entity, part) ?? ''))

const entitiesOf = (snapshot: Tree | undefined): ReadonlyMap<string, Tree> =>
  new Map((snapshot ? members(snapshot, 'ddl') : []).map((entity) => [keyOf(entity), entity]))

const same = (a: Tree | undefined, b: Tree | undefined): boolean => JSON.stringify(a) === JSON.stringify(b)

const tableOf = (entity: Tree): string =>
  JSON.stringify([word(entity, 'schema') ?? '', word(entity, 'entityType') === 'tables' ? word(entity, 'name') : word(entity, 'table')])

/**
 * One snapshot (version 8) of several branches: what stands in the snapshot they come from, changed as each of them changed it. Of two that changed one thing, or
 * made one table, the later wins.
 * @param base the snapshot of their nearest common ancestor, if there is one
 * @param leaves in the order of their folders
 */
export const mergeLeaves = (base: Tree | undefined, leaves: readonly Tree[]): Tree => {
  const [from, merged] = [entitiesOf(base), new Map(entitiesOf(base))]
  for (const leaf of leaves) {
    const entities = entitiesOf(leaf)
    const made = new Set([...entities].filter(([key, entity]) => entity.entityType === 'tables' && !from.has(key)).map(([, entity]) => tableOf(entity)))
    for (const [key, entity] of merged) if (made.has(tableOf(entity))) merged.delete(key)
    for (const [key, entity] of entities) if (!same(entity, from.get(key))) merged.set(key, entity)
    for (const key of from.keys()) if (!entities.has(key)) merged.delete(key)
  }
  const ddl: readonly Json[] = [...merged.values()]
  return { ...(leaves.at(-1) ?? {}), ddl }
}
