/** Conditions of DO blocks, answered from the catalog in memory: yes, no, or unknown. */
import type { Catalog } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { displayIdentifier, localName, partsOf, type QualifiedName, quoteIdentifier, schemaOf } from '../model/name.ts'
import { quoteLiteral } from '../sql/print.ts'
import { child, flag, list, strings, stringValue, text, unwrap } from '../sql/tree.ts'
import { splitName } from './columns.ts'
import { relationKind } from './names.ts'
import type { Reading } from './reading.ts'
import { refuse } from './refusal.ts'
import { namespaceOid, present, type Row, relationOid, systemTable, typeOid, unknown, type Value } from './system-tables.ts'
import { isUserType, resolveTypeName } from './types.ts'

export type Answer = 'yes' | 'no' | 'unknown'

/** Variables whose value is known. */
export type Variables = ReadonlyMap<string, Value>

type Range = { readonly alias: string; readonly rows: readonly Row[]; readonly columns: ReadonlySet<string> }
/** What a column reference may mean: the current rows (undefined: not yet chosen), innermost scope first. */
type Scope = { readonly ranges: readonly Range[]; readonly rows: readonly (Row | undefined)[]; readonly outer?: Scope }
type Context = { readonly reading: Reading; readonly variables: Variables; readonly scope: Scope | undefined }

const isUnknown = (value: Value): boolean => value === unknown
const truth = (value: Value): Value =>
  value === 't' || value === 'true' || value === 'on'
    ? true
    : value === 'f' || value === 'false' || value === 'off'
      ? false
      : value === present
        ? unknown
        : value

const and = (values: readonly Value[]): Value => (values.includes(false) ? false : values.some(isUnknown) ? unknown : values.includes(null) ? null : true)
const or = (values: readonly Value[]): Value => (values.includes(true) ? true : values.some(isUnknown) ? unknown : values.includes(null) ? null : false)
const not = (value: Value): Value => (typeof value === 'boolean' ? !value : value)

const equals = (left: Value, right: Value): Value => {
  if (left === null || right === null) return null
  if (typeof left === 'symbol' || typeof right === 'symbol') return unknown
  if (typeof left === 'boolean' || typeof right === 'boolean') return truth(left) === truth(right)
  return String(left) === String(right)
}

const ordered = (left: Value, right: Value, holds: (order: number) => boolean): Value => {
  if (left === null || right === null) return null
  if (typeof left === 'symbol' || typeof right === 'symbol') return unknown
  const [a, b] = [Number(left), Number(right)]
  return Number.isNaN(a) || Number.isNaN(b) ? unknown : holds(a - b)
}

const likePattern = (pattern: string, insensitive: boolean): RegExp => {
  const source = [...pattern.matchAll(/\\(.)|([%_])|([\s\S])/g)]
    .map(([, escaped, wild, plain]) =>
      wild === '%' ? '[\\s\\S]*' : wild === '_' ? '[\\s\\S]' : (escaped ?? plain ?? '').replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
    )
    .join('')
  return new RegExp(`^${source}$`, insensitive ? 'iu' : 'u')
}

/**
 * LIKE. An index definition is our own text, not PostgreSQL's: there the answer is sure only for a pattern that asks for one word.
 */
const like = (value: Value, pattern: Value, insensitive: boolean, ours: boolean): Value => {
  if (value === null || pattern === null) return null
  if (typeof value === 'symbol' || typeof pattern === 'symbol') return unknown
  if (ours && !/^%\w+%$/.test(String(pattern))) return unknown
  return likePattern(String(pattern), insensitive).test(String(value))
}

const operate = (operator: string, left: Value, right: Value): Value => {
  switch (operator) {
    case '=':
      return equals(left, right)
    case '<>':
    case '!=':
      return not(equals(left, right))
    case '<':
      return ordered(left, right, (order) => order < 0)
    case '<=':
      return ordered(left, right, (order) => order <= 0)
    case '>':
      return ordered(left, right, (order) => order > 0)
    case '>=':
      return ordered(left, right, (order) => order >= 0)
    case '||':
      return typeof left === 'symbol' || typeof right === 'symbol' ? unknown : left === null || right === null ? null : `${left}${right}`
    default:
      return unknown
  }
}

