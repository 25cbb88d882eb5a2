import { type BatchStep, isUsed, type Move } from '../../changes/batch.ts'
import { resolveRelation } from '../../changes/expressions.ts'
import type { Change } from '../../model/change.ts'
import type { Tree } from '../../model/json.ts'
import { display, parseKey, type RelationName } from '../../model/name.ts'
import type { Statement } from '../../model/statement.ts'
import { child, list, text } from '../../sql/tree.ts'
import { searchPathOf, treesOf } from '../data-statements.ts'
import { type BatchView, defineBatchRule } from '../define.ts'
import { hasRows } from '../lock-waits.ts'
import { shownText } from '../statement-words.ts'
import { wholeReads } from '../whole-reads.ts'

/** NOT NULL is a constraint too, of its column. */
const adds = (change: Change, on: RelationName, name: string): boolean =>
  (change.kind === 'add-constraint' && change.on === on && change.name === name) ||
  (change.kind === 'set-not-null' && change.on === on && change.to.name === name)

/** True when the transaction added the constraint itself: `not-valid-validate-same-tx` says it. */
const addedHere = ({ batch }: BatchView, { transaction, position }: BatchStep, { on, name }: Change<'validate-constraint'>): boolean =>
  batch.steps.some(
    (earlier) => earlier.position < position && earlier.transaction === transaction && earlier.moves.some(({ change }) => adds(change, on, name)),
  )

/** The query whose answer a statement asks for, copies out or keeps in a new table. EXPLAIN asks only where it is to ANALYZE. */
const queryOf = ({ node, tree }: Pick<Statement, 'node' | 'tree'>): Tree | undefined => {
  switch (node) {
    case 'SelectStmt':
      return tree
    case 'CopyStmt':
    case 'CreateTableAsStmt':
      return child(child(tree, 'query'), 'SelectStmt')
    case 'ExplainStmt':
      return list(tree, 'options').some((option) => text(child(option, 'DefElem'), 'defname') === 'analyze')
        ? child(child(tree, 'query'), 'SelectStmt')
        : undefined
    default:
      return undefined
  }
}

const readBy = (statements: readonly Statement[], at: BatchStep, move: Move): readonly RelationName[] =>
  statements.flatMap((statement) => wholeReads(queryOf(statement), move.before, searchPathOf(at.settings)))

/** COPY of a whole table, in or out; of what a query answers, what the query reads. */
const copied = (at: BatchStep, move: Move<Change<'change-data'>>, statements: readonly Statement[]): readonly RelationName[] => {
  const named = statements.flatMap(({ tree }) => {
    const range = child(tree, 'relation')
    return (range && resolveRelation(range, move.before, searchPathOf(at.settings))) ?? []
  })
  return [...named.filter((relation) => move.before.tables.has(relation)), ...readBy(statements, at, move)]
}

/** The tables that a change works through, where no other rule says so of the change by itself. */
const worksThrough = (view: BatchView, at: BatchStep, move: Move): readonly RelationName[] => {
  const { change } = move
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
    case 'use-temporary':
      return readBy([at.step.statement], at, move)
    case 'change-data': {
      // What a query writes besides is `backfill-in-ddl-tx`.
      if (change.command !== 'COPY' && change.relations.length > 0) return []
      const statements = treesOf(change, at)
      return change.command === 'COPY' ? copied(at, { ...move, change }, statements) : readBy(statements, at, move)
    }
    default:
      return []
  }
}

type Work = { readonly sql: string; readonly relation: RelationName }

/** The first work of a statement through a table in use, with the words that say it: in a DO block those of the piece. */
const workOf = (view: BatchView, at: BatchStep): Work | undefined => {
  for (const move of at.moves) {
    const relation = worksThrough(view, at, move).find((each) => isUsed(move, each))
    if (relation !== undefined) return { sql: 'sql' in move.change ? move.change.sql : at.step.statement.text, relation }
  }
  return undefined
}

export const workAfterAX = defineBatchRule({
  id: 'work-after-AX',
  severity: 'warning',
  weighs: 'rows',
  summary: 'A statement reads a table in use from end to end while the transaction holds an ACCESS EXCLUSIVE lock on a table.',
  why: 'The lock was meant for a moment. Now it lasts until the work and all that follows in the batch is done, and until then nobody reads the locked table. Statements that block by themselves (an index build, a rewrite, a backfill) have rules of their own; this one is for work that is harmless when nothing is locked.',
  instead:
    'Deploy the two apart: first the statement that takes the lock, then, in a migration of the next deployment, the one that takes long. A query that needs nothing of what is locked can come before the lock, or leave the migration.',
  check(view) {
    return view.batch.steps.flatMap((at) => {
      const held = [...at.held].find(([relation, mode]) => mode === 'ACCESS EXCLUSIVE' && hasRows(at.step.before, relation))
      const work = held && workOf(view, at)
      if (!held || !work) return []
      const { sql, relation } = work
      return [
        {
          at,
          message: `“${shownText(sql)}” reads ${display(relation)} from end to end while ${held[0] === relation ? 'it' : display(held[0])} is locked against reads and writes.`,
          object: held[0],
          relation,
          lock: { relation: held[0], mode: 'ACCESS EXCLUSIVE' as const, duration: 'scan' as const },
          // What stands behind a piece of a DO block may need it.
          ...(at.step.statement.node === 'DoStmt'
            ? {}
            : { remedy: { title: 'Deploy it after the lock is gone', steps: [{ when: 'next deployment' as const, sql: [at.step.statement.text] }] } }),
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
    {
      shows: 'the rows of the locked table are counted',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: 'ALTER TABLE users ADD COLUMN name text;\nSELECT count(*) FROM users',
    },
    {
      shows: 'a DO block looks for rows that stand in the way, in another table',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, total int)',
      sql: 'ALTER TABLE users ADD COLUMN name text;\nDO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM orders WHERE total < 0; END $$',
    },
    {
      shows: 'rows are kept in a temporary table',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, total int)',
      sql: 'ALTER TABLE users ADD COLUMN name text;\nCREATE TEMP TABLE large AS SELECT id FROM orders WHERE total > 1000',
    },
  ],
  good: [
    {
      shows: 'what an index answers: a few rows by their key, and the greatest',
      given: 'CREATE TABLE users (id bigserial PRIMARY KEY)',
      sql: "ALTER TABLE users ADD COLUMN name text;\nSELECT * FROM users WHERE id = 1;\nSELECT setval('users_id_seq', coalesce(max(id), 1)) FROM users",
    },
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
