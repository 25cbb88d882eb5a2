import type { Tree } from '../../model/json.ts'
import { displayIdentifier, displayKey, keyOf, quoteIdentifier } from '../../model/name.ts'
import { flag, list, stringValue, text } from '../../sql/tree.ts'
import { recreateFacts } from '../create.ts'
import { defineChange, noFootprint } from '../define.ts'
import { dropOrder } from '../dependents.ts'
import { dropChange, droppedKey } from '../drop-change.ts'
import { drop, dropFacts } from '../edit.ts'
import { usesOf } from '../extension-members.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood, refuse } from '../refusal.ts'
import { membersOf } from '../type-names.ts'

const missing = (name: string): never => refuse('42704', `extension "${name}" does not exist`)

/** Extensions that need another one. */
const requiring = (reading: Reading, name: string): readonly string[] =>
  [...reading.catalog.extensions.keys()].filter((other) => membersOf(other).requires.includes(name))

const dropOne = (reading: Reading, name: string, cascade: boolean, implied: boolean): void => {
  const uses = usesOf(reading.catalog, name)
  const others = requiring(reading, name)
  const first = uses[0] === undefined ? others[0] : displayKey(uses[0])
  if (first !== undefined && !cascade)
    refuse('2BP01', `cannot drop extension ${displayIdentifier(name)} because other objects depend on it`, `${first} depends on it`)
  for (const other of others) dropOne(reading, other, cascade, true)
  for (const { object } of dropOrder(reading.catalog, uses, true)) reading.imply(dropChange(reading.catalog, object))
  if (implied) reading.imply({ kind: 'drop-extension', name })
  else reading.emit({ kind: 'drop-extension', name })
}

const read = (reading: Reading, node: Tree): void => {
  for (const item of list(node, 'objects')) {
    const name = stringValue(item) ?? ''
    if (name === 'plpgsql') notUnderstood('the language plpgsql is dropped')
    if (reading.catalog.extensions.has(name)) dropOne(reading, name, text(node, 'behavior') === 'DROP_CASCADE', false)
    else if (!flag(node, 'missing_ok')) missing(name)
  }
}

export const dropExtension = defineChange({
  kind: 'drop-extension',
  summary: 'An extension is removed; with CASCADE also what is known to use it.',
  reads: { 'DropStmt OBJECT_EXTENSION': read },
  apply({ name }, catalog) {
    if (!catalog.extensions.has(name)) missing(name)
    const [first] = usesOf(catalog, name)
    if (first !== undefined)
      refuse('2BP01', `cannot drop extension ${displayIdentifier(name)} because other objects depend on it`, `${displayKey(first)} depends on it`)
    const key = keyOf('extension', quoteIdentifier(name))
    return dropFacts(drop(catalog, 'extensions', name), (fact) => fact === key)
  },
  invert({ name }, before) {
    const extension = before.extensions.get(name) ?? missing(name)
    return [{ kind: 'create-extension', name, extension }, ...recreateFacts(before, (key) => key === keyOf('extension', quoteIdentifier(name)))]
  },
  toSql: ({ name }) => [`DROP EXTENSION ${quoteIdentifier(name)}`],
  footprint: () => noFootprint,
  describe: ({ name }) => `extension ${displayIdentifier(name)} is removed`,
  touches: (change) => [droppedKey(change)],
  examples: [
    { given: `CREATE EXTENSION citext; CREATE EXTENSION hstore; COMMENT ON EXTENSION citext IS 'x'`, sql: 'DROP EXTENSION IF EXISTS citext, missing, hstore' },
    { given: 'CREATE EXTENSION citext; CREATE TABLE t (id int, a citext UNIQUE, more citext[])', sql: 'DROP EXTENSION citext CASCADE' },
    { given: 'CREATE EXTENSION pg_trgm; CREATE TABLE t (a text); CREATE INDEX i ON t USING gin (a gin_trgm_ops)', sql: 'DROP EXTENSION pg_trgm CASCADE' },
  ],
})
