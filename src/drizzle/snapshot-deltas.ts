/** Snapshots of version 9 (drizzle-kit 1.0.0-rc.5 and later): one base that holds all rows, and diffs that hold what each migration changed. */
import { ToolError } from '../model/error.ts'
import type { Json, Tree } from '../model/json.ts'
import { originId } from './snapshot.ts'
import { members, part, word, words } from './snapshot-json.ts'
import { rowKey, SnapshotRows, sameJson } from './snapshot-rows.ts'

const idOf = (snapshot: Tree): string => word(snapshot, 'id') ?? ''

const parentsOf = (snapshot: Tree): readonly string[] => words(snapshot, 'prevIds').filter((id) => id !== '' && id !== originId)

/** True for a snapshot that says everything by itself: a base, and those of version 8. */
export const isWhole = (snapshot: Tree): boolean => Array.isArray(snapshot.ddl)

type Folder = ReadonlyMap<string, Tree>

const lookup = (folder: Folder, id: string): Tree => {
  const found = folder.get(id)
  if (found) return found
  throw new ToolError('snapshot-incomplete', `The snapshot ${id} is needed to read those that follow it, and it is not in the folder.`, {
    help: 'Bring it back from git, or run `pgstrata doctor --write`: it rebuilds missing snapshots from the SQL.',
  })
}

/** All snapshots that these come from, themselves included. */
const lineOf = (folder: Folder, ids: readonly string[]): ReadonlySet<string> => {
  const seen = new Set<string>()
  const open = [...ids]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue
    seen.add(id)
    open.push(...parentsOf(lookup(folder, id)))
  }
  return seen
}

const applyDelta = (rows: SnapshotRows, delta: Tree): void => {
  const key = word(delta, 'key') ?? ''
  if (delta.op === 'create') rows.create(part(delta, 'row'))
  else if (delta.op === 'drop') rows.drop(key)
  else rows.update(key, part(delta, 'set'))
}

const applyDiff = (rows: SnapshotRows, snapshot: Tree): void => {
  for (const delta of members(snapshot, 'deltas')) applyDelta(rows, delta)
}

/** What the other parents bring that the first one's line does not have, in the folder's order. */
const applyOthers = (rows: SnapshotRows, folder: Folder, [first, ...others]: readonly string[]): void => {
  const own = first === undefined ? new Set<string>() : lineOf(folder, [first])
  const brought = lineOf(folder, others)
  for (const [id, snapshot] of folder) if (brought.has(id) && !own.has(id) && !isWhole(snapshot)) applyDiff(rows, snapshot)
}

/** From a snapshot back along its first parents to one that says everything. */
const backToWhole = (folder: Folder, from: Tree): readonly Tree[] => {
  const line = [from]
  for (let snapshot = from; !isWhole(snapshot); line.unshift(snapshot)) {
    const parent = parentsOf(snapshot)[0]
    if (parent === undefined)
      throw new ToolError('snapshot-incomplete', `The snapshot ${idOf(snapshot)} says only what it changes, and names none that it changes.`, {
        help: 'Bring the folder’s first snapshot back from git.',
      })
    snapshot = lookup(folder, parent)
    if (line.includes(snapshot))
      throw new ToolError('snapshot-invalid', `The snapshot ${idOf(snapshot)} comes from itself.`, { help: 'Bring it back from git.' })
  }
  return line
}

/**
 * All rows at one moment: those of the snapshots with these ids, taken together, the first one's before what the others bring.
 * @param snapshots of versions 8 and 9, in the folder's order, with all that the ids come from
 * Throws `snapshot-incomplete` where one of these is missing, `snapshot-invalid` where two of them make one thing differently.
 */
export const rowsAt = (snapshots: readonly Tree[], ids: readonly string[]): readonly Tree[] => {
  const folder = new Map(snapshots.map((snapshot) => [idOf(snapshot), snapshot]))
  const [first] = ids
  if (first === undefined) return []
  const [whole, ...diffs] = backToWhole(folder, lookup(folder, first))
  const rows = new SnapshotRows(whole ? members(whole, 'ddl') : [])
  for (const diff of diffs) {
    applyOthers(rows, folder, parentsOf(diff))
    applyDiff(rows, diff)
  }
  applyOthers(rows, folder, ids)
  return rows.list()
}

/** What turns some rows into others, entry by entry; a renamed thing is dropped and made again. */
export const deltasBetween = (before: readonly Tree[], after: readonly Tree[]): readonly Tree[] => {
  const [from, to] = [before, after].map((rows) => new Map(rows.map((row) => [rowKey(row), row])))
  const changed = (key: string, row: Tree): readonly Tree[] => {
    const old = from?.get(key)
    if (!old) return [{ op: 'create', row }]
    const set: { [field: string]: Json } = {}
    for (const field of Object.keys(row)) if (!sameJson(old[field], row[field])) set[field] = row[field] ?? null
    return Object.keys(set).length === 0 ? [] : [{ op: 'alter', key, set }]
  }
  const made = [...(to ?? [])].flatMap(([key, row]) => changed(key, row))
  const dropped = [...(from ?? [])].flatMap(([key]) => (to?.has(key) ? [] : [{ op: 'drop', key }]))
  return [...made.filter(({ op }) => op === 'create'), ...dropped, ...made.filter(({ op }) => op === 'alter')]
}
