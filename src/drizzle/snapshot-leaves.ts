/** Folders of drizzle-kit 1.0 may end in several snapshots, one for each branch; what `generate` starts from is all of them together. */
import type { Json, Tree } from '../model/json.ts'
import { rowsAt } from './snapshot-deltas.ts'
import { members, word, words } from './snapshot-json.ts'
import { rowKey } from './snapshot-rows.ts'

const entitiesOf = (snapshot: Tree | undefined): ReadonlyMap<string, Tree> =>
  new Map((snapshot ? members(snapshot, 'ddl') : []).map((entity) => [rowKey(entity), entity]))

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

/** A snapshot as its parents are known by. */
type Linked = { readonly id?: string; readonly prevIds: readonly string[] }

/** All that one comes from, itself included. */
const ancestors = <T extends Linked>(byId: ReadonlyMap<string, T>, leaf: T): ReadonlySet<T> => {
  const seen = new Set<T>()
  const open = [leaf]
  for (let each = open.pop(); each; each = open.pop()) {
    if (seen.has(each)) continue
    seen.add(each)
    open.push(...each.prevIds.flatMap((id) => byId.get(id) ?? []))
  }
  return seen
}

/** The nearest one, in the folder's order, that all of these come from. */
export const commonAncestor = <T extends Linked>(line: readonly T[], leaves: readonly T[]): T | undefined => {
  const byId = new Map(line.flatMap((each) => (each.id === undefined ? [] : [[each.id, each] as const])))
  const lines = leaves.map((leaf) => ancestors(byId, leaf))
  return line.findLast((each) => lines.every((of) => of.has(each)))
}

/**
 * All that the snapshots with these ids say together: of version 8 merged from what they come from, of version 9 rebuilt.
 * @param snapshots in the folder's order
 */
export const snapshotOfAll = (snapshots: readonly Tree[], ids: readonly string[]): Tree | undefined => {
  const leaves = snapshots.filter(({ id }) => typeof id === 'string' && ids.includes(id))
  const [first] = leaves
  if (!first) return undefined
  if (leaves.some(({ version }) => version === '9')) return { version: '9', dialect: 'postgres', ddl: rowsAt(snapshots, ids) }
  if (leaves.length === 1) return first
  const linked = snapshots.map((tree) => ({ tree, id: word(tree, 'id') ?? '', prevIds: words(tree, 'prevIds') }))
  const common = commonAncestor(
    linked,
    linked.filter(({ tree }) => leaves.includes(tree)),
  )
  return mergeLeaves(common?.tree, leaves)
}
