/**
 * Resolving a query as PostgreSQL does when it keeps one: every relation qualified, every column qualified by its range, `*` expanded, every output column
 * named; so that later renames and new columns do not change what it means.
 */
import type { Catalog } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import type { RelationName } from '../model/name.ts'
import { child } from '../sql/tree.ts'
import { emptyScope, partOf, type Range, relationColumns, relationRange, type Scope, scopeOf } from './resolve/ranges.ts'
import { finish, type ResolvedTree, startResolving } from './resolve/resolver.ts'

/** A query, its output columns, and what it reads. */
export type Resolved = Omit<ResolvedTree, 'tree'> & {
  readonly query: Tree
  /** Undefined where `*` stands for columns that memory does not know. */
  readonly columns: readonly string[] | undefined
}

/** The columns of a table, written bare. */
const ownScope = (on: RelationName, catalog: Catalog): Scope => ({
  ...scopeOf([partOf({}, relationRange(on, undefined, relationColumns(catalog, on)))], undefined),
  own: true,
})

/** The OLD and NEW rows of a relation. */
const rowScope = (on: RelationName, catalog: Catalog): Scope => {
  const columns = relationColumns(catalog, on)
  return { ...emptyScope, ranges: ['old', 'new'].map((name): Range => ({ name, relation: on, columns })) }
}

/**
 * Resolves a query (`{ SelectStmt: … }` or its content; answered in the same form). Refuses with 42P01 a relation that is not there.
 * @param searchPath schemas in which unqualified names are looked up
 */
export const resolveQuery = (query: Tree, catalog: Catalog, searchPath: readonly string[]): Resolved => {
  const wrapped = 'SelectStmt' in query
  const resolving = startResolving(catalog, searchPath)
  const { tree, columns } = resolving.statement(wrapped ? query : { SelectStmt: query }, emptyScope)
  const { tree: finished, ...facts } = finish(tree, resolving)
  return { query: wrapped ? finished : (child(finished, 'SelectStmt') ?? {}), columns: columns?.map(({ name }) => name), ...facts }
}

const resolveExpression = (tree: Tree, scope: Scope, catalog: Catalog, searchPath: readonly string[]): ResolvedTree => {
  const resolving = startResolving(catalog, searchPath)
  return finish(resolving.expression(tree, scope), resolving)
}

const resolveStatement = (statement: Tree, scope: Scope, catalog: Catalog, searchPath: readonly string[]): ResolvedTree => {
  const resolving = startResolving(catalog, searchPath)
  return finish(resolving.statement(statement, scope).tree, resolving)
}

/** Resolves an expression over a table's columns (a policy's): these stay bare outside of sub-selects and are qualified by the table's name inside. */
export const resolveTableExpression = (tree: Tree, on: RelationName, catalog: Catalog, searchPath: readonly string[]): ResolvedTree =>
  resolveExpression(tree, ownScope(on, catalog), catalog, searchPath)

/** Resolves an expression over OLD and NEW rows of a relation (a trigger's or rule's condition). */
export const resolveRowExpression = (tree: Tree, on: RelationName, catalog: Catalog, searchPath: readonly string[]): ResolvedTree =>
  resolveExpression(tree, rowScope(on, catalog), catalog, searchPath)

/** Resolves a rule's action, which may name the OLD and NEW rows of `on`. */
export const resolveAction = (statement: Tree, on: RelationName, catalog: Catalog, searchPath: readonly string[]): ResolvedTree =>
  resolveStatement(statement, rowScope(on, catalog), catalog, searchPath)

/** Resolves one statement of a routine's body; parameters are named bare or with the routine's name. */
export const resolveBody = (statement: Tree, routine: string, parameters: readonly string[], catalog: Catalog, searchPath: readonly string[]): ResolvedTree => {
  const columns = parameters.map((name) => ({ name, from: [] }))
  const scope: Scope = { ...emptyScope, ranges: [{ name: routine, columns }], visible: columns.map((column) => ({ ...column, fields: [column.name] })) }
  return resolveStatement(statement, scope, catalog, searchPath)
}
