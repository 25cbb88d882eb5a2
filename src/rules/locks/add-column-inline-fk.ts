import { isUsed } from '../../changes/batch.ts'
import { columnOn } from '../../changes/found-by.ts'
import { display, keyOf, member } from '../../model/name.ts'
import { briefLock } from '../brief-locks.ts'
import { inlineColumn } from '../commands.ts'
import { defineStepRule } from '../define.ts'
import { isBelieved } from '../foreign-keys.ts'

export const addColumnInlineFk = defineStepRule({
  id: 'add-column-inline-fk',
  severity: 'warning',
  weighs: 'traffic',
  summary: 'A column is added to a table in use with REFERENCES inside of its definition.',
  why: 'The new column is NULL everywhere, so no row is checked; but the referenced table is locked against writes too, and stays so until the batch ends.',
  instead: 'Set lock_timeout and deploy again when it fails; where the referenced table is busy, add the foreign key in a migration of its own.',
  judges: {
    'add-constraint'(move, view) {
      const { on, name, constraint, implied } = move.change
      if (implied || constraint.type !== 'foreign key' || constraint.state !== 'valid' || constraint.references === on) return undefined
      const column = isUsed(move, on) ? inlineColumn(move, view) : undefined
      const attribute = columnOn(move.before, on, column)
      if (column === undefined || !attribute || !isBelieved(view, attribute)) return undefined
      const parent = constraint.references
      return briefLock(move, view, parent, 'SHARE ROW EXCLUSIVE', {
        message: `The new column ${display(member(on, column))} also locks ${display(parent)}, which it references, against writes.`,
        object: keyOf('constraint', member(on, name)),
      })
    },
  },
  bad: [
    {
      shows: 'REFERENCES inside of ADD COLUMN',
      given: 'CREATE TABLE customers (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: 'ALTER TABLE orders ADD COLUMN customer bigint REFERENCES customers (id)',
    },
  ],
  good: [
    {
      shows: 'a wait that is limited',
      given: 'CREATE TABLE clients (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '3s'; ALTER TABLE orders ADD COLUMN client bigint REFERENCES clients (id)",
    },
    {
      shows: 'the referenced table is made by the same batch',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: 'CREATE TABLE clients (id bigint PRIMARY KEY); ALTER TABLE orders ADD COLUMN client bigint REFERENCES clients (id)',
    },
    {
      shows: 'the table itself is referenced',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: 'ALTER TABLE orders ADD COLUMN parent bigint REFERENCES orders (id)',
    },
  ],
})
