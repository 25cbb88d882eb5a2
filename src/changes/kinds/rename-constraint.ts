import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member, qualified, quoteIdentifier, schemaOf } from '../../model/name.ts'
import { text } from '../../sql/tree.ts'
import { constraintNamed, constraintNameTaken } from '../constraint-names.ts'
import { defineChange } from '../define.ts'
import { tableOf } from '../edit.ts'
import { locking, together } from '../footprint.ts'
import { constraintIndexes, relationKind } from '../names.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { renameConstraint as renameIn } from '../renaming/constraints.ts'
import { alteredRelation } from '../temporary.ts'

const read = (reading: Reading, node: Tree): void => {
  const on = alteredRelation(reading, node)
  if (on === undefined) return
  const from = text(node, 'subname') ?? ''
  const constraint = tableOf(reading.catalog, on).constraints.get(from)
  if (constraint?.type === 'check' && constraint.inherited) refuse('42P16', `cannot rename inherited constraint "${from}"`)
  reading.emit({ kind: 'rename-constraint', on, from, to: text(node, 'newname') ?? '' })
}

export const renameConstraint = defineChange({
  kind: 'rename-constraint',
  summary: 'A constraint gets another name, and with it the index that it owns.',
  reads: { 'RenameStmt OBJECT_TABCONSTRAINT': read },
  apply({ on, from, to }, catalog) {
    if (!constraintNamed(catalog, on, from)) refuse('42704', `constraint "${from}" for table "${localName(on)}" does not exist`)
    // The constraint's index is renamed first, and the constraint with it.
    if (constraintIndexes(tableOf(catalog, on)).has(from) && relationKind(catalog, qualified(schemaOf(on), to)) !== undefined)
      refuse('42P07', `relation "${to}" already exists`)
    if (constraintNameTaken(catalog, on, to)) refuse('42710', `constraint "${to}" for relation "${localName(on)}" already exists`)
    return renameIn(catalog, on, from, to)
  },
  invert: ({ on, from, to }) => [{ kind: 'rename-constraint', on, from: to, to: from }],
  toSql: ({ on, from, to }) => [`ALTER TABLE ${on} RENAME CONSTRAINT ${quoteIdentifier(from)} TO ${quoteIdentifier(to)}`],
  footprint({ on, from, asIndex }, before) {
    const index = qualified(schemaOf(on), from)
    const owns = constraintIndexes(tableOf(before, on)).has(from)
    return together(locking('ACCESS EXCLUSIVE', ...(asIndex ? [] : [on])), locking('SHARE UPDATE EXCLUSIVE', ...(owns ? [index] : [])))
  },
  describe: ({ on, from, to }) => `constraint ${displayIdentifier(from)} of ${display(on)} is renamed to ${displayIdentifier(to)}`,
  touches: ({ on, from, to }) => [keyOf('constraint', member(on, from)), keyOf('constraint', member(on, to))],
  examples: [
    { given: 'CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE)', sql: 'ALTER INDEX t_pkey RENAME TO t_key' },
    {
      given: `CREATE TABLE t (a int PRIMARY KEY); COMMENT ON CONSTRAINT t_pkey ON t IS 'x'; COMMENT ON INDEX t_pkey IS 'y'`,
      sql: 'ALTER TABLE t RENAME CONSTRAINT t_pkey TO k',
    },
    {
      given: 'CREATE TABLE t (a int CHECK (a > 0)); CREATE TABLE u (a int PRIMARY KEY, b int REFERENCES u)',
      sql: 'ALTER TABLE u RENAME CONSTRAINT u_b_fkey TO "Parent"',
    },
    { given: 'CREATE TABLE t (a int CONSTRAINT positive CHECK (a > 0))', sql: 'ALTER TABLE IF EXISTS t RENAME CONSTRAINT positive TO t_a_check' },
  ],
})
