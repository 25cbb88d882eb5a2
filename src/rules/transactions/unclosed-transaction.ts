import { text } from '../../sql/tree.ts'
import { defineBatchRule } from '../define.ts'

export const unclosedTransaction = defineBatchRule({
  id: 'unclosed-transaction',
  severity: 'error',
  summary: 'A transaction that the migrations begin is never committed.',
  why: 'When the connection closes, PostgreSQL takes everything since BEGIN back, and the runner has seen no error. On a connection that stays open the locks stay too.',
  instead: 'Write COMMIT behind the last statement of the transaction.',
  check({ batch }) {
    if (!batch.open) return []
    const last = batch.steps.at(-1)
    const at = batch.steps.findLast(({ step: { statement } }) => ['TRANS_STMT_BEGIN', 'TRANS_STMT_START'].includes(text(statement.tree, 'kind') ?? ''))
    if (!at || !last) return []
    const done = last.position - at.position
    return [
      {
        at,
        message: `The transaction that begins here is never committed: ${done === 1 ? 'the statement' : `${done} statements`} behind it will be taken back.`,
        object: 'transaction',
        remedy: { title: 'Commit it', steps: [{ when: 'after', sql: ['COMMIT'], note: 'As the last statement of the transaction.' }] },
      },
    ]
  },
  bad: [{ shows: 'BEGIN without COMMIT', sql: 'BEGIN;\nCREATE TABLE users (id bigint PRIMARY KEY)', runner: 'none' }],
  good: [
    { shows: 'BEGIN and COMMIT', sql: 'BEGIN;\nCREATE TABLE users (id bigint PRIMARY KEY);\nCOMMIT', runner: 'none' },
    { shows: 'BEGIN and ROLLBACK', sql: 'BEGIN;\nCREATE TABLE users (id bigint PRIMARY KEY);\nROLLBACK', runner: 'none' },
  ],
})
