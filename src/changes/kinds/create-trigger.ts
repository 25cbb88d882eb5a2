import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member } from '../../model/name.ts'
import { flag, text } from '../../sql/tree.ts'
import { constraintNamed } from '../constraint-names.ts'
import { defineChange } from '../define.ts'
import { locking, partitionsOf } from '../footprint.ts'
import { hostOf, setMember } from '../hosts.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { alteredRelation } from '../temporary.ts'
import { isConstraint, isForEachRow, printTrigger, readTrigger } from '../triggers.ts'

const read = (reading: Reading, node: Tree): void => {
  const on = alteredRelation(reading, node)
  if (on === undefined) return
  const name = text(node, 'trigname') ?? ''
  const trigger = readTrigger(reading, node, on)
  if (isConstraint(trigger) && reading.catalog.tables.has(on) && constraintNamed(reading.catalog, on, name))
    refuse('23505', 'duplicate key value violates unique constraint "pg_constraint_conrelid_contypid_conname_index"')
  const replaces = flag(node, 'replace') && hostOf(reading.catalog, on).triggers.has(name)
  reading.emit({ kind: replaces ? 'replace-trigger' : 'create-trigger', on, name, trigger })
}

export const createTrigger = defineChange({
  kind: 'create-trigger',
  summary: 'A trigger is made on a table or view.',
  reads: { CreateTrigStmt: read },
  apply({ on, name, trigger }, catalog) {
    if (hostOf(catalog, on).triggers.has(name)) refuse('42710', `trigger "${name}" for relation "${localName(on)}" already exists`)
    return setMember(catalog, on, 'triggers', name, trigger)
  },
  invert: ({ on, name }) => [{ kind: 'drop-trigger', on, name }],
  toSql: ({ on, name, trigger }) => printTrigger(on, name, trigger),
  footprint: ({ on, trigger }, before) => locking('SHARE ROW EXCLUSIVE', on, ...(isForEachRow(trigger) ? partitionsOf(before, on) : [])),
  describe: ({ on, name }) => `trigger ${displayIdentifier(name)} is made on ${display(on)}`,
  touches: ({ on, name }) => [keyOf('trigger', member(on, name))],
  examples: [
    {
      given: `CREATE TABLE a (id int, note text); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$`,
      sql: `CREATE TRIGGER "on change" BEFORE INSERT OR UPDATE OF note ON a FOR EACH ROW WHEN (new.note IS NOT NULL) EXECUTE FUNCTION f('x', 'it''s')`,
    },
    {
      given: `CREATE TABLE a (id int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$`,
      sql: `CREATE TRIGGER t AFTER UPDATE ON a REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION f()`,
    },
    {
      given: `CREATE TABLE a (id int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$`,
      sql: `CREATE CONSTRAINT TRIGGER t AFTER INSERT ON a DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f()`,
    },
    {
      given: `CREATE TABLE a (id int); CREATE VIEW v AS SELECT id FROM a; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$`,
      sql: `CREATE TRIGGER t INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f()`,
    },
  ],
})
