import type { Tree } from '../../model/json.ts'
import { displayIdentifier, keyOf, quoteIdentifier } from '../../model/name.ts'
import { flag, list } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { put } from '../edit.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { authorization, refuseReserved, schemaName } from '../schemas.ts'

/** Elements of the statement are read after it, by the statement reader. */
const read = (reading: Reading, node: Tree): void => {
  const name = schemaName(node)
  if (flag(node, 'if_not_exists') && list(node, 'schemaElts').length > 0) refuse('0A000', 'CREATE SCHEMA IF NOT EXISTS cannot include schema elements')
  if (flag(node, 'if_not_exists') && reading.catalog.schemas.has(name)) return
  refuseReserved(name)
  reading.emit({ kind: 'create-schema', name })
  const owner = authorization(node)
  if (owner !== undefined) reading.emit({ kind: 'set-owner', object: keyOf('schema', quoteIdentifier(name)), to: owner })
}

export const createSchema = defineChange({
  kind: 'create-schema',
  summary: 'A schema is made.',
  reads: { CreateSchemaStmt: read },
  apply({ name }, catalog) {
    if (catalog.schemas.has(name)) refuse('42P06', `schema "${name}" already exists`)
    return put(catalog, 'schemas', name, {})
  },
  invert: ({ name }) => [{ kind: 'drop-schema', name }],
  toSql: ({ name }) => [`CREATE SCHEMA ${quoteIdentifier(name)}`],
  footprint: () => noFootprint,
  describe: ({ name }) => `schema ${displayIdentifier(name)} is made`,
  touches: ({ name }) => [keyOf('schema', quoteIdentifier(name))],
  examples: [
    { sql: 'CREATE SCHEMA auth' },
    { sql: 'CREATE SCHEMA IF NOT EXISTS "My data"' },
    { sql: 'CREATE SCHEMA shop CREATE INDEX i ON t (a) CREATE TABLE t (a serial) CREATE SEQUENCE q' },
  ],
})
