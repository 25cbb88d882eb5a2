import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { text } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { columnOf, editColumn } from '../edit.ts'
import { locking } from '../footprint.ts'
import { refuseKeyColumn, refusePrimaryColumn } from '../key-columns.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'

const read = (reading: Reading, command: Tree, on: RelationName): void => {
  const column = text(command, 'name') ?? ''
  if (!columnOf(reading.catalog, on, column).notNull) return
  if (!columnOf(reading.catalog, on, column).identity) refuseKeyColumn(reading.catalog, on, column)
  reading.emit({ kind: 'drop-not-null', on, column })
}

export const dropNotNull = defineChange({
  kind: 'drop-not-null',
  summary: 'A column may be null again.',
  alters: { AT_DropNotNull: read },
  apply({ on, column }, catalog) {
    if (columnOf(catalog, on, column).identity) refuse('42601', `column "${column}" of relation "${localName(on)}" is an identity column`)
    refusePrimaryColumn(catalog, on, column)
    return editColumn(catalog, on, column, (attribute) => ({ ...attribute, notNull: false }))
  },
  invert({ on, column }, before) {
    const { notNull } = columnOf(before, on, column)
    return notNull ? [{ kind: 'set-not-null', on, column, to: notNull }] : []
  },
  toSql: ({ on, column }) => [`ALTER TABLE ${on} ALTER COLUMN ${quoteIdentifier(column)} DROP NOT NULL`],
  footprint: ({ on }) => locking('ACCESS EXCLUSIVE', on),
  describe: ({ on, column }) => `column ${display(on)}.${displayIdentifier(column)} may be null`,
  touches: ({ on, column }) => [keyOf('column', member(on, column))],
  examples: [
    { given: 'CREATE TABLE t (a int NOT NULL)', sql: 'ALTER TABLE t ALTER COLUMN a DROP NOT NULL' },
    { given: 'CREATE TABLE t (a int CONSTRAINT a_there NOT NULL)', sql: 'ALTER TABLE t DROP CONSTRAINT a_there' },
  ],
})
