/** What a call of a function is: its columns in FROM, and whether it is an aggregate. */
import type { Catalog } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { keyOf, member, type ObjectKey, partsOf, qualified } from '../../model/name.ts'
import { child, list, strings, text, unwrap } from '../../sql/tree.ts'
import { argumentCount, parametersOf } from '../parameters.ts'
import { resolveTypeName } from '../types.ts'

/** A column of a range: its name, and the columns of relations that it stands for. */
export type RangeColumn = { readonly name: string; readonly from: readonly ObjectKey[]; readonly type?: string }

/** Named results of `pg_catalog`'s functions (pg_proc of 18.4, without those named `pg_…`). */
const named: { readonly [name: string]: readonly string[] } = {
  aclexplode: ['grantor', 'grantee', 'privilege_type', 'is_grantable'],
  json_array_elements: ['value'],
  json_array_elements_text: ['value'],
  json_each: ['key', 'value'],
  json_each_text: ['key', 'value'],
  jsonb_array_elements: ['value'],
  jsonb_array_elements_text: ['value'],
  jsonb_each: ['key', 'value'],
  jsonb_each_text: ['key', 'value'],
  ts_debug: ['alias', 'description', 'token', 'dictionaries', 'dictionary', 'lexemes'],
  ts_parse: ['tokid', 'token'],
  ts_stat: ['word', 'ndoc', 'nentry'],
  ts_token_type: ['tokid', 'alias', 'description'],
}

/** Functions of `pg_catalog` whose one result column has no name of its own. */
const scalar = new Set(
  'generate_series generate_subscripts json_object_keys jsonb_object_keys jsonb_path_query jsonb_path_query_tz regexp_matches regexp_split_to_table string_to_table now version'.split(
    ' ',
  ),
)

const plain = (names: readonly string[]): readonly RangeColumn[] => names.map((name) => ({ name, from: [] }))

/** The columns of a row type: a table's, a view's or a composite type's. Undefined: no row type. */
const rowType = (catalog: Catalog, schema: string, name: string): readonly RangeColumn[] | undefined => {
  const type = qualified(schema, name)
  const columns = catalog.tables.get(type)?.columns.map((column) => column.name) ?? catalog.views.get(type)?.columns
  if (columns) return columns.map((column) => ({ name: column, from: [keyOf('column', member(type, column))] }))
  const composite = catalog.types.get(type)
  return composite?.kind === 'composite' ? plain(composite.attributes.map((attribute) => attribute.name)) : undefined
}

const outputs = ['FUNC_PARAM_OUT', 'FUNC_PARAM_INOUT', 'FUNC_PARAM_TABLE']

/** True when a routine can be called with so many arguments. */
const takes = (definition: Tree, count: number): boolean => {
  const { least, most } = argumentCount(definition)
  return least <= count && count <= most
}

/** The columns that one routine answers; `own` names a lone unnamed one. Undefined: they cannot be told. */
const ofRoutine = (catalog: Catalog, definition: Tree, own: string): readonly RangeColumn[] | undefined => {
  const out = parametersOf(definition).filter(({ mode }) => outputs.includes(String(mode)))
  if (out.length > 0) return plain(out.map((parameter, at) => text(parameter, 'name') ?? (out.length === 1 ? own : `column${at + 1}`)))
  const [schema, name] = strings(list(child(definition, 'returnType'), 'names'))
  if (schema === undefined || (name === undefined && schema === 'record')) return undefined
  if (name === undefined) return plain([own])
  if (name === 'record' || name.startsWith('any')) return undefined
  const isArray = list(child(definition, 'returnType'), 'arrayBounds').length > 0
  return (isArray ? undefined : rowType(catalog, schema, name)) ?? plain([own])
}

/** A catalog's routines of that name, in the given schema or the first of the search path that has some. */
const routinesNamed = (catalog: Catalog, names: readonly string[], searchPath: readonly string[]): readonly Tree[] => {
  const schemas = names.length > 1 ? [names.at(-2) ?? ''] : searchPath
  for (const schema of schemas) {
    const start = `${qualified(schema, names.at(-1) ?? '')}(`
    const found = [...catalog.routines].filter(([key]) => key.startsWith(start)).map(([, { definition }]) => child(definition, 'CreateFunctionStmt') ?? {})
    if (found.length > 0) return found
  }
  return []
}

