import type { Tree } from '../../model/json.ts'
import { displayIdentifier, keyOf, quoteIdentifier } from '../../model/name.ts'
import { text } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { renameSchema as renameIn } from '../renaming.ts'
import { refuseReserved } from '../schemas.ts'

const read = (reading: Reading, node: Tree): void => reading.emit({ kind: 'rename-schema', from: text(node, 'subname') ?? '', to: text(node, 'newname') ?? '' })

export const renameSchema = defineChange({
  kind: 'rename-schema',
  summary: 'A schema gets another name, and with it everything in it.',
  reads: { 'RenameStmt OBJECT_SCHEMA': read },
  apply({ from, to }, catalog) {
    if (!catalog.schemas.has(from)) refuse('3F000', `schema "${from}" does not exist`)
    if (catalog.schemas.has(to)) refuse('42P06', `schema "${to}" already exists`)
    refuseReserved(to)
    return renameIn(catalog, from, to)
  },
  invert: ({ from, to }) => [{ kind: 'rename-schema', from: to, to: from }],
  toSql: ({ from, to }) => [`ALTER SCHEMA ${quoteIdentifier(from)} RENAME TO ${quoteIdentifier(to)}`],
  footprint: () => noFootprint,
  describe: ({ from, to }) => `schema ${displayIdentifier(from)} is renamed to ${displayIdentifier(to)}`,
  touches: ({ from, to }) => [keyOf('schema', quoteIdentifier(from)), keyOf('schema', quoteIdentifier(to))],
  examples: [
    {
      given: `CREATE SCHEMA a; CREATE TYPE a.mood AS ENUM ('sad'); CREATE TABLE a.t (id serial PRIMARY KEY, m a.mood DEFAULT 'sad'::a.mood); CREATE INDEX i ON a.t (m);
        CREATE TABLE b (t int REFERENCES a.t, moods a.mood[]); CREATE VIEW v AS SELECT t.m FROM a.t; COMMENT ON SCHEMA a IS 'x'; COMMENT ON TABLE a.t IS 'y'`,
      sql: 'ALTER SCHEMA a RENAME TO "B c"',
    },
    { given: 'CREATE SCHEMA empty', sql: 'ALTER SCHEMA empty RENAME TO full_of' },
  ],
})
