/** Rules on the batch: transactions, time-outs, locks that add up. */
import type { PolicyRule } from '../define.ts'
import { backfillInDdlTx } from './backfill-in-ddl-tx.ts'
import { batchLockAccumulation } from './batch-lock-accumulation.ts'
import { ddlInDoBlock } from './ddl-in-do-block.ts'
import { deleteWithoutWhere } from './delete-without-where.ts'
import { enumValueUsedInBatch } from './enum-value-used-in-batch.ts'
import { foreignKeysOff } from './foreign-keys-off.ts'
import { lockOrderDeadlock } from './lock-order-deadlock.ts'
import { lockTimeoutAfterDangerousStatement } from './lock-timeout-after-dangerous-statement.ts'
import { lockTimeoutTooLong } from './lock-timeout-too-long.ts'
import { lockTimeoutZero } from './lock-timeout-zero.ts'
import { manualCommitInDrizzleTx } from './manual-commit-in-drizzle-tx.ts'
import { mergeAlterTables } from './merge-alter-tables.ts'
import { missingApplicationName } from './missing-application-name.ts'
import { missingIdleTimeout } from './missing-idle-timeout.ts'
import { missingLockTimeout } from './missing-lock-timeout.ts'
import { missingStatementTimeout } from './missing-statement-timeout.ts'
import { preferRobustStatements } from './prefer-robust-statements.ts'
import { sessionSettingLeaks } from './session-setting-leaks.ts'
import { setLocalLostAfterCommit } from './set-local-lost-after-commit.ts'
import { transactionNesting } from './transaction-nesting.ts'
import { unclosedTransaction } from './unclosed-transaction.ts'
import { updateWithoutWhere } from './update-without-where.ts'
import { workAfterAX } from './work-after-AX.ts'

export const transactionRules = {
  'missing-lock-timeout': missingLockTimeout,
  'lock-timeout-zero': lockTimeoutZero,
  'lock-timeout-too-long': lockTimeoutTooLong,
  'lock-timeout-after-dangerous-statement': lockTimeoutAfterDangerousStatement,
  'missing-statement-timeout': missingStatementTimeout,
  'missing-idle-timeout': missingIdleTimeout,
  'missing-application-name': missingApplicationName,
  'set-local-lost-after-commit': setLocalLostAfterCommit,
  'session-setting-leaks': sessionSettingLeaks,
  'manual-commit-in-drizzle-tx': manualCommitInDrizzleTx,
  'transaction-nesting': transactionNesting,
  'unclosed-transaction': unclosedTransaction,
  'batch-lock-accumulation': batchLockAccumulation,
  'lock-order-deadlock': lockOrderDeadlock,
  'work-after-AX': workAfterAX,
  'backfill-in-ddl-tx': backfillInDdlTx,
  'update-without-where': updateWithoutWhere,
  'delete-without-where': deleteWithoutWhere,
  'foreign-keys-off': foreignKeysOff,
  'enum-value-used-in-batch': enumValueUsedInBatch,
  'ddl-in-do-block': ddlInDoBlock,
  'merge-alter-tables': mergeAlterTables,
  'prefer-robust-statements': preferRobustStatements,
} as const satisfies { readonly [id: string]: PolicyRule }
