/** Trees that follow names: relations, types, routines and schemas that are renamed or moved. */
import type { Json, Tree } from '../../model/json.ts'
import { displayIdentifier, localName, type QualifiedName, qualified, type RelationName, schemaOf } from '../../model/name.ts'
import { child, isTree, list, stringNode, strings, stringValue, text } from '../../sql/tree.ts'
import { splitName } from '../columns.ts'
import { isRangeVar, isTypeName } from '../expressions.ts'
import type { NewNames } from './new-names.ts'

/** The names by which ranges are seen in a scope, with their new ones. */
type Visible = ReadonlyMap<string, string>

const nothing: Visible = new Map()

/** The table whose columns an expression is over: its name seen from inside follows too. */
export type OwnTable = { readonly from: RelationName; readonly to: RelationName; readonly columns: ReadonlySet<string> }

const fromNames = (nodes: readonly Tree[]): QualifiedName | undefined => {
  const parts = strings(nodes)
  return parts.length === 2 ? qualified(parts[0] ?? '', parts[1] ?? '') : undefined
}

const nameNodes = (name: QualifiedName): readonly Tree[] => [stringNode(schemaOf(name)), stringNode(localName(name))]

/** Ranges that one FROM item brings into sight: the name seen and the name seen afterwards. */
const rangesOf = (item: Tree, names: NewNames): readonly (readonly [string, string])[] => {
  const alias = text(child(item, 'alias'), 'aliasname')
  const joined = child(item, 'JoinExpr')
  if (joined)
    return [...(['larg', 'rarg'] as const).flatMap((side) => rangesOf(child(joined, side) ?? {}, names)), ...rangesOf({ alias: joined.alias ?? null }, names)]
  if (alias !== undefined) return [[alias, alias]]
  if (isRangeVar(item)) {
    const local = text(item, 'relname') ?? ''
    const schema = text(item, 'schemaname')
    return [[local, schema === undefined ? local : localName(names.relation(qualified(schema, local)))]]
  }
  return ['RangeVar', 'RangeSubselect', 'RangeFunction', 'RangeTableFunc', 'RangeTableSample'].flatMap((node) => {
    const content = child(item, node)
    return content ? rangesOf(content, names) : []
  })
}

/** What is visible inside of a node: a statement's FROM, USING and target relation add to what is visible around it. */
const visibleIn = (node: Tree, names: NewNames, around: Visible): Visible => {
  const items = [
    ...list(node, 'fromClause'),
    ...list(node, 'usingClause'),
    ...('targetList' in node || 'whereClause' in node ? [child(node, 'relation') ?? {}] : []),
  ]
  const ranges = items.flatMap((item) => rangesOf(item, names))
  if (ranges.every(([from, to]) => (around.get(from) ?? from) === to)) return around
  const inside = new Map(around)
  for (const [from, to] of ranges) {
    if (from === to) inside.delete(from)
    else inside.set(from, to)
  }
  return inside
}

const followColumn = (reference: Tree, names: NewNames, visible: Visible, columns: ReadonlySet<string>): Tree => {
  const fields = list(reference, 'fields')
  const first = stringValue(fields[0])
  if (first === undefined) return reference
  if (fields.length > 2) {
    const relation = qualified(first, stringValue(fields[1]) ?? '')
    const next = names.relation(relation)
    return next === relation ? reference : { ...reference, fields: [...nameNodes(next), ...fields.slice(2)] }
  }
  const next = visible.get(first)
  if (next === undefined || (fields.length === 1 && columns.has(first))) return reference
  return { ...reference, fields: [stringNode(next), ...fields.slice(1)] }
}

/** A relation's name in a text that PostgreSQL holds as its OID (`regclass`); written without quotes where none are needed, as people do. */
const followClassText = (value: string, names: NewNames): string => {
  const parts = splitName(value)
  const bare = parts.length === 1
  const relation = qualified(bare ? 'public' : (parts[0] ?? ''), parts.at(-1) ?? '')
  const next = names.relation(relation)
  if (next === relation) return value
  const shown = bare && schemaOf(next) === 'public' ? [localName(next)] : [schemaOf(next), localName(next)]
  return shown.map(displayIdentifier).join('.')
}

