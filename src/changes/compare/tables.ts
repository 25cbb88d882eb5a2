/** Tables: those that are new, and what is set on those that are there. */
import type { Catalog, Table } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { keyOf, qualified, quoteIdentifier, type RelationName, schemaOf } from '../../model/name.ts'
import { bareTable, memberKey } from '../create.ts'
import { equal } from '../equal.ts'
import { columnUnits } from './columns.ts'
import { constraintUnits, policyUnits, ruleUnits, triggerUnits } from './parts.ts'
import { changedEntries, type Unit, unit } from './unit.ts'

/** Properties of the table itself. */
const settings = (on: RelationName, from: Table, to: Table): readonly Change[] => [
  ...(from.persistence === to.persistence ? [] : [{ kind: 'set-persistence', on, to: to.persistence } as const]),
  ...(equal(from.options, to.options) ? [] : [{ kind: 'set-table-options', on, to: to.options } as const]),
  ...(to.foreign && !equal(from.foreign?.options, to.foreign.options) ? [{ kind: 'set-foreign-options', on, to: to.foreign.options } as const] : []),
  ...(equal(from.inherits, to.inherits) ? [] : [{ kind: 'set-inheritance', on, to: to.inherits } as const]),
  ...(from.accessMethod === to.accessMethod ? [] : [{ kind: 'set-access-method', on, to: to.accessMethod } as const]),
  ...(from.tablespace === to.tablespace ? [] : [{ kind: 'set-tablespace', on: keyOf('table', on), to: to.tablespace } as const]),
  ...(from.partitionOf && !equal(from.partitionOf, to.partitionOf) ? [{ kind: 'detach-partition', parent: from.partitionOf.parent, child: on } as const] : []),
  ...(to.partitionOf && !equal(from.partitionOf, to.partitionOf)
    ? [{ kind: 'attach-partition', parent: to.partitionOf.parent, child: on, bound: to.partitionOf.bound } as const]
    : []),
  ...(from.rowSecurity === to.rowSecurity && from.forceRowSecurity === to.forceRowSecurity
    ? []
    : [{ kind: 'set-row-security', on, enabled: to.rowSecurity, forced: to.forceRowSecurity } as const]),
  ...(equal(from.replicaIdentity, to.replicaIdentity) ? [] : [{ kind: 'set-replica-identity', on, to: to.replicaIdentity } as const]),
  ...(from.clusterOn === to.clusterOn ? [] : [{ kind: 'set-cluster-index', on, to: to.clusterOn } as const]),
]

/** Settings that name an index come after it. */
const settingNeeds = (on: RelationName, { replicaIdentity, clusterOn }: Table): readonly string[] =>
  [clusterOn, typeof replicaIdentity === 'object' ? replicaIdentity.index : undefined].flatMap((name) =>
    name === undefined ? [] : [keyOf('index', qualified(schemaOf(on), name)), memberKey('constraint', on, name)],
  )

const partUnits = (on: RelationName, from: Table, to: Table, inside: ReadonlySet<string>): readonly Unit[] => [
  ...constraintUnits(on, from, to, inside),
  ...triggerUnits(on, keyOf('table', on), from.triggers, to.triggers),
  ...policyUnits(on, from, to),
  ...ruleUnits(on, keyOf('table', on), from.rules, to.rules),
  ...unit(`${keyOf('table', on)} settings`, 'setting', settings(on, from, to), [
    keyOf('table', on),
    ...settingNeeds(on, to),
    ...(to.accessMethod === undefined ? [] : [keyOf('definition', `"access method".${quoteIdentifier(to.accessMethod)}`)]),
  ]),
]

const newTable = (name: RelationName, table: Table): readonly Unit[] => {
  const bare = bareTable(table)
  const inside = [...table.constraints].filter(
    ([, constraint]) => constraint.type === 'primary key' || (constraint.type === 'check' && constraint.state === 'valid'),
  )
  const identities = table.columns.flatMap(({ identity }) => (identity ? [keyOf('sequence', identity.sequence)] : []))
  const made: readonly Change[] = [
    { kind: 'create-table', name, table: bare },
    ...inside.map(([constraint, value]): Change => ({ kind: 'add-constraint', on: name, name: constraint, constraint: value })),
  ]
  return [...unit(keyOf('table', name), 'table', made, identities), ...partUnits(name, bare, table, new Set(inside.map(([constraint]) => constraint)))]
}

/** Owned sequences follow when their table becomes logged or unlogged; those that are otherwise in the goal are set back after it. */
const otherwiseKept = (on: RelationName, { persistence }: Table, b: Catalog): readonly Unit[] =>
  [...b.sequences].flatMap(([name, sequence]) =>
    sequence.ownedBy?.table !== on || sequence.persistence === persistence
      ? []
      : unit(
          `${keyOf('sequence', name)} persistence`,
          'setting',
          [{ kind: 'alter-sequence', name, type: sequence.type, options: sequence.options, persistence: sequence.persistence }],
          [`${keyOf('table', on)} settings`],
        ),
  )

/** Tables with all their parts but the indexes. */
export const tableUnits = (a: Catalog, b: Catalog): readonly Unit[] =>
  changedEntries(a.tables, b.tables).flatMap(([name, old, table]) =>
    old
      ? [
          ...columnUnits(name, old, table),
          ...partUnits(name, old, table, new Set()),
          ...(old.persistence === table.persistence ? [] : otherwiseKept(name, table, b)),
        ]
      : newTable(name, table),
  )
