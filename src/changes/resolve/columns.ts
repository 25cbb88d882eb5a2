/** Column references, qualified by the range that they mean. */
import type { Json, Tree } from '../../model/json.ts'
import { child, list, stringNode, stringValue } from '../../sql/tree.ts'
import { findColumn, findRange, isKnown, type Range, referenceTo, type Scope, systemColumns } from './ranges.ts'
import type { Resolving } from './resolving.ts'

/** The names that a column reference consists of; a `*` is the empty name. */
export const namesOf = (reference: Tree | undefined): readonly string[] => list(reference, 'fields').map((field) => stringValue(field) ?? '')

/** True for the `*` of `SELECT *` and `t.*`. */
export const isStar = (node: Tree | undefined): boolean => node !== undefined && 'A_Star' in node

/** A ColumnRef's content as a reference that says its range. */
export const columnReference = (reference: Tree, scope: Scope, resolving: Resolving): Tree => {
  const node = { ColumnRef: reference }
  if (isStar(list(reference, 'fields').at(-1))) return wholeRow(namesOf(reference).slice(0, -1), node, scope)
  const names = namesOf(reference).slice(-3)
  const found = findColumn(names, scope)
  if (!found) return unfound(names, node, scope, resolving)
  resolving.reads.record(found.from)
  const bare = names.length > 1 && findRange(names.slice(0, -1), scope)?.level.own && scope.own
  return referenceTo(bare ? [names.at(-1) ?? ''] : found.fields)
}

/** A name that is no known column: a system column, a whole row, or a column of a range that memory does not know. */
const unfound = (names: readonly string[], node: Tree, scope: Scope, resolving: Resolving): Tree => {
  const name = names.at(-1) ?? ''
  if (names.length > 1) {
    const range = findRange(names.slice(0, -1), scope)?.range
    if (!range || (range.columns !== undefined && !systemColumns.has(name))) resolving.reads.lost()
    return range && names.length === 3 && findRange([range.name], scope)?.range === range ? referenceTo([range.name, name]) : node
  }
  for (let level: Scope | undefined = scope; level; level = level.outer) {
    const unknown = level.visible.flatMap((candidate) => (isKnown(candidate) ? [] : [candidate.unknown]))
    if (unknown.length > 0) return guess(name, unknown, node, level, resolving)
    const relations = level.ranges.filter(({ relation }) => relation !== undefined)
    if (systemColumns.has(name) && relations.length === 1 && !level.own) return referenceTo([relations[0]?.name ?? '', name])
  }
  if (!findRange([name], scope) && !systemColumns.has(name)) resolving.reads.lost()
  return node
}

/** A bare name where a range of unknown columns is in sight: qualified when nothing else can be meant. */
const guess = (name: string, unknown: readonly Range[], node: Tree, level: Scope, resolving: Resolving): Tree => {
  const outside = level.outer && findColumn([name], level.outer)
  if (outside) resolving.reads.record(outside.from)
  return outside || unknown.length > 1 || findRange([name], level) ? node : referenceTo([unknown[0]?.name ?? '', name])
}

const wholeRow = (names: readonly string[], node: Tree, scope: Scope): Tree =>
  findRange(names, scope) ? { ColumnRef: { fields: [stringNode(names.at(-1) ?? ''), { A_Star: {} }] } } : node

/** An A_Indirection's content: `(t).a` is the column `t.a`. */
export const fieldOfRow = (content: Tree, scope: Scope, resolving: Resolving): Tree => {
  const fields = list(child(child(content, 'arg'), 'ColumnRef'), 'fields')
  const [first, ...rest] = list(content, 'indirection')
  const [row, field] = [stringValue(fields[0]), stringValue(first)]
  if (fields.length !== 1 || row === undefined || field === undefined || findColumn([row], scope) || !findColumn([row, field], scope)) {
    const { arg = {}, indirection = [] } = content
    return { A_Indirection: { ...content, arg: resolving.expression(arg, scope), indirection: resolving.expression(indirection, scope) } }
  }
  const column = columnReference({ fields: [stringNode(row), stringNode(field)] }, scope, resolving)
  return rest.length === 0 ? column : { A_Indirection: { ...content, arg: column, indirection: resolving.expression(rest as readonly Json[] as Json, scope) } }
}
