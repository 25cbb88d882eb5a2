import type { Batch, BatchStep } from '../../changes/batch.ts'
import { text } from '../../sql/tree.ts'
import { defineStepRule } from '../define.ts'

const kindOf = ({ step: { statement } }: BatchStep): string | undefined => (statement.node === 'TransactionStmt' ? text(statement.tree, 'kind') : undefined)

const begins = (kind: string | undefined): boolean => kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START'
const ends = (kind: string | undefined): boolean => kind === 'TRANS_STMT_COMMIT' || kind === 'TRANS_STMT_ROLLBACK'

/** True where a transaction is open already when BEGIN runs. */
const isNested = ({ steps }: Batch, at: BatchStep): boolean => at.block === 'runner' || steps[at.position - 1]?.transaction === at.transaction

/** True where a COMMIT of the same transaction follows: that one is the graver fault. */
const isEnded = ({ steps }: Batch, at: BatchStep): boolean =>
  steps.some((later) => later.position > at.position && later.transaction === at.transaction && later.block === 'runner' && ends(kindOf(later)))

export const transactionNesting = defineStepRule({
  id: 'transaction-nesting',
  severity: 'warning',
  summary: 'BEGIN inside of an open transaction, or COMMIT where none is open.',
  why: 'PostgreSQL has no nested transactions: it warns and goes on. The COMMIT that belongs to the inner BEGIN ends the outer transaction, and statements that were meant to be undone together are not.',
  instead: 'Take BEGIN and COMMIT out of the migration: its runner opens the transaction. For a part that may fail by itself use SAVEPOINT.',
  statement(view) {
    const kind = kindOf(view)
    if (begins(kind) && isNested(view.batch, view) && !isEnded(view.batch, view))
      return { message: 'BEGIN runs inside of an open transaction: PostgreSQL warns and does nothing.', object: 'begin' }
    if (ends(kind) && view.block === undefined)
      return {
        message: `${kind === 'TRANS_STMT_COMMIT' ? 'COMMIT' : 'ROLLBACK'} runs where no transaction is open: PostgreSQL warns and does nothing.`,
        object: 'end',
      }
    return undefined
  },
  bad: [
    { shows: "BEGIN in Drizzle's transaction", sql: 'BEGIN;\nCREATE TABLE users (id bigint PRIMARY KEY)' },
    { shows: 'BEGIN twice', sql: 'BEGIN;\nBEGIN;\nCREATE TABLE users (id bigint PRIMARY KEY);\nCOMMIT', runner: 'none' },
    { shows: 'COMMIT without BEGIN', sql: 'CREATE TABLE users (id bigint PRIMARY KEY);\nCOMMIT', runner: 'none' },
  ],
  good: [
    { shows: 'one block', sql: 'BEGIN;\nCREATE TABLE users (id bigint PRIMARY KEY);\nCOMMIT', runner: 'none' },
    { shows: 'a savepoint', sql: 'SAVEPOINT one;\nCREATE TABLE users (id bigint PRIMARY KEY);\nRELEASE one' },
  ],
})
