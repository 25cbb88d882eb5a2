import type { Tree } from '../../model/json.ts'
import { child, flag, list, text } from '../../sql/tree.ts'
import { defineStepRule, type StepView } from '../define.ts'

/** A temporary table is still there for who runs the file again in the same session, unless the end of its transaction drops it. */
const dropsItself = (node: Tree): boolean => [text(node, 'oncommit'), text(child(node, 'into'), 'onCommit')].includes('ONCOMMIT_DROP')

const unlessThere =
  (word: string) =>
  (node: Tree): string | undefined =>
    flag(node, 'if_not_exists') || dropsItself(node) ? undefined : `${word} without IF NOT EXISTS`

const alterWords: { readonly [subtype: string]: string } = {
  AT_AddColumn: 'ADD COLUMN without IF NOT EXISTS',
  AT_DropColumn: 'DROP COLUMN without IF EXISTS',
  AT_DropConstraint: 'DROP CONSTRAINT without IF EXISTS',
}

/** What a statement lacks to run a second time; by node of PostgreSQL's grammar. */
const lacks: { readonly [node: string]: (node: Tree) => string | undefined } = {
  CreateStmt: unlessThere('CREATE TABLE'),
  // Without a name it is made once more under another one; IF NOT EXISTS wants a name.
  IndexStmt: (node) => (text(node, 'idxname') === undefined ? undefined : unlessThere('CREATE INDEX')(node)),
  CreateSeqStmt: unlessThere('CREATE SEQUENCE'),
  CreateSchemaStmt: unlessThere('CREATE SCHEMA'),
  CreateExtensionStmt: unlessThere('CREATE EXTENSION'),
  CreateTableAsStmt: unlessThere('CREATE … AS'),
  DropStmt: (node) => (flag(node, 'missing_ok') ? undefined : 'DROP without IF EXISTS'),
  AlterEnumStmt: (node) =>
    node.newVal === undefined || node.oldVal !== undefined || flag(node, 'skipIfNewValExists') ? undefined : 'ADD VALUE without IF NOT EXISTS',
  AlterTableStmt: (node) =>
    list(node, 'cmds')
      .map((command) => child(command, 'AlterTableCmd') ?? {})
      .filter((command) => !flag(command, 'missing_ok'))
      .map((command) => alterWords[text(command, 'subtype') ?? ''])
      .find((word) => word !== undefined),
}

/** True when the file does something else too: it then may stop between the two. */
const doesMore = ({ batch, step }: StepView): boolean =>
  batch.steps.some(
    (other) => other.step !== step && other.step.migration === step.migration && !['TransactionStmt', 'VariableSetStmt'].includes(other.step.statement.node),
  )

export const preferRobustStatements = defineStepRule({
  id: 'prefer-robust-statements',
  severity: 'warning',
  preset: 'taste',
  summary: 'A statement outside of a transaction cannot run a second time.',
  why: 'Without a transaction each statement stays when a later one fails, or when the migration cannot be recorded. The runner then starts the file again from its beginning, and stops at what is there already. Inside of a transaction everything is taken back, and the plain statement is right.',
  instead:
    'Write IF NOT EXISTS or IF EXISTS, or let the file run in a transaction. After a CREATE INDEX CONCURRENTLY that failed, drop the invalid index first: IF NOT EXISTS would take it for done.',
  statement(view) {
    if (view.inBlock || view.moves.length === 0) return undefined
    const { node, tree } = view.step.statement
    const missing = lacks[node]?.(tree)
    // Asked last: the whole batch is looked through.
    return missing === undefined || !doesMore(view)
      ? undefined
      : { message: `${missing}, outside of a transaction: when the file stops half-way, it cannot run again.`, object: missing }
  },
  bad: [
    {
      shows: 'two statements that run one by one',
      sql: 'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY)',
      runner: 'none',
    },
    {
      shows: 'a temporary table, which the session of a pool keeps',
      sql: 'CREATE TEMPORARY TABLE moved (id bigint);\nCREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY)',
      runner: 'none',
    },
    {
      shows: 'behind a COMMIT',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, name text); CREATE INDEX users_old_idx ON users (id)',
      sql: 'COMMIT;\n--> statement-breakpoint\nDROP INDEX CONCURRENTLY users_old_idx;\n--> statement-breakpoint\nCREATE INDEX CONCURRENTLY IF NOT EXISTS users_name_idx ON users (name)',
      also: ['manual-commit-in-drizzle-tx'],
    },
  ],
  good: [
    { shows: 'a transaction takes all of it back', sql: 'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY)' },
    { shows: 'it is all that the file does', sql: 'CREATE TABLE users (id bigint PRIMARY KEY)', runner: 'none' },
    {
      shows: 'statements that can run again',
      sql: 'CREATE TABLE IF NOT EXISTS users (id bigint PRIMARY KEY);\nALTER TABLE users ADD COLUMN IF NOT EXISTS name text;\nDROP TABLE IF EXISTS orders',
      runner: 'none',
    },
  ],
})