/** A text as `regclass` reads it. Refuses with 42P01 what is not there; a name in a system schema is unknown. */
const relationNamed = (context: Context, name: string): Value => {
  const parts = splitName(name)
  if (parts.length > 1 && ['pg_catalog', 'information_schema'].includes(parts[0] ?? '')) return unknown
  const found = context.reading.find(parts, (candidate) => relationKind(context.reading.catalog, candidate) !== undefined)
  return found === undefined ? null : relationOid(found)
}

const typeNamed = (context: Context, name: string): Value => {
  const { catalog, searchPath } = context.reading
  const parts = splitName(name.replace(/\(.*\)|\[\]$/g, ''))
  const { schema, name: local } = resolveTypeName(parts, catalog, searchPath)
  if (schema === 'pg_catalog') return typeOid(`"pg_catalog".${quoteIdentifier(local)}`)
  const found = context.reading.find(parts, (candidate) => isUserType(catalog, candidate))
  if (found !== undefined) return typeOid(found)
  return catalog.extensions.size > 0 ? unknown : null
}

const namespaceNamed = (catalog: Catalog, name: string): Value =>
  catalog.schemas.has(name) || ['pg_catalog', 'information_schema', 'pg_toast'].includes(name) ? namespaceOid(name) : null

/** An object identifier as text: a name that the search path shows is bare. */
const identifierText = (context: Context, oid: string): Value => {
  const name = oid.slice(oid.indexOf('"'))
  if (oid.startsWith('namespace ')) return displayIdentifier(partsOf(name)[0] ?? '')
  const schema = schemaOf(name as QualifiedName)
  const local = displayIdentifier(localName(name as QualifiedName))
  return context.reading.searchPath.includes(schema) ? local : `${displayIdentifier(schema)}.${local}`
}

const isIdentifier = (value: Value): value is string => typeof value === 'string' && /^(relation|type|namespace) "/.test(value)

const registered: Readonly<Record<string, (context: Context, name: string) => Value>> = {
  regclass: relationNamed,
  regtype: typeNamed,
  regnamespace: (context, name) => namespaceNamed(context.reading.catalog, splitName(name)[0] ?? ''),
}

const cast = (context: Context, value: Value, typeName: Tree | undefined): Value => {
  const type = strings(list(typeName, 'names')).at(-1) ?? ''
  if (typeof value === 'symbol' || value === null) return value
  const find = registered[type]
  if (find) {
    if (isIdentifier(value)) return value
    const found = find(context, String(value))
    return found === null
      ? refuse(
          type === 'regclass' ? '42P01' : type === 'regtype' ? '42704' : '3F000',
          `${type === 'regclass' ? 'relation' : type === 'regtype' ? 'type' : 'schema'} "${value}" does not exist`,
        )
      : found
  }
  if (['text', 'varchar', 'name', 'bpchar'].includes(type)) return isIdentifier(value) ? identifierText(context, value) : String(value)
  if (type === 'bool') return truth(value)
  return ['oid', 'int4', 'int8', 'int2', 'char'].includes(type) ? value : unknown
}

/** `format()`: %I, %L, %s, %%, with positions. */
const format = (pattern: string, values: readonly Value[]): Value => {
  let next = 0
  let known = true
  const formatted = pattern.replaceAll(/%(?:(\d+)\$)?([ILs%])/g, (_match, position: string | undefined, letter: string) => {
    if (letter === '%') return '%'
    const value = values[position === undefined ? next++ : Number(position) - 1]
    if (value === undefined || typeof value === 'symbol') {
      known = false
      return ''
    }
    if (letter === 'L') return value === null ? 'NULL' : quoteLiteral(String(value))
    return letter === 'I' ? displayIdentifier(String(value)) : String(value ?? '')
  })
  return known ? formatted : unknown
}

const ofText = (value: Value | undefined, change: (given: string) => Value): Value =>
  value === undefined ? unknown : typeof value === 'symbol' || value === null ? value : change(String(value))

