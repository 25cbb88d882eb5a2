import { isUsed } from '../../changes/batch.ts'
import { isPartitioned } from '../../changes/found-by.ts'
import { display, keyOf } from '../../model/name.ts'
import { isHeld, isLimited } from '../brief-locks.ts'
import { defineStepRule } from '../define.ts'
import { dropIndexOutside } from '../remedies.ts'

export const dropIndexNotConcurrent = defineStepRule({
  id: 'drop-index-not-concurrent',
  severity: 'warning',
  weighs: 'traffic',
  summary: 'An index of a table in use is dropped without CONCURRENTLY.',
  why: 'DROP INDEX takes ACCESS EXCLUSIVE on the table too: it waits for every running query, all new ones queue behind it, and inside a batch they wait until the batch ends.',
  instead: 'Drop the index CONCURRENTLY, outside of a transaction, before the migration; the migration then says DROP INDEX IF EXISTS.',
  judges: {
    'drop-index'(move, view) {
      const { name, concurrently, implied } = move.change
      const relation = move.before.indexes.get(name)?.relation
      if (concurrently || implied || relation === undefined || !isUsed(move, relation) || isHeld(view, relation, 'ACCESS EXCLUSIVE')) return undefined
      const found = {
        message: `Dropping index ${display(name)} locks all of ${display(relation)}, against reads too.`,
        object: keyOf('index', name),
        relation,
        lock: { relation, mode: 'ACCESS EXCLUSIVE', duration: 'moment' },
      } as const
      if (isPartitioned(move.before, relation))
        return isLimited(view)
          ? undefined
          : { ...found, help: 'The index of a partitioned table cannot be dropped CONCURRENTLY: set lock_timeout, and deploy again when it fails.' }
      return { ...found, remedy: dropIndexOutside(name) }
    },
  },
  bad: [
    {
      shows: 'an index of a table that an earlier migration made',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint); CREATE INDEX orders_customer_idx ON orders (customer)',
      sql: 'DROP INDEX orders_customer_idx',
    },
    {
      shows: 'a quoted name in a schema, in a DO block',
      given: 'CREATE SCHEMA app; CREATE TABLE app."Order" (id bigint, customer bigint); CREATE INDEX "Order_customer" ON app."Order" (customer)',
      sql: 'DO $$ BEGIN DROP INDEX IF EXISTS app."Order_customer"; END $$',
    },
    {
      shows: 'the index of a partitioned table, which cannot be dropped CONCURRENTLY',
      given: 'CREATE TABLE logs (at date, kind text) PARTITION BY RANGE (at); CREATE INDEX logs_kind_idx ON logs (kind)',
      sql: 'DROP INDEX logs_kind_idx',
    },
  ],
  good: [
    { shows: 'an index that is not there', given: 'CREATE TABLE orders (id bigint PRIMARY KEY)', sql: 'DROP INDEX IF EXISTS orders_customer_idx' },
    {
      shows: 'an index of a table that the same batch makes',
      sql: [
        'CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint); CREATE INDEX orders_customer_idx ON orders (customer)',
        'DROP INDEX orders_customer_idx',
      ],
    },
    {
      shows: 'CONCURRENTLY, run outside of a transaction',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint); CREATE INDEX orders_customer_idx ON orders (customer)',
      sql: 'DROP INDEX CONCURRENTLY orders_customer_idx',
      runner: 'none',
    },
  ],
})
