import { isUsed } from '../../changes/batch.ts'
import { isPartitioned } from '../../changes/found-by.ts'
import type { Catalog } from '../../model/catalog.ts'
import { display, displayIdentifier, keyOf, localName, qualified, quoteIdentifier, type RelationName, schemaOf } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { plainSql } from '../plain-sql.ts'
import { isRewrittenBesides } from '../statement-rewrites.ts'

/** The method of a table or materialised view. Which one the server takes by default is a setting; as it comes, it is heap. */
const methodOf = (catalog: Catalog, on: RelationName): string => (catalog.tables.get(on) ?? catalog.views.get(on))?.accessMethod ?? 'heap'

const besideIt = (on: RelationName, method: string): string => {
  const copy = plainSql(`CREATE TABLE ${qualified(schemaOf(on), `${localName(on)}_new`)} (LIKE ${on} INCLUDING ALL) USING ${quoteIdentifier(method)}`)
  return `Make the new table beside it (${copy}), copy the rows in portions while a trigger keeps both alike, and swap the names in a short transaction. LIKE copies no foreign keys, triggers, policies or grants: make these by hand.`
}

export const setAccessMethod = defineStepRule({
  id: 'set-access-method',
  severity: 'error',
  versions: { from: 15 },
  weighs: 'rows',
  summary: 'A table or materialised view in use gets another table access method.',
  why: 'PostgreSQL writes the whole table anew in the other format and builds all its indexes anew, under ACCESS EXCLUSIVE: nobody can read or write it until it is done.',
  instead: 'Make a new table with the method, copy the rows in portions, and swap the names; or change it at a quiet time with lock_timeout set.',
  judges: {
    'set-access-method'(move, view) {
      const { on, to = 'heap' } = move.change
      const stored = move.before.views.get(on)
      if (!isUsed(move, on) || to === methodOf(move.before, on) || stored?.withData === false) return undefined
      // The method of a partitioned table is that of partitions to come.
      if (isPartitioned(move.before, on) || isRewrittenBesides(view, on, move)) return undefined
      return {
        message: `${display(on)} is written anew with all its indexes, to be stored by ${displayIdentifier(to)}, while nobody can read ${stored ? '' : 'or write '}it.`,
        object: keyOf(stored ? 'view' : 'table', on),
        relation: on,
        lock: { relation: on, mode: 'ACCESS EXCLUSIVE', duration: 'rewrite' },
        claim: { rewrites: [on] },
        help: stored
          ? `Make a new materialised view USING ${displayIdentifier(to)} beside ${display(on)}, with its indexes, and swap the names in a short transaction.`
          : besideIt(on, to),
      }
    },
  },
  bad: [
    {
      shows: 'a table',
      given: 'CREATE ACCESS METHOD columnar TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE events (id bigint PRIMARY KEY, note text)',
      sql: 'ALTER TABLE events SET ACCESS METHOD columnar',
    },
    {
      shows: 'back to the default, of a partition',
      given:
        'CREATE ACCESS METHOD columnar TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE events (day date) PARTITION BY RANGE (day); CREATE TABLE events_2030 PARTITION OF events DEFAULT USING columnar',
      sql: 'ALTER TABLE events_2030 SET ACCESS METHOD DEFAULT',
    },
    {
      shows: 'a materialised view with a quoted name',
      given: `CREATE ACCESS METHOD columnar TYPE TABLE HANDLER heap_tableam_handler; CREATE MATERIALIZED VIEW "Totals" AS SELECT 1 AS n`,
      sql: 'ALTER MATERIALIZED VIEW "Totals" SET ACCESS METHOD columnar',
    },
    {
      shows: 'together with a move to another tablespace: it is written anew once',
      given: 'CREATE ACCESS METHOD columnar TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE events (id bigint PRIMARY KEY, note text)',
      sql: 'ALTER TABLE events SET TABLESPACE fast, SET ACCESS METHOD columnar',
    },
  ],
  good: [
    {
      shows: 'the method that it has',
      given: 'CREATE TABLE events (id bigint PRIMARY KEY) USING heap',
      sql: 'ALTER TABLE events SET ACCESS METHOD DEFAULT',
    },
    {
      shows: 'the method of partitions to come',
      given: 'CREATE ACCESS METHOD columnar TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE events (day date) PARTITION BY RANGE (day)',
      sql: 'ALTER TABLE events SET ACCESS METHOD columnar',
    },
    {
      shows: 'a table that the same batch makes',
      given: 'CREATE ACCESS METHOD columnar TYPE TABLE HANDLER heap_tableam_handler',
      sql: 'CREATE TABLE events (id bigint); ALTER TABLE events SET ACCESS METHOD columnar',
    },
  ],
})
