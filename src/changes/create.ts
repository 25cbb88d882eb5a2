/** How objects come back: the changes that make what a catalog has and another one has not. Used to invert drops. */
import type { Catalog, Table } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import { keyOf, member, type ObjectKey, parseKey, type QualifiedName, qualified, type RelationName, schemaOf } from '../model/name.ts'
import { hasParts } from './edit.ts'
import { constraintIndexes } from './names.ts'

const empty = new Map<string, never>()

/** A table without the parts that are changes of their own. */
export const bareTable = (table: Table): Table => {
  const { replicaIdentity: _identity, clusterOn: _cluster, partitionOf: _partition, ...bare } = table
  return { ...bare, constraints: empty, policies: empty, triggers: empty, rules: empty, rowSecurity: false, forceRowSecurity: false }
}

/** Comments, privileges and owners of the objects for which `of` holds. */
export const recreateFacts = (from: Catalog, of: (key: ObjectKey) => boolean): readonly Change[] => [
  ...[...from.owners].filter(([key]) => of(key)).map(([object, to]): Change => ({ kind: 'set-owner', object, to })),
  ...[...from.privileges].filter(([key]) => of(key)).map(([object, to]): Change => ({ kind: 'set-privileges', object, to })),
  ...[...from.comments].filter(([key]) => of(key)).map(([object, to]): Change => ({ kind: 'set-comment', object, to })),
]

/** Facts of one object and of its parts. */
export const recreateFactsOf = (from: Catalog, object: ObjectKey): readonly Change[] => {
  const { kind, name } = parseKey(object)
  return recreateFacts(from, (key) => key === object || (hasParts.has(kind) && parseKey(key).name.startsWith(`${name}.`)))
}

/** The parts of a table in the order in which they can be made: keys, checks, indexes, foreign keys, then what only changes behaviour. */
export const recreateParts = (from: Catalog, on: RelationName, table: Table): readonly Change[] => {
  const constraints = [...table.constraints].map(([name, constraint]): Change<'add-constraint'> => ({ kind: 'add-constraint', on, name, constraint }))
  const { replicaIdentity, clusterOn, partitionOf } = table
  return [
    ...constraints.filter(({ constraint }) => constraint.type !== 'foreign key'),
    ...[...from.indexes]
      .filter(([, index]) => index.relation === on)
      .map(([name, index]): Change => ({ kind: 'create-index', name, index, concurrently: false })),
    ...constraints.filter(({ constraint }) => constraint.type === 'foreign key'),
    ...[...table.triggers].map(([name, trigger]): Change => ({ kind: 'create-trigger', on, name, trigger })),
    ...(table.rowSecurity || table.forceRowSecurity
      ? [{ kind: 'set-row-security', on, enabled: table.rowSecurity, forced: table.forceRowSecurity } as const]
      : []),
    ...[...table.policies].map(([name, policy]): Change => ({ kind: 'create-policy', on, name, policy })),
    ...[...table.rules].map(([name, rule]): Change => ({ kind: 'create-rule', on, name, rule })),
    ...(replicaIdentity === undefined ? [] : [{ kind: 'set-replica-identity', on, to: replicaIdentity } as const]),
    ...(clusterOn === undefined ? [] : [{ kind: 'set-cluster-index', on, to: clusterOn } as const]),
    ...(partitionOf === undefined ? [] : [{ kind: 'attach-partition', parent: partitionOf.parent, child: on, bound: partitionOf.bound } as const]),
  ]
}

const ownedSequences = (from: Catalog, on: RelationName, column?: string): readonly RelationName[] =>
  [...from.sequences].filter(([, { ownedBy }]) => ownedBy?.table === on && (column === undefined || ownedBy.column === column)).map(([name]) => name)

/** The sequences of identities that stand ready for a table or a column: made just before it, and taken along by its drop. */
export const readySequences = (from: Catalog, on: RelationName, column?: string): readonly Change[] =>
  ownedSequences(from, on, column).flatMap((name) => {
    const sequence = from.sequences.get(name)
    return sequence ? [{ kind: 'create-sequence', name, sequence } as const, ...recreateFactsOf(from, keyOf('sequence', name))] : []
  })

/** Sequences owned by a table's columns: made before it, those of serials owned again after it. */
export const recreateSequences = (
  from: Catalog,
  on: RelationName,
  column?: string,
): { readonly before: readonly Change[]; readonly after: readonly Change[] } => {
  const names = ownedSequences(from, on, column)
  return {
    before: names.flatMap((name): readonly Change[] => {
      const sequence = from.sequences.get(name)
      if (!sequence) return []
      if (sequence.ownedBy?.mode === 'internal') return [{ kind: 'create-sequence', name, sequence }]
      const { ownedBy: _owner, ...free } = sequence
      return [{ kind: 'create-sequence', name, sequence: free }]
    }),
    after: names.flatMap((name): readonly Change[] => {
      const owner = from.sequences.get(name)?.ownedBy
      return [
        ...(owner && owner.mode === 'auto' ? [{ kind: 'set-sequence-owner', name, to: owner } as const] : []),
        ...recreateFactsOf(from, keyOf('sequence', name)),
      ]
    }),
  }
}

/** The keys under which facts of a constraint are kept: its own, and that of the index it owns. */
export const constraintKeys = (on: RelationName, name: string): readonly ObjectKey[] => [
  keyOf('constraint', member(on, name)),
  keyOf('index', qualified(schemaOf(on), name)),
]

/** Everything that a DROP TABLE takes, as changes that bring it back. */
export const recreateTable = (from: Catalog, name: RelationName, table: Table): readonly Change[] => {
  const sequences = recreateSequences(from, name)
  const indexes = [
    ...[...from.indexes].filter(([, index]) => index.relation === name).map(([index]) => keyOf('index', index)),
    ...[...constraintIndexes(table)].map((index) => keyOf('index', qualified(schemaOf(name), index))),
  ]
  return [
    ...sequences.before,
    { kind: 'create-table', name, table: bareTable(table) },
    ...sequences.after,
    ...recreateParts(from, name, table),
    ...recreateFactsOf(from, keyOf('table', name)),
    ...recreateFacts(from, (key) => indexes.includes(key)),
  ]
}

/** The key of a table's member. */
export const memberKey = (kind: 'column' | 'constraint' | 'trigger' | 'policy' | 'rule', on: QualifiedName, name: string): ObjectKey =>
  keyOf(kind, member(on, name))
