import type { Catalog } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { display, keyOf, localName, qualified, type RelationName, schemaOf } from '../../model/name.ts'
import { child, flag, list, strings } from '../../sql/tree.ts'
import { recreateTable } from '../create.ts'
import { defineChange } from '../define.ts'
import { refuseDependents } from '../dependents.ts'
import { droppedKey } from '../drop-change.ts'
import { dropAll } from '../drops.ts'
import { drop, dropFactsOf, tableOf } from '../edit.ts'
import { indexesOf, locking, sequencesOf } from '../footprint.ts'
import { constraintsOn, defaultPartition, indexesOn, referringTables, sequencesOwnedBy } from '../found-by.ts'
import { constraintIndexes } from '../names.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { dropsTemporary } from '../temporary.ts'

const withoutParts = (catalog: Catalog, name: RelationName): Catalog => {
  let next = dropFactsOf(drop(catalog, 'tables', name), keyOf('table', name))
  for (const index of constraintIndexes(tableOf(catalog, name))) next = dropFactsOf(next, keyOf('index', qualified(schemaOf(name), index)))
  for (const [index] of indexesOn(catalog, name)) next = dropFactsOf(drop(next, 'indexes', index), keyOf('index', index))
  for (const [sequence] of sequencesOwnedBy(catalog, name)) next = dropFactsOf(drop(next, 'sequences', sequence), keyOf('sequence', sequence))
  return next
}

/** DROP TABLE is refused for a foreign table, and DROP FOREIGN TABLE for any other. */
const refuseOtherKind = (reading: Reading, name: RelationName, wanted: 'table' | 'foreign table'): void => {
  if ((tableOf(reading.catalog, name).kind === 'foreign') !== (wanted === 'foreign table')) refuse('42809', `"${localName(name)}" is not a ${wanted}`)
}

const read =
  (wanted: 'table' | 'foreign table') =>
  (reading: Reading, node: Tree): void =>
    dropAll(reading, node, (item) => {
      const parts = strings(list(child(item, 'List'), 'items'))
      if (dropsTemporary(reading, parts)) return 'done'
      const name = reading.find(parts, (candidate) => reading.catalog.tables.has(candidate))
      if (name !== undefined) {
        refuseOtherKind(reading, name, wanted)
        return keyOf('table', name)
      }
      const other = reading.find(parts, (candidate) => reading.catalog.views.has(candidate))
      if (other !== undefined) return refuse('42809', `"${parts.join('.')}" is not a ${wanted}`)
      return flag(node, 'missing_ok') ? undefined : refuse('42P01', `${wanted} "${parts.join('.')}" does not exist`)
    })

const isReferenced = (catalog: Catalog, name: RelationName): boolean => {
  const above = catalog.tables.get(name)?.partitionOf?.parent
  return referringTables(catalog, name).length > 0 || (above !== undefined && isReferenced(catalog, above))
}

/** A foreign key onto its partitioned table holds a partition, too: only one that is detached can go. */
const detached = (name: RelationName, catalog: Catalog): readonly string[] => {
  const parent = catalog.tables.get(name)?.partitionOf?.parent
  return parent !== undefined && isReferenced(catalog, parent) ? [`ALTER TABLE ${parent} DETACH PARTITION ${name}`] : []
}

export const dropTable = defineChange({
  kind: 'drop-table',
  summary: 'A table is dropped, with its columns, constraints, indexes, policies, triggers and owned sequences.',
  reads: { 'DropStmt OBJECT_TABLE': read('table'), 'DropStmt OBJECT_FOREIGN_TABLE': read('foreign table') },
  apply({ name }, catalog) {
    tableOf(catalog, name)
    refuseDependents(catalog, keyOf('table', name))
    return withoutParts(catalog, name)
  },
  invert: ({ name }, before) => recreateTable(before, name, tableOf(before, name)),
  toSql: ({ name }, before) => [...detached(name, before), `DROP ${before.tables.get(name)?.kind === 'foreign' ? 'FOREIGN ' : ''}TABLE ${name}`],
  footprint({ name }, before) {
    const referenced = constraintsOn(before, name).flatMap((constraint) => (constraint.type === 'foreign key' ? [constraint.references] : []))
    const parent = before.tables.get(name)?.partitionOf?.parent
    return locking(
      'ACCESS EXCLUSIVE',
      name,
      ...indexesOf(before, name),
      ...sequencesOf(before, name),
      ...new Set(referenced.filter((relation) => relation !== name)),
      ...(parent === undefined ? [] : [parent, ...defaultPartition(before, parent)]),
    )
  },
  describe: ({ name }) => `table ${display(name)} is dropped`,
  touches: (change) => [droppedKey(change)],
  examples: [
    { given: `CREATE TABLE a (id serial PRIMARY KEY, b text); CREATE INDEX i ON a (b); COMMENT ON TABLE a IS 'x'`, sql: `DROP TABLE a` },
    { given: `CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a_id int REFERENCES a)`, sql: `DROP TABLE a CASCADE` },
    {
      given: `CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE far (id int) SERVER s OPTIONS (path '/x'); COMMENT ON FOREIGN TABLE far IS 'x'`,
      sql: `DROP FOREIGN TABLE far`,
    },
  ],
})
