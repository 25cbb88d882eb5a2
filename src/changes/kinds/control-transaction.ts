import type { Tree } from '../../model/json.ts'
import { text } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood } from '../refusal.ts'

const emit = (reading: Reading): void => reading.emit({ kind: 'control-transaction', command: reading.statement.text.replace(/\s+/g, ' ') })

/** What takes earlier statements back would need the catalogs before them. */
const rollback = (): void => notUnderstood('a rollback takes back statements before it')

const read = (reading: Reading, node: Tree): void =>
  ['TRANS_STMT_ROLLBACK', 'TRANS_STMT_ROLLBACK_TO', 'TRANS_STMT_ROLLBACK_PREPARED'].includes(text(node, 'kind') ?? '') ? rollback() : emit(reading)

export const controlTransaction = defineChange({
  kind: 'control-transaction',
  summary: 'A transaction or savepoint begins or ends, or its properties are set.',
  reads: { TransactionStmt: read, 'VariableSetStmt VAR_SET_MULTI': emit, ConstraintsSetStmt: emit },
  apply: (_change, catalog) => catalog,
  invert: () => [],
  toSql: ({ command }) => [command],
  footprint: () => noFootprint,
  describe: ({ command }) => `${command} runs`,
  touches: () => [],
  examples: [{ sql: `SET TRANSACTION ISOLATION LEVEL READ COMMITTED` }, { sql: `SET CONSTRAINTS ALL DEFERRED` }, { sql: `BEGIN` }, { sql: `COMMIT` }],
})