const followClassLiteral = (literal: Tree | undefined, names: NewNames): Tree | undefined => {
  const value = text(child(child(literal, 'A_Const'), 'sval'), 'sval')
  if (value === undefined) return undefined
  const next = followClassText(value, names)
  return next === value ? undefined : { A_Const: { sval: { sval: next } } }
}

const sequenceFunctions = new Set(['nextval', 'currval', 'setval'])

/** A node with its own names changed; what is below it was dealt with before. */
const followNode = (node: Tree, names: NewNames): Tree => {
  if (isTypeName(node)) {
    const name = fromNames(list(node, 'names'))
    const next = name === undefined ? name : names.type(name)
    return name === undefined || next === undefined || next === name ? node : { ...node, names: nameNodes(next) }
  }
  if (isRangeVar(node)) {
    const schema = text(node, 'schemaname')
    if (schema === undefined) return node
    const name = qualified(schema, text(node, 'relname') ?? '')
    const next = names.relation(name)
    return next === name ? node : { ...node, schemaname: schemaOf(next), relname: localName(next) }
  }
  const cast = child(node, 'TypeCast')
  if (cast && strings(list(child(cast, 'typeName'), 'names')).at(-1) === 'regclass') {
    const arg = followClassLiteral(child(cast, 'arg'), names)
    return arg ? { ...node, TypeCast: { ...cast, arg } } : node
  }
  return followLists(node, names)
}

/** Names that stand as lists of strings: calls, trigger functions, collations, operators, operator classes. */
const followLists = (node: Tree, names: NewNames): Tree => {
  let next = node
  for (const [key, args] of [
    ['funcname', 'args'],
    ['objname', 'objargs'],
  ] as const) {
    const name = Array.isArray(node[key]) ? fromNames(list(node, key)) : undefined
    if (name === undefined) continue
    // A trigger's function has no parameters; what the trigger gives it is not matched with any.
    const count = 'trigname' in node ? 0 : 'funcname' in node && !('funcformat' in node) ? undefined : list(node, args).length
    const renamed = names.routine(name, count)
    if (renamed !== name) next = { ...next, [key]: nameNodes(renamed) }
  }
  if (Array.isArray(node.funcname) && sequenceFunctions.has(strings(list(node, 'funcname')).at(-1) ?? '')) {
    const [first, ...rest] = list(next, 'args')
    const literal = followClassLiteral(first, names)
    if (literal) next = { ...next, args: [literal, ...rest] }
  }
  for (const key of ['collname', 'opclass', 'name'] as const) {
    const parts = Array.isArray(node[key]) ? strings(list(node, key)) : []
    const [schema, ...rest] = parts
    if (schema === undefined || rest.length === 0 || names.schema(schema) === schema) continue
    next = { ...next, [key]: [names.schema(schema), ...rest].map(stringNode) }
  }
  return next
}

const follow = (value: Json, names: NewNames, visible: Visible, columns: ReadonlySet<string>): Json => {
  if (Array.isArray(value)) {
    let next: Json[] | undefined
    value.forEach((item: Json, at) => {
      const mapped = follow(item, names, visible, columns)
      if (mapped !== item) (next ??= [...value])[at] = mapped
    })
    return next ?? value
  }
  if (!isTree(value)) return value
  const inside = visibleIn(value, names, visible)
  let next: Record<string, Json> | undefined
  for (const key in value) {
    const item = value[key] as Json
    if (typeof item !== 'object' || item === null) continue
    const mapped = key === 'ColumnRef' && isTree(item) ? followColumn(item, names, inside, columns) : follow(item, names, inside, columns)
    if (mapped !== item) (next ??= { ...value })[key] = mapped
  }
  return followNode(next ?? value, names)
}

/**
 * A tree with its names changed; shares what did not change. Columns qualified by a range without an alias follow the range's name. `own` is the table
 * that an expression belongs to.
 */
export const followTree = <T extends Json>(tree: T, names: NewNames, own?: OwnTable): T => {
  const visible = own && localName(own.from) !== localName(own.to) ? new Map([[localName(own.from), localName(own.to)]]) : nothing
  return follow(tree, names, visible, own?.columns ?? new Set()) as T
}
