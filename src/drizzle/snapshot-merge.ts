/** Two snapshots that come from one, as one: merged entity by entity, property by property, never as text. */
import { dequal } from 'dequal'
import type { Json, Tree } from '../model/json.ts'
import { isTree } from '../sql/tree.ts'
import { rowKey } from './snapshot-rows.ts'

/** Leads from a snapshot's root to a value. */
type Path = readonly string[]

/** `clashes`: where both sides changed one thing, each in its own way. */
export type MergedSnapshot = { readonly snapshot: Tree; readonly clashes: readonly Path[] }

type Value = Json | undefined

const isLabels = (path: Path): boolean => path.at(-1) === 'values' && (path[0] === 'enums' || path.some((part) => part.startsWith('enums\0')))

/** Labels that both sides only added: PostgreSQL puts mine behind those that have landed. */
const mergedLabels = (base: readonly Json[], landed: readonly Json[], mine: readonly Json[]): readonly Json[] | undefined => {
  const keeps = (labels: readonly Json[]): boolean =>
    dequal(
      labels.filter((label) => base.includes(label)),
      base,
    )
  if (!keeps(landed) || !keeps(mine)) return undefined
  const merged = [...landed]
  mine.forEach((label, at) => {
    if (merged.includes(label)) return
    const before = mine[at - 1]
    // A label at the end goes to the end; one in the middle stands behind the one that it was put behind.
    if (at === mine.length - 1 || mine.slice(at).every((later) => !base.includes(later))) merged.push(label)
    else merged.splice(before === undefined ? 0 : merged.indexOf(before) + 1, 0, label)
  })
  return merged
}

const merge = (path: Path, base: Value, landed: Value, mine: Value, clashes: Path[]): Value => {
  if (dequal(landed, mine) || dequal(mine, base)) return landed
  if (dequal(landed, base)) return mine
  if (isTree(landed) && isTree(mine)) return mergeTrees(path, isTree(base) ? base : {}, landed, mine, clashes)
  if (isLabels(path) && Array.isArray(base) && Array.isArray(landed) && Array.isArray(mine)) {
    const labels = mergedLabels(base, landed, mine)
    if (labels) return labels
  }
  clashes.push(path)
  return landed
}

/** The landed side's keys in its order, then those that only the other has. */
const mergeTrees = (path: Path, base: Tree, landed: Tree, mine: Tree, clashes: Path[]): Tree => {
  const merged: { [key: string]: Json } = {}
  for (const key of new Set([...Object.keys(landed), ...Object.keys(mine)])) {
    const value = merge([...path, key], base[key], landed[key], mine[key], clashes)
    if (value !== undefined) merged[key] = value
  }
  return merged
}

/** A flat list of entities (version 8 and 9) by what they are. */
const byEntity = (snapshot: Tree): Tree => ({
  ...snapshot,
  ddl: Object.fromEntries((Array.isArray(snapshot.ddl) ? snapshot.ddl : []).flatMap((entity) => (isTree(entity) ? [[rowKey(entity), entity]] : []))),
})

const asList = (snapshot: Tree): Tree => ({ ...snapshot, ddl: isTree(snapshot.ddl) ? Object.values(snapshot.ddl) : [] })

/** What says which file it is, not what the schema is. */
const isLink = (key: string): boolean => key === 'id' || key === 'prevId' || key === 'prevIds'

const withoutLinks = (snapshot: Tree): Tree => Object.fromEntries(Object.entries(snapshot).filter(([key]) => !isLink(key)))

/**
 * The landed snapshot with what mine changed since the base. All three must be of one version: 5 to 7, or whole ones (`ddl`) of 8 and 9. Where both changed one thing in two ways the landed side stands, and
 * `clashes` names it. `id` and parents are the landed side's: whoever writes it gives it its own.
 */
export const mergeSnapshots = (base: Tree, landed: Tree, mine: Tree): MergedSnapshot => {
  const clashes: Path[] = []
  const flat = Array.isArray(landed.ddl)
  const [from, theirs, ours] = [base, landed, mine].map((snapshot) => withoutLinks(flat ? byEntity(snapshot) : snapshot)) as [Tree, Tree, Tree]
  const merged = mergeTrees([], from, theirs, ours, clashes)
  return { snapshot: { ...landed, ...(flat ? asList(merged) : merged) }, clashes }
}