const called = (context: Context, name: string, args: readonly Value[]): Value => {
  const [first] = args
  switch (name) {
    case 'to_regclass':
      return ofText(first, (value) => relationNamed(context, value))
    case 'to_regtype':
      return ofText(first, (value) => typeNamed(context, value))
    case 'to_regnamespace':
      return ofText(first, (value) => namespaceNamed(context.reading.catalog, splitName(value)[0] ?? ''))
    case 'current_schema':
      return context.reading.searchPath.find((schema) => context.reading.catalog.schemas.has(schema)) ?? null
    case 'lower':
      return ofText(first, (value) => value.toLowerCase())
    case 'upper':
      return ofText(first, (value) => value.toUpperCase())
    case 'quote_ident':
      return ofText(first, displayIdentifier)
    case 'quote_literal':
      return ofText(first, quoteLiteral)
    case 'concat':
      return args.some((value) => typeof value === 'symbol') ? unknown : args.map((value) => value ?? '').join('')
    case 'format':
      return ofText(first, (pattern) => format(pattern, args.slice(1)))
    case 'pg_get_constraintdef':
    case 'pg_get_expr':
    case 'pg_get_indexdef':
    case 'pg_get_viewdef':
    case 'pg_get_functiondef':
      return first === null ? null : present
    default:
      return unknown
  }
}

/** The range of a scope that a column reference means, -1 when it is none of them. */
const rangeOf = (scope: Scope | undefined, fields: readonly string[]): number => {
  const column = fields.at(-1) ?? ''
  const qualifier = fields.length > 1 ? fields.at(-2) : undefined
  return scope?.ranges.findIndex(({ alias, columns }) => (qualifier === undefined ? columns.has(column) : alias === qualifier)) ?? -1
}

const columnValue = (context: Context, fields: readonly string[]): Value => {
  const column = fields.at(-1) ?? ''
  for (let scope = context.scope; scope; scope = scope.outer) {
    const at = rangeOf(scope, fields)
    if (at === -1) continue
    const row = scope.rows[at]
    return row === undefined ? unknown : (row[column] ?? (column in row ? null : unknown))
  }
  const variable = fields.length > 1 ? undefined : context.variables.get(column)
  return variable === undefined ? unknown : variable
}

const constant = (node: Tree): Value => {
  if (flag(node, 'isnull')) return null
  const sval = child(node, 'sval')
  if (sval) return text(sval, 'sval') ?? ''
  const ival = child(node, 'ival')
  if (ival) return Number(ival.ival ?? 0)
  const boolval = child(node, 'boolval')
  if (boolval) return flag(boolval, 'boolval')
  const fval = child(node, 'fval')
  return fval ? Number(text(fval, 'fval') ?? '0') : unknown
}

const isIndexDefinition = (node: Tree | undefined): boolean => strings(list(child(node, 'ColumnRef'), 'fields')).at(-1) === 'indexdef'

const items = (node: Tree | undefined): readonly Tree[] => list(child(node, 'List'), 'items')

/** IS NOT DISTINCT FROM where one side is NULL. */
const sameNull = (a: Value, b: Value): Value => (a === unknown || b === unknown ? unknown : a === b)

