import { displayKey } from '../../model/name.ts'
import { defineChange, noFootprint } from '../define.ts'

/** What every other kind leaves: `readStatement` makes it when a reader says that memory cannot follow. */
export const opaque = defineChange({
  kind: 'opaque',
  summary: 'A statement that memory cannot follow: kept, shown, and answered by the engine for the objects that it may touch.',
  apply: (_change, catalog) => catalog,
  invert: ({ reason }) => ({ irreversible: `the statement was not understood: ${reason}` }),
  toSql: ({ sql }) => [sql],
  footprint: () => noFootprint,
  describe: ({ reason, touches }) =>
    `not understood: ${reason}; it may touch ${touches === 'unknown' ? 'anything' : touches.map(displayKey).join(', ') || 'nothing'}`,
  touches: ({ touches }) => (touches === 'unknown' ? [] : touches),
  examples: [
    { sql: `CREATE TABLE copied AS SELECT 1 AS id` },
    { given: `CREATE TABLE a (id int)`, sql: `SELECT id INTO b FROM a` },
    { sql: `DO $$ BEGIN EXECUTE format('CREATE TABLE %I (id int)', current_database()); END $$` },
  ],
})
