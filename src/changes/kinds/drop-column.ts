import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { flag, text } from '../../sql/tree.ts'
import { recreateFactsOf, recreateSequences } from '../create.ts'
import { defineChange } from '../define.ts'
import { refuseDependents } from '../dependents.ts'
import { droppedKey } from '../drop-change.ts'
import { dropObjects } from '../drops.ts'
import { columnOf, drop, dropFactsOf, editTable, tableOf } from '../edit.ts'
import { locking, sequencesOf } from '../footprint.ts'
import { sequencesOwnedBy } from '../found-by.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'

const read = (reading: Reading, command: Tree, on: RelationName): void => {
  const column = text(command, 'name') ?? ''
  if (!tableOf(reading.catalog, on).columns.some(({ name }) => name === column)) {
    if (flag(command, 'missing_ok')) return
    refuse('42703', `column "${column}" of relation "${localName(on)}" does not exist`)
  }
  dropObjects(reading, [keyOf('column', member(on, column))], text(command, 'behavior') === 'DROP_CASCADE')
}

export const dropColumn = defineChange({
  kind: 'drop-column',
  summary: 'A column is dropped, with the sequence it owns.',
  alters: { AT_DropColumn: read },
  apply({ on, column }, catalog) {
    columnOf(catalog, on, column)
    const key = keyOf('column', member(on, column))
    refuseDependents(catalog, key)
    let next = dropFactsOf(
      editTable(catalog, on, (table) => ({ ...table, columns: table.columns.filter(({ name }) => name !== column) })),
      key,
    )
    for (const [name, { ownedBy }] of sequencesOwnedBy(catalog, on)) {
      if (ownedBy?.column === column) next = dropFactsOf(drop(next, 'sequences', name), keyOf('sequence', name))
    }
    return next
  },
  invert({ on, column }, before) {
    const names = tableOf(before, on).columns.map(({ name }) => name)
    const sequences = recreateSequences(before, on, column)
    return [
      ...sequences.before,
      { kind: 'add-column', on, attribute: columnOf(before, on, column) },
      ...sequences.after,
      ...(names.at(-1) === column ? [] : [{ kind: 'reorder-columns', on, to: names } as const]),
      ...recreateFactsOf(before, keyOf('column', member(on, column))),
    ]
  },
  toSql: ({ on, column }) => [`ALTER TABLE ${on} DROP COLUMN ${quoteIdentifier(column)}`],
  footprint: ({ on, column }, before) => locking('ACCESS EXCLUSIVE', on, ...sequencesOf(before, on, column)),
  describe: ({ on, column }) => `column ${display(on)}.${displayIdentifier(column)} is dropped`,
  touches: (change) => [droppedKey(change)],
  examples: [
    { given: `CREATE TABLE t (a int, b text, c int); COMMENT ON COLUMN t.b IS 'x'`, sql: 'ALTER TABLE t DROP COLUMN b' },
    {
      given: 'CREATE TABLE t (id serial PRIMARY KEY, a int UNIQUE, CHECK (a > 0)); CREATE INDEX i ON t (a, id)',
      sql: 'ALTER TABLE t DROP COLUMN a, DROP COLUMN id',
    },
    { given: 'CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p)', sql: 'ALTER TABLE p DROP COLUMN id CASCADE' },
  ],
})
