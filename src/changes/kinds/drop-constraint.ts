import type { Attribute, Catalog } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import {
  display,
  displayIdentifier,
  keyOf,
  localName,
  member,
  type ObjectKey,
  qualified,
  quoteIdentifier,
  type RelationName,
  schemaOf,
} from '../../model/name.ts'
import { flag, text } from '../../sql/tree.ts'
import { constraintKeys, recreateFactsOf } from '../create.ts'
import { defineChange } from '../define.ts'
import { refuseDependents } from '../dependents.ts'
import { droppedKey } from '../drop-change.ts'
import { dropObjects } from '../drops.ts'
import { dropFactsOf, editTable, tableOf, withEntry } from '../edit.ts'
import { indexesOf, locking } from '../footprint.ts'
import { forgetIndex, rememberIndex } from '../index-uses.ts'
import { refuseKeyColumn } from '../key-columns.ts'
import { constraintIndexes } from '../names.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'

const read = (reading: Reading, command: Tree, on: RelationName): void => {
  const name = text(command, 'name') ?? ''
  const table = tableOf(reading.catalog, on)
  if (table.constraints.has(name)) return dropObjects(reading, [keyOf('constraint', member(on, name))], text(command, 'behavior') === 'DROP_CASCADE')
  const column = table.columns.find(({ notNull }) => notNull && notNull.name === name)
  if (column) return dropNotNull(reading, on, column)
  if (!flag(command, 'missing_ok')) refuse('42704', `constraint "${name}" of relation "${localName(on)}" does not exist`)
}

/** DROP CONSTRAINT of a NOT NULL: an identity's is refused otherwise than by DROP NOT NULL, and after a primary key's. */
const dropNotNull = (reading: Reading, on: RelationName, { name, identity }: Attribute): void => {
  refuseKeyColumn(reading.catalog, on, name)
  if (identity) refuse('55000', `column "${name}" of relation "${localName(on)}" is an identity column`)
  reading.emit({ kind: 'drop-not-null', on, column: name })
}

/** Where facts of the constraint hang. A check or foreign key owns no index: one of its name is another object. */
const factKeys = (catalog: Catalog, on: RelationName, name: string): readonly ObjectKey[] => {
  const type = catalog.tables.get(on)?.constraints.get(name)?.type
  return type === 'check' || type === 'foreign key' ? constraintKeys(on, name).slice(0, 1) : constraintKeys(on, name)
}

export const dropConstraint = defineChange({
  kind: 'drop-constraint',
  summary: 'A constraint is dropped, with the index it owns.',
  alters: { AT_DropConstraint: read },
  apply({ on, name }, catalog) {
    if (!tableOf(catalog, on).constraints.has(name)) refuse('42704', `constraint "${name}" of relation "${localName(on)}" does not exist`)
    const key = keyOf('constraint', member(on, name))
    refuseDependents(catalog, key)
    const left = editTable(catalog, on, (table) => ({ ...table, constraints: withEntry(table.constraints, name, undefined) }))
    const forgotten = constraintIndexes(tableOf(catalog, on)).has(name) ? forgetIndex(left, on, name) : left
    return factKeys(catalog, on, name).reduce(dropFactsOf, forgotten)
  },
  invert({ on, name }, before) {
    const constraint = tableOf(before, on).constraints.get(name)
    return constraint
      ? [
          { kind: 'add-constraint', on, name, constraint },
          ...factKeys(before, on, name).flatMap((key) => recreateFactsOf(before, key)),
          ...(constraintIndexes(tableOf(before, on)).has(name) ? rememberIndex(before, on, name) : []),
        ]
      : []
  },
  toSql: ({ on, name }) => [`ALTER TABLE ${on} DROP CONSTRAINT ${quoteIdentifier(name)}`],
  footprint({ on, name }, before) {
    const constraint = before.tables.get(on)?.constraints.get(name)
    if (constraint?.type === 'foreign key') return locking('ACCESS EXCLUSIVE', ...new Set([on, constraint.references]))
    const index = qualified(schemaOf(on), name)
    return locking('ACCESS EXCLUSIVE', on, ...(indexesOf(before, on).includes(index) ? [index] : []))
  },
  describe: ({ on, name }) => `constraint ${displayIdentifier(name)} of table ${display(on)} is dropped`,
  touches: (change) => [droppedKey(change)],
  examples: [
    { given: `CREATE TABLE t (a int CONSTRAINT c CHECK (a > 0)); COMMENT ON CONSTRAINT c ON t IS 'x'`, sql: 'ALTER TABLE t DROP CONSTRAINT c' },
    { given: 'CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p)', sql: 'ALTER TABLE p DROP CONSTRAINT p_pkey CASCADE' },
  ],
})
