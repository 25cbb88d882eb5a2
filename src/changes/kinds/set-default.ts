import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, member, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { child, text } from '../../sql/tree.ts'
import { isNullDefault, readDefault } from '../columns.ts'
import { defineChange } from '../define.ts'
import { columnOf, editColumn, withFields } from '../edit.ts'
import { locking } from '../footprint.ts'
import { printDefault } from '../print.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood, refuse } from '../refusal.ts'

const read = (reading: Reading, command: Tree, on: RelationName): void => {
  const column = text(command, 'name') ?? ''
  const attribute = columnOf(reading.catalog, on, column)
  const value = child(command, 'def')
  if (attribute.identity) refuse('42601', `column "${column}" of relation "${display(on)}" is an identity column`)
  if (attribute.generated) refuse('42601', `column "${column}" of relation "${display(on)}" is a generated column`)
  const to = value && !isNullDefault(value, attribute.type) ? readDefault(reading, value) : undefined
  if (to === undefined && attribute.default === undefined) return
  reading.emit({ kind: 'set-default', on, column, to })
}

const ofView = (_reading: Reading, _command: Tree, on: RelationName): void => notUnderstood(`a default of view ${display(on)}`)

export const setDefault = defineChange({
  kind: 'set-default',
  summary: "A column's default is set or dropped.",
  alters: { AT_ColumnDefault: read, 'AT_ColumnDefault view': ofView },
  apply: ({ on, column, to }, catalog) => editColumn(catalog, on, column, (attribute) => withFields(attribute, { default: to })),
  invert: ({ on, column }, before) => [{ kind: 'set-default', on, column, to: columnOf(before, on, column).default }],
  toSql: ({ on, column, to }) => [
    `ALTER TABLE ${on} ALTER COLUMN ${quoteIdentifier(column)} ${to === undefined ? 'DROP DEFAULT' : `SET DEFAULT ${printDefault(to)}`}`,
  ],
  footprint: ({ on }) => locking('ACCESS EXCLUSIVE', on),
  describe: ({ on, column, to }) =>
    `column ${display(on)}.${displayIdentifier(column)} ${to === undefined ? 'has no default any more' : `gets the default ${printDefault(to)}`}`,
  touches: ({ on, column }) => [keyOf('column', member(on, column))],
  examples: [
    { given: 'CREATE TABLE t (a timestamptz)', sql: `ALTER TABLE t ALTER COLUMN a SET DEFAULT now() - interval '1 day'` },
    { given: `CREATE TABLE t (a text DEFAULT 'x')`, sql: 'ALTER TABLE t ALTER COLUMN a DROP DEFAULT' },
    { given: 'CREATE TABLE t (a int); CREATE SEQUENCE s', sql: `ALTER TABLE t ALTER COLUMN a SET DEFAULT nextval('s')` },
  ],
})
