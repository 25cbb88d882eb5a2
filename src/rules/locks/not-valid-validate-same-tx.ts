import { isUsed } from '../../changes/batch.ts'
import type { LockMode } from '../../model/lock.ts'
import { display, displayIdentifier, keyOf, member, quoteIdentifier } from '../../model/name.ts'
import { defineStepRule, type StepView } from '../define.ts'
import { movesBefore } from '../origins.ts'
import { plainSql } from '../plain-sql.ts'
import { storesOf } from '../stored-rows.ts'

/** The changes of the same transaction. */
const inTransaction = ({ batch, transaction }: StepView) =>
  new Set(batch.steps.filter((step) => step.transaction === transaction).flatMap((step) => step.moves.map(({ change }) => change)))

export const notValidValidateSameTx = defineStepRule({
  id: 'not-valid-validate-same-tx',
  severity: 'error',
  weighs: 'rows',
  summary: 'A constraint is added NOT VALID and validated in the same transaction.',
  why: 'The transaction still holds the strong lock that ADD CONSTRAINT took: while VALIDATE reads the whole table, others wait as if NOT VALID had not been said.',
  instead: "Move VALIDATE CONSTRAINT to a migration that is deployed after this one: Drizzle's migrator runs all pending files in one transaction.",
  judges: {
    'validate-constraint'(move, view) {
      const { on, name } = move.change
      if (!isUsed(move, on)) return undefined
      const mine = inTransaction(view)
      const added = movesBefore(view.batch, move).findLast(
        ({ change }) =>
          mine.has(change) &&
          ((change.kind === 'add-constraint' && change.on === on && change.name === name) ||
            (change.kind === 'set-not-null' && change.on === on && change.to.name === name)),
      )?.change
      if (!added) return undefined
      const mode: LockMode = added.kind === 'add-constraint' && added.constraint.type === 'foreign key' ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE'
      return {
        message: `${displayIdentifier(name)} is validated while the transaction still holds ${mode} on ${display(on)}, which adding it took.`,
        object: keyOf('constraint', member(on, name)),
        relation: on,
        lock: { relation: on, mode, duration: 'scan' },
        claim: { scans: storesOf(move.before, on) },
        remedy: {
          title: 'Validate it later',
          steps: [
            {
              when: 'next deployment',
              sql: [plainSql(`ALTER TABLE ${on} VALIDATE CONSTRAINT ${quoteIdentifier(name)}`)],
              note: view.runner === 'drizzle' ? 'A later file is not enough: all pending files run in one transaction.' : 'In a later file.',
            },
          ],
        },
      }
    },
  },
  bad: [
    {
      shows: 'both in one file',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, price integer)',
      sql: 'ALTER TABLE orders ADD CONSTRAINT positive CHECK (price > 0) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT positive',
    },
    {
      shows: 'in two files, which Drizzle runs in one transaction',
      given: 'CREATE TABLE customers (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint)',
      sql: [
        'ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer) REFERENCES customers (id) NOT VALID',
        'ALTER TABLE orders VALIDATE CONSTRAINT orders_customer_fk',
      ],
      rows: 'INSERT INTO customers SELECT generate_series(1, 9); INSERT INTO orders SELECT n, n FROM generate_series(1, 9) AS n',
    },
    {
      shows: 'NOT NULL of PostgreSQL 18',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, price integer)',
      sql: 'ALTER TABLE orders ADD CONSTRAINT there NOT NULL price NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT there',
    },
  ],
  good: [
    {
      shows: 'two files, each in a transaction of its own',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, price integer)',
      sql: ['ALTER TABLE orders ADD CONSTRAINT positive CHECK (price > 0) NOT VALID', 'ALTER TABLE orders VALIDATE CONSTRAINT positive'],
      runner: 'per-file',
    },
    {
      shows: 'validated in the next deployment',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, price integer); ALTER TABLE orders ADD CONSTRAINT positive CHECK (price > 0) NOT VALID',
      sql: 'ALTER TABLE orders VALIDATE CONSTRAINT positive',
    },
    {
      shows: 'a table that the same batch makes',
      sql: 'CREATE TABLE orders (price integer); ALTER TABLE orders ADD CONSTRAINT positive CHECK (price > 0) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT positive',
    },
  ],
})
