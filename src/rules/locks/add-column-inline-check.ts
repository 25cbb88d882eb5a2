import { isUsed } from '../../changes/batch.ts'
import { printConstraint } from '../../changes/print.ts'
import { display, keyOf, member, quoteIdentifier } from '../../model/name.ts'
import { addColumn, inlineColumn } from '../commands.ts'
import { defineStepRule } from '../define.ts'
import { notValidFirst } from '../remedies.ts'
import { isRewritten } from '../statement-rewrites.ts'
import { storesOf } from '../stored-rows.ts'

export const addColumnInlineCheck = defineStepRule({
  id: 'add-column-inline-check',
  severity: 'error',
  weighs: 'rows',
  summary: 'A column is added to a table in use with a CHECK inside of its definition.',
  why: 'PostgreSQL evaluates the check on every row, although all have the same value, while nobody can read or write the table.',
  instead: 'Add the column without the check, add the check NOT VALID, and validate it in a migration of the next deployment.',
  judges: {
    'add-constraint'(move, view) {
      const { on, name, constraint, implied } = move.change
      if (implied || constraint.type !== 'check' || constraint.state !== 'valid' || !isUsed(move, on) || isRewritten(view, on)) return undefined
      const column = inlineColumn(move, view)
      if (column === undefined) return undefined
      const quoted = quoteIdentifier(name)
      return {
        message: `The check on the new column ${display(member(on, column))} is evaluated on every row of ${display(on)}, while nobody can read or write it.`,
        object: keyOf('constraint', member(on, name)),
        relation: on,
        lock: { relation: on, mode: 'ACCESS EXCLUSIVE', duration: 'scan' },
        claim: { scans: storesOf(move.before, on) },
        remedy: notValidFirst(
          'Add the column without it, and check later',
          [...addColumn(move.before, on, column), `ALTER TABLE ${on} ADD CONSTRAINT ${quoted} ${printConstraint({ ...constraint, state: 'not valid' })}`],
          [`ALTER TABLE ${on} VALIDATE CONSTRAINT ${quoted}`],
          false,
        ),
      }
    },
  },
  bad: [
    {
      shows: 'a check inside of ADD COLUMN',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: 'ALTER TABLE orders ADD COLUMN price integer DEFAULT 1 CHECK (price > 0)',
    },
    {
      shows: 'all values are NULL, and are looked at all the same; in a DO block',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: 'DO $$ BEGIN ALTER TABLE orders ADD COLUMN price integer CONSTRAINT "Price" CHECK (price > 0); END $$',
    },
  ],
  good: [
    {
      shows: 'a check that comes NOT VALID',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: 'ALTER TABLE orders ADD COLUMN price integer; ALTER TABLE orders ADD CONSTRAINT orders_price_check CHECK (price > 0) NOT VALID',
    },
    { shows: 'a table that the same batch makes', sql: 'CREATE TABLE orders (id bigint); ALTER TABLE orders ADD COLUMN price integer CHECK (price > 0)' },
  ],
})
