/** The parts of a table or view that have names of their own: constraints, triggers, policies, rules. */
import type { Constraint, Table } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { keyOf, type ObjectKey, type RelationName } from '../../model/name.ts'
import { memberKey } from '../create.ts'
import { equal } from '../equal.ts'
import { isConstraint } from '../triggers.ts'
import { changedEntries, type Unit, unit } from './unit.ts'

const isKey = ({ type }: Constraint): boolean => type === 'primary key' || type === 'unique'

/** Constraints of one table, without those that were made `inside` of its CREATE. */
export const constraintUnits = (on: RelationName, from: Table, to: Table, inside: ReadonlySet<string>): readonly Unit[] =>
  changedEntries(from.constraints, to.constraints).flatMap(([name, old, constraint]) => {
    if (inside.has(name)) return []
    const key = memberKey('constraint', on, name)
    const after = [keyOf('table', on), ...('columns' in constraint ? constraint.columns.map((column) => memberKey('column', on, column)) : [])]
    const phase = constraint.type === 'foreign key' ? 'foreign key' : isKey(constraint) ? 'key' : 'index'
    return unit(key, phase, old ? constraintChanges(on, name, old, constraint) : [{ kind: 'add-constraint', on, name, constraint }], after)
  })

const constraintChanges = (on: RelationName, name: string, from: Constraint, to: Constraint): readonly Change[] => {
  const validated: readonly Change[] =
    'state' in from && 'state' in to && from.state === 'not valid' && to.state === 'valid' ? [{ kind: 'validate-constraint', on, name }] : []
  if (from.type === 'check' && to.type === 'check' && from.inherited !== to.inherited)
    return [...validated, { kind: 'respell', object: memberKey('constraint', on, name), from, to }]
  if (from.type !== 'foreign key' || to.type !== 'foreign key') return validated
  const deferred = from.deferrable !== to.deferrable || from.initiallyDeferred !== to.initiallyDeferred
  const enforced = to.state !== 'not enforced'
  return [
    ...validated,
    ...(deferred
      ? [{ kind: 'alter-constraint', on, name, to: { deferrable: to.deferrable, initiallyDeferred: to.initiallyDeferred, enforced } } as const]
      : []),
  ]
}

const enabledChange = (on: RelationName, name: string, to: 'origin' | 'disabled' | 'replica' | 'always'): Change => ({
  kind: 'set-trigger-enabled',
  on,
  name,
  to,
})

/** Triggers of a table or view; `owner` is its key. */
export const triggerUnits = (on: RelationName, owner: ObjectKey, from: Table['triggers'], to: Table['triggers']): readonly Unit[] =>
  changedEntries(from, to).flatMap(([name, old, trigger]) => {
    const key = memberKey('trigger', on, name)
    if (!old) return unit(key, 'trigger', [{ kind: 'create-trigger', on, name, trigger }], [owner])
    if (equal(old.definition, trigger.definition)) return unit(key, 'trigger', [enabledChange(on, name, trigger.enabled)], [owner])
    if (!isConstraint(old) && !isConstraint(trigger)) return unit(key, 'trigger', [{ kind: 'replace-trigger', on, name, trigger }], [owner])
    return unit(
      key,
      'trigger',
      [
        { kind: 'drop-trigger', on, name },
        { kind: 'create-trigger', on, name, trigger },
      ],
      [owner],
    )
  })

/** Rules of a table or view; `owner` is its key. */
export const ruleUnits = (on: RelationName, owner: ObjectKey, from: Table['rules'], to: Table['rules']): readonly Unit[] =>
  changedEntries(from, to).flatMap(([name, old, rule]) =>
    unit(memberKey('rule', on, name), 'rule', [{ kind: old ? 'replace-rule' : 'create-rule', on, name, rule }], [owner]),
  )

/** Policies of one table. */
export const policyUnits = (on: RelationName, from: Table, to: Table): readonly Unit[] =>
  changedEntries(from.policies, to.policies).flatMap(([name, old, policy]) =>
    unit(
      memberKey('policy', on, name),
      'policy',
      [old ? { kind: 'alter-policy', on, name, to: policy } : { kind: 'create-policy', on, name, policy }],
      [keyOf('table', on)],
    ),
  )
