/** Expressions held as trees: qualified when they are read, so that a rename is a change of the tree and nothing depends on a search path later. */
import type { Attribute, Catalog, Expression, TypeReference } from '../model/catalog.ts'
import type { Json, Tree } from '../model/json.ts'
import { localName, type ObjectKey, partsOf, type QualifiedName, qualified, type RelationName, schemaOf } from '../model/name.ts'
import { child, isTree, list, mapTree, stringNode, strings, stringValue, text, walk } from '../sql/tree.ts'
import { relationKind } from './names.ts'
import { resolveTypeName } from './types.ts'

/** A TypeName's content, wherever it stands: under `typeName`, `TypeName`, `argType`, `returnType`. */
export const isTypeName = (node: Tree): boolean => Array.isArray(node.names) && 'typemod' in node

/** A RangeVar's content, wherever it stands. */
export const isRangeVar = (node: Tree): boolean => typeof node.relname === 'string' && 'relpersistence' in node

/** Names of the WITH queries anywhere in a tree: a range of that name is no relation. */
const commonTableNames = (tree: Json): ReadonlySet<string> => {
  const names = new Set<string>()
  walk(tree, (node) => {
    if (typeof node.ctename === 'string') names.add(node.ctename)
    return undefined
  })
  return names
}

/** The relation that a range names: given schema, or the first of the search path that has it. Undefined when no schema has it. */
export const resolveRelation = (node: Tree, catalog: Catalog, searchPath: readonly string[]): RelationName | undefined => {
  const name = text(node, 'relname') ?? ''
  const schema = text(node, 'schemaname') ?? searchPath.find((candidate) => relationKind(catalog, qualified(candidate, name)) !== undefined)
  return schema === undefined ? undefined : qualified(schema, name)
}

/** The first schema of the search path that has a routine of that name. */
const routineSchema = (name: string, catalog: Catalog, searchPath: readonly string[]): string | undefined => {
  if (catalog.routines.size === 0) return undefined
  return searchPath.find((schema) => {
    const start = `${qualified(schema, name)}(`
    for (const key of catalog.routines.keys()) if (key.startsWith(start)) return true
    return false
  })
}

/** A tree with every type, relation and routine of the user's qualified. What the catalog does not know stays as written. */
export const qualify = <T extends Json>(tree: T, catalog: Catalog, searchPath: readonly string[]): T => {
  const common = commonTableNames(tree)
  const change = (node: Tree): Tree => {
    if (isTypeName(node)) {
      const names = strings(list(node, 'names'))
      if (names.length > 1) return node
      const { schema, name } = resolveTypeName(names, catalog, searchPath)
      return schema === undefined ? node : { ...node, names: [stringNode(schema), stringNode(name)] }
    }
    if (isRangeVar(node)) {
      if (node.schemaname !== undefined || common.has(node.relname as string)) return node
      const relation = resolveRelation(node, catalog, searchPath)
      return relation === undefined ? node : { ...node, schemaname: schemaOf(relation) }
    }
    const called = child(node, 'FuncCall')
    if (called) {
      const names = strings(list(called, 'funcname'))
      const schema = names.length === 1 ? routineSchema(names[0] ?? '', catalog, searchPath) : undefined
      if (schema === undefined) return node
      return { ...node, FuncCall: { ...mapTree(called, change), funcname: [schema, names[0] ?? ''].map(stringNode) } }
    }
    return node
  }
  return mapTree(tree, change)
}

/** The column that a reference names: its last field. Undefined for `table.*`. */
export const referencedColumn = (node: Tree | undefined): string | undefined => {
  const reference = child(node, 'ColumnRef')
  return reference ? stringValue(list(reference, 'fields').at(-1)) : undefined
}

/** Names of the table's own columns in an expression over one table: the last field of each column reference. A sub-select's references count too. */
export const columnsIn = (expression: Json | undefined): ReadonlySet<string> => {
  const names = new Set<string>()
  walk(expression, (node) => {
    const name = referencedColumn(node)
    if (name !== undefined) names.add(name)
    return undefined
  })
  return names
}

