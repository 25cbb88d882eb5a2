/** GROUP BY, ORDER BY and DISTINCT ON, where a bare name may mean an output column. */
import type { Tree } from '../../model/json.ts'
import { keyOf, member, type ObjectKey } from '../../model/name.ts'
import { child, list, walk } from '../../sql/tree.ts'
import { namesOf } from './columns.ts'
import { isAggregate } from './function-columns.ts'
import { findColumn, isKnown, type Scope } from './ranges.ts'
import type { Resolving } from './resolving.ts'

/** The name of a column that is written bare. */
const bareName = (item: Tree): string | undefined => {
  const names = namesOf(child(item, 'ColumnRef'))
  return names.length === 1 && names[0] !== '' ? names[0] : undefined
}

/** An item of ORDER BY or DISTINCT ON: a bare name is an output column first. */
export const orderedBy = (item: Tree, scope: Scope, outputs: ReadonlySet<string>, resolving: Resolving): Tree => {
  const name = bareName(item)
  return name !== undefined && outputs.has(name) ? item : resolving.expression(item, scope)
}

const numbered = (position: number): Tree => ({ A_Const: { ival: { ival: position } } })

/** An item of GROUP BY: a bare name is a column of FROM first; an output column is written by its position. */
export const grouped = (item: Tree, scope: Scope, outputs: readonly string[], resolving: Resolving): Tree => {
  const set = child(item, 'GroupingSet')
  if (set) {
    const content = set.content ? { content: list(set, 'content').map((part) => grouped(part, scope, outputs, resolving)) } : {}
    return { GroupingSet: { ...set, ...content } }
  }
  const name = bareName(item)
  const position = name === undefined ? -1 : outputs.indexOf(name)
  if (position === -1 || scope.visible.some((column) => isKnown(column) && column.name === name)) return resolving.expression(item, scope)
  return scope.visible.every(isKnown) ? numbered(position + 1) : item
}

/** The columns that a resolved reference stands for; output columns, which are bare, stand for none. */
const keysOf = (reference: Tree | undefined, scope: Scope): readonly ObjectKey[] => {
  const names = namesOf(reference)
  return names.length < 2 ? [] : (findColumn(names, scope)?.from ?? [])
}

/** GROUP BY a primary key lets other columns be named outside of aggregates: the query then rests on the key. */
export const readPrimaryKeys = (statement: Tree, scope: Scope, { catalog, reads }: Resolving): void => {
  const grouping = new Set(list(statement, 'groupClause').flatMap((item) => keysOf(child(item, 'ColumnRef'), scope)))
  if (grouping.size === 0) return
  const ungrouped = new Set<ObjectKey>()
  walk([...list(statement, 'targetList'), ...list(statement, 'sortClause'), statement.havingClause ?? null], (node) => {
    for (const key of keysOf(child(node, 'ColumnRef'), scope)) if (!grouping.has(key)) ungrouped.add(key)
    return !isAggregate(child(node, 'FuncCall'), catalog)
  })
  for (const { relation } of scope.ranges) {
    const table = relation && catalog.tables.get(relation)
    if (!relation || !table?.columns.some(({ name }) => ungrouped.has(keyOf('column', member(relation, name))))) continue
    for (const [name, constraint] of table.constraints) {
      const covers = constraint.type === 'primary key' && constraint.columns.every((column) => grouping.has(keyOf('column', member(relation, column))))
      if (covers) reads.record([keyOf('constraint', member(relation, name))])
    }
  }
}
