import type { Table } from '../../model/catalog.ts'
import { display, keyOf } from '../../model/name.ts'
import { defineBatchRule } from '../define.ts'

const hasKey = ({ constraints }: Table): boolean => [...constraints.values()].some(({ type }) => type === 'primary key')

/** Partitions and heirs live by their parent's key; foreign tables have none. */
const needsKey = (table: Table): boolean => table.kind !== 'foreign' && !table.partitionOf && table.inherits.length === 0

export const primaryKeyMissing = defineBatchRule({
  id: 'primary-key-missing',
  severity: 'warning',
  preset: 'taste',
  summary: 'A new table has no primary key.',
  why: 'Rows cannot be told apart: duplicates cannot be removed one by one, logical replication refuses updates and deletes, and tools that page or copy by key have none.',
  instead: 'Add a primary key, for a join table over both of its references.',
  check({ batch, after }) {
    return batch.steps.flatMap((at) =>
      at.moves.flatMap(({ change }) => {
        const table = change.kind === 'create-table' ? after.tables.get(change.name) : undefined
        if (change.kind !== 'create-table' || !table || !needsKey(table) || hasKey(table)) return []
        return [{ at, message: `Table ${display(change.name)} has no primary key.`, object: keyOf('table', change.name) }]
      }),
    )
  },
  bad: [{ shows: 'a join table without a key', sql: 'CREATE TABLE user_roles (user_id bigint NOT NULL, role_id bigint NOT NULL)' }],
  good: [
    { shows: 'a key over both references', sql: 'CREATE TABLE user_roles (user_id bigint, role_id bigint, PRIMARY KEY (user_id, role_id))' },
    { shows: 'a key that a later file adds', sql: ['CREATE TABLE logs (id bigint NOT NULL)', 'ALTER TABLE logs ADD PRIMARY KEY (id)'] },
    {
      shows: 'a partition',
      sql: 'CREATE TABLE logs (id bigint PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM (1) TO (2)',
    },
  ],
})
