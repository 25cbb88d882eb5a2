/** INSERT, UPDATE, DELETE and MERGE, as they stand in WITH, in rules and in bodies. */
import type { Json, Tree } from '../../model/json.ts'
import { keyOf, member, type RelationName } from '../../model/name.ts'
import { child, list, text } from '../../sql/tree.ts'
import { fromClause, fromItem } from './from.ts'
import type { RangeColumn } from './function-columns.ts'
import { aliasOf, findRange, partOf, type Range, relationColumns, relationRange, type Scope, scopeOf } from './ranges.ts'
import { qualifiedRange } from './relations.ts'
import { type Output, type Resolving, withClauses } from './resolving.ts'
import { targetList } from './targets.ts'
import { firstArm, withQueries } from './with.ts'

/** The relation that is written to; undefined where memory does not have it. */
type Target = { readonly relation: RelationName | undefined; readonly columns: readonly RangeColumn[] | undefined }

const rangeOf = (range: Tree, { relation, columns }: Target): Range =>
  relation === undefined ? { name: text(range, 'relname') ?? '', columns: undefined } : relationRange(relation, aliasOf(range), columns)

/** Rows that can be named beside the target, where nothing around has their name. */
const rowRanges = ({ relation, columns }: Target, outer: Scope): readonly Range[] =>
  ['excluded', 'new', 'old'].filter((name) => !findRange([name], outer)).map((name): Range => ({ name, columns, ...(relation ? { relation } : {}) }))

/** A writing statement's content; `node` says which it is. */
export const writing = (node: string, statement: Tree, outer: Scope, resolving: Resolving): Output => {
  const { scope, clause } = withQueries(statement, outer, resolving)
  const { relation, tree: range } = qualifiedRange(child(statement, 'relation') ?? {}, resolving)
  const target: Target = { relation, columns: relation === undefined ? undefined : relationColumns(resolving.catalog, relation) }
  const own = partOf({ RangeVar: range }, rangeOf(range, target))
  const others = [...fromClause(list(statement, 'fromClause'), scope, resolving), ...fromClause(list(statement, 'usingClause'), scope, resolving)]
  const source = child(statement, 'sourceRelation')
  const sourcePart = source ? [fromItem(source, [], scope, resolving)] : []
  const level = scopeOf([own, ...others, ...sourcePart], scope)
  const inside: Scope = { ...level, ranges: [...level.ranges, ...rowRanges(target, outer)] }
  const next: Record<string, Json> = {
    ...withClauses(statement, ['whereClause', 'joinCondition', 'onConflictClause'], inside, resolving),
    relation: range,
    ...(clause ? { withClause: clause } : {}),
    ...(node !== 'InsertStmt' && statement.targetList ? { targetList: assigned(list(statement, 'targetList'), inside, relation, resolving) } : {}),
    ...(statement.mergeWhenClauses ? { mergeWhenClauses: whenClauses(list(statement, 'mergeWhenClauses'), inside, relation, resolving) } : {}),
    ...(statement.fromClause ? { fromClause: others.map(({ tree }) => tree) } : {}),
    ...(statement.usingClause ? { usingClause: others.map(({ tree }) => tree) } : {}),
    ...(sourcePart[0] ? { sourceRelation: sourcePart[0].tree } : {}),
    ...(node === 'InsertStmt' ? inserting(statement, scope, target, resolving) : {}),
  }
  const returning = child(statement, 'returningClause')
  const answered = targetList(list(returning, 'exprs'), inside, resolving)
  if (returning) next.returningClause = { ...returning, exprs: answered.tree }
  return { tree: { [node]: next }, columns: answered.columns }
}

const readColumn = (relation: RelationName | undefined, target: Tree | undefined, { reads }: Resolving): void => {
  if (relation) reads.record([keyOf('column', member(relation, text(target, 'name') ?? ''))])
}

/** How many columns an INSERT's query gives. */
const insertWidth = (select: Tree): number => {
  const arm = firstArm(select)
  const row = list(child(list(arm, 'valuesLists')[0], 'List'), 'items')
  return row.length > 0 ? row.length : list(arm, 'targetList').length
}

/** INSERT's query, and its columns written down: those that a table gets later are not meant. */
const inserting = (statement: Tree, scope: Scope, { relation, columns }: Target, resolving: Resolving): { readonly [key: string]: Json } => {
  const select = child(statement, 'selectStmt')
  const query = select && resolving.statement(select, scope).tree
  const width = insertWidth(child(query, 'SelectStmt') ?? {})
  const implied = !statement.cols && columns && width > 0 ? columns.slice(0, width).map(({ name }) => ({ ResTarget: { name } })) : undefined
  for (const item of implied ?? list(statement, 'cols')) readColumn(relation, child(item, 'ResTarget'), resolving)
  return { ...(query ? { selectStmt: query } : {}), ...(implied ? { cols: implied } : {}) }
}

/** SET: the column that is written, and its new value. */
const assigned = (items: readonly Tree[], scope: Scope, relation: RelationName | undefined, resolving: Resolving): readonly Tree[] =>
  items.map((item) => {
    const target = child(item, 'ResTarget') ?? {}
    readColumn(relation, target, resolving)
    return { ResTarget: { ...target, ...(target.val ? { val: resolving.expression(target.val, scope) } : {}) } }
  })

/** MERGE's WHEN. */
const whenClauses = (items: readonly Tree[], scope: Scope, relation: RelationName | undefined, resolving: Resolving): readonly Tree[] =>
  items.map((item) => {
    const clause = child(item, 'MergeWhenClause') ?? {}
    const targets = clause.targetList ? { targetList: assigned(list(clause, 'targetList'), scope, relation, resolving) } : {}
    return { MergeWhenClause: { ...withClauses(clause, ['condition', 'values'], scope, resolving), ...targets } }
  })
