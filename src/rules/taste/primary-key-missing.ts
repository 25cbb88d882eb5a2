import { isUsed, type Move } from '../../changes/batch.ts'
import type { Table } from '../../model/catalog.ts'
import { display, keyOf, type RelationName } from '../../model/name.ts'
import { defineBatchRule } from '../define.ts'
import { relationAfter } from '../origins.ts'

const hasKey = ({ constraints }: Table): boolean => [...constraints.values()].some(({ type }) => type === 'primary key')

/** Partitions and heirs live by their parent's key; foreign tables have none. */
const needsKey = (table: Table): boolean => table.kind !== 'foreign' && !table.partitionOf && table.inherits.length === 0

/** The table that a change makes, or whose key it takes away. */
const keylessBy = (move: Move): { readonly name: RelationName; readonly lost: boolean } | undefined => {
  const { change, before } = move
  if (change.kind === 'create-table') return { name: change.name, lost: false }
  if (change.kind !== 'drop-constraint' || !isUsed(move, change.on)) return undefined
  return before.tables.get(change.on)?.constraints.get(change.name)?.type === 'primary key' ? { name: change.on, lost: true } : undefined
}

export const primaryKeyMissing = defineBatchRule({
  id: 'primary-key-missing',
  severity: 'warning',
  preset: 'taste',
  summary: 'A table is made without a primary key, or loses it.',
  why: 'Rows cannot be told apart: duplicates cannot be removed one by one, logical replication refuses updates and deletes, and tools that page or copy by key have none.',
  instead: 'Add a primary key, for a join table over both of its references.',
  check({ batch, after }) {
    return batch.steps.flatMap((at) =>
      at.moves.flatMap((move) => {
        const keyless = keylessBy(move)
        const name = keyless && relationAfter(batch, move, keyless.name)
        const table = name && after.tables.get(name)
        if (!keyless || !name || !table || !needsKey(table) || hasKey(table)) return []
        return [{ at, message: `Table ${display(name)} has no primary key${keyless.lost ? ' any more' : ''}.`, object: keyOf('table', name) }]
      }),
    )
  },
  bad: [
    { shows: 'a join table without a key', sql: 'CREATE TABLE user_roles (user_id bigint NOT NULL, role_id bigint NOT NULL)' },
    {
      shows: 'the key goes with its column',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, name text)',
      sql: 'ALTER TABLE users DROP COLUMN id',
      also: ['drop-column'],
    },
  ],
  good: [
    { shows: 'a key over both references', sql: 'CREATE TABLE user_roles (user_id bigint, role_id bigint, PRIMARY KEY (user_id, role_id))' },
    { shows: 'a key that a later file adds', sql: ['CREATE TABLE logs (id bigint NOT NULL)', 'ALTER TABLE logs ADD PRIMARY KEY (id)'] },
    {
      shows: 'another key takes its place',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL)',
      sql: 'ALTER TABLE users DROP CONSTRAINT users_pkey; ALTER TABLE users ADD PRIMARY KEY (name)',
      also: ['drop-unique', 'unique-constraint-index-build'],
    },
    {
      shows: 'a partition',
      sql: 'CREATE TABLE logs (id bigint PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM (1) TO (2)',
    },
  ],
})
