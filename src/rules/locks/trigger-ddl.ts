import type { Move } from '../../changes/batch.ts'
import type { Change } from '../../model/change.ts'
import type { LockMode } from '../../model/lock.ts'
import { display, displayIdentifier, keyOf } from '../../model/name.ts'
import { briefLock } from '../brief-locks.ts'
import { defineStepRule, type PolicyHit, type StepView } from '../define.ts'

type Altered = Change<'create-trigger' | 'replace-trigger' | 'drop-trigger' | 'rename-trigger' | 'set-trigger-enabled'>

const judge =
  (mode: LockMode, verb: string) =>
  (move: Move<Altered>, view: StepView): PolicyHit | undefined => {
    const { change } = move
    const name = change.kind === 'rename-trigger' ? change.from : change.name
    if (change.implied || !move.before.tables.has(change.on)) return undefined
    return briefLock(move, view, change.on, mode, {
      message: `Trigger ${displayIdentifier(name)} is ${verb}, which locks ${display(change.on)} against ${mode === 'ACCESS EXCLUSIVE' ? 'reads and writes' : 'writes'}.`,
      object: keyOf('table', change.on),
    })
  }

export const triggerDdl = defineStepRule({
  id: 'trigger-ddl',
  severity: 'note',
  weighs: 'traffic',
  summary: 'A trigger of a table in use is made, changed or dropped.',
  why: 'CREATE TRIGGER and ENABLE or DISABLE TRIGGER keep writes waiting for a moment, DROP and RENAME reads too; what waits for a long query lets all others queue behind it.',
  instead: "Begin the migration with SET LOCAL lock_timeout = '5s' and deploy again when it fails.",
  judges: {
    'create-trigger': judge('SHARE ROW EXCLUSIVE', 'made'),
    'replace-trigger': judge('SHARE ROW EXCLUSIVE', 'replaced'),
    'drop-trigger': judge('ACCESS EXCLUSIVE', 'dropped'),
    'rename-trigger': judge('ACCESS EXCLUSIVE', 'renamed'),
    'set-trigger-enabled': judge('SHARE ROW EXCLUSIVE', 'switched'),
  },
  bad: [
    {
      shows: 'a trigger on a table that an earlier migration made',
      given: "CREATE TABLE orders (id bigint PRIMARY KEY); CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'",
      sql: 'CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch()',
    },
    {
      shows: 'dropped and made again: the stronger lock comes first, and is named once',
      given:
        "CREATE TABLE orders (id bigint PRIMARY KEY); CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch()",
      sql: 'DROP TRIGGER IF EXISTS orders_touch ON orders; CREATE TRIGGER orders_touch BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touch()',
    },
    {
      shows: 'switched off',
      given:
        "CREATE TABLE orders (id bigint PRIMARY KEY); CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch()",
      sql: 'ALTER TABLE orders DISABLE TRIGGER orders_touch',
    },
  ],
  good: [
    {
      shows: 'a wait that is limited',
      given: "CREATE TABLE bills (id bigint PRIMARY KEY); CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'",
      sql: "SET LOCAL lock_timeout = '3s'; CREATE TRIGGER bills_touch BEFORE UPDATE ON bills FOR EACH ROW EXECUTE FUNCTION touch()",
    },
    {
      shows: 'a table that the same batch makes',
      given: "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'",
      sql: 'CREATE TABLE orders (id bigint); CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch()',
    },
  ],
})
