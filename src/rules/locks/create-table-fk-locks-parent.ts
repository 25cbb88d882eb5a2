import { isUsed } from '../../changes/batch.ts'
import { display, keyOf } from '../../model/name.ts'
import { briefLock } from '../brief-locks.ts'
import { defineStepRule } from '../define.ts'

export const createTableFkLocksParent = defineStepRule({
  id: 'create-table-fk-locks-parent',
  severity: 'warning',
  weighs: 'traffic',
  summary: 'A new table references a table in use, which is locked against writes for it.',
  why: 'The foreign key takes SHARE ROW EXCLUSIVE on the referenced table, to put its triggers there: writes to it wait, inside a batch until the batch ends.',
  instead:
    "Begin the migration with SET LOCAL lock_timeout = '5s' and deploy again when it fails; where the referenced table is busy, let the foreign key come last.",
  judges: {
    'add-constraint'(move, view) {
      const { on, constraint, implied } = move.change
      if (implied || constraint.type !== 'foreign key' || constraint.references === on || isUsed(move, on)) return undefined
      const parent = constraint.references
      return briefLock(move, view, parent, 'SHARE ROW EXCLUSIVE', {
        message: `Writes to ${display(parent)} wait while the new table ${display(on)} gets its foreign key to it.`,
        object: keyOf('table', parent),
      })
    },
  },
  bad: [
    {
      shows: 'REFERENCES inside of CREATE TABLE',
      given: 'CREATE TABLE customers (id bigint PRIMARY KEY)',
      sql: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint REFERENCES customers)',
    },
    {
      shows: 'the foreign key in a statement of its own, as Drizzle writes it',
      given: 'CREATE TABLE customers (id bigint PRIMARY KEY)',
      sql: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint); ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer) REFERENCES customers (id)',
    },
  ],
  good: [
    {
      shows: 'both tables are new',
      sql: 'CREATE TABLE customers (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint REFERENCES customers)',
    },
    {
      shows: 'a wait that is limited',
      given: 'CREATE TABLE clients (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '3s'; CREATE TABLE bills (id bigint PRIMARY KEY, client bigint REFERENCES clients)",
    },
  ],
})