/** The elements of `ARRAY[…]` or `'{a,b}'`. */
const elements = (context: Context, node: Tree | undefined): readonly Value[] => {
  if (!node) return [unknown]
  const array = child(node, 'A_ArrayExpr')
  if (array) return list(array, 'elements').map((element) => evaluate(context, element))
  const inner = child(child(node, 'TypeCast'), 'arg')
  if (inner) return elements(context, inner)
  const value = evaluate(context, node)
  return typeof value === 'string' && /^\{[^"\\{}]*\}$/.test(value)
    ? value
        .slice(1, -1)
        .split(',')
        .map((part) => part.trim())
    : [unknown]
}

const operation = (context: Context, node: Tree): Value => {
  const operator = strings(list(node, 'name')).at(-1) ?? ''
  const left = child(node, 'lexpr')
  const right = child(node, 'rexpr')
  const value = (tree: Tree | undefined): Value => (tree ? evaluate(context, tree) : unknown)
  switch (text(node, 'kind')) {
    case 'AEXPR_OP': {
      const rows = [left, right].map((side) => list(child(side, 'RowExpr'), 'args'))
      if (operator === '=' && rows[0]?.length && rows[0].length === rows[1]?.length)
        return and(rows[0].map((side, at) => equals(value(side), value(rows[1]?.[at]))))
      return operate(operator, value(left), value(right))
    }
    case 'AEXPR_IN': {
      const any = or(items(right).map((item) => equals(value(left), value(item))))
      return operator === '<>' ? not(any) : any
    }
    case 'AEXPR_OP_ANY':
      return or(elements(context, right).map((element) => operate(operator, value(left), element)))
    case 'AEXPR_OP_ALL':
      return and(elements(context, right).map((element) => operate(operator, value(left), element)))
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE': {
      const matches = like(value(left), value(right), text(node, 'kind') === 'AEXPR_ILIKE', isIndexDefinition(left))
      return operator.startsWith('!') ? not(matches) : matches
    }
    case 'AEXPR_DISTINCT':
    case 'AEXPR_NOT_DISTINCT': {
      const a: Value = value(left)
      const b: Value = value(right)
      const same = a === null || b === null ? sameNull(a, b) : equals(a, b)
      return text(node, 'kind') === 'AEXPR_DISTINCT' ? not(same) : same
    }
    default:
      return unknown
  }
}

const subLink = (context: Context, node: Tree): Value => {
  const select = child(child(node, 'subselect'), 'SelectStmt')
  if (!select) return unknown
  switch (text(node, 'subLinkType')) {
    case 'EXISTS_SUBLINK':
      return exists(context, select)
    case 'EXPR_SUBLINK': {
      const found = selectValues(context, select)
      return found === undefined || found.length > 1 ? unknown : (found[0] ?? null)
    }
    case 'ANY_SUBLINK': {
      const operator = strings(list(node, 'operName')).at(-1) ?? '='
      const tested = child(node, 'testexpr')
      const found = selectValues(context, select)
      if (!tested || found === undefined) return unknown
      const value = evaluate(context, tested)
      return or(found.map((candidate) => operate(operator, value, candidate)))
    }
    default:
      return unknown
  }
}

/** An expression's value. */
const evaluate = (context: Context, tree: Tree): Value => {
  const [name, node] = unwrap(tree)
  const each = (key: string): readonly Value[] => list(node, key).map((item) => truth(evaluate(context, item)))
  switch (name) {
    case 'A_Const':
      return constant(node)
    case 'ColumnRef':
      return columnValue(
        context,
        list(node, 'fields').map((field) => stringValue(field) ?? '*'),
      )
    case 'TypeCast':
      return cast(context, evaluate(context, child(node, 'arg') ?? {}), child(node, 'typeName'))
    case 'A_Expr':
      return operation(context, node)
    case 'BoolExpr':
      return text(node, 'boolop') === 'AND_EXPR' ? and(each('args')) : text(node, 'boolop') === 'OR_EXPR' ? or(each('args')) : not(each('args')[0] ?? unknown)
    case 'NullTest': {
      const value = evaluate(context, child(node, 'arg') ?? {})
      const isNull: Value = isUnknown(value) ? unknown : value === null
      return text(node, 'nulltesttype') === 'IS_NOT_NULL' ? not(isNull) : isNull
    }
    case 'BooleanTest': {
      const value = truth(evaluate(context, child(node, 'arg') ?? {}))
      const test = text(node, 'booltesttype') ?? ''
      if (isUnknown(value)) return unknown
      const holds = test.endsWith('TRUE') ? value === true : test.endsWith('FALSE') ? value === false : value === null
      return test.startsWith('IS_NOT') ? !holds : holds
    }
    case 'SubLink':
      return subLink(context, node)
    case 'CoalesceExpr': {
      const values = list(node, 'args').map((item) => evaluate(context, item))
      const first = values.find((value) => value !== null)
      return first === undefined ? null : first
    }
    case 'SQLValueFunction':
      return text(node, 'op') === 'SVFOP_CURRENT_SCHEMA' ? called(context, 'current_schema', []) : unknown
    case 'FuncCall':
      return called(
        context,
        strings(list(node, 'funcname')).at(-1) ?? '',
        list(node, 'args').map((item) => evaluate(context, item)),
      )
    default:
      return unknown
  }
}

type Source = { readonly ranges: readonly Range[]; readonly conditions: readonly Tree[] }

const columnsOfRows = new WeakMap<readonly Row[], ReadonlySet<string>>()

const columnsOf = (rows: readonly Row[], schema: string | undefined, name: string): ReadonlySet<string> => {
  const known = columnsOfRows.get(rows)
  if (known) return known
  const columns = new Set<string>(rows.length > 0 ? [] : [`${schema}.${name}`])
  for (const row of rows) for (const column in row) columns.add(column)
  columnsOfRows.set(rows, columns)
  return columns
}

/** The system tables of one FROM item with their join conditions; undefined when it is anything else: then rows decide. */
const source = (catalog: Catalog, tree: Tree): Source | undefined => {
  const range = child(tree, 'RangeVar')
  if (range) {
    const name = text(range, 'relname') ?? ''
    const rows = systemTable(catalog, text(range, 'schemaname'), name)
    if (!rows) return undefined
    return {
      ranges: [{ alias: text(child(range, 'alias'), 'aliasname') ?? name, rows, columns: columnsOf(rows, text(range, 'schemaname'), name) }],
      conditions: [],
    }
  }
  const join = child(tree, 'JoinExpr')
  if (!join || text(join, 'jointype') !== 'JOIN_INNER' || flag(join, 'isNatural')) return undefined
  const left = source(catalog, child(join, 'larg') ?? {})
  const right = source(catalog, child(join, 'rarg') ?? {})
  if (!left || !right) return undefined
  const using = strings(list(join, 'usingClause')).map((column): Tree => {
    const side = (ranges: readonly Range[]): Tree => ({
      ColumnRef: { fields: [ranges.find(({ columns }) => columns.has(column))?.alias ?? '', column].map((sval) => ({ String: { sval } })) },
    })
    return { A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: '=' } }], lexpr: side(left.ranges), rexpr: side(right.ranges) } }
  })
  const quals = child(join, 'quals')
  return { ranges: [...left.ranges, ...right.ranges], conditions: [...left.conditions, ...right.conditions, ...using, ...(quals ? [quals] : [])] }
}