/** True when an expression has a sub-select: then its column references are not all the table's own. */
export const hasSubquery = (expression: Json | undefined): boolean => {
  let found = false
  walk(expression, (node) => {
    if ('SubLink' in node) found = true
    return !found
  })
  return found
}

/** Types, relations and routines (by name only: `routine "s"."f"`) that a tree names. */
export const namesIn = (tree: Json | undefined): ReadonlySet<ObjectKey> => {
  const names = new Set<ObjectKey>()
  const common = commonTableNames(tree ?? null)
  walk(tree, (node) => {
    if (isTypeName(node)) {
      const [schema, name] = strings(list(node, 'names'))
      if (schema !== undefined && name !== undefined && schema !== 'pg_catalog') names.add(`type ${qualified(schema, name)}`)
    } else if (isRangeVar(node)) {
      if (typeof node.schemaname === 'string' && !common.has(node.relname as string)) names.add(`table ${qualified(node.schemaname, node.relname as string)}`)
    } else {
      const called = child(node, 'FuncCall')
      const [schema, name] = called ? strings(list(called, 'funcname')) : []
      if (schema !== undefined && name !== undefined && schema !== 'pg_catalog') names.add(`routine ${qualified(schema, name)}`)
    }
    return undefined
  })
  return names
}

/** The tree with references to one column of its own table renamed. */
export const renameColumnIn = <T extends Json>(tree: T, from: string, to: string): T =>
  mapTree(tree, (node) => {
    const reference = child(node, 'ColumnRef')
    if (!reference) return node
    const fields = list(reference, 'fields')
    if (stringValue(fields.at(-1)) !== from) return node
    return { ColumnRef: { ...reference, fields: [...fields.slice(0, -1), stringNode(to)] } }
  })

/** The tree with a routine renamed or moved (every overload of the name: PostgreSQL tells them apart by types, which memory does not have). */
export const renameRoutineIn = <T extends Json>(tree: T, from: QualifiedName, to: QualifiedName): T => {
  const [schema, name] = partsOf(from)
  return mapTree(tree, (node) => {
    const called = child(node, 'FuncCall')
    const names = strings(list(called, 'funcname'))
    if (!called || names[0] !== schema || names[1] !== name) return node
    return { FuncCall: { ...renameRoutineIn(called, from, to), funcname: [schemaOf(to), localName(to)].map(stringNode) } }
  })
}

/** `nextval('seq'::regclass)` or `nextval('seq')`: the text inside. */
export const nextvalArgument = (expression: Expression): string | undefined => {
  const called = child(expression, 'FuncCall')
  const names = strings(list(called, 'funcname'))
  if (!called || names.at(-1) !== 'nextval' || list(called, 'args').length !== 1) return undefined
  let argument = list(called, 'args')[0]
  while (argument && child(argument, 'TypeCast')) argument = child(child(argument, 'TypeCast'), 'arg')
  return text(child(child(argument, 'A_Const'), 'sval'), 'sval')
}

/** A literal's text, if the expression is one: `'x'`. */
export const literalText = (expression: Json | undefined): string | undefined => {
  if (!isTree(expression)) return undefined
  const sval = child(child(expression, 'A_Const'), 'sval')
  return sval ? (text(sval, 'sval') ?? '') : undefined
}

/** An expression with a type cast around it. */
export const cast = (expression: Expression, typeName: Tree): Expression => ({ TypeCast: { arg: expression, typeName } })

/** The type of a column as a TypeReference equal up to modifiers. */
export const withoutTypmods = (type: TypeReference): TypeReference => ({ ...type, typmods: [] })

/** A column's default as an expression, or undefined. */
export const defaultExpression = (attribute: Attribute): Expression | undefined => {
  const value = attribute.default
  return value === undefined || 'sequence' in value ? undefined : (value as Expression)
}
