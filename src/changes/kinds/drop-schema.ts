import type { Catalog } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { displayIdentifier, displayKey, keyOf, type ObjectKey, parseKey, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { flag, list, stringValue, text } from '../../sql/tree.ts'
import { recreateFacts } from '../create.ts'
import { defineChange, noFootprint } from '../define.ts'
import { dropOrder, objectsIn } from '../dependents.ts'
import { dropChange, droppedKey } from '../drop-change.ts'
import { drop, dropFacts } from '../edit.ts'
import { defaultParts } from '../privileges.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'

const missing = (name: string): never => refuse('3F000', `schema "${name}" does not exist`)

const read = (reading: Reading, node: Tree): void => {
  const names = list(node, 'objects').map((item) => stringValue(item) ?? '')
  const found = names.filter((name) => reading.catalog.schemas.has(name) || (flag(node, 'missing_ok') ? false : missing(name)))
  const inside = found.flatMap((name) => objectsIn(reading.catalog, name))
  const cascade = text(node, 'behavior') === 'DROP_CASCADE'
  const first = inside[0]
  if (first !== undefined && !cascade)
    refuse('2BP01', `cannot drop schema ${found[0] ?? ''} because other objects depend on it`, `${displayKey(first)} depends on it`)
  const dropped = new Set(found)
  for (const [name, extension] of reading.catalog.extensions)
    if (extension.schema !== undefined && dropped.has(extension.schema)) dropExtension(reading, name, cascade)
  const free = inside.filter((key) => !isOwned(reading.catalog, key))
  for (const { object } of dropOrder(reading.catalog, free, true)) reading.imply(dropChange(reading.catalog, object))
  for (const name of found) reading.emit({ kind: 'drop-schema', name })
}

/** Sequences that a column owns go with their tables. */
const isOwned = (catalog: Catalog, key: ObjectKey): boolean => {
  const { kind, name } = parseKey(key)
  return kind === 'sequence' && catalog.sequences.get(name as RelationName)?.ownedBy !== undefined
}

const dropExtension = (reading: Reading, name: string, cascade: boolean): void => {
  if (!cascade) refuse('2BP01', 'cannot drop schema because other objects depend on it', `extension ${name} depends on it`)
  reading.imply({ kind: 'drop-extension', name })
}

/** Default privileges in a schema go with it. */
const promisesIn = (catalog: Catalog, schema: string) => [...catalog.defaultPrivileges].filter(([key]) => defaultParts(key).schema === schema)

export const dropSchema = defineChange({
  kind: 'drop-schema',
  summary: 'A schema is dropped; with CASCADE everything in it and what depends on that.',
  reads: { 'DropStmt OBJECT_SCHEMA': read },
  apply({ name }, catalog) {
    if (!catalog.schemas.has(name)) missing(name)
    const [first] = objectsIn(catalog, name)
    if (first !== undefined)
      refuse('2BP01', `cannot drop schema ${displayIdentifier(name)} because other objects depend on it`, `${displayKey(first)} depends on it`)
    const key = keyOf('schema', quoteIdentifier(name))
    const left = promisesIn(catalog, name).reduce((next, [promise]) => drop(next, 'defaultPrivileges', promise), drop(catalog, 'schemas', name))
    return dropFacts(left, (fact) => fact === key)
  },
  invert: ({ name }, before) => [
    { kind: 'create-schema', name },
    ...recreateFacts(before, (key) => key === keyOf('schema', quoteIdentifier(name))),
    ...promisesIn(before, name).map(([object, to]) => ({ kind: 'set-default-privileges', object, to }) as const),
  ],
  toSql: ({ name }) => [`DROP SCHEMA ${quoteIdentifier(name)}`],
  footprint: () => noFootprint,
  describe: ({ name }) => `schema ${displayIdentifier(name)} is dropped`,
  touches: (change) => [droppedKey(change)],
  examples: [
    { given: `CREATE SCHEMA a; CREATE SCHEMA b; COMMENT ON SCHEMA a IS 'x'`, sql: 'DROP SCHEMA IF EXISTS a, missing, b' },
    {
      given: `CREATE SCHEMA s; CREATE TYPE s.mood AS ENUM ('sad'); CREATE TABLE s.t (id serial PRIMARY KEY, m s.mood); CREATE TABLE u (t int REFERENCES s.t, m s.mood, n int);
        CREATE VIEW v AS SELECT t.id FROM s.t; CREATE SEQUENCE s.q`,
      sql: 'DROP SCHEMA s CASCADE',
    },
  ],
})
