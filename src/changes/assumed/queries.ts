/** What queries and expressions name. */
import type { Json, Tree } from '../../model/json.ts'
import type { RelationName } from '../../model/name.ts'
import { child, isTree, list, strings, stringValue, text, walk } from '../../sql/tree.ts'
import { columnsIn, hasSubquery, isRangeVar } from '../expressions.ts'
import { builtinFunctions } from './builtin-functions.ts'
import type { Supposing } from './supposing.ts'

/** Ranges below a tree that are no WITH query's. */
const rangesIn = (tree: Json | undefined): readonly Tree[] => {
  const found: Tree[] = []
  const common = new Set<string>()
  walk(tree, (node) => {
    if (typeof node.ctename === 'string') common.add(node.ctename)
    if (isRangeVar(node)) found.push(node)
    return undefined
  })
  return found.filter((range) => range.schemaname !== undefined || !common.has(text(range, 'relname') ?? ''))
}

const isSame = (a: Tree, b: Tree): boolean => a.relname === b.relname && a.schemaname === b.schemaname

/** Every relation that a query names is there; where it names one only, so are the columns. `made` are the relations that the statement makes itself. */
export const supposeQuery = (supposing: Supposing, tree: Json | undefined, made: readonly (Tree | undefined)[] = []): void => {
  const ranges = rangesIn(tree).filter((range) => !made.some((own) => own !== undefined && isSame(own, range)))
  const names = new Set(ranges.map((range) => supposing.range(range)))
  const [only] = names
  if (names.size === 1 && only !== undefined && !hasSubquery(tree)) supposing.columns(only, columnsIn(tree))
}

/** The columns of the table's own that an expression names; the relations of its sub-selects. */
export const supposeExpression = (supposing: Supposing, on: RelationName | undefined, expression: Json | undefined): void => {
  if (expression === undefined) return
  if (hasSubquery(expression)) return supposeQuery(supposing, expression)
  supposing.columns(on, columnsIn(expression))
}

/** Columns that INSERT and UPDATE write. */
export const targetColumns = (targets: readonly Tree[]): readonly string[] => targets.flatMap((target) => text(child(target, 'ResTarget'), 'name') ?? [])

/** A name in a DROP or COMMENT: a list of strings, a type's name, or a string. */
export const partsIn = (object: Json | undefined): readonly string[] => {
  if (!isTree(object)) return []
  const single = stringValue(object)
  if (single !== undefined) return [single]
  const items = child(object, 'List') ?? child(object, 'TypeName') ?? child(object, 'ObjectWithArgs')
  return strings(list(items, 'items').length > 0 ? list(items, 'items') : list(items, 'names').length > 0 ? list(items, 'names') : list(items, 'objname'))
}

/** Functions that an expression calls and PostgreSQL does not have are a user's: as such they are volatile unless something says otherwise. */
export const supposeCalls = (supposing: Supposing, expression: Json | undefined): void =>
  walk(expression, (node) => {
    const called = child(node, 'FuncCall')
    const parts = strings(list(called, 'funcname'))
    if (!called || parts.length === 0 || (parts.length === 1 && builtinFunctions.has(parts[0] ?? ''))) return undefined
    supposing.routine({ args_unspecified: true }, parts, [], 'function')
    return undefined
  })
