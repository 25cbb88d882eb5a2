import type { Catalog, Constraint } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import type { Tree } from '../../model/json.ts'
import { display, displayIdentifier, keyOf, localName, member, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { child, flag, text } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { editTable, tableOf, withEntry } from '../edit.ts'
import { locking } from '../footprint.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood, refuse } from '../refusal.ts'

type ForeignKey = Extract<Constraint, { type: 'foreign key' }>
type Altered = Change<'alter-constraint'>['to']

const foreignKey = (catalog: Catalog, on: RelationName, name: string): ForeignKey => {
  const constraint = tableOf(catalog, on).constraints.get(name) ?? refuse('42704', `constraint "${name}" of relation "${localName(on)}" does not exist`)
  return constraint.type === 'foreign key' ? constraint : refuse('42809', `constraint "${name}" of relation "${localName(on)}" is not a foreign key constraint`)
}

const settings = ({ deferrable, initiallyDeferred, state }: ForeignKey): Altered => ({ deferrable, initiallyDeferred, enforced: state !== 'not enforced' })

const read = (reading: Reading, command: Tree, on: RelationName): void => {
  const node = child(child(command, 'def'), 'ATAlterConstraint') ?? {}
  const name = text(node, 'conname') ?? ''
  if (flag(node, 'alterInheritability')) notUnderstood('ALTER CONSTRAINT … INHERIT')
  const before = settings(foreignKey(reading.catalog, on, name))
  const deferred = flag(node, 'alterDeferrability') ? { deferrable: flag(node, 'deferrable'), initiallyDeferred: flag(node, 'initdeferred') } : {}
  const to: Altered = { ...before, ...deferred, ...(flag(node, 'alterEnforceability') ? { enforced: flag(node, 'is_enforced') } : {}) }
  if (JSON.stringify(before) !== JSON.stringify(to)) reading.emit({ kind: 'alter-constraint', on, name, to })
}

/** The referenced table, where its triggers come or go: where the key becomes enforced, or is no more. */
const turned = ({ state, references }: Extract<Constraint, { type: 'foreign key' }>, enforced: boolean | undefined): readonly RelationName[] =>
  enforced === undefined || enforced === (state !== 'not enforced') ? [] : [references]

export const alterConstraint = defineChange({
  kind: 'alter-constraint',
  summary: "A foreign key's deferral or enforcement is changed.",
  alters: { AT_AlterConstraint: read },
  apply({ on, name, to }, catalog) {
    const constraint = foreignKey(catalog, on, name)
    // What becomes enforced again is checked against the rows, so it is valid.
    const state = to.enforced === false ? 'not enforced' : constraint.state === 'not enforced' ? 'valid' : constraint.state
    return editTable(catalog, on, (table) => ({
      ...table,
      constraints: withEntry(table.constraints, name, { ...constraint, deferrable: to.deferrable, initiallyDeferred: to.initiallyDeferred, state }),
    }))
  },
  invert({ on, name, to }, before) {
    const constraint = foreignKey(before, on, name)
    const restored = { kind: 'alter-constraint', on, name, to: settings(constraint) } as const
    if (to.enforced !== false || constraint.state !== 'not valid') return [restored]
    return [
      { kind: 'drop-constraint', on, name },
      { kind: 'add-constraint', on, name, constraint },
    ]
  },
  toSql({ on, name, to }, before) {
    const alter = `ALTER TABLE ${on} ALTER CONSTRAINT ${quoteIdentifier(name)}`
    const old = settings(foreignKey(before, on, name))
    const deferral = `${to.deferrable ? 'DEFERRABLE' : 'NOT DEFERRABLE'}${to.deferrable ? ` INITIALLY ${to.initiallyDeferred ? 'DEFERRED' : 'IMMEDIATE'}` : ''}`
    return [
      ...(old.deferrable === to.deferrable && old.initiallyDeferred === to.initiallyDeferred ? [] : [`${alter} ${deferral}`]),
      ...(old.enforced === to.enforced ? [] : [`${alter} ${to.enforced ? 'ENFORCED' : 'NOT ENFORCED'}`]),
    ]
  },
  footprint: ({ on, name, to }, before) => locking('ACCESS EXCLUSIVE', on, ...turned(foreignKey(before, on, name), to.enforced)),
  describe: ({ on, name, to }) =>
    `foreign key ${displayIdentifier(name)} of table ${display(on)} is ${to.enforced === false ? 'not enforced' : to.deferrable ? `deferrable, initially ${to.initiallyDeferred ? 'deferred' : 'immediate'}` : 'not deferrable'}`,
  touches: ({ on, name }) => [keyOf('constraint', member(on, name))],
  examples: [
    {
      given: 'CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int CONSTRAINT f REFERENCES p)',
      sql: 'ALTER TABLE t ALTER CONSTRAINT f DEFERRABLE INITIALLY DEFERRED',
    },
    { given: 'CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int CONSTRAINT f REFERENCES p)', sql: 'ALTER TABLE t ALTER CONSTRAINT f NOT ENFORCED' },
  ],
})
