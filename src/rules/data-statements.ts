/** Statements that write rows: what they write, which rows, and what they read for it. */
import { isAtLeast, type Move, type Setting } from '../changes/batch.ts'
import { isRangeVar, referencedColumn, resolveRelation } from '../changes/expressions.ts'
import { constraintsOn, indexesOn } from '../changes/found-by.ts'
import { truthOf } from '../changes/truth.ts'
import type { Catalog } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import type { Json, Tree } from '../model/json.ts'
import type { LockMode } from '../model/lock.ts'
import type { RelationName } from '../model/name.ts'
import type { Statement } from '../model/statement.ts'
import { statementsOf } from '../sql/texts.ts'
import { child, list, stringValue, text, walk } from '../sql/tree.ts'
import type { StepView } from './define.ts'
import { hasRows } from './lock-waits.ts'

const commands: { readonly [node: string]: DataStatement['command'] } = {
  InsertStmt: 'INSERT',
  UpdateStmt: 'UPDATE',
  DeleteStmt: 'DELETE',
  MergeStmt: 'MERGE',
}

/** One INSERT, UPDATE, DELETE or MERGE, in WITH too. */
export type DataStatement = {
  readonly command: 'INSERT' | 'UPDATE' | 'DELETE' | 'MERGE'
  readonly target: RelationName
  /** Undefined: every row, or as many as are joined. */
  readonly where: Tree | undefined
  /** Relations that decide which rows are written: in FROM, USING and the query of an INSERT. */
  readonly reads: readonly RelationName[]
}

/** The schemas that unqualified names are looked up in. */
export const searchPathOf = (settings: ReadonlyMap<string, Setting>): readonly string[] => settings.get('search_path')?.value.split(', ') ?? ['public']

/** The statements of a text, without DO blocks; none where it cannot be read. */
export const plainStatements = (sql: string): readonly Statement[] => (statementsOf(sql) ?? []).filter(({ node }) => node !== 'DoStmt')

/** The trees of a change to rows. A statement that is computed has none. */
export const treesOf = ({ sql }: Change<'change-data'>, { step }: Pick<StepView, 'step'>): readonly Statement[] => {
  return sql === step.statement.text ? [step.statement] : plainStatements(sql)
}

const relationsIn = (trees: readonly (Json | undefined)[], catalog: Catalog, path: readonly string[]): readonly RelationName[] => {
  const found = new Set<RelationName>()
  for (const tree of trees)
    walk(tree, (node) => {
      const name = isRangeVar(node) ? resolveRelation(node, catalog, path) : undefined
      if (name !== undefined && catalog.tables.has(name)) found.add(name)
      return undefined
    })
  return [...found]
}

const read = new WeakMap<Move, readonly DataStatement[]>()

/** INSERT, UPDATE, DELETE and MERGE of a change to rows. Several rules ask. */
export const dataStatementsOf = (move: Move<Change<'change-data'>>, view: Pick<StepView, 'step' | 'settings'>): readonly DataStatement[] => {
  const known = read.get(move)
  if (known) return known
  const found = readDataStatements(move, view)
  read.set(move, found)
  return found
}

const readDataStatements = (move: Move<Change<'change-data'>>, view: Pick<StepView, 'step' | 'settings'>): readonly DataStatement[] => {
  const path = searchPathOf(view.settings)
  const found: DataStatement[] = []
  for (const { node: kind, tree } of treesOf(move.change, view))
    walk({ [kind]: tree }, (node) => {
      for (const key in node) {
        const command = commands[key]
        const statement = command && child(node, key)
        const range = child(statement, 'relation')
        const target = range && resolveRelation(range, move.before, path)
        if (!command || !statement || target === undefined) continue
        const where = child(statement, 'whereClause')
        found.push({
          command,
          target,
          where: where && truthOf(where) !== true ? where : undefined,
          reads: relationsIn(
            [statement.fromClause, statement.usingClause, statement.sourceRelation, statement.selectStmt, statement.withClause],
            move.before,
            path,
          ),
        })
      }
      return undefined
    })
  return found
}

const isFixed = (value: Json | undefined): boolean => {
  const tree = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : undefined
  if (!tree) return false
  const items = child(tree, 'List')
  if (items) return list(items, 'items').every(isFixed)
  const inner = child(tree, 'TypeCast')
  return inner ? isFixed(inner.arg) : child(tree, 'A_Const') !== undefined
}

/** Columns that a condition compares with constants: `id = 1 AND kind IN ('a', 'b')`. */
const fixedColumns = (where: Tree): readonly string[] => {
  const both = child(where, 'BoolExpr')
  if (both) return text(both, 'boolop') === 'AND_EXPR' ? list(both, 'args').flatMap(fixedColumns) : []
  const comparison = child(where, 'A_Expr')
  const isEqual = ['AEXPR_OP', 'AEXPR_IN'].includes(text(comparison, 'kind') ?? '') && list(comparison, 'name').some((name) => stringValue(name) === '=')
  const column = referencedColumn(child(comparison, 'lexpr'))
  return isEqual && column !== undefined && isFixed(comparison?.rexpr) ? [column] : []
}

/** True when a condition names rows by a unique key: few are found, by an index. */
export const picksByKey = (where: Tree | undefined, catalog: Catalog, relation: RelationName): boolean => {
  if (!where) return false
  const fixed = new Set(fixedColumns(where))
  const keys = constraintsOn(catalog, relation).flatMap((constraint) =>
    constraint.type === 'primary key' || constraint.type === 'unique' ? [constraint.columns] : [],
  )
  const indexes = indexesOn(catalog, relation)
    .filter(([, index]) => index.unique && !index.where)
    .map(([, { elements }]) => elements.map(({ on }) => (typeof on === 'string' ? on : undefined)))
  return [...keys, ...indexes].some((columns) => columns.length > 0 && columns.every((column) => column !== undefined && fixed.has(column)))
}

export type Locked = { readonly relation: RelationName; readonly mode: LockMode }

/** A table in use that the transaction has locked, against writes at least, before a statement; the strongest lock. */
export const lockedMeanwhile = ({ held, step }: Pick<StepView, 'held' | 'step'>): Locked | undefined =>
  [...held]
    .map(([relation, mode]) => ({ relation, mode }))
    .filter(({ relation, mode }) => isAtLeast(mode, 'SHARE') && hasRows(step.before, relation))
    .sort((a, b) => (isAtLeast(a.mode, b.mode) ? -1 : 1))[0]
