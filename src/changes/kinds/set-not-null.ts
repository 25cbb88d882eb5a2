import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, member, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { text } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { columnOf, editColumn } from '../edit.ts'
import { locking, scanning, scanningRows, together } from '../footprint.ts'
import { constraintsOn } from '../found-by.ts'
import { chooseConstraintName } from '../names.ts'
import { impliedNotNullName } from '../print.ts'
import type { Reading } from '../reading.ts'

const read = (reading: Reading, command: Tree, on: RelationName): void => {
  const column = text(command, 'name') ?? ''
  const { notNull } = columnOf(reading.catalog, on, column)
  if (notNull && notNull.notValid) return reading.emit({ kind: 'validate-constraint', on, name: notNull.name })
  if (notNull) return
  reading.emit({ kind: 'set-not-null', on, column, to: { name: chooseConstraintName(reading.catalog, on, column, 'not_null') } })
}

export const setNotNull = defineChange({
  kind: 'set-not-null',
  summary: 'A column may not be null any more.',
  alters: { AT_SetNotNull: read },
  apply: ({ on, column, to }, catalog) => editColumn(catalog, on, column, (attribute) => ({ ...attribute, notNull: to })),
  invert: ({ on, column }, before) => {
    const { notNull } = columnOf(before, on, column)
    return [notNull ? { kind: 'set-not-null', on, column, to: notNull } : { kind: 'drop-not-null', on, column }]
  },
  toSql: ({ on, column, to }, before) =>
    to.name === impliedNotNullName(before, on, column) && !to.noInherit && !to.notValid
      ? [`ALTER TABLE ${on} ALTER COLUMN ${quoteIdentifier(column)} SET NOT NULL`]
      : [
          `ALTER TABLE ${on} ADD CONSTRAINT ${quoteIdentifier(to.name)} NOT NULL ${quoteIdentifier(column)}${to.noInherit ? ' NO INHERIT' : ''}${to.notValid ? ' NOT VALID' : ''}`,
        ],
  footprint({ on, column, to }, before) {
    if (to.notValid) return locking('ACCESS EXCLUSIVE', on)
    const checks = constraintsOn(before, on)
    const spared = checks.some((constraint) => constraint.type === 'check' && constraint.state === 'valid' && provesNotNull(constraint.expression, column))
    return together(locking('ACCESS EXCLUSIVE', on), spared ? scanning() : scanningRows(before, on))
  },
  describe: ({ on, column }) => `column ${display(on)}.${displayIdentifier(column)} becomes NOT NULL`,
  touches: ({ on, column }) => [keyOf('column', member(on, column))],
  examples: [
    { given: 'CREATE TABLE t (a int)', sql: 'ALTER TABLE t ALTER COLUMN a SET NOT NULL' },
    { given: 'CREATE TABLE t (a int)', sql: 'ALTER TABLE t ADD CONSTRAINT a_there NOT NULL a' },
  ],
})

/** True for `column IS NOT NULL`, alone or as a part of an AND: the valid check spares the scan (manual, ALTER TABLE, SET NOT NULL). */
const provesNotNull = (expression: Tree, column: string): boolean => {
  const both = expression.BoolExpr as Tree | undefined
  if (both?.boolop === 'AND_EXPR') return (both.args as readonly Tree[]).some((argument) => provesNotNull(argument, column))
  const test = expression.NullTest as Tree | undefined
  const fields = ((test?.arg as Tree | undefined)?.ColumnRef as Tree | undefined)?.fields as readonly { String?: { sval?: string } }[] | undefined
  return test?.nulltesttype === 'IS_NOT_NULL' && fields?.at(-1)?.String?.sval === column
}
