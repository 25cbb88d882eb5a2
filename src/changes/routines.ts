/** Functions, procedures and aggregates: reading, printing, what CREATE OR REPLACE and ALTER may change. */
import type { Catalog, Routine } from '../model/catalog.ts'
import type { Json, Tree } from '../model/json.ts'
import { display, leadingName, localName, partsOf, type QualifiedName, schemaOf } from '../model/name.ts'
import { printStatement } from '../sql/print.ts'
import { child, flag, list, mapTree, stringNode, strings, text } from '../sql/tree.ts'
import { isTypeName } from './expressions.ts'
import { printable } from './printable.ts'
import type { Reading } from './reading.ts'
import { notUnderstood, refuse } from './refusal.ts'
import { resolveBody } from './resolve.ts'
import { printType, typeNode } from './types.ts'

/** The content of a routine's CREATE tree. */
export const statementOf = ({ definition }: Routine): Tree => child(definition, 'CreateFunctionStmt') ?? child(definition, 'DefineStmt') ?? definition

const outputModes = ['FUNC_PARAM_OUT', 'FUNC_PARAM_TABLE']
const resultModes = [...outputModes, 'FUNC_PARAM_INOUT']

const parametersOf = (nodes: readonly Tree[]): readonly Tree[] => nodes.map((node) => child(node, 'FunctionParameter') ?? {})
const modeOf = (parameter: Tree): string => text(parameter, 'mode') ?? ''

/** The parameters of a CREATE FUNCTION, PROCEDURE or AGGREGATE statement's content. */
const allParameters = (statement: Tree): readonly Tree[] =>
  parametersOf(statement.kind === 'OBJECT_AGGREGATE' ? list(child(list(statement, 'args')[0], 'List'), 'items') : list(statement, 'parameters'))

const inputs = (statement: Tree): readonly Tree[] => allParameters(statement).filter((parameter) => !outputModes.includes(modeOf(parameter)))

/** Types in a qualified tree say their schema, so no catalog is needed. */
const typeText = (typeName: Tree | undefined): string => {
  const names = strings(list(typeName, 'names'))
  const [schema, name] = names.length > 1 ? names.slice(-2) : [undefined, names[0]]
  return printType({ ...(schema === undefined ? {} : { schema }), name: name ?? '', typmods: [], array: list(typeName, 'arrayBounds').length > 0 })
}

/** A routine's name with its argument types: what a catalog knows it by. */
const keyed = (name: QualifiedName, statement: Tree): string =>
  `${name}(${inputs(statement)
    .map((parameter) => typeText(child(parameter, 'argType')))
    .join(', ')})`

/** `t.c%TYPE` is settled when the routine is made. */
const settleTypes = <T extends Json>(reading: Reading, tree: T): T =>
  mapTree(tree, (node) => {
    if (!isTypeName(node) || !flag(node, 'pct_type')) return node
    const parts = strings(list(node, 'names'))
    const range = { relname: parts.at(-2) ?? '', ...(parts.length > 2 ? { schemaname: parts.at(-3) ?? '' } : {}) }
    const table = reading.catalog.tables.get(reading.relation(range))
    const column = table?.columns.find(({ name }) => name === parts.at(-1))
    if (!column) return notUnderstood(`the type of ${parts.join('.')} is not known`)
    return { ...typeNode({ ...column.type, typmods: [] }), ...(flag(node, 'setof') ? { setof: true } : {}) }
  })

const routineFunctions = new Set(['sfunc', 'finalfunc', 'combinefunc', 'serialfunc', 'deserialfunc', 'msfunc', 'minvfunc', 'mfinalfunc'])

/** The support functions of an aggregate, which are written as types are. */
const settleSupport = (reading: Reading, element: Tree): Tree => {
  const option = child(element, 'DefElem') ?? {}
  const named = child(child(option, 'arg'), 'TypeName')
  const parts = strings(list(named, 'names'))
  if (!named || !routineFunctions.has(text(option, 'defname') ?? '') || parts.length !== 1) return element
  const name = reading.find(parts, (candidate) => [...reading.catalog.routines.keys()].some((key) => key.startsWith(`${candidate}(`)))
  const names = name === undefined ? parts : [schemaOf(name), localName(name)]
  return { DefElem: { ...option, arg: { TypeName: { ...named, names: names.map(stringNode) } } } }
}

