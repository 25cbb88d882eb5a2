import { type BatchStep, isUsed, type Move } from '../../changes/batch.ts'
import { isRangeVar, resolveRelation } from '../../changes/expressions.ts'
import type { Change } from '../../model/change.ts'
import { display, parseKey, type RelationName } from '../../model/name.ts'
import { walk } from '../../sql/tree.ts'
import { searchPathOf } from '../data-statements.ts'
import { type BatchView, defineBatchRule } from '../define.ts'
import { hasRows } from '../lock-waits.ts'
import { shown } from '../statement-words.ts'

/** NOT NULL is a constraint too, of its column. */
const adds = (change: Change, on: RelationName, name: string): boolean =>
  (change.kind === 'add-constraint' && change.on === on && change.name === name) ||
  (change.kind === 'set-not-null' && change.on === on && change.to.name === name)

/** True when the transaction added the constraint itself: `not-valid-validate-same-tx` says it. */
const addedHere = ({ batch }: BatchView, { transaction, position }: BatchStep, { on, name }: Change<'validate-constraint'>): boolean =>
  batch.steps.some(
    (earlier) => earlier.position < position && earlier.transaction === transaction && earlier.moves.some(({ change }) => adds(change, on, name)),
  )

const tablesIn = ({ step, settings }: BatchStep, move: Move): readonly RelationName[] => {
  const found = new Set<RelationName>()
  walk(step.statement.tree, (node) => {
    const name = isRangeVar(node) ? resolveRelation(node, move.before, searchPathOf(settings)) : undefined
    if (name !== undefined && hasRows(move.before, name)) found.add(name)
    return undefined
  })
  return [...found]
}

/** The tables that a change works through, where no other rule says so of the change by itself. */
const worksThrough = (view: BatchView, at: BatchStep, move: Move): readonly RelationName[] => {
  const { change, before } = move
  switch (change.kind) {
    case 'validate-constraint':
      return addedHere(view, at, change) ? [] : [change.on]
    case 'create-view':
      return change.view.materialized && change.view.withData
        ? change.view.reads
            .map(parseKey)
            .filter(({ kind }) => kind === 'table')
            .map(({ name }) => name as RelationName)
        : []
    case 'opaque':
      return ['CreateTableAsStmt', 'SelectStmt'].includes(at.step.statement.node) ? tablesIn(at, move) : []
    case 'change-data':
      return change.command === 'COPY' ? change.relations.filter((relation) => before.tables.has(relation)) : []
    default:
      return []
  }
}

export const workAfterAX = defineBatchRule({
  id: 'work-after-AX',
  severity: 'warning',
  weighs: 'rows',
  summary: 'A statement reads a table in use from end to end while the transaction holds an ACCESS EXCLUSIVE lock on a table.',
  why: 'The lock was meant for a moment. Now it lasts until the work and all that follows in the batch is done, and until then nobody reads the locked table. Statements that block by themselves (an index build, a rewrite, a backfill) have rules of their own; this one is for work that is harmless when nothing is locked.',
  instead: 'Deploy the two apart: first the statement that takes the lock, then, in a migration of the next deployment, the one that takes long.',
  check(view) {
    return view.batch.steps.flatMap((at) => {
      const held = [...at.held].find(([relation, mode]) => mode === 'ACCESS EXCLUSIVE' && hasRows(at.step.before, relation))
      const work = held && at.moves.flatMap((move) => worksThrough(view, at, move).filter((relation) => isUsed(move, relation)))[0]
      if (!held || work === undefined) return []
      return [
        {
          at,
          message: `“${shown(at)}” reads ${display(work)} from end to end while ${held[0] === work ? 'it' : display(held[0])} is locked against reads and writes.`,
          object: held[0],
          relation: work,
          lock: { relation: held[0], mode: 'ACCESS EXCLUSIVE' as const, duration: 'scan' as const },
          remedy: { title: 'Deploy it after the lock is gone', steps: [{ when: 'next deployment' as const, sql: [at.step.statement.text] }] },
        },
      ]
    })
  },
  bad: [
    {
      shows: 'an older constraint is validated in the batch that adds a column elsewhere',
      given:
        'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, total int); ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID',
      sql: ['ALTER TABLE users ADD COLUMN name text', 'ALTER TABLE orders VALIDATE CONSTRAINT total_positive'],
    },
    {
      shows: 'a materialised view is filled',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, total int)',
      sql: 'ALTER TABLE users ADD COLUMN name text;\nCREATE MATERIALIZED VIEW totals AS SELECT sum(total) AS sum FROM orders',
    },
    {
      shows: 'a table is copied',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, total int)',
      sql: 'ALTER TABLE users ADD COLUMN name text;\nCREATE TABLE orders_before AS SELECT * FROM orders',
    },
  ],
  good: [
    {
      shows: 'the constraint is validated by itself',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, total int); ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID',
      sql: 'ALTER TABLE orders VALIDATE CONSTRAINT total_positive',
    },
    {
      shows: 'the work comes first',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, total int)',
      sql: 'CREATE MATERIALIZED VIEW totals AS SELECT sum(total) AS sum FROM orders;\nALTER TABLE users ADD COLUMN name text',
    },
    {
      shows: 'a transaction for each file',
      given:
        'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, total int); ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID',
      sql: ['ALTER TABLE users ADD COLUMN name text', 'ALTER TABLE orders VALIDATE CONSTRAINT total_positive'],
      runner: 'per-file',
    },
  ],
})
