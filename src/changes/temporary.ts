/** Statements about temporary relations, and about what is made in pg_temp, which leave no trace in the catalog: whether a statement is one, which is said then. */
import type { Change } from '../model/change.ts'
import type { Tree } from '../model/json.ts'
import type { RelationName } from '../model/name.ts'
import { child, flag, list, strings, stringValue, text, walk } from '../sql/tree.ts'
import type { Reading } from './reading.ts'

const say = (reading: Reading, action: Change<'use-temporary'>['action'], name: string): true => {
  reading.emit({ kind: 'use-temporary', action, name, sql: reading.statement.text })
  return true
}

/** Of a CREATE, by its own words: TEMPORARY, or the schema pg_temp. */
const isMadeTemporary = (range: Tree): boolean => text(range, 'relpersistence') === 't' || text(range, 'schemaname') === 'pg_temp'

/** `otherwise`: it becomes temporary for another reason, as a view over temporary tables does. */
export const createsTemporary = (reading: Reading, range: Tree, otherwise = false): boolean =>
  (isMadeTemporary(range) || otherwise) && say(reading, 'create', text(range, 'relname') ?? '')

export const altersTemporary = (reading: Reading, range: Tree): boolean => reading.isTemporary(range) && say(reading, 'alter', text(range, 'relname') ?? '')

/** `parts`: the name as DROP gives it. */
export const dropsTemporary = (reading: Reading, parts: readonly string[]): boolean => {
  const [name = '', ...more] = parts
  return more.length === 0 && reading.session.temporary.has(name) && say(reading, 'drop', name)
}

/** One object of a DROP. */
const droppedName = (object: Tree): readonly string[] => [
  ...strings(list(child(object, 'List'), 'items')),
  ...strings(list(child(object, 'ObjectWithArgs'), 'objname')),
  ...strings(list(child(object, 'TypeName'), 'names')),
]

/** The names of what a statement makes, changes or drops, where a list says them: of all but relations. */
const namesIn: { readonly [node: string]: (node: Tree) => readonly (readonly string[])[] } = {
  CreateFunctionStmt: (node) => [strings(list(node, 'funcname'))],
  AlterFunctionStmt: (node) => [strings(list(child(node, 'func'), 'objname'))],
  CreateEnumStmt: (node) => [strings(list(node, 'typeName'))],
  AlterEnumStmt: (node) => [strings(list(node, 'typeName'))],
  CreateRangeStmt: (node) => [strings(list(node, 'typeName'))],
  CreateDomainStmt: (node) => [strings(list(node, 'domainname'))],
  AlterDomainStmt: (node) => [strings(list(node, 'typeName'))],
  CompositeTypeStmt: (node) => [[text(child(node, 'typevar'), 'schemaname') ?? '', text(child(node, 'typevar'), 'relname') ?? '']],
  DropStmt: (node) => list(node, 'objects').map(droppedName),
}

/** True for a statement that only names things of pg_temp: they go with the session. */
export const isAboutSession = (reading: Reading, nodeName: string, node: Tree): boolean => {
  const names = namesIn[nodeName]?.(node) ?? []
  const isOwn = names.length > 0 && names.every((parts) => parts.length > 1 && parts[0] === 'pg_temp')
  return isOwn && say(reading, nodeName === 'DropStmt' ? 'drop' : 'alter', names[0]?.at(-1) ?? '')
}

/** True where anything in a statement stands in pg_temp. */
export const namesSession = (tree: Tree): boolean => {
  let found = false
  walk(tree, (node) => {
    if (node.schemaname === 'pg_temp' || stringValue(node) === 'pg_temp') found = true
    return !found
  })
  return found
}

/** The relation that a statement alters; undefined where there is nothing to do: it is temporary, or missing and need not be there (IF EXISTS). */
export const alteredRelation = (reading: Reading, node: Tree, key = 'relation'): RelationName | undefined => {
  const range = child(node, key) ?? {}
  if (altersTemporary(reading, range)) return undefined
  return flag(node, 'missing_ok') ? reading.findRelation(range) : reading.relation(range)
}
