/** One resolving: what it looks names up in, what it has read so far, and the ways back into it for queries that stand inside of queries. */
import type { Catalog } from '../../model/catalog.ts'
import type { Json, Tree } from '../../model/json.ts'
import type { ObjectKey, RelationName } from '../../model/name.ts'
import type { RangeColumn } from './function-columns.ts'
import type { Scope } from './ranges.ts'

/** What has been read. */
export class Reads {
  readonly keys = new Set<ObjectKey>()
  readonly relations = new Set<RelationName>()
  /** False once a column could not be traced: then every column of the relations may have been read. */
  exact = true

  record(keys: readonly ObjectKey[]): void {
    for (const key of keys) this.keys.add(key)
  }

  lost(): void {
    this.exact = false
  }
}

/** A resolved statement, and the columns that it answers: undefined where memory does not know them. */
export type Output = { readonly tree: Tree; readonly columns: readonly RangeColumn[] | undefined }

export type Resolving = {
  readonly catalog: Catalog
  /** Schemas in which unqualified names are looked up. */
  readonly searchPath: readonly string[]
  readonly reads: Reads
  /** A wrapped statement: SELECT, or one that writes (in WITH, in rules and bodies). */
  statement(wrapped: Tree, outer: Scope): Output
  /** Anything with column references and sub-selects inside. */
  expression<T extends Json>(value: T, scope: Scope): T
  /** The same with nothing read: for a look at what is resolved later. */
  afresh(): Resolving
}

/** A statement's content with the expressions under those keys resolved. */
export const withClauses = (statement: Tree, keys: readonly string[], scope: Scope, resolving: Resolving): Record<string, Json> => {
  const next: Record<string, Json> = { ...statement }
  for (const key of keys) if (next[key] !== undefined) next[key] = resolving.expression(next[key] as Json, scope)
  return next
}
