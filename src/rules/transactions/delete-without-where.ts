import { isUsed } from '../../changes/batch.ts'
import { display } from '../../model/name.ts'
import { dataStatementsOf } from '../data-statements.ts'
import { defineStepRule } from '../define.ts'

export const deleteWithoutWhere = defineStepRule({
  id: 'delete-without-where',
  severity: 'error',
  summary: 'A DELETE without WHERE removes every row of a table in use.',
  why: 'All rows are gone when the batch is committed, and no later migration brings them back. Rows that refer to them with ON DELETE CASCADE go too.',
  instead: 'Name the rows with WHERE. When all of them are meant, take a backup first and say so in a waiver.',
  judges: {
    'change-data'(move, view) {
      return dataStatementsOf(move, view)
        .filter(({ command, target, where, reads }) => command === 'DELETE' && !where && reads.length === 0 && isUsed(move, target))
        .map(({ target }) => ({
          message: `Every row of ${display(target)} is removed.`,
          object: target,
          relation: target,
          precheck: `SELECT * FROM ${target} LIMIT 20`,
        }))
    },
  },
  bad: [
    { shows: 'every row of a table in use', given: 'CREATE TABLE sessions (id bigint PRIMARY KEY)', sql: 'DELETE FROM sessions' },
    { shows: 'in a DO block, quoted', given: 'CREATE TABLE "Session" (id bigint PRIMARY KEY)', sql: 'DO $$ BEGIN DELETE FROM "Session"; END $$' },
    {
      shows: 'while a table is locked',
      given: 'CREATE TABLE sessions (id bigint PRIMARY KEY)',
      sql: 'ALTER TABLE sessions ADD COLUMN token text;\nDELETE FROM sessions',
    },
  ],
  good: [
    { shows: 'some rows', given: 'CREATE TABLE sessions (id bigint PRIMARY KEY, expires date)', sql: 'DELETE FROM sessions WHERE expires < now()' },
    {
      shows: 'rows that are joined',
      given: 'CREATE TABLE a (id bigint PRIMARY KEY); CREATE TABLE b (id bigint PRIMARY KEY)',
      sql: 'DELETE FROM a USING b WHERE a.id = b.id',
    },
    { shows: 'a table that the batch made', sql: 'CREATE TABLE sessions (id bigint PRIMARY KEY);\nDELETE FROM sessions' },
  ],
})
