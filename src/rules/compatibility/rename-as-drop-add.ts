import { statementsOf } from '../../changes/index.ts'
import type { Remedy } from '../../model/finding.ts'
import { display, keyOf, localName, member, schemaOf } from '../../model/name.ts'
import { defineStepRule, type StepView } from '../define.ts'
import { deprecationOf } from '../deprecation.ts'
import { renamedColumn, renamedTable } from '../lookalikes.ts'
import { columnBefore, relationAfter, relationBefore } from '../origins.ts'
import { plainSql } from '../plain-sql.ts'
import { rowsWhere, valuesWhere } from '../prechecks.ts'
import { displayColumn } from '../running-code.ts'

const isDeprecated = (view: StepView): boolean => deprecationOf(view.step.statement, view)?.state === 'fulfilled'

const rename = (sql: readonly string[]): Remedy => ({
  title: 'If it is a rename, rename it',
  steps: [
    { when: 'instead', sql: sql.map(plainSql), note: 'In the place of both statements. Code that still runs names the old one: see the rules on renames.' },
  ],
})

export const renameAsDropAdd = defineStepRule({
  id: 'rename-as-drop-add',
  severity: 'error',
  summary: 'A column or table is dropped, and one like it is made by the same batch: a rename that loses all values.',
  why: 'When drizzle-kit asks whether a new column is a renamed one, "create column" is the first answer. It then writes a DROP and an ADD: the new column is empty, and the old values are gone.',
  instead: 'If it is a rename, generate the migration again and answer "rename", or write RENAME. If it is not, drop the old one in a later release.',
  judges: {
    'drop-column'(move, view) {
      const { change, before } = move
      const old = columnBefore(view.batch, move, change.on, change.column)
      if (change.implied || !old || isDeprecated(view)) return undefined
      if (relationAfter(view.batch, move, change.on) === undefined) return undefined
      const to = renamedColumn(view.batch, move)
      if (to === undefined) return undefined
      const [shown, next] = [displayColumn(change.on, change.column), displayColumn(change.on, to)]
      return {
        message: `Column ${shown} is dropped with its values, and the batch adds ${next}, of the same type and empty. If this is a rename, its values are lost; if not, running code that names ${shown} fails.`,
        object: keyOf('column', member(change.on, change.column)),
        relation: change.on,
        remedy: rename(statementsOf({ kind: 'rename-column', on: change.on, from: change.column, to }, before)),
        precheck: valuesWhere(old.on, old.column),
      }
    },
    'drop-table'(move, view) {
      const { change, before } = move
      const old = relationBefore(view.batch, move, change.name)
      if (change.implied || old === undefined || isDeprecated(view)) return undefined
      const to = renamedTable(view.batch, move)
      if (to === undefined) return undefined
      const shown = display(change.name)
      const made = to === change.name ? 'makes it anew' : `makes ${display(to)}, with nearly the same columns`
      return {
        message: `Table ${shown} is dropped with all of its rows, and the batch ${made} and empty. If ${to === change.name ? 'its rows are to stay' : 'this is a rename'}, they are lost; if not, running code that names ${shown} fails.`,
        object: keyOf('table', change.name),
        relation: change.name,
        ...(to === change.name || schemaOf(to) !== schemaOf(change.name)
          ? {}
          : { remedy: rename(statementsOf({ kind: 'rename-table', name: change.name, to: localName(to) }, before)) }),
        precheck: rowsWhere(old),
      }
    },
  },
  bad: [
    {
      shows: 'a column with a new name',
      given: 'CREATE TABLE users (id bigint, "userName" text)',
      sql: 'ALTER TABLE users ADD COLUMN user_name text;\n--> statement-breakpoint\nALTER TABLE users DROP COLUMN "userName"',
    },
    {
      shows: 'the only column that is dropped and the only one that is added, of the same type, in two files',
      given: 'CREATE TABLE schedules (id bigint, deleted_at timestamptz)',
      sql: ['ALTER TABLE schedules DROP COLUMN deleted_at', 'ALTER TABLE schedules ADD COLUMN expires_at timestamptz'],
    },
    {
      shows: 'a table with a new name',
      given: 'CREATE TABLE logs (id bigint, level text, message text, created_at timestamptz)',
      sql: 'CREATE TABLE workflow_logs (id bigint, level text, message text, created_at timestamptz, workflow text);\nDROP TABLE logs CASCADE',
    },
  ],
  good: [
    {
      shows: 'a rename',
      given: 'CREATE TABLE users (id bigint, "userName" text)',
      sql: 'ALTER TABLE users RENAME COLUMN "userName" TO user_name',
      also: ['rename-column'],
    },
    {
      shows: 'values that are moved over before the old column goes',
      given: 'CREATE TABLE users (id bigint, "userName" text)',
      sql: 'ALTER TABLE users ADD COLUMN user_name text; UPDATE users SET user_name = "userName" WHERE id > 0; ALTER TABLE users DROP COLUMN "userName"',
      also: ['backfill-in-ddl-tx', 'drop-column'],
    },
    {
      shows: 'a column of another type',
      given: 'CREATE TABLE users (id bigint, admin boolean)',
      sql: 'ALTER TABLE users ADD COLUMN role text; ALTER TABLE users DROP COLUMN admin',
      also: ['drop-column'],
    },
  ],
})
