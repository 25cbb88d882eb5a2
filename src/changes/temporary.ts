/** Statements about temporary relations, which leave no trace in the catalog: whether a statement is one, which is said then. */
import type { Change } from '../model/change.ts'
import type { Tree } from '../model/json.ts'
import type { RelationName } from '../model/name.ts'
import { child, flag, text } from '../sql/tree.ts'
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

/** The relation that a statement alters; undefined where there is nothing to do: it is temporary, or missing and need not be there (IF EXISTS). */
export const alteredRelation = (reading: Reading, node: Tree, key = 'relation'): RelationName | undefined => {
  const range = child(node, key) ?? {}
  if (altersTemporary(reading, range)) return undefined
  return flag(node, 'missing_ok') ? reading.findRelation(range) : reading.relation(range)
}
