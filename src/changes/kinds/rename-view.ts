import { display, displayIdentifier, keyOf, localName, quoteIdentifier } from '../../model/name.ts'
import { defineChange } from '../define.ts'
import { locking } from '../footprint.ts'
import { refuse } from '../refusal.ts'
import { readRenameRelation, refuseTaken, renamed } from '../rename-readers.ts'
import { renameRelation } from '../renaming.ts'

export const renameView = defineChange({
  kind: 'rename-view',
  summary: 'A view or materialised view gets another name.',
  reads: { 'RenameStmt OBJECT_VIEW': readRenameRelation('view'), 'RenameStmt OBJECT_MATVIEW': readRenameRelation('materialized view') },
  apply({ name, to }, catalog) {
    if (!catalog.views.has(name)) refuse('42P01', `relation "${display(name)}" does not exist`)
    refuseTaken(catalog, renamed(name, to), true)
    return renameRelation(catalog, name, renamed(name, to))
  },
  invert: ({ name, to }) => [{ kind: 'rename-view', name: renamed(name, to), to: localName(name) }],
  toSql: ({ name, to }, before) => [`ALTER ${before.views.get(name)?.materialized ? 'MATERIALIZED ' : ''}VIEW ${name} RENAME TO ${quoteIdentifier(to)}`],
  footprint: ({ name }) => locking('ACCESS EXCLUSIVE', name),
  describe: ({ name, to }) => `view ${display(name)} is renamed to ${displayIdentifier(to)}`,
  touches: ({ name, to }) => [keyOf('view', name), keyOf('view', renamed(name, to))],
  examples: [
    { given: 'CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT v.a FROM v', sql: 'ALTER VIEW v RENAME TO first' },
    { given: 'CREATE MATERIALIZED VIEW m AS SELECT 1 AS one; CREATE UNIQUE INDEX i ON m (one)', sql: 'ALTER TABLE m RENAME TO n' },
  ],
})
