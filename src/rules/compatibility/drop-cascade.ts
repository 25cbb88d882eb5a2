import type { Move } from '../../changes/batch.ts'
import type { RelationName } from '../../model/name.ts'
import { takenByCascade } from '../cascades.ts'
import { defineStepRule, type StepView } from '../define.ts'
import { columnBefore, relationBefore } from '../origins.ts'
import { listed } from '../running-code.ts'

/** True for what hangs on a relation or column that the batch made itself. */
const isOwn = ({ batch }: StepView, { change }: Pick<Move, 'change'>): boolean => {
  if (change.kind === 'drop-column') return columnBefore(batch, { change }, change.on, change.column) === undefined
  if (change.kind === 'drop-table' || change.kind === 'drop-view') return relationBefore(batch, { change }, change.name) === undefined
  return 'on' in change && typeof change.on === 'string' && relationBefore(batch, { change }, change.on as RelationName) === undefined
}

export const dropCascade = defineStepRule({
  id: 'drop-cascade',
  severity: 'warning',
  summary: 'CASCADE takes along what the statement does not name.',
  why: 'DROP … CASCADE drops everything that depends on the dropped thing: views, columns of a dropped type, triggers, policies, foreign keys of other tables. Nobody is asked, and only a NOTICE tells.',
  instead: 'Leave CASCADE out, drop by name what may go, and change what has to stay.',
  statement(view) {
    const taken = takenByCascade(view, view.batch.after).filter((each) => !isOwn(view, each))
    if (taken.length === 0) return undefined
    const rows = taken.some(({ holdsRows }) => holdsRows)
    return {
      message: `CASCADE also drops ${listed(taken.map(({ shown }) => shown))}${rows ? ', with the values in it' : ''}.`,
      object: 'cascade',
      ...(rows ? { severity: 'error' } : {}),
    }
  },
  bad: [
    {
      shows: 'columns go with their type',
      given: "CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE TABLE users (id bigint, mood mood)",
      sql: 'DROP TYPE mood CASCADE',
    },
    {
      shows: 'a view goes with a column that it shows',
      given: 'CREATE TABLE users (id bigint, email text); CREATE VIEW mails AS SELECT email FROM users',
      sql: 'ALTER TABLE users DROP COLUMN email CASCADE',
      also: ['drop-column'],
    },
    {
      shows: 'the foreign keys that rest on a primary key',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (user_id bigint REFERENCES users)',
      sql: 'ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE',
      also: ['drop-fk-locks-parent', 'drop-unique'],
    },
  ],
  good: [
    {
      shows: "CASCADE as drizzle-kit writes it, where nothing hangs on the table but another table's foreign key",
      given: 'CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (user_id bigint REFERENCES users)',
      sql: 'DROP TABLE users CASCADE',
      also: ['drop-fk-locks-parent', 'drop-table'],
    },
    {
      shows: 'a view that the batch makes anew',
      given: 'CREATE TABLE users (id bigint, email text, name text); CREATE VIEW names AS SELECT email, name FROM users',
      sql: 'ALTER TABLE users DROP COLUMN email CASCADE; CREATE VIEW names AS SELECT name AS email, name FROM users',
      also: ['drop-column'],
    },
  ],
})
