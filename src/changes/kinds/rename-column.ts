import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member, quoteIdentifier } from '../../model/name.ts'
import { child, text } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { columnOf, tableOf } from '../edit.ts'
import { descendantsOf, locking } from '../footprint.ts'
import { childrenOf } from '../found-by.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood, refuse } from '../refusal.ts'
import { renameColumn as renameIn } from '../renaming/columns.ts'
import { alteredRelation } from '../temporary.ts'

const read = (reading: Reading, node: Tree): void => {
  const on = alteredRelation(reading, node)
  if (on === undefined) return
  const [from, to] = [text(node, 'subname') ?? '', text(node, 'newname') ?? '']
  if (reading.catalog.views.has(on)) return reading.emit({ kind: 'rename-view-column', on, from, to })
  if (!reading.catalog.tables.has(on)) return notUnderstood(`a column of ${display(on)} is renamed, which is neither a table nor a view`)
  const { ofType, columns } = tableOf(reading.catalog, on)
  if (ofType) refuse('42809', 'cannot rename column of typed table')
  if (!columns.some(({ name }) => name === from)) refuse('42703', `column "${from}" does not exist`)
  if (columnOf(reading.catalog, on, from).inherited) refuse('42P16', `cannot rename inherited column "${from}"`)
  if (child(node, 'relation')?.inh !== true && childrenOf(reading.catalog, on).length > 0)
    refuse('42P16', `inherited column "${from}" must be renamed in child tables too`)
  reading.emit({ kind: 'rename-column', on, from, to })
}

const systemColumns = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid'])

export const renameColumn = defineChange({
  kind: 'rename-column',
  summary: 'A column gets another name; whatever names it follows.',
  reads: { 'RenameStmt OBJECT_COLUMN': read },
  apply({ on, from, to }, catalog) {
    columnOf(catalog, on, from)
    if (systemColumns.has(to)) refuse('42701', `column name "${to}" conflicts with a system column name`)
    for (const relation of [on, ...descendantsOf(catalog, on)]) {
      if (tableOf(catalog, relation).columns.some(({ name }) => name === to))
        refuse('42701', `column "${to}" of relation "${localName(relation)}" already exists`)
    }
    return renameIn(catalog, on, from, to)
  },
  invert: ({ on, from, to }) => [{ kind: 'rename-column', on, from: to, to: from }],
  toSql: ({ on, from, to }, before) => [
    `ALTER ${before.tables.get(on)?.kind === 'foreign' ? 'FOREIGN ' : ''}TABLE ${on} RENAME COLUMN ${quoteIdentifier(from)} TO ${quoteIdentifier(to)}`,
  ],
  footprint: ({ on }, before) => locking('ACCESS EXCLUSIVE', on, ...descendantsOf(before, on)),
  describe: ({ on, from, to }) => `column ${display(on)}.${displayIdentifier(from)} is renamed to ${displayIdentifier(to)}`,
  touches: ({ on, from, to }) => [keyOf('column', member(on, from)), keyOf('column', member(on, to))],
  examples: [
    {
      given: `CREATE TABLE t (id int PRIMARY KEY, a text CHECK (a <> ''), b text GENERATED ALWAYS AS (a || 'x') STORED, UNIQUE (a)); CREATE TABLE u (a text REFERENCES t (a));
        CREATE INDEX i ON t (lower(a)) WHERE a IS NOT NULL; CREATE VIEW v AS SELECT t.a FROM t; COMMENT ON COLUMN t.a IS 'x'`,
      sql: 'ALTER TABLE t RENAME COLUMN a TO "Name"',
    },
    { given: 'CREATE TABLE t (id serial PRIMARY KEY)', sql: 'ALTER TABLE IF EXISTS t RENAME id TO number' },
    { given: 'CREATE TABLE p (at date NOT NULL) PARTITION BY RANGE (at)', sql: 'ALTER TABLE p RENAME COLUMN at TO day' },
  ],
})
