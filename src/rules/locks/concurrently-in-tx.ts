import type { Change } from '../../model/change.ts'
import type { Runner } from '../../model/config.ts'
import type { Remedy } from '../../model/finding.ts'
import { defineStepRule, type StepView } from '../define.ts'
import { refusedInBlock, refusedInFunction } from '../refused-in-block.ts'
import { buildIndexOutside, dropIndexOutside } from '../remedies.ts'

const blocks: Readonly<Record<Runner, string>> = {
  drizzle: "Drizzle's migrator runs all pending files in one transaction",
  'per-file': 'the runner runs each file in a transaction',
  none: 'the migration has opened one',
}

/** The words of what is refused, and the place that it is refused in. */
const refusalOf = ({ step, moves, inBlock, runner }: StepView): { readonly words: string; readonly because: string } | undefined => {
  if (step.statement.node === 'DoStmt') {
    const words = moves.flatMap(({ change }) => refusedInFunction(change) ?? [])[0]
    return words === undefined ? undefined : { words, because: 'a DO block is one' }
  }
  const words = inBlock ? refusedInBlock(step.statement, step.before) : undefined
  return words === undefined ? undefined : { words, because: blocks[runner] }
}

const remedyOf = (change: Change | undefined): Remedy | undefined => {
  if (change?.kind === 'create-index') return buildIndexOutside(change.name, change.index)
  return change?.kind === 'drop-index' ? dropIndexOutside(change.name) : undefined
}

/** A statement before it is refused for the same reason; PostgreSQL never comes to this one. */
const isFirst = (view: StepView): boolean => view.batch.steps.slice(0, view.position).every((earlier) => refusalOf({ ...view, ...earlier }) === undefined)

export const concurrentlyInTx = defineStepRule({
  id: 'concurrently-in-tx',
  severity: 'error',
  summary: 'A statement that PostgreSQL refuses inside of a transaction block stands in a migration that runs in one.',
  why: 'CREATE INDEX CONCURRENTLY, VACUUM and their kin end with 25001, even when they are alone in their file: the whole batch is rolled back and the deployment stops.',
  instead:
    'Take it out of the migration and run it by hand or by a job, outside of a transaction; where the schema depends on it, the migration says the same with IF [NOT] EXISTS.',
  statement(view) {
    const refusal = refusalOf(view)
    if (!refusal) return undefined
    const { words, because } = refusal
    const remedy = remedyOf(view.moves.find(({ change }) => change.kind === 'create-index' || change.kind === 'drop-index')?.change)
    return {
      message: `${words} cannot run in a transaction block, and ${because}: PostgreSQL refuses it.`,
      object: words,
      ...(remedy ? { remedy } : {}),
      ...(isFirst(view) ? { claim: { fails: '25001' } } : {}),
    }
  },
  bad: [
    {
      shows: 'an index built CONCURRENTLY, alone in its file',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint)',
      sql: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_customer_idx ON orders (customer)',
    },
    {
      shows: 'one that is there already: the transaction is looked at first',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint); CREATE INDEX orders_customer_idx ON orders (customer)',
      sql: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_customer_idx ON orders (customer)',
    },
    {
      shows: 'in a second file of the batch',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint); CREATE INDEX "Orders by customer" ON orders (customer)',
      sql: ['CREATE TABLE notes (id bigint PRIMARY KEY)', 'DROP INDEX CONCURRENTLY "Orders by customer"'],
    },
    {
      shows: 'each file in a transaction of its own',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: 'VACUUM (ANALYZE) orders',
      runner: 'per-file',
    },
    {
      shows: 'a partition detached CONCURRENTLY',
      given: "CREATE TABLE logs (at date) PARTITION BY RANGE (at); CREATE TABLE logs_2030 PARTITION OF logs FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')",
      sql: 'ALTER TABLE logs DETACH PARTITION logs_2030 CONCURRENTLY',
    },
    {
      shows: 'in a DO block, which no runner can help',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint)',
      sql: 'DO $$ BEGIN CREATE INDEX CONCURRENTLY orders_customer_idx ON orders (customer); END $$',
      runner: 'none',
    },
    { shows: 'a setting of the server', sql: "ALTER SYSTEM SET work_mem = '64MB'" },
  ],
  good: [
    {
      shows: 'a runner without transactions',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint)',
      sql: 'CREATE INDEX CONCURRENTLY orders_customer_idx ON orders (customer)',
      runner: 'none',
    },
    { shows: 'ANALYZE, which may run anywhere', given: 'CREATE TABLE orders (id bigint PRIMARY KEY)', sql: 'ANALYZE orders' },
    {
      shows: 'a materialised view refreshed CONCURRENTLY, which may run in a transaction',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY); CREATE MATERIALIZED VIEW totals AS SELECT id FROM orders; CREATE UNIQUE INDEX ON totals (id)',
      sql: 'REFRESH MATERIALIZED VIEW CONCURRENTLY totals',
    },
  ],
})
