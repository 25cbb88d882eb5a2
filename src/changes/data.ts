/** Statements about rows: which relations they write, and whether a routine that they call may change the catalog. */
import type { Catalog, Routine } from '../model/catalog.ts'
import type { Json, Tree } from '../model/json.ts'
import { displayIdentifier, partsOf, qualified, quoteIdentifier, type RelationName } from '../model/name.ts'
import { child, isTree, list, optionNamed, strings, text, walk } from '../sql/tree.ts'
import { isRangeVar } from './expressions.ts'
import type { Reading } from './reading.ts'

const writers: ReadonlySet<string> = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'])

/** The relation that a range names as far as the catalog or its own schema tells; temporary ones are left out. */
export const namedRelation = (reading: Reading, range: Tree | undefined): readonly RelationName[] => {
  if (!range || reading.isTemporary(range)) return []
  const known = reading.findRelation(range)
  if (known !== undefined) return [known]
  const schema = text(range, 'schemaname')
  return schema === undefined ? [] : [qualified(schema, text(range, 'relname') ?? '')]
}

/** Relations that INSERT, UPDATE, DELETE and MERGE write, anywhere in a tree (also in WITH). */
export const writtenRelations = (reading: Reading, tree: Json): readonly RelationName[] => {
  const written = new Set<RelationName>()
  walk(tree, (node) => {
    for (const key in node) if (writers.has(key)) for (const name of namedRelation(reading, child(child(node, key), 'relation'))) written.add(name)
    return undefined
  })
  return [...written]
}

/** The relations of a list of RangeVar nodes. */
export const rangeList = (reading: Reading, nodes: readonly Tree[]): readonly RelationName[] =>
  nodes.flatMap((node) => namedRelation(reading, child(node, 'RangeVar') ?? (isRangeVar(node) ? node : undefined)))

/** The tables that TRUNCATE … CASCADE also empties: those with foreign keys onto the given ones, and so on. */
export const referencing = (catalog: Catalog, relations: readonly RelationName[]): readonly RelationName[] => {
  const all = new Set(relations)
  for (let size = -1; size !== all.size; ) {
    size = all.size
    for (const [name, table] of catalog.tables) {
      for (const constraint of table.constraints.values()) if (constraint.type === 'foreign key' && all.has(constraint.references)) all.add(name)
    }
  }
  return [...all]
}

/** The words that change a catalog, and dynamic SQL, which may. */
const ddl = /\b(create|alter|drop|grant|revoke|reassign|execute|comment\s+on|security\s+label|import\s+foreign)\b/i

const bodies = new WeakMap<Routine, string>()

/** The text of a routine's body, without comments. */
export const bodyOf = (routine: Routine): string => {
  const known = bodies.get(routine)
  if (known !== undefined) return known
  const statement = child(routine.definition, 'CreateFunctionStmt')
  const argument = child(optionNamed(list(statement, 'options'), 'as'), 'arg')
  const body = strings(list(child(argument, 'List'), 'items'))
    .join('\n')
    .replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
  bodies.set(routine, body)
  return body
}

const routinesNamed = (catalog: Catalog, parts: readonly string[], searchPath: readonly string[]): readonly string[] => {
  const schemas = parts.length > 1 ? [parts.at(-2) ?? ''] : searchPath
  const starts = schemas.map((schema) => `${qualified(schema, parts.at(-1) ?? '')}(`)
  return [...catalog.routines.keys()].filter((key) => starts.some((start) => key.startsWith(start)))
}

/** True when a routine, or one that its text names, may change the catalog. */
const changesCatalog = (catalog: Catalog, name: string, seen: Set<string>): boolean => {
  if (seen.has(name)) return false
  seen.add(name)
  const routine = catalog.routines.get(name)
  if (!routine) return false
  const body = bodyOf(routine)
  if (ddl.test(body)) return true
  return [...catalog.routines.keys()].some((other) => {
    const local = partsOf(other)[1] ?? ''
    return (body.includes(`${local}(`) || body.includes(`${quoteIdentifier(local)}(`)) && changesCatalog(catalog, other, seen)
  })
}

/** The first routine of the catalog that a statement calls and that may change the catalog. */
export const callsDdl = (reading: Reading, tree: Json): string | undefined => {
  if (reading.catalog.routines.size === 0) return undefined
  let found: string | undefined
  walk(tree, (node) => {
    const called = list(child(node, 'FuncCall'), 'funcname')
    if (found !== undefined || called.length === 0) return found === undefined
    const parts = strings(called)
    const seen = new Set<string>()
    if (routinesNamed(reading.catalog, parts, reading.searchPath).some((name) => changesCatalog(reading.catalog, name, seen)))
      found = parts.map(displayIdentifier).join('.')
    return undefined
  })
  return found
}

/** Records a statement that calls a routine which may change the catalog: what it touches is not known. Answers whether it did. */
export const opaqueCall = (reading: Reading, tree: Json): boolean => {
  const called = callsDdl(reading, tree)
  if (called === undefined) return false
  const reason = `it calls ${called}(), whose body changes the catalog or runs dynamic SQL`
  reading.emit({ kind: 'opaque', sql: reading.statement.text, reason, touches: 'unknown' })
  return true
}

/** The calls of `name` that a SELECT's targets are; undefined when one target is anything else. */
export const targetCalls = (select: Tree, name: string): readonly Tree[] | undefined => {
  if (select.fromClause !== undefined || select.larg !== undefined || list(select, 'targetList').length === 0) return undefined
  const calls = list(select, 'targetList').map((target) => child(child(child(target, 'ResTarget'), 'val'), 'FuncCall'))
  return calls.every((call): call is Tree => isTree(call) && strings(list(call, 'funcname')).at(-1) === name) ? calls : undefined
}
