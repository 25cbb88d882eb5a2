import type { Tree } from '../../model/json.ts'
import { keyOf } from '../../model/name.ts'
import { child, list, text } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { put } from '../edit.ts'
import { equal } from '../equal.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { routineNamed } from '../routine-names.ts'
import { alterRoutine, displayRoutine, otherParameters, otherResult, printReference, printRoutine, routineOf } from '../routines.ts'

const alter = (reading: Reading, node: Tree): void => {
  const name = routineNamed(reading, child(node, 'func'), text(node, 'objtype') ?? '')
  const before = routineOf(reading.catalog, name)
  const routine = alterRoutine(reading, before, list(node, 'actions'))
  if (!equal(before, routine)) reading.emit({ kind: 'replace-routine', name, routine })
}

/** Also read by CREATE OR REPLACE FUNCTION. */
export const replaceRoutine = defineChange({
  kind: 'replace-routine',
  summary: 'The definition of a function, procedure or aggregate is replaced or altered.',
  reads: { AlterFunctionStmt: alter },
  apply({ name, routine }, catalog) {
    const obstacle = otherResult(routineOf(catalog, name), routine)
    return obstacle ? refuse(...obstacle) : put(catalog, 'routines', name, routine)
  },
  invert: ({ name }, before) => [{ kind: 'replace-routine', name, routine: routineOf(before, name) }],
  toSql({ name, routine }, before) {
    const old = routineOf(before, name)
    return otherParameters(old, routine) ? [`DROP ${printReference(name, old)}`, printRoutine(routine)] : [printRoutine(routine, true)]
  },
  footprint: () => noFootprint,
  describe: ({ name, routine }) => `${routine.kind} ${displayRoutine(name)} is replaced`,
  touches: ({ name }) => [keyOf('routine', name)],
  examples: [
    {
      given: `CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'; COMMENT ON FUNCTION one() IS 'first'`,
      sql: `CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN 1; END $$`,
    },
    {
      given: `CREATE FUNCTION one() RETURNS int LANGUAGE sql SET search_path = a AS 'SELECT 1'`,
      sql: `ALTER FUNCTION one() IMMUTABLE SECURITY DEFINER RESET search_path SET work_mem = '4MB' COST 5`,
    },
    { given: `CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'`, sql: `ALTER ROUTINE p SET search_path = ''` },
  ],
})
