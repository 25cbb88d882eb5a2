/** What the names in an expression mean: columns of the rows at hand, then variables. */
import type { Tree } from '../../model/json.ts'
import { list, stringValue } from '../../sql/tree.ts'
import type { Reading } from '../reading.ts'
import { type Known, type Row, unknown, type Value } from '../system-tables.ts'

/** Variables whose value is known. */
export type Variables = ReadonlyMap<string, Known>

/** A system table in FROM. `has`: whether it has a column. */
export type Range = { readonly alias: string; readonly rows: readonly Row[]; readonly has: (column: string) => boolean }

/** The ranges of a SELECT and the current row of each (absent: not yet chosen); `outer` is the scope of the SELECT around it. */
export type Scope = { readonly ranges: readonly Range[]; readonly rows: readonly Row[]; readonly outer?: Scope }

/** What an expression's value depends on. */
export type Context = { readonly reading: Reading; readonly variables: Variables; readonly scope?: Scope }

/** Gives an expression its value. */
export type Evaluate = (context: Context, tree: Tree) => Value

/** The fields of a column reference: `t.a` → `t`, `a`. */
export const fieldsOf = (reference: Tree | undefined): readonly string[] => list(reference, 'fields').map((field) => stringValue(field) ?? '*')

/** The place of the range that a column reference means, -1 when it is none of the scope's. */
export const rangeOf = (scope: Scope | undefined, fields: readonly string[]): number => {
  const column = fields.at(-1) ?? ''
  const qualifier = fields.length > 1 ? fields.at(-2) : undefined
  return scope?.ranges.findIndex(({ alias, has }) => (qualifier === undefined ? has(column) : alias === qualifier)) ?? -1
}

/** A NULL is a value, what is absent is none. */
const orUnknown = (value: Value | undefined): Value => (value === undefined ? unknown : value)

/** The value of a column reference. */
export const namedValue = (context: Context, fields: readonly string[]): Value => {
  const name = fields.at(-1) ?? ''
  for (let scope = context.scope; scope; scope = scope.outer) {
    const at = rangeOf(scope, fields)
    if (at === -1) continue
    return orUnknown(scope.rows[at]?.[name])
  }
  return orUnknown(fields.length > 1 ? undefined : context.variables.get(name))
}
