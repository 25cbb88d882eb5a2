/** What an operand of a comparison looks at: a column, its length, the number of its elements, a value inside of its JSON. */
import { referencedColumn } from '../changes/expressions.ts'
import type { Tree } from '../model/json.ts'
import { child, list, strings, text } from '../sql/tree.ts'
import { constantText, uncast } from './constant.ts'
import type { Demand } from './demand.ts'

export type Target = {
  readonly column: string
  /** Keys on the way into a JSON document. */
  readonly path: readonly string[]
  readonly of: 'value' | 'length' | 'count' | 'json type'
  /** The text is compared after it was made lower or upper case. */
  readonly folded?: 'lower' | 'upper'
  /** It is cast to a number before it is compared: a text must read as one. */
  readonly number?: true
}

const numberTypes = new Set('int int2 int4 int8 integer bigint smallint numeric decimal real float4 float8'.split(' '))

/** True for `value::int` and its like. */
export const isNumberCast = (node: Tree): boolean => numberTypes.has(strings(list(child(child(node, 'TypeCast'), 'typeName'), 'names')).at(-1) ?? '')

/** The name and arguments of a call. */
export const callOf = (node: Tree): { readonly name: string; readonly args: readonly Tree[] } | undefined => {
  const call = child(node, 'FuncCall')
  return call ? { name: strings(list(call, 'funcname')).at(-1) ?? '', args: list(call, 'args') } : undefined
}

/** The operator's name, without its schema. */
export const operatorOf = (expression: Tree): string => strings(list(expression, 'name')).at(-1) ?? ''

const measures: Readonly<Record<string, Target['of']>> = {
  length: 'length',
  char_length: 'length',
  character_length: 'length',
  octet_length: 'length',
  cardinality: 'count',
  array_length: 'count',
  jsonb_array_length: 'count',
  json_array_length: 'count',
  jsonb_typeof: 'json type',
  json_typeof: 'json type',
}

/** Functions that leave a tidy text as it is. */
const tidy = new Set(['trim', 'btrim', 'ltrim', 'rtrim', 'abs', 'normalize', 'array_remove'])

const ofCall = (node: Tree): Target | undefined => {
  const call = callOf(node)
  const inner = call?.args[0] ? targetOf(call.args[0]) : undefined
  if (!call || !inner || inner.of !== 'value') return undefined
  const measure = measures[call.name]
  if (measure) return { ...inner, of: measure }
  if (call.name === 'lower' || call.name === 'upper') return { ...inner, folded: call.name }
  return tidy.has(call.name) ? inner : undefined
}

const ofKey = (node: Tree): Target | undefined => {
  const expression = child(node, 'A_Expr')
  const key = constantText(child(expression, 'rexpr'))
  const from = child(expression, 'lexpr')
  if (!expression || !from || key === undefined || !['->', '->>'].includes(operatorOf(expression))) return undefined
  const inner = targetOf(from)
  return inner?.of === 'value' ? { ...inner, path: [...inner.path, key] } : undefined
}

/** Undefined for what is not understood, a constant too. */
export const targetOf = (written: Tree): Target | undefined => {
  const target = ofUncast(uncast(written))
  return target && isNumberCast(written) ? { ...target, number: true } : target
}

const ofUncast = (node: Tree): Target | undefined => {
  const column = referencedColumn(node)
  if (column !== undefined) return { column, path: [], of: 'value' }
  const either = child(node, 'CoalesceExpr')
  const first = list(either, 'args')[0]
  if (first && text(either, 'coalescetype') === undefined) return targetOf(first)
  return ofKey(node) ?? ofCall(node)
}

/** A demand on what is under a path of keys, as a demand on the whole document. */
export const under = (path: readonly string[], demand: Demand): Demand =>
  path.reduceRight<Demand>((inner, key) => ({ json: 'object', keys: new Map([[key, inner]]) }), demand)
