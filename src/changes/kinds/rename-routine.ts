import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, quoteIdentifier } from '../../model/name.ts'
import { child, text } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { renameRoutine as renameIn } from '../renaming.ts'
import { routineKeyWith, routineParts } from '../routine-keys.ts'
import { routineNamed } from '../routine-names.ts'

const read = (reading: Reading, node: Tree): void =>
  reading.emit({ kind: 'rename-routine', name: routineNamed(reading, child(node, 'object'), text(node, 'renameType') ?? ''), to: text(node, 'newname') ?? '' })

const renamed = (name: string, to: string): string => routineKeyWith(name, routineParts(name).schema, to)

export const renameRoutine = defineChange({
  kind: 'rename-routine',
  summary: 'A function, procedure or aggregate gets another name. Bodies that are text keep the old one.',
  reads: { 'RenameStmt OBJECT_FUNCTION': read, 'RenameStmt OBJECT_PROCEDURE': read, 'RenameStmt OBJECT_AGGREGATE': read, 'RenameStmt OBJECT_ROUTINE': read },
  apply({ name, to }, catalog) {
    if (!catalog.routines.has(name)) refuse('42883', `function ${display(routineParts(name).name)}${routineParts(name).args} does not exist`)
    if (catalog.routines.has(renamed(name, to)))
      refuse('42723', `function ${to}${routineParts(name).args} already exists in schema "${routineParts(name).schema}"`)
    return renameIn(catalog, name, renamed(name, to))
  },
  invert: ({ name, to }) => [{ kind: 'rename-routine', name: renamed(name, to), to: routineParts(name).local }],
  toSql: ({ name, to }) => [`ALTER ROUTINE ${name} RENAME TO ${quoteIdentifier(to)}`],
  footprint: () => noFootprint,
  describe: ({ name, to }) => `function ${display(routineParts(name).name)} is renamed to ${displayIdentifier(to)}`,
  touches: ({ name, to }) => [keyOf('routine', name), keyOf('routine', renamed(name, to))],
  examples: [
    {
      given: `CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a'; CREATE TABLE t (a int DEFAULT f(1) CHECK (f(a) > 0)); CREATE INDEX i ON t (f(a))`,
      sql: 'ALTER FUNCTION f(int) RENAME TO g',
    },
    {
      given: `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TABLE t (a int); CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()`,
      sql: 'ALTER ROUTINE f RENAME TO "G"',
    },
  ],
})
