import { statementsOf } from '../../changes/index.ts'
import { display, keyOf } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { relationBefore } from '../origins.ts'
import { columnsOf, dropLater, listed } from '../running-code.ts'

export const dropView = defineStepRule({
  id: 'drop-view',
  severity: 'warning',
  summary: 'A view that was there before the batch is dropped, or made anew with fewer columns.',
  why: 'No rows are lost, but during a deployment the previous release still runs, and so do reports and other services: every query that names the view fails.',
  instead:
    'Stop using the view in one release, and drop it in a later one. Where it is to change, make the new one by CREATE OR REPLACE VIEW, or drop and create it in the same batch with all columns that it had.',
  judges: {
    'drop-view'(move, view) {
      const { change, before } = move
      if (change.implied || relationBefore(view.batch, move, change.name) === undefined) return undefined
      const old = before.views.get(change.name)
      if (!old) return undefined
      const now = columnsOf(view.batch.after, change.name)
      const missing = old.columns.filter((column) => !now?.includes(column))
      if (now && missing.length === 0) return undefined
      const shown = `${old.materialized ? 'Materialised view' : 'View'} ${display(change.name)}`
      return {
        message: now
          ? `${shown} is made anew without ${listed(missing)}; running code that names ${missing.length === 1 ? 'it' : 'them'} fails.`
          : `${shown} is dropped, and running code that names it fails.`,
        object: keyOf('view', change.name),
        relation: change.name,
        remedy: dropLater(`view ${display(change.name)}`, statementsOf(change, before)),
      }
    },
  },
  bad: [
    { shows: 'a view', given: 'CREATE TABLE users (id bigint); CREATE VIEW ids AS SELECT id FROM users', sql: 'DROP VIEW ids' },
    {
      shows: 'a view that comes back with fewer columns',
      given: 'CREATE TABLE users (id bigint, name text); CREATE VIEW people AS SELECT id, name FROM users',
      sql: 'DROP VIEW people;\n--> statement-breakpoint\nCREATE VIEW people AS SELECT id FROM users',
    },
  ],
  good: [
    {
      shows: 'a view that comes back with what it had, and more',
      given: 'CREATE TABLE users (id bigint, name text); CREATE VIEW people AS SELECT id FROM users',
      sql: 'DROP VIEW people;\n--> statement-breakpoint\nCREATE VIEW people AS SELECT id, name FROM users',
    },
    { shows: 'a view that is not there', sql: 'DROP VIEW IF EXISTS people' },
  ],
})
