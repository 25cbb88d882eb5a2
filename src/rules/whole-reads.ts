/** Queries that must read a table from end to end, as far as their words and the table's indexes say. In doubt they need not. */
import { columnsIn, isRangeVar, resolveRelation } from '../changes/expressions.ts'
import { constraintsOn, indexesOn, isPartitioned } from '../changes/found-by.ts'
import type { Catalog } from '../model/catalog.ts'
import type { Json, Tree } from '../model/json.ts'
import type { RelationName } from '../model/name.ts'
import { child, isTree, list, stringValue, text, walk } from '../sql/tree.ts'

type Surroundings = { readonly catalog: Catalog; readonly path: readonly string[] }

/** Columns by which rows are found without reading all: each begins an index or a key, or decides on the partition. */
const findableBy = (catalog: Catalog, relation: RelationName): ReadonlySet<string> => {
  const keys = constraintsOn(catalog, relation).flatMap((constraint) =>
    constraint.type === 'primary key' || constraint.type === 'unique' ? constraint.columns.slice(0, 1) : [],
  )
  const indexes = indexesOn(catalog, relation).flatMap(([, { elements }]) => elements.slice(0, 1).flatMap(({ on }) => (typeof on === 'string' ? on : [])))
  return new Set([...keys, ...indexes])
}

const isExtreme = (call: Tree): boolean => ['min', 'max'].includes(stringValue(list(call, 'funcname').at(-1)) ?? '') && list(call, 'args').length === 1

/** True where all that is asked for is the least or greatest value of columns that begin an index: its ends have them. */
const asksForEnds = (targets: readonly Json[], findable: ReadonlySet<string>): boolean => {
  let ends = 0
  let more = 0
  walk([...targets], (node) => {
    const call = child(node, 'FuncCall')
    if (call && isExtreme(call) && [...columnsIn(call.args)].every((column) => findable.has(column))) {
      ends++
      return false
    }
    if (child(node, 'ColumnRef') || call?.agg_star === true) more++
    return undefined
  })
  return ends > 0 && more === 0
}

/** What a FROM names; undefined where not all of it is tables, so that another source may decide how much is read. */
const rangesOf = (from: readonly Json[], { catalog, path }: Surroundings, common: ReadonlySet<string>): readonly RelationName[] | undefined => {
  const found: RelationName[] = []
  let others = false
  walk([...from], (node) => {
    if (isRangeVar(node)) {
      const name = node.schemaname === undefined && common.has(text(node, 'relname') ?? '') ? undefined : resolveRelation(node, catalog, path)
      if (name !== undefined && (catalog.tables.has(name) || catalog.views.get(name)?.materialized)) found.push(name)
      else others = true
    }
    if (node.RangeSubselect || node.RangeFunction || node.RangeTableSample || node.RangeTableFunc) others = true
    return !others
  })
  return others ? undefined : found
}

const commonNames = (query: Tree): readonly string[] =>
  list(child(query, 'withClause'), 'ctes').flatMap((each) => text(child(each, 'CommonTableExpr'), 'ctename') ?? [])

/** A limit stops early, unless all must be seen first: to sort, to group or to sum up. */
const stopsEarly = (query: Tree): boolean => query.limitCount !== undefined && query.sortClause === undefined && query.groupClause === undefined

const readHere = (query: Tree, surroundings: Surroundings, common: ReadonlySet<string>): readonly RelationName[] => {
  const { catalog } = surroundings
  const relations = rangesOf(list(query, 'fromClause'), surroundings, common)
  if (!relations || stopsEarly(query)) return []
  const findable = new Set(relations.flatMap((relation) => [...findableBy(catalog, relation)]))
  if (query.whereClause === undefined) return asksForEnds(list(query, 'targetList'), findable) ? [] : relations
  const asked = [...columnsIn(query.whereClause)]
  const partitioned = relations.some((relation) => isPartitioned(catalog, relation))
  return asked.length === 0 || partitioned || asked.some((column) => findable.has(column)) ? [] : relations
}

/** The tables that a SELECT reads whole: its own, those of its WITH queries, of a UNION's arms and of queries in its FROM. Queries in expressions may depend on a row and are left out. */
const readBySelect = (query: Tree, surroundings: Surroundings, outer: ReadonlySet<string>): readonly RelationName[] => {
  const common = new Set([...outer, ...commonNames(query)])
  const inner = [
    child(query, 'larg'),
    child(query, 'rarg'),
    ...list(child(query, 'withClause'), 'ctes').map((each) => child(child(child(each, 'CommonTableExpr'), 'ctequery'), 'SelectStmt')),
    ...list(query, 'fromClause').map((each) => child(child(child(each, 'RangeSubselect'), 'subquery'), 'SelectStmt')),
  ].flatMap((each) => (each ? readBySelect(each, surroundings, common) : []))
  return [...inner, ...readHere(query, surroundings, common)]
}

/** The tables and materialised views that a SELECT (the tree of its statement) reads from end to end. */
export const wholeReads = (query: Json | undefined, catalog: Catalog, path: readonly string[]): readonly RelationName[] =>
  isTree(query) ? [...new Set(readBySelect(query, { catalog, path }, new Set()))] : []
