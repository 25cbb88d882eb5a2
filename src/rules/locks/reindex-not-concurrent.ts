import { isUsed } from '../../changes/batch.ts'
import { isPartitioned } from '../../changes/found-by.ts'
import { ownerOfIndex, relationKind } from '../../changes/names.ts'
import { display, keyOf } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { plainSql } from '../plain-sql.ts'
import { storesOf } from '../stored-rows.ts'

export const reindexNotConcurrent = defineStepRule({
  id: 'reindex-not-concurrent',
  severity: 'warning',
  weighs: 'rows',
  summary: 'Indexes of a table in use are built anew without CONCURRENTLY.',
  why: 'REINDEX takes SHARE on the table and ACCESS EXCLUSIVE on the index: writes wait until it is done, and so does every query that is planned on the table.',
  instead: 'Take REINDEX out of the migration: no schema depends on it. Run it CONCURRENTLY, outside of a transaction.',
  judges: {
    maintain(move, view) {
      const [, kind, concurrently] = /^REINDEX (\w+)( CONCURRENTLY)?$/.exec(move.change.command) ?? []
      if (kind === undefined || concurrently !== undefined) return undefined
      const [name] = move.change.relations
      const outside = { when: 'outside', note: 'Not in a transaction; nothing of it is left to say in the migration.' } as const
      if (name === undefined) {
        // System catalogs have no other way.
        if (view.inBlock || kind === 'SYSTEM') return undefined
        const sql = move.change.sql.replace(/^(\s*REINDEX\s+(?:\([^)]*\)\s*)?\w+)/i, '$1 CONCURRENTLY')
        return {
          message: `REINDEX ${kind} keeps writes to one table after the other waiting.`,
          object: kind,
          remedy: { title: 'Build them without blocking writes', steps: [{ ...outside, sql: [sql] }] },
        }
      }
      const relation = move.before.indexes.get(name)?.relation ?? ownerOfIndex(move.before, name) ?? name
      if (relationKind(move.before, name) === undefined || !isUsed(move, relation)) return undefined
      if (view.inBlock && isPartitioned(move.before, relation)) return undefined
      return {
        message: `${kind === 'INDEX' ? `Building index ${display(name)} anew` : `Building all indexes of ${display(name)} anew`} keeps writes to ${display(relation)} waiting, and queries that are planned meanwhile.`,
        object: keyOf(kind === 'INDEX' ? 'index' : 'table', name),
        relation,
        ...(isPartitioned(move.before, relation)
          ? {}
          : { lock: { relation, mode: 'SHARE', duration: 'index build' }, claim: { scans: storesOf(move.before, relation) } }),
        remedy: { title: 'Build it without blocking writes', steps: [{ ...outside, sql: [plainSql(`REINDEX ${kind} CONCURRENTLY ${name}`)] }] },
      }
    },
  },
  bad: [
    {
      shows: 'one index',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint); CREATE INDEX orders_customer_idx ON orders (customer)',
      sql: 'REINDEX INDEX orders_customer_idx',
    },
    { shows: 'all indexes of a table', given: 'CREATE TABLE orders (id bigint PRIMARY KEY)', sql: 'REINDEX TABLE orders' },
    { shows: 'a whole schema, outside of a transaction', given: 'CREATE TABLE orders (id bigint PRIMARY KEY)', sql: 'REINDEX SCHEMA public', runner: 'none' },
  ],
  good: [
    {
      shows: 'CONCURRENTLY, run outside of a transaction',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: 'REINDEX TABLE CONCURRENTLY orders',
      runner: 'none',
    },
    { shows: 'a table that the same batch makes', sql: 'CREATE TABLE orders (id bigint PRIMARY KEY); REINDEX TABLE orders' },
  ],
})
