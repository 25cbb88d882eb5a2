import { isUsed } from '../../changes/batch.ts'
import { archivePrefix, display, displayIdentifier, inSchema, parseKey, type RelationName } from '../../model/name.ts'
import { identifiers } from '../../sql/print.ts'
import { defineStepRule } from '../define.ts'
import { plainSql } from '../plain-sql.ts'

export const setSchema = defineStepRule({
  id: 'set-schema',
  severity: 'warning',
  weighs: 'traffic',
  summary: 'A table or view in use is moved to another schema.',
  why: 'SET SCHEMA takes ACCESS EXCLUSIVE for a moment; and as soon as it is committed, queries of the release that still runs name a relation that is no longer there (42P01).',
  instead: 'Leave a view under the old name until no running release uses it, and set lock_timeout before the move.',
  judges: {
    'set-schema'(move) {
      const { object, to, implied } = move.change
      const { kind, name } = parseKey(object)
      const relation = name as RelationName
      if (implied || (kind !== 'table' && kind !== 'view') || !isUsed(move, relation)) return undefined
      const moved = inSchema(relation, to)
      const columns = move.before.tables.get(relation)?.columns.map((column) => column.name)
      return {
        message: `${display(relation)} is moved to schema ${displayIdentifier(to)}: queries that name it where it was fail as soon as the migration commits.`,
        object,
        relation,
        lock: { relation, mode: 'ACCESS EXCLUSIVE', duration: 'moment' },
        ...(columns && !to.startsWith(archivePrefix)
          ? {
              remedy: {
                title: 'Leave a view under the old name',
                steps: [
                  {
                    when: 'instead',
                    sql: [
                      `ALTER TABLE ${relation} SET SCHEMA ${displayIdentifier(to)}`,
                      `CREATE VIEW ${relation} WITH (security_invoker = true) AS SELECT ${identifiers(columns)} FROM ${moved}`,
                    ].map(plainSql),
                    note: 'The view passes reads, INSERT, UPDATE and DELETE on to the table; security_invoker needs PostgreSQL 15.',
                  },
                  { when: 'next deployment', sql: [plainSql(`DROP VIEW ${relation}`)], note: 'When no running release names it there.' },
                ],
              },
            }
          : {}),
      }
    },
  },
  bad: [
    {
      shows: 'a table that an earlier migration made',
      given: 'CREATE SCHEMA archive; CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: 'ALTER TABLE orders SET SCHEMA archive',
    },
  ],
  good: [
    { shows: 'a table that the same batch makes', sql: 'CREATE SCHEMA archive; CREATE TABLE orders (id bigint); ALTER TABLE orders SET SCHEMA archive' },
    {
      shows: 'a function, which no table lock is taken for',
      given: "CREATE SCHEMA api; CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      sql: 'ALTER FUNCTION one() SET SCHEMA api',
    },
  ],
})