/** The conditions of an AND, one by one. */
const conjuncts = (tree: Tree): readonly Tree[] => {
  const both = child(tree, 'BoolExpr')
  return both && text(both, 'boolop') === 'AND_EXPR' ? list(both, 'args').flatMap(conjuncts) : [tree]
}

/** `column = value`, where the value is known before any row is. */
type Pin = { readonly range: number; readonly column: string; readonly value: string }

const pin = (context: Context, column: Tree | undefined, value: Tree | undefined): Pin | undefined => {
  const fields = list(child(column, 'ColumnRef'), 'fields').map((field) => stringValue(field) ?? '*')
  const range = fields.length === 0 ? -1 : rangeOf(context.scope, fields)
  if (range === -1 || !value) return undefined
  const known = evaluate(context, value)
  return typeof known === 'string' || typeof known === 'number' ? { range, column: fields.at(-1) ?? '', value: String(known) } : undefined
}

const pins = (context: Context, condition: Tree): readonly Pin[] => {
  const node = child(condition, 'A_Expr')
  if (!node || text(node, 'kind') !== 'AEXPR_OP' || strings(list(node, 'name')).at(-1) !== '=') return []
  const [left, right] = [child(node, 'lexpr'), child(node, 'rexpr')]
  return [pin(context, left, right) ?? pin(context, right, left)].filter((found) => found !== undefined)
}

const mayBe = (row: Row, { column, value }: Pin): boolean => {
  const own = row[column]
  if (own === undefined) return !(column in row)
  return typeof own === 'symbol' || typeof own === 'boolean' || (own !== null && String(own) === value)
}

