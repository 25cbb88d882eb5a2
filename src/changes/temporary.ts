/** Statements about temporary relations, which leave no trace in the catalog. Each reader answers whether the statement is one, and has said so then. */
import type { Change } from '../model/change.ts'
import type { Tree } from '../model/json.ts'
import { text } from '../sql/tree.ts'
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
