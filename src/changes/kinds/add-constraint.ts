import type { Attribute, Constraint } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member, qualified, quoteIdentifier, type RelationName, schemaOf } from '../../model/name.ts'
import { flag, list, strings, text } from '../../sql/tree.ts'
import { constraintNameTaken } from '../constraint-names.ts'
import { constraintNode, addConstraint as readInto } from '../constraints.ts'
import { recreateFactsOf } from '../create.ts'
import { defineChange } from '../define.ts'
import { columnOf, drop, dropFactsOf, editTable, withEntry } from '../edit.ts'
import { locking, scanning, scanningRows, together } from '../footprint.ts'
import { chooseConstraintName, ownsIndex, relationKind } from '../names.ts'
import { printConstraint } from '../print.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'

const read = (reading: Reading, command: Tree, on: RelationName): void => {
  const node = constraintNode(command.def) ?? {}
  if (text(node, 'contype') === 'CONSTR_NOTNULL') return readNotNull(reading, node, on)
  readInto(reading, on, node, undefined, false)
}

const readNotNull = (reading: Reading, node: Tree, on: RelationName): void => {
  for (const column of strings(list(node, 'keys'))) {
    const { notNull } = columnOf(reading.catalog, on, column)
    if (notNull) {
      refuseOther(on, column, notNull, node)
      continue
    }
    const given = text(node, 'conname')
    if (given !== undefined && constraintNameTaken(reading.catalog, on, given))
      refuse('42710', `constraint "${given}" for relation "${localName(on)}" already exists`)
    const name = given ?? chooseConstraintName(reading.catalog, on, column, 'not_null')
    reading.emit({
      kind: 'set-not-null',
      on,
      column,
      to: { name, ...(flag(node, 'is_no_inherit') ? { noInherit: true } : {}), ...(flag(node, 'skip_validation') ? { notValid: true } : {}) },
    })
  }
}

/** A column has one NOT NULL: another name, or a valid one beside one that is not, is refused (`AdjustNotNullInheritance`). */
const refuseOther = (on: RelationName, column: string, { name, notValid }: Exclude<Attribute['notNull'], false>, node: Tree): void => {
  if (notValid && !flag(node, 'skip_validation')) refuse('55000', `incompatible NOT VALID constraint "${name}" on relation "${localName(on)}"`)
  const given = text(node, 'conname')
  if (given !== undefined && given !== name) refuse('55000', `cannot create not-null constraint "${given}" on column "${column}" of table "${localName(on)}"`)
}

const words = (constraint: Constraint): string => {
  switch (constraint.type) {
    case 'foreign key':
      return `foreign key (${constraint.columns.join(', ')}) to ${display(constraint.references)}`
    case 'primary key':
    case 'unique':
      return `${constraint.type} (${constraint.columns.join(', ')})`
    default:
      return constraint.type
  }
}

export const addConstraint = defineChange({
  kind: 'add-constraint',
  summary: 'A primary key, unique, foreign key, check or exclusion constraint is added.',
  alters: { AT_AddConstraint: read },
  apply({ on, name, constraint, usingIndex }, catalog) {
    const free = usingIndex === undefined ? catalog : dropFactsOf(drop(catalog, 'indexes', usingIndex), keyOf('index', usingIndex))
    const index = qualified(schemaOf(on), name)
    // An index looks for relations of its name before it looks for constraints.
    if (ownsIndex(constraint) && relationKind(free, index) !== undefined) refuse('42P07', `relation "${display(index)}" already exists`)
    if (constraintNameTaken(catalog, on, name)) refuse('42710', `constraint "${name}" for relation "${display(on)}" already exists`)
    return editTable(free, on, (table) => ({ ...table, constraints: withEntry(table.constraints, name, constraint) }))
  },
  invert({ on, name, usingIndex }, before) {
    const index = usingIndex === undefined ? undefined : before.indexes.get(usingIndex)
    const dropped = { kind: 'drop-constraint', on, name } as const
    if (usingIndex === undefined || !index) return [dropped]
    return [dropped, { kind: 'create-index', name: usingIndex, index, concurrently: false }, ...recreateFactsOf(before, keyOf('index', usingIndex))]
  },
  toSql({ on, name, constraint, usingIndex }) {
    const add = `ALTER TABLE ${on} ADD CONSTRAINT ${quoteIdentifier(name)}`
    if (usingIndex === undefined || constraint.type === 'check' || constraint.type === 'foreign key') return [`${add} ${printConstraint(constraint)}`]
    const type = constraint.type === 'primary key' ? 'PRIMARY KEY' : 'UNIQUE'
    return [`${add} ${type} USING INDEX ${quoteIdentifier(localName(usingIndex))}`]
  },
  footprint({ on, constraint, usingIndex, unchecked }, before) {
    switch (constraint.type) {
      case 'foreign key':
        return together(
          locking('SHARE ROW EXCLUSIVE', on, constraint.references),
          constraint.state === 'valid' && !unchecked ? together(locking('ROW SHARE', constraint.references), scanningRows(before, on)) : scanning(),
        )
      case 'check':
        return together(locking('ACCESS EXCLUSIVE', on), constraint.state === 'valid' ? scanningRows(before, on) : scanning())
      default:
        return usingIndex === undefined
          ? together(locking('ACCESS EXCLUSIVE', on), scanningRows(before, on))
          : together(locking('ACCESS EXCLUSIVE', on), locking('SHARE UPDATE EXCLUSIVE', usingIndex))
    }
  },
  describe: ({ on, name, constraint }) => `table ${display(on)} gets the constraint ${displayIdentifier(name)}, ${words(constraint)}`,
  touches: ({ on, name, constraint }) => [
    keyOf('constraint', member(on, name)),
    ...(constraint.type === 'foreign key' ? [keyOf('table', constraint.references)] : []),
  ],
  examples: [
    {
      given: 'CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int)',
      sql: 'ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p ON DELETE CASCADE NOT VALID',
    },
    { given: 'CREATE TABLE t (a int, b int)', sql: 'ALTER TABLE t ADD PRIMARY KEY (a), ADD UNIQUE NULLS NOT DISTINCT (b), ADD CHECK (a < b)' },
    { given: 'CREATE TABLE t (a int NOT NULL); CREATE UNIQUE INDEX i ON t (a)', sql: 'ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY USING INDEX i' },
    { given: 'CREATE TABLE t (a int4range)', sql: 'ALTER TABLE t ADD EXCLUDE USING gist (a WITH &&) WHERE (a IS NOT NULL)' },
    { given: 'CREATE TABLE t (a int)', sql: 'ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT ENFORCED' },
    { given: 'CREATE TABLE t (a int, b int, c int)', sql: 'ALTER TABLE t ADD UNIQUE (a) INCLUDE (b, c), ADD EXCLUDE USING btree (b WITH =) INCLUDE (c)' },
  ],
})