/** Calls `found` with each combination of rows for which the conditions hold or may hold. `found` answers false to stop. */
const eachRow = (context: Context, select: Tree, found: (inside: Context, sure: boolean) => boolean): 'done' | 'unknown' => {
  const sources = list(select, 'fromClause').map((item) => source(context.reading.catalog, item))
  if (sources.some((item) => item === undefined)) return 'unknown'
  const ranges = sources.flatMap((item) => item?.ranges ?? [])
  const where = child(select, 'whereClause')
  const conditions = [...sources.flatMap((item) => item?.conditions ?? []), ...(where ? [where] : [])].flatMap(conjuncts)
  const inside = (rows: readonly (Row | undefined)[]): Context => ({ ...context, scope: { ranges, rows, ...(context.scope ? { outer: context.scope } : {}) } })
  const holdsIn = (here: Context): Value => and(conditions.map((condition) => truth(evaluate(here, condition))))
  const outside = inside([])
  // Once without rows, for what is refused or false whatever the rows are.
  const before = holdsIn(outside)
  if (before === false || before === null) return 'done'
  const pinned = conditions.flatMap((condition) => pins(outside, condition))
  const candidates = ranges.map(({ rows }, at) => {
    const own = pinned.filter(({ range }) => range === at)
    return own.length === 0 ? rows : rows.filter((row) => own.every((one) => mayBe(row, one)))
  })
  const visit = (rows: readonly Row[]): boolean => {
    const here = inside(rows)
    const holds = rows.length === 0 ? before : holdsIn(here)
    if (holds === false || holds === null) return true
    const next = candidates[rows.length]
    if (next === undefined) return found(here, holds === true && !rows.some(({ maybe }) => maybe))
    return next.every((row) => visit([...rows, row]))
  }
  visit([])
  return 'done'
}

const aggregates = new Set(['count', 'min', 'max', 'sum', 'bool_or', 'bool_and', 'array_agg', 'string_agg'])

const targets = (select: Tree): readonly Tree[] => list(select, 'targetList').map((target) => child(child(target, 'ResTarget'), 'val') ?? {})
const aggregate = (select: Tree): string | undefined =>
  targets(select)
    .map((target) => strings(list(child(target, 'FuncCall'), 'funcname')).at(-1))
    .find((name) => name !== undefined && aggregates.has(name))

const isPlain = (select: Tree): boolean =>
  ['groupClause', 'havingClause', 'limitOffset', 'withClause', 'distinctClause', 'valuesLists'].every((key) => select[key] === undefined)

/** EXISTS over a SELECT of system tables. */
const exists = (context: Context, select: Tree): Value => {
  const [left, right] = [child(select, 'larg'), child(select, 'rarg')]
  if (left && right) return text(select, 'op') === 'SETOP_UNION' ? or([exists(context, left), exists(context, right)]) : unknown
  if (!isPlain(select)) return unknown
  if (aggregate(select) !== undefined) return true
  let answer: Value = false
  const done = eachRow(context, select, (_inside, sure) => {
    answer = sure ? true : unknown
    return !sure
  })
  return done === 'unknown' ? unknown : answer
}

/** The values of a SELECT's first target; undefined when they are not all known. `count(*)` is a number. */
const selectValues = (context: Context, select: Tree): readonly Value[] | undefined => {
  const [target] = targets(select)
  if (!target || !isPlain(select) || select.larg !== undefined) return undefined
  const values: Value[] = []
  let sureOfAll = true
  const done = eachRow(context, select, (inside, sure) => {
    sureOfAll &&= sure
    values.push(aggregate(select) === undefined ? evaluate(inside, target) : 1)
    return true
  })
  if (done === 'unknown' || !sureOfAll) return undefined
  if (aggregate(select) === undefined) return values
  return aggregate(select) === 'count' && 'agg_star' in (child(target, 'FuncCall') ?? {}) ? [values.length] : undefined
}

/** The value of an expression; `unknown` where rows or the server decide. Refuses what PostgreSQL refuses, as a cast of a missing name to regclass. */
export const knownValue = (reading: Reading, expression: Tree, variables: Variables): Value => evaluate({ reading, variables, scope: undefined }, expression)

/** Answers a condition from the catalog; NULL counts as no, as in IF. */
export const answer = (reading: Reading, condition: Tree, variables: Variables = new Map()): Answer => {
  const value = truth(knownValue(reading, condition, variables))
  return value === true ? 'yes' : value === false || value === null ? 'no' : 'unknown'
}