/** A body that PostgreSQL keeps parsed: BEGIN ATOMIC … END, or RETURN. */
const settleBody = (reading: Reading, statement: Tree, name: string): Tree => {
  const body = child(statement, 'sql_body')
  if (!body) return statement
  const parameters = allParameters(statement).flatMap((parameter) => text(parameter, 'name') ?? [])
  const settle = (item: Tree): Tree => resolveBody(item, name, parameters, reading.catalog, reading.searchPath).tree
  const outer = child(body, 'List')
  if (!outer) return { ...statement, sql_body: settle(body) }
  const items = list(outer, 'items').map((group) => {
    const inner = child(group, 'List')
    return inner ? { List: { ...inner, items: list(inner, 'items').map(settle) } } : settle(group)
  })
  return { ...statement, sql_body: { List: { ...outer, items } } }
}

const refuseCurrent = (statement: Tree): void => {
  for (const option of list(statement, 'options')) {
    if (text(child(child(child(option, 'DefElem'), 'arg'), 'VariableSetStmt'), 'kind') === 'VAR_SET_CURRENT')
      notUnderstood('SET … FROM CURRENT takes a setting of the session')
  }
}

/** A CreateFunctionStmt as a routine, under its key. */
export const readRoutine = (reading: Reading, node: Tree): { readonly name: string; readonly routine: Routine } => {
  refuseCurrent(node)
  const name = reading.newName(strings(list(node, 'funcname')))
  const { replace: _replace, ...settled } = settleBody(reading, reading.expression(settleTypes(reading, node)), localName(name))
  const statement = { ...settled, funcname: partsOf(name).map(stringNode) }
  const definition = printable({ CreateFunctionStmt: statement }, 'the routine')
  return { name: keyed(name, statement), routine: { kind: flag(node, 'is_procedure') ? 'procedure' : 'function', definition } }
}

/** CREATE AGGREGATE as a routine, under its key. */
export const readAggregate = (reading: Reading, node: Tree): { readonly name: string; readonly routine: Routine } => {
  if (flag(node, 'oldstyle')) notUnderstood('CREATE AGGREGATE with BASETYPE')
  const name = reading.newName(strings(list(node, 'defnames')))
  const { replace: _replace, ...settled } = reading.expression(node)
  const statement: Tree = {
    ...settled,
    definition: reading.expression(list(node, 'definition').map((element) => settleSupport(reading, element))),
    defnames: partsOf(name).map(stringNode),
  }
  return { name: keyed(name, statement), routine: { kind: 'aggregate', definition: printable({ DefineStmt: statement }, 'the aggregate') } }
}

/** `CREATE [OR REPLACE] FUNCTION …` */
export const printRoutine = ({ definition }: Routine, replace = false): string => {
  if (!replace) return printStatement(definition)
  const node = 'DefineStmt' in definition ? 'DefineStmt' : 'CreateFunctionStmt'
  return printStatement({ [node]: { ...(child(definition, node) ?? {}), replace: true } })
}

const words = { function: 'FUNCTION', procedure: 'PROCEDURE', aggregate: 'AGGREGATE' } as const

/** Argument types of ordered-set aggregates stand on both sides of ORDER BY. */
const printArguments = (name: string, routine: Routine | undefined): string => {
  if (routine?.kind !== 'aggregate') return name
  const statement = statementOf(routine)
  const direct = Number(child(list(statement, 'args')[1], 'Integer')?.ival ?? 0)
  const types = inputs(statement).map((parameter) => typeText(child(parameter, 'argType')))
  const start = leadingName(name)
  if (types.length === 0) return `${start}(*)`
  return direct < 0 ? name : `${start}(${types.slice(0, direct).join(', ')} ORDER BY ${types.slice(direct).join(', ')})`
}

