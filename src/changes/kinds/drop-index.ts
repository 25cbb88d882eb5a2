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
import { forgetIndex, rememberIndex } from '../index-uses.ts'
import { ownerOfIndex } from '../names.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'

const read = (reading: Reading, node: Tree): void =>
  dropAll(reading, node, (item) => {
    const parts = strings(list(child(item, 'List'), 'items'))
    const name = reading.find(parts, (candidate) => reading.catalog.indexes.has(candidate))
    if (name !== undefined) return keyOf('index', name)
    const owned = reading.find(parts, (candidate) => ownerOfIndex(reading.catalog, candidate) !== undefined)
    if (owned !== undefined)
      return refuse(
        '2BP01',
        `cannot drop index ${parts.at(-1)} because constraint ${parts.at(-1)} on table ${display(ownerOfIndex(reading.catalog, owned) ?? owned)} requires it`,
      )
    return flag(node, 'missing_ok') ? undefined : refuse('42704', `index "${parts.join('.')}" does not exist`)
  })

export const dropIndex = defineChange({
  kind: 'drop-index',
  summary: 'An index is dropped.',
  reads: { 'DropStmt OBJECT_INDEX': read },
  apply({ name }, catalog) {
    if (!catalog.indexes.has(name)) refuse('42704', `index "${display(name)}" does not exist`)
    refuseDependents(catalog, keyOf('index', name))
    const relation = catalog.indexes.get(name)?.relation
    const left = dropFactsOf(drop(catalog, 'indexes', name), keyOf('index', name))
    return relation === undefined ? left : forgetIndex(left, relation, localName(name))
  },
  invert({ name, concurrently }, before) {
    const index = before.indexes.get(name)
    return index
      ? [
          { kind: 'create-index', name, index, concurrently },
          ...recreateFactsOf(before, keyOf('index', name)),
          ...rememberIndex(before, index.relation, localName(name)),
        ]
      : []
  },
  toSql: ({ name, concurrently }) => [`DROP INDEX ${concurrently ? 'CONCURRENTLY ' : ''}${name}`],
  footprint({ name, concurrently }, before) {
    const relation = before.indexes.get(name)?.relation
    return locking(concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE', name, ...(relation === undefined ? [] : [relation]))
  },
  describe: ({ name, concurrently }) => `index ${display(name)} is dropped${concurrently ? ', concurrently' : ''}`,
  touches: (change) => [droppedKey(change)],
  examples: [
    { given: `CREATE TABLE t (a int); CREATE INDEX i ON t (a); COMMENT ON INDEX i IS 'x'`, sql: 'DROP INDEX i' },
    { given: 'CREATE TABLE t (a int); CREATE UNIQUE INDEX i ON t (a); CREATE TABLE c (a int REFERENCES t (a))', sql: 'DROP INDEX IF EXISTS i CASCADE' },
  ],
})
