import { display, displayIdentifier, keyOf, localName, quoteIdentifier } from '../../model/name.ts'
import { defineChange } from '../define.ts'
import { locking } from '../footprint.ts'
import { refuse } from '../refusal.ts'
import { readRenameRelation, refuseTaken, renamed } from '../rename-readers.ts'
import { renameRelation } from '../renaming.ts'

export const renameIndex = defineChange({
  kind: 'rename-index',
  summary: 'An index gets another name. The index of a constraint is renamed with its constraint.',
  reads: { 'RenameStmt OBJECT_INDEX': readRenameRelation('index') },
  apply({ name, to }, catalog) {
    if (!catalog.indexes.has(name)) refuse('42P01', `relation "${display(name)}" does not exist`)
    refuseTaken(catalog, renamed(name, to), false)
    return renameRelation(catalog, name, renamed(name, to))
  },
  invert: ({ name, to }) => [{ kind: 'rename-index', name: renamed(name, to), to: localName(name) }],
  toSql: ({ name, to }) => [`ALTER INDEX ${name} RENAME TO ${quoteIdentifier(to)}`],
  footprint: ({ name, asTable }) => locking(asTable ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE', name),
  describe: ({ name, to }) => `index ${display(name)} is renamed to ${displayIdentifier(to)}`,
  touches: ({ name, to }) => [keyOf('index', name), keyOf('index', renamed(name, to))],
  examples: [
    { given: `CREATE TABLE t (a int); CREATE INDEX i ON t (a); COMMENT ON INDEX i IS 'x'`, sql: 'ALTER INDEX i RENAME TO j' },
    {
      given: 'CREATE TABLE t (a int NOT NULL); CREATE UNIQUE INDEX i ON t (a); ALTER TABLE t REPLICA IDENTITY USING INDEX i',
      sql: 'ALTER TABLE IF EXISTS i RENAME TO "J"',
    },
  ],
})