/** `FUNCTION "public"."f"("pg_catalog"."int4")` */
export const printReference = (name: string, routine: Routine | undefined): string => `${words[routine?.kind ?? 'function']} ${printArguments(name, routine)}`

/** The routine of that key; refuses with 42883. */
export const routineOf = (catalog: Catalog, name: string): Routine => catalog.routines.get(name) ?? refuse('42883', `${displayRoutine(name)} does not exist`)

/** A routine's key as a person reads it: `slugify(text)`. */
export const displayRoutine = (name: string): string => {
  const own = leadingName(name)
  const types = name
    .slice(own.length + 1, -1)
    .replaceAll('"pg_catalog".', '')
    .replaceAll('"', '')
  return `${display(own)}(${types})`
}

const sameName = (a: Tree, b: Tree): boolean => text(a, 'name') === text(b, 'name')

const resultOf = (routine: Routine): string => {
  const statement = statementOf(routine)
  const out = allParameters(statement).filter((parameter) => resultModes.includes(modeOf(parameter)))
  const row = out.length > 1 ? out.map((parameter) => `${text(parameter, 'name') ?? ''} ${typeText(child(parameter, 'argType'))}`) : []
  const returned = child(statement, 'returnType')
  const type = out.length === 1 && !returned ? typeText(child(out[0], 'argType')) : out.length > 1 ? 'record' : typeText(returned)
  return [type, String(flag(returned, 'setof')), ...row].join(', ')
}

/** What CREATE OR REPLACE refuses whatever the order: another kind or result. SQLSTATE and message, or undefined. */
export const otherResult = (from: Routine, to: Routine): readonly [string, string] | undefined => {
  if (from.kind !== to.kind) return ['42809', 'cannot change routine kind']
  return from.kind !== 'aggregate' && resultOf(from) !== resultOf(to) ? ['42P13', 'cannot change return type of existing function'] : undefined
}

/** What CREATE OR REPLACE refuses of parameters: other names, fewer defaults. SQLSTATE and message, or undefined. */
export const otherParameters = (from: Routine, to: Routine): readonly [string, string] | undefined => {
  const [old, next] = [inputs(statementOf(from)), inputs(statementOf(to))]
  const renamed = old.find((parameter, at) => text(parameter, 'name') !== undefined && !sameName(parameter, next[at] ?? {}))
  if (renamed) return ['42P13', `cannot change name of input parameter "${text(renamed, 'name')}"`]
  const defaults = (parameters: readonly Tree[]): number => parameters.filter(({ defexpr }) => defexpr !== undefined).length
  return defaults(next) < defaults(old) ? ['42P13', 'cannot remove parameter defaults from existing function'] : undefined
}

const optionName = (option: Tree): string => {
  const set = child(child(option, 'arg'), 'VariableSetStmt')
  return set ? `set ${text(set, 'name') ?? ''}` : (text(option, 'defname') ?? '')
}

const altered = (options: readonly Tree[], action: Tree): readonly Tree[] => {
  const option = child(action, 'DefElem') ?? {}
  const set = child(child(option, 'arg'), 'VariableSetStmt')
  const kind = text(set, 'kind')
  if (kind === 'VAR_RESET_ALL') return options.filter((item) => !child(child(child(item, 'DefElem'), 'arg'), 'VariableSetStmt'))
  const name = optionName(option)
  const at = options.findIndex((item) => optionName(child(item, 'DefElem') ?? {}) === name)
  if (kind === 'VAR_RESET' || kind === 'VAR_SET_DEFAULT') return options.filter((_, place) => place !== at)
  return at === -1 ? [...options, action] : options.map((item, place) => (place === at ? action : item))
}

/** The routine after ALTER FUNCTION's actions: volatility, cost, settings … */
export const alterRoutine = (reading: Reading, routine: Routine, actions: readonly Tree[]): Routine => {
  const statement = child(routine.definition, 'CreateFunctionStmt')
  if (!statement) return notUnderstood('ALTER of an aggregate')
  refuseCurrent({ options: actions })
  const options = reading.expression(actions).reduce(altered, list(statement, 'options'))
  return { ...routine, definition: { CreateFunctionStmt: { ...statement, options } } }
}
