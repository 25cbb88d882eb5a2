import { statementsOf } from '../../changes/index.ts'
import { routineParts } from '../../changes/routine-keys.ts'
import type { Routine } from '../../model/catalog.ts'
import { display, displayKey, keyOf } from '../../model/name.ts'
import { child, list, strings } from '../../sql/tree.ts'
import { defineStepRule } from '../define.ts'
import { dropLater } from '../running-code.ts'

/** Only a trigger calls a function that returns `trigger` or `event_trigger`, and PostgreSQL does not drop it as long as one does. */
const isTriggerFunction = ({ definition }: Routine): boolean => {
  const type = child(child(definition, 'CreateFunctionStmt'), 'returnType')
  return /^(?:event_)?trigger$/.test(strings(list(type, 'names')).at(-1) ?? '')
}

export const dropFunction = defineStepRule({
  id: 'drop-function',
  severity: 'warning',
  summary: 'A function or procedure that was there before the batch is dropped and not made anew.',
  why: 'Code that runs while the migration does may call it (by SELECT, CALL or over an API such as PostgREST), and fails with "function does not exist" (42883). PostgreSQL itself only knows of views, defaults, triggers and the like.',
  instead:
    'Stop calling it in one release, and drop it in a later one. A function whose arguments change is made beside the old one: PostgreSQL tells them apart.',
  judges: {
    'drop-routine'(move, { batch }) {
      const { change, before } = move
      const routine = before.routines.get(change.name)
      if (!routine || change.implied || !batch.before.routines.has(change.name) || isTriggerFunction(routine)) return undefined
      if (batch.after.routines.has(change.name)) return undefined
      const { name } = routineParts(change.name)
      const another = [...batch.after.routines.keys()].some((key) => routineParts(key).name === name)
      const shown = displayKey(keyOf('routine', change.name)).slice('routine '.length)
      return {
        message: `${routine.kind === 'procedure' ? 'Procedure' : routine.kind === 'aggregate' ? 'Aggregate' : 'Function'} ${shown} is dropped, and running code that calls it${another ? ' with these arguments' : ''} fails.`,
        object: keyOf('routine', change.name),
        remedy: dropLater(`${routine.kind} ${display(name)}`, statementsOf(change, before)),
      }
    },
  },
  bad: [
    {
      shows: 'a function that code may call',
      given: "CREATE FUNCTION total(order_id bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
      sql: 'DROP FUNCTION total(bigint)',
    },
    {
      shows: 'a function that comes back with other arguments',
      given: "CREATE FUNCTION total(order_id bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
      sql: "DROP FUNCTION total;\n--> statement-breakpoint\nCREATE FUNCTION total(order_id uuid) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
    },
  ],
  good: [
    {
      shows: 'a procedure that the batch made for itself',
      sql: "CREATE PROCEDURE fill() LANGUAGE sql AS 'SELECT 1'; CALL fill(); DROP PROCEDURE fill()",
    },
    {
      shows: 'a function that only a trigger could call',
      given: 'CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
      sql: 'DROP FUNCTION touch()',
    },
    {
      shows: 'another result in the same batch',
      given: "CREATE FUNCTION total(order_id bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
      sql: "DROP FUNCTION total(bigint); CREATE FUNCTION total(order_id bigint) RETURNS numeric LANGUAGE sql AS 'SELECT 1::numeric'",
    },
  ],
})
