import type { Tree } from '../../model/json.ts'
import { display, keyOf, localName } from '../../model/name.ts'
import { child, flag, list, strings } from '../../sql/tree.ts'
import { recreateFactsOf } from '../create.ts'
import { defineChange } from '../define.ts'
import { refuseDependents } from '../dependents.ts'
import { droppedKey } from '../drop-change.ts'
import { dropAll } from '../drops.ts'
import { drop, dropFactsOf } from '../edit.ts'
import { locking } from '../footprint.ts'
import { relationKind } from '../names.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { refuseIdentity, sequenceOf } from '../sequences.ts'
import { dropsTemporary } from '../temporary.ts'

const read = (reading: Reading, node: Tree): void =>
  dropAll(reading, node, (item) => {
    const parts = strings(list(child(item, 'List'), 'items'))
    if (dropsTemporary(reading, parts)) return 'done'
    const name = reading.find(parts, (candidate) => relationKind(reading.catalog, candidate) !== undefined)
    if (name === undefined) return flag(node, 'missing_ok') ? undefined : refuse('42P01', `sequence "${parts.join('.')}" does not exist`)
    if (!reading.catalog.sequences.has(name)) return refuse('42809', `"${parts.join('.')}" is not a sequence`)
    const owner = sequenceOf(reading.catalog, name).ownedBy
    if (owner)
      refuseIdentity(
        reading.catalog,
        name,
        '2BP01',
        `cannot drop sequence ${display(name)} because column ${owner.column} of table ${localName(owner.table)} requires it`,
      )
    return keyOf('sequence', name)
  })

export const dropSequence = defineChange({
  kind: 'drop-sequence',
  summary: 'A sequence is dropped.',
  reads: { 'DropStmt OBJECT_SEQUENCE': read },
  apply({ name }, catalog) {
    const owner = sequenceOf(catalog, name).ownedBy
    if (owner)
      refuseIdentity(
        catalog,
        name,
        '2BP01',
        `cannot drop sequence ${display(name)} because column ${owner.column} of table ${localName(owner.table)} requires it`,
      )
    refuseDependents(catalog, keyOf('sequence', name))
    return dropFactsOf(drop(catalog, 'sequences', name), keyOf('sequence', name))
  },
  invert: ({ name }, before) => [{ kind: 'create-sequence', name, sequence: sequenceOf(before, name) }, ...recreateFactsOf(before, keyOf('sequence', name))],
  toSql: ({ name }, before) => (before.sequences.get(name)?.ownedBy?.mode === 'internal' ? [] : [`DROP SEQUENCE ${name}`]),
  footprint: ({ name }) => locking('ACCESS EXCLUSIVE', name),
  describe: ({ name }) => `sequence ${display(name)} is dropped`,
  touches: (change) => [droppedKey(change)],
  examples: [
    { given: `CREATE SEQUENCE a START 5; CREATE SEQUENCE b; COMMENT ON SEQUENCE a IS 'x'`, sql: 'DROP SEQUENCE IF EXISTS a, missing, b' },
    { given: 'CREATE TABLE t (id serial)', sql: 'DROP SEQUENCE t_id_seq CASCADE' },
  ],
})
