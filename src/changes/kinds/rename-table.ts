import { display, displayIdentifier, keyOf, localName, quoteIdentifier } from '../../model/name.ts'
import { defineChange } from '../define.ts'
import { tableOf } from '../edit.ts'
import { locking } from '../footprint.ts'
import { readRenameRelation, refuseTaken, renamed } from '../rename-readers.ts'
import { renameRelation } from '../renaming.ts'

export const renameTable = defineChange({
  kind: 'rename-table',
  summary: 'A table gets another name; the names of its constraints, indexes and sequences stay.',
  reads: { 'RenameStmt OBJECT_TABLE': readRenameRelation('table'), 'RenameStmt OBJECT_FOREIGN_TABLE': readRenameRelation('foreign table') },
  apply({ name, to }, catalog) {
    tableOf(catalog, name)
    refuseTaken(catalog, renamed(name, to), true)
    return renameRelation(catalog, name, renamed(name, to))
  },
  invert: ({ name, to }) => [{ kind: 'rename-table', name: renamed(name, to), to: localName(name) }],
  toSql: ({ name, to }, before) => [`ALTER ${before.tables.get(name)?.kind === 'foreign' ? 'FOREIGN ' : ''}TABLE ${name} RENAME TO ${quoteIdentifier(to)}`],
  footprint: ({ name }) => locking('ACCESS EXCLUSIVE', name),
  describe: ({ name, to }) => `table ${display(name)} is renamed to ${displayIdentifier(to)}`,
  touches: ({ name, to }) => [keyOf('table', name), keyOf('table', renamed(name, to))],
  examples: [
    {
      given: `CREATE TABLE users (id serial PRIMARY KEY, email text UNIQUE CHECK (users.email <> ''), boss int REFERENCES users); CREATE TABLE posts (author int REFERENCES users);
        CREATE INDEX lower_email ON users (lower(email)); CREATE VIEW names AS SELECT users.email FROM users; COMMENT ON COLUMN users.email IS 'unique'`,
      sql: 'ALTER TABLE users RENAME TO people',
    },
    { given: 'CREATE TABLE a (id int); CREATE TABLE b (first a, more a[])', sql: 'ALTER TABLE IF EXISTS a RENAME TO "A b"' },
  ],
})
