import type { Tree } from '../../model/json.ts'
import { displayIdentifier, keyOf, quoteIdentifier } from '../../model/name.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { flag, list, text } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { put } from '../edit.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { membersOf } from '../type-names.ts'
import { readOptions } from '../types.ts'

/** Every database has it from the start. */
const builtin = 'plpgsql'

const otherThanPublic = (schema: string): string | undefined => (schema === 'public' ? undefined : schema)

const read = (reading: Reading, node: Tree): void => {
  const name = text(node, 'extname') ?? ''
  if (reading.catalog.extensions.has(name) || name === builtin) {
    if (flag(node, 'if_not_exists')) return
    refuse('42710', `extension "${name}" already exists`)
  }
  const { schema: given, new_version: version, cascade } = readOptions(list(node, 'options'))
  if (given !== undefined && given !== 'pg_catalog' && !reading.catalog.schemas.has(given)) refuse('3F000', `schema "${given}" does not exist`)
  const schema = given ?? otherThanPublic(reading.creationSchema())
  const place = schema === undefined ? {} : { schema }
  if (cascade === 'true') {
    for (const required of membersOf(name).requires)
      if (!reading.catalog.extensions.has(required)) reading.imply({ kind: 'create-extension', name: required, extension: place })
  }
  reading.emit({ kind: 'create-extension', name, extension: { ...place, ...(version === undefined ? {} : { version }) } })
}

export const createExtension = defineChange({
  kind: 'create-extension',
  summary: 'An extension is installed.',
  reads: { CreateExtensionStmt: read },
  apply({ name, extension }, catalog) {
    if (catalog.extensions.has(name)) refuse('42710', `extension "${name}" already exists`)
    return put(catalog, 'extensions', name, extension)
  },
  invert: ({ name }) => [{ kind: 'drop-extension', name }],
  toSql: ({ name, extension: { schema, version } }) => [
    `CREATE EXTENSION ${quoteIdentifier(name)}${schema === undefined ? '' : ` SCHEMA ${quoteIdentifier(schema)}`}${version === undefined ? '' : ` VERSION ${quoteLiteral(version)}`}`,
  ],
  footprint: () => noFootprint,
  describe: ({ name }) => `extension ${displayIdentifier(name)} is installed`,
  touches: ({ name }) => [keyOf('extension', quoteIdentifier(name))],
  examples: [
    { sql: 'CREATE EXTENSION IF NOT EXISTS citext' },
    { given: 'CREATE SCHEMA extensions', sql: `CREATE EXTENSION "uuid-ossp" WITH SCHEMA extensions VERSION '1.1'` },
    { sql: 'CREATE EXTENSION earthdistance CASCADE' },
    // As pg_dump writes it: nothing is on the search path.
    { given: `SELECT pg_catalog.set_config('search_path', '', false)`, sql: 'CREATE EXTENSION hstore WITH SCHEMA public' },
  ],
})
