/** What takes a label of an enum up: everything that a rename of the label reaches. */
import type { Catalog } from '../model/catalog.ts'
import type { Json, Tree } from '../model/json.ts'
import { type QualifiedName, qualified } from '../model/name.ts'
import { child, isTree, list, text, walk } from '../sql/tree.ts'
import { columnsHolding, type Held } from './enum-labels/holding.ts'
import { kindsWithTrees, renameLabel, renamer } from './enum-labels/rename.ts'

/** No label holds it: PostgreSQL takes no zero byte. */
const probe = '\0'

/** True when something that `before` did not have so is in `after` an expression in which a literal stands for the label: a default, a check, a predicate, a query. */
export const takesUpLabel = (before: Catalog, after: Catalog, type: QualifiedName, label: string): boolean => {
  const entry = (catalog: Catalog, kind: (typeof kindsWithTrees)[number], name: string): unknown => (catalog[kind] as ReadonlyMap<string, unknown>).get(name)
  const renamed = renameLabel(after, type, label, probe, (kind, name) => entry(before, kind, name) !== entry(after, kind, name))
  return kindsWithTrees.some((kind) => [...renamed[kind]].some(([name, value]) => name !== type && value !== entry(after, kind, name)))
}

/** What INSERT and UPDATE give to columns: pairs of a column's name and its value. `columns` names those of an INSERT without a list. */
const assigned = (node: Tree, columns: readonly string[]): readonly (readonly [string, Json | undefined])[] => {
  const targets = (key: string, below: Tree | undefined): readonly Tree[] => list(below, key).map((item) => child(item, 'ResTarget') ?? {})
  const set = (below: Tree | undefined): readonly (readonly [string, Json | undefined])[] =>
    targets('targetList', below).map((target) => [text(target, 'name') ?? '', target.val] as const)
  const update = child(node, 'UpdateStmt')
  if (update) return set(update)
  const insert = child(node, 'InsertStmt')
  if (!insert) return []
  const named = targets('cols', insert).map((target) => text(target, 'name') ?? '')
  const at = named.length > 0 ? named : columns
  const select = child(child(insert, 'selectStmt'), 'SelectStmt')
  const rows = list(select, 'valuesLists').map((row) => list(child(row, 'List'), 'items'))
  const selected = targets('targetList', select).map(({ val }) => val)
  const conflict = child(insert, 'onConflictClause')
  return [...[...rows, selected].flatMap((row) => row.map((value, place) => [at[place] ?? '', value] as const)), ...set(conflict)]
}

/** True when a statement about rows has a literal that stands for the label. Types and relations in it are qualified. */
export const statementUsesLabel = (statement: Tree, catalog: Catalog, type: QualifiedName, label: string): boolean => {
  const held: Held = new Map([...catalog.tables].map(([name, table]) => [name, columnsHolding(catalog, table, type)] as const))
  const by = renamer(type, label, probe, held)
  let found = by.tree(statement) !== statement
  walk(statement, (node) => {
    const range = child(child(node, 'UpdateStmt') ?? child(node, 'InsertStmt'), 'relation')
    const name = range && qualified(text(range, 'schemaname') ?? '', text(range, 'relname') ?? '')
    const own = name === undefined ? undefined : held.get(name)
    if (found || name === undefined || !own || own.size === 0) return !found
    const columns = catalog.tables.get(name)?.columns.map((column) => column.name) ?? []
    found = assigned(node, columns).some(([column, value]) => isTree(value) && by.value(value, own.get(column), own) !== value)
    return !found
  })
  return found
}
