import type { Catalog, Constraint } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { text } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { editColumn, editTable, tableOf, withEntry } from '../edit.ts'
import { descendantsOf, locking, scanningRows, together } from '../footprint.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'

const notNullColumn = (catalog: Catalog, on: RelationName, name: string): string | undefined =>
  tableOf(catalog, on).columns.find(({ notNull }) => notNull && notNull.name === name)?.name

const constraintOf = (catalog: Catalog, on: RelationName, name: string): Constraint =>
  tableOf(catalog, on).constraints.get(name) ?? refuse('42704', `constraint "${name}" of relation "${localName(on)}" does not exist`)

const read = (reading: Reading, command: Tree, on: RelationName): void => {
  const name = text(command, 'name') ?? ''
  const column = tableOf(reading.catalog, on).columns.find(({ notNull }) => notNull && notNull.name === name)
  if (column) {
    if (column.notNull && column.notNull.notValid) reading.emit({ kind: 'validate-constraint', on, name })
    return
  }
  const constraint = constraintOf(reading.catalog, on, name)
  if (constraint.type !== 'check' && constraint.type !== 'foreign key')
    refuse('42809', `constraint "${name}" of relation "${localName(on)}" is not a foreign key, check, or not-null constraint`)
  if ('state' in constraint && constraint.state === 'not enforced') refuse('55000', 'cannot validate NOT ENFORCED constraint')
  if ('state' in constraint && constraint.state === 'not valid') reading.emit({ kind: 'validate-constraint', on, name })
}

export const validateConstraint = defineChange({
  kind: 'validate-constraint',
  summary: 'A NOT VALID constraint is checked against the rows and becomes valid.',
  alters: { AT_ValidateConstraint: read },
  apply({ on, name }, catalog) {
    const column = notNullColumn(catalog, on, name)
    if (column !== undefined) {
      return editColumn(catalog, on, column, (attribute) => {
        if (!attribute.notNull) return attribute
        const { notValid: _state, ...valid } = attribute.notNull
        return { ...attribute, notNull: valid }
      })
    }
    const constraint = constraintOf(catalog, on, name)
    if (!('state' in constraint)) return catalog
    return editTable(catalog, on, (table) => ({ ...table, constraints: withEntry(table.constraints, name, { ...constraint, state: 'valid' }) }))
  },
  /** Nothing makes a valid constraint NOT VALID again but dropping and adding it. */
  invert({ on, name }, before) {
    const column = tableOf(before, on).columns.find(({ notNull }) => notNull && notNull.name === name)
    if (column?.notNull)
      return [
        { kind: 'drop-not-null', on, column: column.name },
        { kind: 'set-not-null', on, column: column.name, to: column.notNull },
      ]
    const constraint = constraintOf(before, on, name)
    const comment = before.comments.get(keyOf('constraint', member(on, name)))
    return [
      { kind: 'drop-constraint', on, name },
      { kind: 'add-constraint', on, name, constraint },
      ...(comment === undefined ? [] : [{ kind: 'set-comment', object: keyOf('constraint', member(on, name)), to: comment } as const]),
    ]
  },
  toSql: ({ on, name }) => [`ALTER TABLE ${on} VALIDATE CONSTRAINT ${quoteIdentifier(name)}`],
  footprint({ on, name }, before) {
    const constraint = before.tables.get(on)?.constraints.get(name)
    return together(
      locking('SHARE UPDATE EXCLUSIVE', on, ...(constraint?.type === 'foreign key' ? [] : descendantsOf(before, on))),
      constraint?.type === 'foreign key' ? locking('ROW SHARE', constraint.references) : locking('ROW SHARE'),
      scanningRows(before, on),
    )
  },
  describe: ({ on, name }) => `constraint ${displayIdentifier(name)} of table ${display(on)} is validated`,
  touches: ({ on, name }) => [keyOf('constraint', member(on, name))],
  examples: [
    { given: 'CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID', sql: 'ALTER TABLE t VALIDATE CONSTRAINT c' },
    {
      given: 'CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p NOT VALID',
      sql: 'ALTER TABLE t VALIDATE CONSTRAINT f',
    },
  ],
})
