/** Schemas. */
import type { Tree } from '../model/json.ts'
import { child, list, text, unwrap } from '../sql/tree.ts'
import type { Reading } from './reading.ts'
import { notUnderstood, refuse } from './refusal.ts'

/** Refuses names that are the server's own (42939). */
export const refuseReserved = (name: string): void => {
  if (name.startsWith('pg_')) refuse('42939', `unacceptable schema name "${name}"`, 'The prefix "pg_" is reserved for system schemas.')
}

/** The role that AUTHORIZATION names; undefined for the one that runs the migration. */
export const authorization = (node: Tree): string | undefined => {
  const role = child(node, 'authrole')
  return text(role, 'roletype') === 'ROLESPEC_CSTRING' ? text(role, 'rolename') : undefined
}

/** The schema that CREATE SCHEMA makes: named, or named as its owner. */
export const schemaName = (node: Tree): string =>
  text(node, 'schemaname') ?? authorization(node) ?? notUnderstood('CREATE SCHEMA is named after the role that runs it')

/** PostgreSQL sorts the elements of CREATE SCHEMA: sequences, tables, views, indexes, triggers, grants. */
const order = ['CreateSeqStmt', 'CreateStmt', 'ViewStmt', 'IndexStmt', 'CreateTrigStmt', 'GrantStmt']

/** Reads the elements of CREATE SCHEMA: what has no schema of its own goes into the new one, which is searched first. */
export const readSchemaElements = (reading: Reading, node: Tree, readNode: (reading: Reading, name: string, node: Tree) => void): void => {
  const elements = list(node, 'schemaElts').map(unwrap)
  if (elements.length === 0) return
  const session = reading.session
  reading.session = { ...session, searchPath: [schemaName(node), ...session.searchPath] }
  for (const [name, element] of [...elements].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))) readNode(reading, name, element)
  reading.session = { ...reading.session, searchPath: session.searchPath }
}
