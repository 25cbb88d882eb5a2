import { isUsed, type Move } from '../../changes/batch.ts'
import { childrenOf, isPartitioned } from '../../changes/found-by.ts'
import { printIndex } from '../../changes/print.ts'
import type { Change } from '../../model/change.ts'
import type { Remedy } from '../../model/finding.ts'
import { display, keyOf, localName, qualified, schemaOf } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { duplicatePrecheck, mayHoldDuplicates } from '../duplicate-precheck.ts'
import { plainSql } from '../plain-sql.ts'
import { buildIndexOutside } from '../remedies.ts'
import { storesOf } from '../stored-rows.ts'

/** CONCURRENTLY is refused on a partitioned table: an index on nothing but it, one on each partition, and these attached to it. */
const byPartition = ({ change: { name, index }, before }: Move<Change<'create-index'>>): Remedy => {
  const parts = childrenOf(before, index.relation).map((relation) => ({
    relation,
    name: qualified(schemaOf(relation), `${localName(relation)}_${localName(name)}`.slice(0, 63)),
  }))
  return {
    title: 'Build it partition by partition without blocking writes',
    steps: [
      {
        when: 'outside',
        sql: [
          printIndex(name, { ...index, only: true }, false),
          ...parts.map((part) => printIndex(part.name, { ...index, relation: part.relation }, true)),
          ...parts.map((part) => `ALTER INDEX ${name} ATTACH PARTITION ${part.name}`),
        ].map(plainSql),
        note: 'Before the migration is deployed; not in a transaction.',
      },
      {
        when: 'instead',
        sql: [plainSql(printIndex(name, index, false).replace(' INDEX ', ' INDEX IF NOT EXISTS '))],
        note: 'Finds it done, and makes it on new databases.',
      },
    ],
  }
}

export const indexNotConcurrent = defineStepRule({
  id: 'index-not-concurrent',
  severity: 'error',
  weighs: 'rows',
  summary: 'An index is built on a table in use without CONCURRENTLY.',
  why: 'CREATE INDEX takes a SHARE lock: every INSERT, UPDATE and DELETE on the table waits until the whole table has been read and sorted, and inside a batch until the batch ends.',
  instead: 'Build the index CONCURRENTLY, outside of a transaction, before the migration; the migration then says CREATE INDEX IF NOT EXISTS.',
  judges: {
    'create-index'(move, { batch }) {
      const { name, index, concurrently, implied } = move.change
      if (concurrently || implied || index.only === true || !isUsed(move, index.relation)) return undefined
      const stores = move.before.views.has(index.relation) ? [index.relation] : storesOf(move.before, index.relation)
      const precheck = duplicatePrecheck(move, batch)
      const duplicates = index.unique && mayHoldDuplicates(move, batch) ? ' Duplicates make it fail.' : ''
      return {
        message: `Building index ${display(name)} keeps writes to ${display(index.relation)} waiting until it is done.${duplicates}`,
        object: keyOf('index', name),
        relation: index.relation,
        lock: { relation: index.relation, mode: 'SHARE', duration: 'index build' },
        claim: { scans: stores },
        ...(precheck === undefined ? {} : { precheck }),
        remedy: isPartitioned(move.before, index.relation) ? byPartition(move) : buildIndexOutside(name, index),
      }
    },
  },
  bad: [
    {
      shows: 'an index on a table that an earlier migration made',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint)',
      sql: 'CREATE INDEX orders_customer_idx ON orders (customer)',
    },
    {
      shows: 'a unique index, in a DO block',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, email text)',
      sql: 'DO $$ BEGIN CREATE UNIQUE INDEX users_email_key ON users (email); EXCEPTION WHEN duplicate_table THEN NULL; END $$',
    },
    {
      shows: 'a partitioned table, where CONCURRENTLY is refused',
      given: 'CREATE TABLE logs (at date, kind text) PARTITION BY RANGE (at); CREATE TABLE logs_rest PARTITION OF logs DEFAULT',
      sql: 'CREATE INDEX logs_kind_idx ON logs (kind)',
    },
  ],
  good: [
    {
      shows: 'an index on a table that the same batch makes',
      sql: ['CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint)', 'CREATE INDEX orders_customer_idx ON orders (customer)'],
    },
    {
      shows: 'CONCURRENTLY, run outside of a transaction',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint)',
      sql: 'CREATE INDEX CONCURRENTLY orders_customer_idx ON orders (customer)',
      runner: 'none',
    },
    {
      shows: 'an index that is there already',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint); CREATE INDEX orders_customer_idx ON orders (customer)',
      sql: 'CREATE INDEX IF NOT EXISTS orders_customer_idx ON orders (customer)',
    },
  ],
})
