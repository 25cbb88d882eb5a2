import type { Catalog } from '../../model/catalog.ts'
import { PostgresRefusal } from '../../model/error.ts'
import type { Tree } from '../../model/json.ts'
import { keyOf, leadingName } from '../../model/name.ts'
import { flag, text } from '../../sql/tree.ts'
import { recreateFacts } from '../create.ts'
import { defineChange, noFootprint } from '../define.ts'
import { refuseDependents } from '../dependents.ts'
import { droppedKey } from '../drop-change.ts'
import { dropAll } from '../drops.ts'
import { drop, dropFacts } from '../edit.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { routineNamed } from '../routine-names.ts'
import { displayRoutine, printReference, routineOf } from '../routines.ts'

/** Other routines of the same name. Trees call by name alone, so while there is one it cannot be told which of them is called. */
const overloaded = (catalog: Catalog, name: string): boolean => {
  const start = `${leadingName(name)}(`
  return [...catalog.routines.keys()].some((key) => key !== name && key.startsWith(start))
}

const find = (reading: Reading, node: Tree, item: Tree): string | undefined => {
  try {
    return routineNamed(reading, item, text(node, 'removeType') ?? '')
  } catch (error) {
    if (error instanceof PostgresRefusal && error.sqlstate === '42883' && flag(node, 'missing_ok')) return undefined
    throw error
  }
}

const kinds: { readonly [type: string]: string } = { OBJECT_FUNCTION: 'function', OBJECT_PROCEDURE: 'procedure', OBJECT_AGGREGATE: 'aggregate' }

const read = (reading: Reading, node: Tree): void =>
  dropAll(reading, node, (item) => {
    const name = find(reading, node, item)
    if (name === undefined) return undefined
    const { kind } = routineOf(reading.catalog, name)
    const wanted = kinds[text(node, 'removeType') ?? '']
    if (wanted !== undefined && wanted !== kind) refuse('42809', `${displayRoutine(name)} is not ${wanted === 'aggregate' ? 'an' : 'a'} ${wanted}`)
    if (!overloaded(reading.catalog, name)) return keyOf('routine', name)
    reading.emit({ kind: 'drop-routine', name })
    return 'done'
  })

export const dropRoutine = defineChange({
  kind: 'drop-routine',
  summary: 'A function, procedure or aggregate is dropped.',
  reads: { 'DropStmt OBJECT_FUNCTION': read, 'DropStmt OBJECT_PROCEDURE': read, 'DropStmt OBJECT_ROUTINE': read, 'DropStmt OBJECT_AGGREGATE': read },
  apply({ name }, catalog) {
    routineOf(catalog, name)
    if (!overloaded(catalog, name)) refuseDependents(catalog, keyOf('routine', name))
    return dropFacts(drop(catalog, 'routines', name), (key) => key === keyOf('routine', name))
  },
  invert: ({ name }, before) => [
    { kind: 'create-routine', name, routine: routineOf(before, name) },
    ...recreateFacts(before, (key) => key === keyOf('routine', name)),
  ],
  toSql: ({ name }, before) => [`DROP ${printReference(name, before.routines.get(name))}`],
  footprint: () => noFootprint,
  describe: ({ name }) => `routine ${displayRoutine(name)} is dropped`,
  touches: (change) => [droppedKey(change)],
  examples: [
    {
      given: `CREATE FUNCTION f(a int, b varchar(10)) RETURNS int LANGUAGE sql AS 'SELECT 1'; COMMENT ON FUNCTION f(int, varchar) IS 'x'`,
      sql: `DROP FUNCTION f(int, varchar)`,
    },
    {
      given: `CREATE TABLE a (id int); CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$; CREATE TRIGGER tr BEFORE INSERT ON a EXECUTE FUNCTION t()`,
      sql: `DROP FUNCTION IF EXISTS t CASCADE`,
    },
    { given: `CREATE PROCEDURE p(a int) LANGUAGE sql AS 'SELECT 1'`, sql: `DROP PROCEDURE p` },
    { given: `CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int)`, sql: `DROP AGGREGATE total(int)` },
  ],
})
