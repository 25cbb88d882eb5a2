/** Views and materialised views: reading, printing, bringing back. */
import type { Catalog, View } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import type { Json, Tree } from '../model/json.ts'
import { display, keyOf, type ObjectKey, parseKey, quoteIdentifier, type RelationName } from '../model/name.ts'
import { identifiers, printStatement } from '../sql/print.ts'
import { child, list, strings, text, walk } from '../sql/tree.ts'
import { recreateFacts, recreateFactsOf } from './create.ts'
import { dropOrder } from './dependents.ts'
import { dropChange } from './drop-change.ts'
import { isRangeVar } from './expressions.ts'
import { withOptions } from './print.ts'
import { printable } from './printable.ts'
import type { Reading } from './reading.ts'
import { notUnderstood, refuse } from './refusal.ts'
import { resolveQuery } from './resolve.ts'
import { readOptions } from './types.ts'

/** The view of that name; refuses with 42P01. */
export const viewOf = (catalog: Catalog, name: RelationName): View => catalog.views.get(name) ?? refuse('42P01', `relation "${display(name)}" does not exist`)

/** True when a query reads a temporary relation: its view is temporary, too. */
export const readsTemporary = (reading: Reading, query: Json | undefined): boolean => {
  let found = false
  walk(query, (node) => {
    if (isRangeVar(node) && reading.isTemporary(node)) found = true
    return !found
  })
  return found
}

const named = (query: readonly string[], aliases: readonly string[]): readonly string[] => {
  if (aliases.length > query.length) refuse('42601', 'CREATE VIEW specifies more column names than columns')
  const columns = query.map((name, at) => aliases[at] ?? name)
  const twice = columns.find((name, at) => columns.indexOf(name) !== at)
  return twice === undefined ? columns : refuse('42701', `column "${twice}" specified more than once`)
}

/** What a view's query is and reads, with the names of its columns. */
const readQuery = (reading: Reading, query: Tree, aliases: readonly string[]): Pick<View, 'query' | 'columns' | 'reads' | 'exact'> => {
  const resolved = resolveQuery(query, reading.catalog, reading.searchPath)
  if (resolved.columns === undefined) return notUnderstood(`the columns of * in the view's query are not known`)
  return { query: printable(resolved.query, 'the query of the view'), columns: named(resolved.columns, aliases), reads: resolved.reads, exact: resolved.exact }
}

const checkOptions: { readonly [option: string]: NonNullable<View['checkOption']> } = {
  LOCAL_CHECK_OPTION: 'local',
  CASCADED_CHECK_OPTION: 'cascaded',
  local: 'local',
  cascaded: 'cascaded',
}

/** A ViewStmt as a view. */
export const readView = (reading: Reading, node: Tree): View => {
  const { check_option: option, ...options } = readOptions(list(node, 'options'))
  const checkOption = checkOptions[text(node, 'withCheckOption') ?? ''] ?? checkOptions[option ?? '']
  return {
    materialized: false,
    ...readQuery(reading, child(node, 'query') ?? {}, strings(list(node, 'aliases'))),
    options,
    ...(checkOption ? { checkOption } : {}),
    withData: true,
    rules: new Map(),
    triggers: new Map(),
  }
}

/** A CreateTableAsStmt as a materialised view. */
export const readMaterializedView = (reading: Reading, node: Tree): View => {
  const into = child(node, 'into') ?? {}
  const accessMethod = text(into, 'accessMethod')
  const tablespace = text(into, 'tableSpaceName')
  return {
    materialized: true,
    ...readQuery(reading, child(node, 'query') ?? {}, strings(list(into, 'colNames'))),
    options: readOptions(list(into, 'options')),
    withData: into.skipData !== true,
    rules: new Map(),
    triggers: new Map(),
    ...(accessMethod ? { accessMethod } : {}),
    ...(tablespace ? { tablespace } : {}),
  }
}

/** `CREATE VIEW name (columns) WITH (options) AS query WITH CHECK OPTION`, or its materialised kin. */
export const printView = (name: RelationName, view: View, replace = false): string => {
  const columns = view.columns.length === 0 ? '' : ` (${identifiers(view.columns)})`
  const query = printStatement(view.query)
  if (!view.materialized) {
    return `CREATE ${replace ? 'OR REPLACE ' : ''}VIEW ${name}${columns}${withOptions(view.options)} AS ${query}${view.checkOption ? ` WITH ${view.checkOption.toUpperCase()} CHECK OPTION` : ''}`
  }
  const method = view.accessMethod ? ` USING ${quoteIdentifier(view.accessMethod)}` : ''
  const tablespace = view.tablespace ? ` TABLESPACE ${quoteIdentifier(view.tablespace)}` : ''
  return `CREATE MATERIALIZED VIEW ${name}${columns}${method}${withOptions(view.options)}${tablespace} AS ${query} WITH ${view.withData ? '' : 'NO '}DATA`
}

/** `VIEW` or `MATERIALIZED VIEW`. */
export const viewWord = (view: View | undefined): string => (view?.materialized ? 'MATERIALIZED VIEW' : 'VIEW')

/** Why CREATE OR REPLACE VIEW cannot lead from one view to the other (42P16 in PostgreSQL); undefined when it can. */
export const notReplaceable = (from: View, to: View): string | undefined => {
  if (to.columns.length < from.columns.length) return 'cannot drop columns from view'
  const at = from.columns.findIndex((name, place) => to.columns[place] !== name)
  return at === -1 ? undefined : `cannot change name of view column "${from.columns[at]}" to "${to.columns[at]}"`
}

/** A view without the parts that are changes of their own. */
export const bareView = (view: View): View => ({ ...view, rules: new Map(), triggers: new Map() })

/** Everything that a DROP VIEW takes, as changes that bring it back. */
export const recreateView = (from: Catalog, name: RelationName): readonly Change[] => {
  const view = viewOf(from, name)
  const indexes = [...from.indexes].filter(([, { relation }]) => relation === name)
  const keys = new Set<ObjectKey>(indexes.map(([index]) => keyOf('index', index)))
  return [
    { kind: 'create-view', name, view: bareView(view) },
    ...indexes.map(([index, value]): Change => ({ kind: 'create-index', name: index, index: value, concurrently: false })),
    ...[...view.triggers].map(([trigger, value]): Change => ({ kind: 'create-trigger', on: name, name: trigger, trigger: value })),
    ...[...view.rules].map(([rule, value]): Change => ({ kind: 'create-rule', on: name, name: rule, rule: value })),
    ...recreateFactsOf(from, keyOf('view', name)),
    ...recreateFacts(from, (key) => keys.has(key)),
  ]
}

/** An object that a drop took, as changes that bring it back. */
const recreate = (from: Catalog, object: ObjectKey): readonly Change[] => {
  const { kind, name } = parseKey(object)
  const view = name as RelationName
  if ((kind === 'view' || kind === 'table') && from.views.has(view)) return recreateView(from, view)
  const routine = kind === 'routine' ? from.routines.get(name) : undefined
  if (routine) return [{ kind: 'create-routine', name, routine }, ...recreateFacts(from, (key) => key === object)]
  return notUnderstood(`${object} depends on a view that is made again`)
}

/** A view made again as `from` has it, and with it the views and routines that depend on it. */
export const rebuildView = (from: Catalog, name: RelationName): readonly Change[] => {
  const order = dropOrder(from, [keyOf('view', name)], true).map(({ object }) => object)
  return [...order.map((object) => dropChange(from, object)), ...[...order].reverse().flatMap((object) => recreate(from, object))]
}
