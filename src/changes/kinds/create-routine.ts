import type { Routine } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { keyOf, leadingName, localName } from '../../model/name.ts'
import { flag } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { put } from '../edit.ts'
import { equal } from '../equal.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { displayRoutine, otherParameters, otherResult, printRoutine, readAggregate, readRoutine } from '../routines.ts'

type Named = { readonly name: string; readonly routine: Routine }

const create =
  (readNamed: (reading: Reading, node: Tree) => Named) =>
  (reading: Reading, node: Tree): void => {
    const { name, routine } = readNamed(reading, node)
    const before = reading.catalog.routines.get(name)
    if (!before || !flag(node, 'replace')) return reading.emit({ kind: 'create-routine', name, routine })
    const obstacle = otherResult(before, routine) ?? otherParameters(before, routine)
    if (obstacle) refuse(...obstacle)
    if (!equal(before, routine)) reading.emit({ kind: 'replace-routine', name, routine })
  }

export const createRoutine = defineChange({
  kind: 'create-routine',
  summary: 'A function, procedure or aggregate is made.',
  reads: { CreateFunctionStmt: create(readRoutine), 'DefineStmt OBJECT_AGGREGATE': create(readAggregate) },
  apply({ name, routine }, catalog) {
    if (catalog.routines.has(name)) refuse('42723', `function "${localName(leadingName(name))}" already exists with same argument types`)
    return put(catalog, 'routines', name, routine)
  },
  invert: ({ name }) => [{ kind: 'drop-routine', name }],
  toSql: ({ routine }) => [printRoutine(routine)],
  footprint: () => noFootprint,
  describe: ({ name, routine }) => `${routine.kind} ${displayRoutine(name)} is made`,
  touches: ({ name }) => [keyOf('routine', name)],
  examples: [
    {
      sql: `CREATE FUNCTION slugify(value text, separator text DEFAULT '-') RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10 SET search_path = '' AS $$ SELECT lower(value) || '$' $$`,
    },
    {
      given: `CREATE TABLE projects (id int PRIMARY KEY, name text)`,
      sql: `CREATE OR REPLACE FUNCTION find_projects(wanted text) RETURNS SETOF projects LANGUAGE plpgsql STABLE SECURITY DEFINER AS $body$ BEGIN RETURN QUERY SELECT * FROM projects WHERE name = $1; END $body$`,
    },
    { sql: `CREATE FUNCTION bounds(INOUT low int, OUT high int) LANGUAGE sql SET search_path TO a, b AS 'SELECT low, low + 1'` },
    {
      given: `CREATE TABLE a (id int, note text)`,
      sql: `CREATE FUNCTION noted(wanted int) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT note FROM a WHERE id = wanted; END`,
    },
    {
      given: `CREATE TABLE a (id int)`,
      sql: `CREATE PROCEDURE fill(amount int) LANGUAGE plpgsql AS $$ BEGIN INSERT INTO a SELECT generate_series(1, amount); END $$`,
    },
    { sql: `CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int, initcond = '0')` },
  ],
})
