/** The resolver: each kind of statement goes to its room, and finds the way back here for what stands inside of it. */
import type { Catalog } from '../../model/catalog.ts'
import type { Json, Tree } from '../../model/json.ts'
import { type ObjectKey, parseKey } from '../../model/name.ts'
import { child, list, mapTree, unwrap } from '../../sql/tree.ts'
import { namesIn, qualify } from '../expressions.ts'
import { columnReference, fieldOfRow } from './columns.ts'
import { relationColumns, type Scope } from './ranges.ts'
import { type Output, Reads, type Resolving } from './resolving.ts'
import { select } from './select.ts'
import { rowFields } from './targets.ts'
import { writing } from './writing.ts'

const writingNodes: ReadonlySet<string> = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'])

const statementIn = (wrapped: Tree, outer: Scope, resolving: Resolving): Output => {
  const [node, content] = unwrap(wrapped)
  if (node === 'SelectStmt') {
    const { tree, columns } = select(content, outer, resolving)
    return { tree: { SelectStmt: tree }, columns }
  }
  if (writingNodes.has(node)) return writing(node, content, outer, resolving)
  return { tree: resolving.expression(wrapped, outer), columns: [] }
}

const expressionIn = <T extends Json>(value: T, scope: Scope, resolving: Resolving): T =>
  mapTree(value, (node) => {
    const reference = child(node, 'ColumnRef')
    if (reference) return columnReference(reference, scope, resolving)
    if ('SelectStmt' in node) return resolving.statement(node, scope).tree
    const indirection = child(node, 'A_Indirection')
    if (indirection) return fieldOfRow(indirection, scope, resolving)
    const row = child(node, 'RowExpr')
    return row ? { RowExpr: { ...row, ...(row.args ? { args: rowFields(list(row, 'args'), scope, resolving) } : {}) } } : node
  })

/** Starts a resolving in which nothing has been read yet. */
export const startResolving = (catalog: Catalog, searchPath: readonly string[]): Resolving => {
  const resolving: Resolving = {
    catalog,
    searchPath,
    reads: new Reads(),
    statement: (wrapped, outer) => statementIn(wrapped, outer, resolving),
    expression: (value, scope) => expressionIn(value, scope, resolving),
    afresh: () => startResolving(catalog, searchPath),
  }
  return resolving
}

/** FOR UPDATE OF names ranges, not relations. */
const withoutLockedSchemas = (tree: Tree): Tree =>
  mapTree(tree, (node) => {
    const locking = child(node, 'LockingClause')
    if (!locking?.lockedRels) return node
    const lockedRels = list(locking, 'lockedRels').map((item) => {
      const { schemaname: _schema, ...range } = child(item, 'RangeVar') ?? {}
      return { RangeVar: range }
    })
    return { LockingClause: { ...locking, lockedRels } }
  })

/** A resolved tree, what it reads, and whether every column could be traced. */
export type ResolvedTree = {
  readonly tree: Tree
  readonly reads: readonly ObjectKey[]
  /** False where a column could not be traced: `reads` then has every column of its relations. */
  readonly exact: boolean
}

/** Ends a resolving: types and routines qualified too, and everything that was read. */
export const finish = (tree: Tree, { catalog, searchPath, reads }: Resolving): ResolvedTree => {
  const qualifiedTree = withoutLockedSchemas(qualify(tree, catalog, searchPath))
  reads.record([...namesIn(qualifiedTree)].filter((key) => parseKey(key).kind !== 'table'))
  if (!reads.exact) for (const relation of reads.relations) for (const column of relationColumns(catalog, relation) ?? []) reads.record(column.from)
  return { tree: qualifiedTree, reads: [...reads.keys].sort(), exact: reads.exact }
}