const definedColumns = (nodes: readonly Tree[], catalog: Catalog, searchPath: readonly string[]): readonly RangeColumn[] =>
  nodes.map((node) => {
    const definition = child(node, 'ColumnDef')
    const { schema, name } = resolveTypeName(strings(list(child(definition, 'typeName'), 'names')), catalog, searchPath)
    return { name: text(definition, 'colname') ?? '', from: [], type: `${schema}.${name}` }
  })

/** One function's columns. `own`: the name of a lone unnamed column. */
const ofCall = (call: Tree, own: string | undefined, catalog: Catalog, searchPath: readonly string[]): readonly RangeColumn[] | undefined => {
  const [node, content] = unwrap(call)
  if (node !== 'FuncCall') return own === undefined ? undefined : plain([own])
  const names = strings(list(content, 'funcname'))
  const name = names.at(-1) ?? ''
  const routines = routinesNamed(catalog, names, searchPath).filter((definition) => takes(definition, list(content, 'args').length))
  if (routines.length === 1) return ofRoutine(catalog, routines[0] ?? {}, own ?? name)
  if (routines.length > 1) return undefined
  const known = named[name]
  if (known) return plain(known)
  if (name === 'unnest' && list(content, 'args').length > 1) return plain(list(content, 'args').map(() => 'unnest'))
  return scalar.has(name) || name === 'unnest' ? plain([own ?? name]) : undefined
}

/** The columns of a RangeFunction before its alias renames them; undefined where they cannot be told. */
export const functionColumns = (range: Tree, catalog: Catalog, searchPath: readonly string[]): readonly RangeColumn[] | undefined => {
  const calls = list(range, 'functions').map((entry) => list(child(entry, 'List'), 'items'))
  const alias = calls.length === 1 ? text(child(range, 'alias'), 'aliasname') : undefined
  const defined = list(range, 'coldeflist')
  const columns = calls.map(([call, own]) => {
    const list1 = list(child(own, 'List'), 'items')
    if (list1.length > 0) return definedColumns(list1, catalog, searchPath)
    return defined.length > 0 ? definedColumns(defined, catalog, searchPath) : ofCall(call ?? {}, alias, catalog, searchPath)
  })
  if (columns.some((own) => own === undefined)) return undefined
  return [...columns.flatMap((own) => own ?? []), ...(range.ordinality === true ? plain(['ordinality']) : [])]
}

/** The columns of `(f(x)).*`. */
export const resultColumns = (call: Tree, catalog: Catalog, searchPath: readonly string[]): readonly string[] | undefined =>
  ofCall(call, undefined, catalog, searchPath)?.map(({ name }) => name)

/** Aggregates of `pg_catalog` (pg_proc of 18.4). */
const aggregates = new Set(
  `any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp every json_agg json_agg_strict json_object_agg json_object_agg_strict
  json_object_agg_unique json_object_agg_unique_strict jsonb_agg jsonb_agg_strict jsonb_object_agg jsonb_object_agg_strict jsonb_object_agg_unique jsonb_object_agg_unique_strict max min mode
  percentile_cont percentile_disc range_agg range_intersect_agg regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp
  string_agg sum var_pop var_samp variance xmlagg`.split(/\s+/),
)

/** True for a call of an aggregate that is no window function. */
export const isAggregate = (call: Tree | undefined, catalog: Catalog): boolean => {
  if (!call || call.over) return false
  if (call.agg_within_group || call.agg_star || call.agg_filter || call.agg_order || call.agg_distinct) return true
  const name = strings(list(call, 'funcname')).at(-1) ?? ''
  return aggregates.has(name) || [...catalog.routines].some(([key, { kind }]) => kind === 'aggregate' && partsOf(key)[1] === name)
}
