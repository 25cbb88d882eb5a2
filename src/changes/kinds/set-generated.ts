import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { printExpression } from '../../sql/print.ts'
import { child, flag, text } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { columnOf, editColumn, tableOf, withFields } from '../edit.ts'
import { locking, rewriting } from '../footprint.ts'
import { printColumn } from '../print.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood, refuse } from '../refusal.ts'

const setExpression = (reading: Reading, command: Tree, on: RelationName): void => {
  const column = text(command, 'name') ?? ''
  const { generated } = columnOf(reading.catalog, on, column)
  const expression = child(command, 'def') ?? notUnderstood('SET EXPRESSION without an expression')
  if (!generated) return refuse('55000', `column "${column}" of relation "${localName(on)}" is not a generated column`)
  const checked = [...tableOf(reading.catalog, on).constraints.values()].some(({ type }) => type === 'check')
  if (!generated.stored && checked)
    refuse('0A000', 'ALTER TABLE / SET EXPRESSION is not supported for virtual generated columns in tables with check constraints')
  reading.emit({ kind: 'set-generated', on, column, to: { ...generated, expression: reading.expression(expression) } })
}

const dropExpression = (reading: Reading, command: Tree, on: RelationName): void => {
  const column = text(command, 'name') ?? ''
  const { generated } = columnOf(reading.catalog, on, column)
  if (generated && !generated.stored) refuse('0A000', 'ALTER TABLE / DROP EXPRESSION is not supported for virtual generated columns')
  if (generated) return reading.emit({ kind: 'set-generated', on, column, to: undefined })
  if (!flag(command, 'missing_ok')) refuse('55000', `column "${column}" of relation "${localName(on)}" is not a generated column`)
}

export const setGenerated = defineChange({
  kind: 'set-generated',
  summary: "A generated column's expression is changed, or the column becomes an ordinary one.",
  alters: { AT_SetExpression: setExpression, AT_DropExpression: dropExpression },
  apply: ({ on, column, to }, catalog) => editColumn(catalog, on, column, (attribute) => withFields(attribute, { generated: to })),
  invert: ({ on, column }, before) => [{ kind: 'set-generated', on, column, to: columnOf(before, on, column).generated }],
  toSql({ on, column, to }, before) {
    const alter = `ALTER TABLE ${on} ALTER COLUMN ${quoteIdentifier(column)}`
    if (to === undefined) return [`${alter} DROP EXPRESSION`]
    if (columnOf(before, on, column).generated) return [`${alter} SET EXPRESSION AS (${printExpression(to.expression)})`]
    // No statement makes an ordinary column a generated one: its values are computed, so a new column loses nothing.
    const attribute = columnOf(before, on, column)
    return [
      `ALTER TABLE ${on} DROP COLUMN ${quoteIdentifier(column)}`,
      `ALTER TABLE ${on} ADD COLUMN ${printColumn(on, withFields({ ...attribute, generated: to }, { default: undefined }), before)}`,
    ]
  },
  footprint: ({ on, to }, before) => (to === undefined || !to.stored ? locking('ACCESS EXCLUSIVE', on) : rewriting(before, on)),
  describe: ({ on, column, to }) =>
    `column ${display(on)}.${displayIdentifier(column)} ${to === undefined ? 'is an ordinary column now' : `is generated as ${printExpression(to.expression)}`}`,
  touches: ({ on, column }) => [keyOf('column', member(on, column))],
  examples: [
    { given: 'CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED)', sql: 'ALTER TABLE t ALTER COLUMN b SET EXPRESSION AS (a * 3)' },
    { given: 'CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED)', sql: 'ALTER TABLE t ALTER COLUMN b DROP EXPRESSION' },
  ],
})
