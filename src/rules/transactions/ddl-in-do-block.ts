import { describe } from '../../changes/index.ts'
import type { StepView } from '../define.ts'
import { defineStepRule } from '../define.ts'
import { listed } from '../statement-words.ts'

const most = 3

/** What the block may do, as far as it can be read. */
const possible = ({ moves }: StepView): readonly string[] =>
  moves.filter(({ change, conditional }) => conditional && !change.implied).map(({ change }) => describe(change))

export const ddlInDoBlock = defineStepRule({
  id: 'ddl-in-do-block',
  severity: 'note',
  summary: 'A DO block changes the schema only where rows or computed text say so.',
  why: 'The schema after the migration depends on the data of each database, so databases may differ from each other and from the snapshot. Rules judge what the block may do as far as its statements are written out; text that is put together at run time they cannot see. Conditions that the catalog answers (is the table there, the column, the constraint) and handlers for duplicates are followed and need no word.',
  instead: 'Write the statement without the condition, with IF NOT EXISTS or IF EXISTS where it may have run before; change rows in a job of their own.',
  statement(view) {
    if (view.step.statement.node !== 'DoStmt') return undefined
    const unread = view.moves.flatMap(({ change }) => (change.kind === 'opaque' ? [change.reason] : []))
    const [reason] = unread
    if (reason === undefined) return undefined
    const seen = possible(view)
    const more = seen.length > most ? [`${seen.length - most} more changes`] : []
    const judged = seen.length === 0 ? 'None of it could be judged' : `Judged as if it ran: ${listed([...seen.slice(0, most), ...more])}`
    return { message: `The DO block changes the schema in a way that cannot be followed (${reason}). ${judged}.`, object: 'block' }
  },
  bad: [
    {
      shows: 'rows decide',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, legacy boolean)',
      sql: 'DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM users WHERE legacy) THEN CREATE TABLE archive (id bigint); END IF; END $$',
    },
    {
      shows: 'computed text in a loop',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY)',
      sql: "DO $$ DECLARE name text; BEGIN FOR name IN SELECT tablename FROM pg_tables LOOP EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name); END LOOP; END $$",
    },
  ],
  good: [
    {
      shows: 'a condition that the catalog answers',
      sql: "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_tables WHERE tablename = 'archive') THEN CREATE TABLE archive (id bigint); END IF; END $$",
    },
    {
      shows: 'a handler for what is there already, as drizzle-kit writes it',
      sql: "DO $$ BEGIN CREATE TYPE mood AS ENUM ('sad', 'glad'); EXCEPTION WHEN duplicate_object THEN NULL; END $$",
    },
    {
      shows: 'rows decide about rows',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, legacy boolean)',
      sql: 'DO $$ BEGIN IF EXISTS (SELECT 1 FROM users WHERE legacy) THEN UPDATE users SET legacy = false WHERE legacy; END IF; END $$',
    },
  ],
})
