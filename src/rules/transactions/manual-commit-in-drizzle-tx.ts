import { flag, text } from '../../sql/tree.ts'
import { defineStepRule, type PolicyHit, type StepView } from '../define.ts'
import { canRunAgain } from '../reruns.ts'

const words: { readonly [kind: string]: string } = { TRANS_STMT_COMMIT: 'COMMIT', TRANS_STMT_ROLLBACK: 'ROLLBACK', TRANS_STMT_PREPARE: 'PREPARE TRANSACTION' }

/** COMMIT inside of a DO block is allowed only where no transaction is open around it. */
const inDoBlock = ({ moves, inBlock }: StepView): PolicyHit | undefined => {
  const found = moves.find(({ change }) => change.kind === 'control-transaction' && /^commit\b/i.test(change.command))
  if (!found || !inBlock) return undefined
  return {
    message: 'The DO block commits, and a transaction is open around it: PostgreSQL refuses that (2D000).',
    object: 'transaction in a block',
    ...(found.conditional ? {} : { claim: { fails: '2D000' } }),
    remedy: {
      title: 'Run the block outside of the migrator',
      steps: [{ when: 'outside', sql: [], note: 'As a job before or after the deployment, where no transaction is open.' }],
    },
  }
}

export const manualCommitInDrizzleTx = defineStepRule({
  id: 'manual-commit-in-drizzle-tx',
  severity: 'error',
  summary: 'A migration ends the transaction in which its migrator runs it.',
  why: "Drizzle's migrator runs all pending files in one transaction and writes their rows into its ledger in the same one. After a COMMIT inside of a file the rest runs statement by statement: when one of them fails, what came before stays, the ledger does not know of it, and the next deployment runs the file again from its beginning. A ROLLBACK throws the earlier files of the batch away and lets them be recorded as applied. It is a note where every statement of the file can run a second time.",
  instead:
    'Leave the transaction to the migrator. What cannot run in one (CONCURRENTLY, a backfill in portions) belongs into a job that runs before the migration; the migration then finds it done.',
  statement(view) {
    const { step, block, runner } = view
    const { node, tree } = step.statement
    if (node === 'DoStmt') return inDoBlock(view)
    const word = node === 'TransactionStmt' ? words[text(tree, 'kind') ?? ''] : undefined
    if (word === undefined || block !== 'runner' || flag(tree, 'chain')) return undefined
    const whose = runner === 'drizzle' ? "Drizzle's transaction over all pending files" : "the migrator's transaction over this file"
    const again = word === 'COMMIT' && canRunAgain(view.batch.steps.filter((each) => each.step.migration === step.migration))
    const end = again ? ' The file can run again from its beginning; mind an invalid index that a failed CREATE INDEX CONCURRENTLY leaves.' : ''
    return {
      message: `${word} ends ${whose}: if a later statement fails, the first part stays and the migration is not recorded.${end}`,
      object: 'transaction',
      ...(again ? { severity: 'note' as const } : {}),
      remedy: {
        title: 'Run what needs no transaction outside of the migrator',
        steps: [
          {
            when: 'outside',
            sql: [],
            note: 'Move the statements below it into a job that runs before the deployment, and make the ones that stay here find their work done (IF NOT EXISTS).',
          },
        ],
      },
    }
  },
  bad: [
    {
      shows: 'COMMIT to get out of the transaction for an index',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, name text)',
      sql: 'COMMIT;\n--> statement-breakpoint\nCREATE INDEX CONCURRENTLY IF NOT EXISTS users_name_idx ON users (name)',
    },
    { shows: 'a file with its own BEGIN and COMMIT', sql: 'BEGIN;\nCREATE TABLE users (id bigint PRIMARY KEY);\nCOMMIT' },
    {
      shows: 'a backfill in portions, in a DO block',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, name text)',
      sql: 'DO $$ BEGIN UPDATE users SET name = lower(name) WHERE id < 1000; COMMIT; UPDATE users SET name = lower(name) WHERE id >= 1000; COMMIT; END $$',
    },
    { shows: 'one transaction a file', sql: 'CREATE TABLE users (id bigint PRIMARY KEY);\nEND', runner: 'per-file' },
  ],
  good: [
    { shows: 'a transaction of its own, where the runner opens none', sql: 'BEGIN;\nCREATE TABLE users (id bigint PRIMARY KEY);\nCOMMIT', runner: 'none' },
    {
      shows: 'a backfill in portions where no transaction is open',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, name text)',
      sql: 'DO $$ BEGIN UPDATE users SET name = lower(name) WHERE id < 1000; COMMIT; END $$',
      runner: 'none',
    },
    { shows: 'a savepoint', sql: 'SAVEPOINT one;\nCREATE TABLE users (id bigint PRIMARY KEY);\nRELEASE one' },
  ],
})
