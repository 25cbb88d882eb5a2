import type { Catalog, Privileges } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import type { Tree } from '../../model/json.ts'
import { displayIdentifier, displayKey, keyOf, type ObjectKey, parseKey, type RelationName } from '../../model/name.ts'
import { child, text } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { drop, put } from '../edit.ts'
import { equal } from '../equal.ts'
import { indexesOf, locking } from '../footprint.ts'
import { alterHead, ownedObject, ownedSequences, ownerOf, refuseOwned, relationKey } from '../owners.ts'
import { printRole } from '../print.ts'
import { builtIn, migratingRole } from '../privileges.ts'
import type { Reading } from '../reading.ts'
import { roleName } from '../roles.ts'

const set = (reading: Reading, object: ObjectKey, role: string, implied = false): void => {
  if (ownerOf(reading.catalog, object) === role) return
  const change = { kind: 'set-owner', object, to: role === migratingRole ? undefined : role } as const
  if (implied) reading.imply(change)
  else reading.emit(change)
}

const ofRelation = (reading: Reading, command: Tree, on: RelationName): void => {
  const object = relationKey(reading.catalog, on)
  const role = roleName(child(command, 'newowner'))
  // PostgreSQL leaves an index with its table, with a warning.
  if (object.startsWith('index ')) return
  if (object.startsWith('sequence ')) refuseOwned(reading.catalog, on)
  set(reading, object, role)
  for (const sequence of ownedSequences(reading.catalog, on)) set(reading, keyOf('sequence', sequence), role, true)
}

const ofObject = (reading: Reading, node: Tree): void =>
  set(reading, ownedObject(reading, text(node, 'objectType') ?? '', child(node, 'object')), roleName(child(node, 'newowner')))

/** A list with the old owner's place given to the new one (`aclnewowner`). */
const handedOver = (privileges: Privileges, from: string, to: string): Privileges => {
  const { [from]: old, ...others } = privileges
  return old === undefined ? privileges : { ...others, [to]: { ...others[to], ...old } }
}

const handOver = (catalog: Catalog, object: ObjectKey, to: string | undefined): Catalog => {
  const kept = catalog.privileges.get(object)
  const next = to === undefined ? drop(catalog, 'owners', object) : put(catalog, 'owners', object, to)
  if (!kept) return next
  const list = handedOver(kept, ownerOf(catalog, object), to ?? migratingRole)
  return equal(list, builtIn(next, object)) ? drop(next, 'privileges', object) : put(next, 'privileges', object, list)
}

/** The way back; the privileges of both owners may have become one. */
const back = ({ object, to }: Change<'set-owner'>, before: Catalog): readonly Change[] => {
  const owner: Change<'set-owner'> = { kind: 'set-owner', object, to: before.owners.get(object) }
  const restored = handOver(handOver(before, object, to), object, owner.to).privileges.get(object)
  const wanted = before.privileges.get(object)
  return equal(restored, wanted) ? [owner] : [owner, { kind: 'set-privileges', object, to: wanted }]
}

export const setOwner = defineChange({
  kind: 'set-owner',
  summary: 'An object gets another owner.',
  reads: { AlterOwnerStmt: ofObject },
  alters: { AT_ChangeOwner: ofRelation },
  apply: ({ object, to }, catalog) => handOver(catalog, object, to),
  invert: back,
  toSql({ object, to }, before) {
    const { kind, name } = parseKey(object)
    if (kind === 'sequence' && before.sequences.get(name as RelationName)?.ownedBy) return []
    return [`${alterHead(before, object)} OWNER TO ${printRole(to ?? migratingRole)}`]
  },
  footprint({ object }, before) {
    const name = parseKey(object).name as RelationName
    return before.tables.has(name) || before.views.has(name) || before.sequences.has(name)
      ? locking('ACCESS EXCLUSIVE', name, ...indexesOf(before, name))
      : noFootprint
  },
  describe: ({ object, to }) => `the owner of ${displayKey(object)} is ${to === undefined ? 'the migrating role' : displayIdentifier(to)}`,
  touches: ({ object }) => [object],
  examples: [
    { given: `CREATE ROLE app; CREATE TABLE a (id serial)`, sql: `ALTER TABLE a OWNER TO app` },
    { given: `CREATE ROLE app; CREATE TABLE a (id int); GRANT SELECT ON a TO PUBLIC; ALTER TABLE a OWNER TO app`, sql: `ALTER TABLE a OWNER TO CURRENT_USER` },
    { given: `CREATE ROLE app; CREATE SCHEMA s`, sql: `ALTER SCHEMA s OWNER TO app` },
    { given: `CREATE ROLE app; CREATE TYPE e AS ENUM ('a')`, sql: `ALTER TYPE e OWNER TO app` },
    { given: `CREATE ROLE app; CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'`, sql: `ALTER FUNCTION f(int) OWNER TO app` },
  ],
})
