import { display, displayIdentifier, keyOf, localName, quoteIdentifier } from '../../model/name.ts'
import { defineChange } from '../define.ts'
import { locking } from '../footprint.ts'
import { readRenameRelation, refuseTaken, renamed } from '../rename-readers.ts'
import { renameRelation } from '../renaming.ts'
import { sequenceOf } from '../sequences.ts'

export const renameSequence = defineChange({
  kind: 'rename-sequence',
  summary: 'A sequence gets another name.',
  reads: { 'RenameStmt OBJECT_SEQUENCE': readRenameRelation('sequence') },
  apply({ name, to }, catalog) {
    sequenceOf(catalog, name)
    refuseTaken(catalog, renamed(name, to), false)
    return renameRelation(catalog, name, renamed(name, to))
  },
  invert: ({ name, to }) => [{ kind: 'rename-sequence', name: renamed(name, to), to: localName(name) }],
  toSql: ({ name, to }) => [`ALTER SEQUENCE ${name} RENAME TO ${quoteIdentifier(to)}`],
  footprint: ({ name }) => locking('ACCESS EXCLUSIVE', name),
  describe: ({ name, to }) => `sequence ${display(name)} is renamed to ${displayIdentifier(to)}`,
  touches: ({ name, to }) => [keyOf('sequence', name), keyOf('sequence', renamed(name, to))],
  examples: [
    { given: `CREATE TABLE t (id serial); COMMENT ON SEQUENCE t_id_seq IS 'x'`, sql: 'ALTER SEQUENCE t_id_seq RENAME TO numbers' },
    { given: 'CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY)', sql: 'ALTER TABLE t_id_seq RENAME TO "Numbers"' },
  ],
})
