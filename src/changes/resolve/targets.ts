/** Target lists: `*` expanded, every output column named. */
import type { Tree } from '../../model/json.ts'
import { outputName } from '../../sql/output-names.ts'
import { child, list, stringNode, stringValue, text } from '../../sql/tree.ts'
import { isStar, namesOf } from './columns.ts'
import { type RangeColumn, resultColumns } from './function-columns.ts'
import { type Bare, columnsOf, findColumn, findRange, isKnown, referenceTo, type Scope } from './ranges.ts'
import type { Resolving } from './resolving.ts'

/** A column that `*` stands for; `val` where it is not written as a column reference. */
type Expanded = Bare & { readonly val?: Tree }

const written = ({ fields, val }: Expanded): Tree => val ?? referenceTo(fields)

const outputColumn = (name: string, type: string | undefined): RangeColumn => ({ name, from: [], ...(type === undefined ? {} : { type }) })

/** A target list resolved, and its columns: undefined where a `*` cannot be expanded. */
export const targetList = (
  items: readonly Tree[],
  scope: Scope,
  resolving: Resolving,
): { readonly tree: readonly Tree[]; readonly columns: readonly RangeColumn[] | undefined } => {
  let known = true
  const columns: RangeColumn[] = []
  const tree = items.flatMap((item) => {
    const target = child(item, 'ResTarget') ?? {}
    const value = child(target, 'val') ?? {}
    const expanded = expand(value, scope, resolving)
    if (expanded === 'unknown') {
      known = false
      return [{ ResTarget: { ...target, val: value } }]
    }
    if (expanded !== 'single') {
      columns.push(...expanded.map(({ name, type }) => outputColumn(name, type)))
      return expanded.map((column) => ({ ResTarget: { name: column.name, val: written(column) } }))
    }
    const val = resolving.expression(value, scope)
    const name = text(target, 'name') ?? outputName(val)
    columns.push(outputColumn(name, findColumn(namesOf(child(val, 'ColumnRef')), scope)?.type))
    return [{ ResTarget: { ...target, name, val } }]
  })
  return { tree, columns: known ? columns : undefined }
}

/** The fields of a ROW(…), which `*` gives too. */
export const rowFields = (items: readonly Tree[], scope: Scope, resolving: Resolving): readonly Tree[] =>
  items.flatMap((item) => {
    const expanded = expand(item, scope, resolving)
    return typeof expanded === 'string' ? [resolving.expression(item, scope)] : expanded.map(written)
  })

/** `*`, `t.*` and `(f()).*` as columns; `unknown` when memory does not know them; `single`: the value is none of these. */
const expand = (value: Tree, scope: Scope, resolving: Resolving): readonly Expanded[] | 'unknown' | 'single' => {
  const reference = child(value, 'ColumnRef')
  if (isStar(list(reference, 'fields').at(-1))) return star(namesOf(reference).slice(0, -1), scope, resolving)
  const indirection = child(value, 'A_Indirection')
  const steps = list(indirection, 'indirection')
  if (!indirection || steps.length !== 1 || !isStar(steps[0])) return 'single'
  const row = child(indirection, 'arg') ?? {}
  const [name, ...more] = list(child(row, 'ColumnRef'), 'fields').map((field) => stringValue(field) ?? '')
  if (name !== undefined && more.length === 0 && !findColumn([name], scope)) return star([name], scope, resolving)
  const names = 'FuncCall' in row ? resultColumns(row, resolving.catalog, resolving.searchPath) : undefined
  const arg = resolving.expression(row, scope)
  return names?.map((field) => ({ name: field, from: [], fields: [field], val: { A_Indirection: { arg, indirection: [stringNode(field)] } } })) ?? 'unknown'
}

const star = (qualifiers: readonly string[], scope: Scope, resolving: Resolving): readonly Bare[] | 'unknown' => {
  const found = findRange(qualifiers, scope)
  if (qualifiers.length > 0 && !found) return 'unknown'
  const visible = found && qualifiers.length > 0 ? columnsOf(found.range, found.level) : scope.visible
  if (!visible.every(isKnown)) return 'unknown'
  for (const column of visible) resolving.reads.record(column.from)
  return visible
}
