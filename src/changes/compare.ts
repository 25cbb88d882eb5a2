/** What makes one catalog into another where nothing has to be dropped first: a unit of changes for each object. */
import type { Attribute, Catalog, Constraint, Definition, Expression, Table, Type, View } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'
import { keyOf, member, type ObjectKey, type QualifiedName, type RelationName } from '../model/name.ts'
import { castExists, keepsBytes } from './conversions.ts'
import { bareTable, memberKey } from './create.ts'
import { equal } from './equal.ts'
import { cast } from './expressions.ts'
import { chooseName } from './names.ts'
import { isConstraint } from './triggers.ts'
import { typeNode, userTypeName } from './types.ts'

/** Changes that belong together, and what they must come after beyond the references of their object. */
export type Unit = { readonly key: string; readonly phase: number; readonly changes: readonly Change[]; readonly after: readonly string[] }

/** Where nothing else decides, objects are made in this order. */
const phases = {
  schema: 0,
  role: 0,
  extension: 1,
  collation: 2,
  type: 3,
  sequence: 4,
  routine: 5,
  table: 6,
  column: 7,
  order: 8,
  owner: 9,
  key: 10,
  index: 11,
  'foreign key': 12,
  view: 13,
  trigger: 14,
  setting: 15,
  policy: 16,
  rule: 17,
  definition: 18,
} as const

const unit = (key: string, phase: keyof typeof phases, changes: readonly Change[], after: readonly string[] = []): readonly Unit[] =>
  changes.length === 0 ? [] : [{ key, phase: phases[phase], changes, after }]

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Entries of `b` that `a` has not, or has otherwise. */
const changed = <K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): readonly (readonly [K, V | undefined, V])[] =>
  [...b].flatMap(([key, value]) => {
    const old = a.get(key)
    return old === value || (old !== undefined && equal(old, value)) ? [] : [[key, old, value] as const]
  })

/** Labels that were added keep the order of the old ones. */
const enumChanges = (type: QualifiedName, from: readonly string[], to: readonly string[]): readonly Change[] => {
  if (
    !equal(
      to.filter((label) => from.includes(label)),
      from,
    )
  )
    return [{ kind: 'set-enum-values', type, to }]
  return to.flatMap((value, at): readonly Change[] => (from.includes(value) ? [] : [{ kind: 'add-enum-value', type, value, at }]))
}

const compositeChanges = (type: QualifiedName, from: Extract<Type, { kind: 'composite' }>, to: Extract<Type, { kind: 'composite' }>): readonly Change[] => {
  const names = new Set(to.attributes.map(({ name }) => name))
  const kept = from.attributes.filter(({ name }) => names.has(name))
  const inOrder = kept.every(({ name }, at) => to.attributes[at]?.name === name)
  // An attribute in another place is dropped and added again, and so is everything behind it.
  const stays = inOrder
    ? kept
    : kept.slice(
        0,
        kept.findIndex(({ name }, at) => to.attributes[at]?.name !== name),
      )
  return [
    ...from.attributes.filter((attribute) => !stays.includes(attribute)).map(({ name }): Change => ({ kind: 'drop-attribute', type, attribute: name })),
    ...to.attributes.flatMap((attribute): readonly Change[] => {
      const old = stays.find(({ name }) => name === attribute.name)
      if (!old) return [{ kind: 'add-attribute', type, attribute }]
      if (equal(old, attribute)) return []
      return [
        { kind: 'set-attribute-type', type, attribute: attribute.name, to: attribute.type, ...(attribute.collation ? { collation: attribute.collation } : {}) },
      ]
    }),
  ]
}

const domainChanges = (domain: QualifiedName, from: Extract<Type, { kind: 'domain' }>, to: Extract<Type, { kind: 'domain' }>): readonly Change[] => [
  ...(equal(from.default, to.default) ? [] : [{ kind: 'set-domain-default', domain, to: to.default } as const]),
  ...(from.notNull === to.notNull ? [] : [{ kind: 'set-domain-not-null', domain, to: to.notNull } as const]),
  ...changed(from.constraints, to.constraints).flatMap(([name, old, constraint]): readonly Change[] => {
    if (!old) return [{ kind: 'add-domain-constraint', domain, name, constraint }]
    if (old.notValid && !constraint.notValid) return [{ kind: 'validate-domain-constraint', domain, name }]
    return [
      { kind: 'drop-domain-constraint', domain, name },
      { kind: 'add-domain-constraint', domain, name, constraint },
    ]
  }),
]

const typeChanges = (name: QualifiedName, from: Type | undefined, to: Type): readonly Change[] => {
  if (!from) return [{ kind: 'create-type', name, type: to }]
  if (from.kind === 'enum' && to.kind === 'enum') return enumChanges(name, from.labels, to.labels)
  if (from.kind === 'composite' && to.kind === 'composite') return compositeChanges(name, from, to)
  return from.kind === 'domain' && to.kind === 'domain' ? domainChanges(name, from, to) : []
}

const sequenceUnits = (a: Catalog, b: Catalog): readonly Unit[] =>
  changed(a.sequences, b.sequences).flatMap(([name, old, sequence]) => {
    const key = keyOf('sequence', name)
    const { ownedBy, ...free } = sequence
    const internal = ownedBy?.mode === 'internal'
    const own =
      internal || equal(old?.ownedBy, ownedBy)
        ? []
        : unit(
            `${key} owner`,
            'owner',
            [{ kind: 'set-sequence-owner', name, to: ownedBy }],
            [key, ...(ownedBy ? [keyOf('column', member(ownedBy.table, ownedBy.column))] : [])],
          )
    if (!old) return [...unit(key, 'sequence', [{ kind: 'create-sequence', name, sequence: internal ? sequence : free }]), ...own]
    const same = old.type === sequence.type && old.persistence === sequence.persistence && equal(old.options, sequence.options)
    // An identity's sequence changes with its column's type, which comes before it.
    const altered = same ? [] : [{ kind: 'alter-sequence', name, type: sequence.type, options: sequence.options, persistence: sequence.persistence } as const]
    return [...unit(key, internal ? 'owner' : 'sequence', altered, internal && ownedBy ? [keyOf('column', member(ownedBy.table, ownedBy.column))] : []), ...own]
  })

const columnChanges = (on: RelationName, from: Attribute, to: Attribute): readonly Change[] => {
  const column = to.name
  const retyped = !equal(from.type, to.type) || !equal(from.collation, to.collation)
  const freed = retyped && from.default !== undefined
  const properties = ({ storage, compression, statistics, options }: Attribute): Change<'set-column-properties'>['to'] => ({
    ...(storage === undefined ? {} : { storage }),
    ...(compression === undefined ? {} : { compression }),
    ...(statistics === undefined ? {} : { statistics }),
    ...(options === undefined ? {} : { options }),
  })
  return [
    ...(from.generated && !to.generated ? [{ kind: 'set-generated', on, column, to: undefined } as const] : []),
    ...(from.identity && !to.identity ? [{ kind: 'set-identity', on, column, to: undefined } as const] : []),
    ...(freed ? [{ kind: 'set-default', on, column, to: undefined } as const] : []),
    ...(retyped
      ? [{ kind: 'set-column-type', on, column, to: to.type, ...(to.collation ? { collation: to.collation } : {}), ...conversion(from, to) } as const]
      : []),
    ...(from.generated && to.generated && !equal(from.generated, to.generated) ? [{ kind: 'set-generated', on, column, to: to.generated } as const] : []),
    ...(!freed && equal(from.default, to.default)
      ? []
      : freed && to.default === undefined
        ? []
        : [{ kind: 'set-default', on, column, to: to.default } as const]),
    ...notNullChanges(on, from, to),
    ...(to.identity && !equal(from.identity, to.identity) ? [{ kind: 'set-identity', on, column, to: to.identity } as const] : []),
    ...(equal(properties(from), properties(to)) ? [] : [{ kind: 'set-column-properties', on, column, to: properties(to) } as const]),
    // Whether a column is inherited follows from its table's parents; PostgreSQL has no statement for it.
    ...(from.inherited === to.inherited ? [] : [{ kind: 'respell', object: memberKey('column', on, column), from, to } as const]),
  ]
}

/** Values are cast as written by hand: an assignment cast need not exist, and two enums meet in text only. */
const conversion = (from: Attribute, to: Attribute): { readonly using?: Expression } => {
  if (keepsBytes(from.type, to.type)) return {}
  const column: Expression = { ColumnRef: { fields: [{ String: { sval: to.name } }] } }
  const meetInText = (userTypeName(from.type) !== undefined && userTypeName(to.type) !== undefined) || !castExists(from.type, to.type)
  const text = { schema: 'pg_catalog', name: 'text', typmods: [], array: from.type.array && to.type.array }
  return { using: cast(meetInText ? cast(column, typeNode(text)) : column, typeNode(to.type)) }
}

const notNullChanges = (on: RelationName, { notNull: from }: Attribute, { name: column, notNull: to }: Attribute): readonly Change[] => {
  if (equal(from, to)) return []
  if (!to) return [{ kind: 'drop-not-null', on, column }]
  if (!from) return [{ kind: 'set-not-null', on, column, to }]
  const renamed: readonly Change[] = from.name === to.name ? [] : [{ kind: 'rename-constraint', on, from: from.name, to: to.name }]
  if (from.notValid && !to.notValid && from.noInherit === to.noInherit) return [...renamed, { kind: 'validate-constraint', on, name: to.name }]
  return equal({ ...from, name: to.name }, to)
    ? renamed
    : [
        { kind: 'drop-not-null', on, column },
        { kind: 'set-not-null', on, column, to },
      ]
}

const orderChange = (on: RelationName, from: Table, to: Table): readonly Change[] => {
  const kept = from.columns.map(({ name }) => name).filter((name) => to.columns.some((column) => column.name === name))
  const reached = [...kept, ...to.columns.map(({ name }) => name).filter((name) => !kept.includes(name))]
  const wanted = to.columns.map(({ name }) => name)
  return equal(reached, wanted) ? [] : [{ kind: 'reorder-columns', on, to: wanted }]
}

/** NOT NULLs that must give up their name before another column takes it, each with a name for the meantime. */
const clearedNames = (from: Table, to: Table): ReadonlyMap<string, string> => {
  const wanted = new Map(to.columns.flatMap(({ name, notNull }) => (notNull ? [[notNull.name, name] as const] : [])))
  const taken = new Set([
    ...from.columns.flatMap(({ notNull }) => (notNull ? [notNull.name] : [])),
    ...wanted.keys(),
    ...from.constraints.keys(),
    ...to.constraints.keys(),
  ])
  const cleared = from.columns.filter(
    ({ name, notNull }) => notNull && wanted.has(notNull.name) && wanted.get(notNull.name) !== name && to.columns.some((column) => column.name === name),
  )
  return new Map(cleared.map(({ name }) => [name, chooseName(name, undefined, 'aside', (candidate) => taken.has(candidate))]))
}

const columnUnits = (on: RelationName, from: Table, to: Table): readonly Unit[] => {
  const cleared = clearedNames(from, to)
  const names = `${keyOf('table', on)} names`
  const aside = from.columns.flatMap(({ name, notNull }): readonly Change[] => {
    const meantime = cleared.get(name)
    return notNull && meantime !== undefined ? [{ kind: 'rename-constraint', on, from: notNull.name, to: meantime }] : []
  })
  const units = to.columns.flatMap((column) => {
    const old = from.columns.find(({ name }) => name === column.name)
    const key = keyOf('column', member(on, column.name))
    const sequence = column.identity && !equal(old?.identity, column.identity) ? [keyOf('sequence', column.identity.sequence)] : []
    if (!old) return unit(key, 'column', [{ kind: 'add-column', on, attribute: column }], sequence)
    const meantime = cleared.get(old.name)
    const start = old.notNull && meantime !== undefined ? { ...old, notNull: { ...old.notNull, name: meantime } } : old
    return start === column ? [] : unit(key, 'column', columnChanges(on, start, column), sequence)
  })
  // Columns are added at the end, in the goal's order.
  const added = units.filter(({ changes }) => changes[0]?.kind === 'add-column')
  const chained = units.map((each) => {
    const before = added[added.indexOf(each) - 1]
    return { ...each, after: [...each.after, names, ...(before ? [before.key] : [])] }
  })
  return [
    ...unit(names, 'table', aside),
    ...chained,
    ...unit(
      `${keyOf('table', on)} order`,
      'order',
      orderChange(on, from, to),
      units.map(({ key }) => key),
    ),
  ]
}

const isKey = ({ type }: Constraint): boolean => type === 'primary key' || type === 'unique'

const constraintUnits = (on: RelationName, from: Table, to: Table, inside: ReadonlySet<string>): readonly Unit[] =>
  changed(from.constraints, to.constraints).flatMap(([name, old, constraint]) => {
    if (inside.has(name)) return []
    const key = memberKey('constraint', on, name)
    const after = [keyOf('table', on), ...('columns' in constraint ? constraint.columns.map((column) => keyOf('column', member(on, column))) : [])]
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

const triggerUnits = (on: RelationName, owner: ObjectKey, from: Table['triggers'], to: Table['triggers']): readonly Unit[] =>
  changed(from, to).flatMap(([name, old, trigger]) => {
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

const ruleUnits = (on: RelationName, owner: ObjectKey, from: Table['rules'], to: Table['rules']): readonly Unit[] =>
  changed(from, to).flatMap(([name, old, rule]) =>
    unit(memberKey('rule', on, name), 'rule', [{ kind: old ? 'replace-rule' : 'create-rule', on, name, rule }], [owner]),
  )

const policyUnits = (on: RelationName, from: Table, to: Table): readonly Unit[] =>
  changed(from.policies, to.policies).flatMap(([name, old, policy]) =>
    unit(
      memberKey('policy', on, name),
      'policy',
      [old ? { kind: 'alter-policy', on, name, to: policy } : { kind: 'create-policy', on, name, policy }],
      [keyOf('table', on)],
    ),
  )

/** Properties of the table itself. */
const settings = (on: RelationName, from: Table, to: Table): readonly Change[] => [
  ...(from.persistence === to.persistence ? [] : [{ kind: 'set-persistence', on, to: to.persistence } as const]),
  ...(equal(from.options, to.options) ? [] : [{ kind: 'set-table-options', on, to: to.options } as const]),
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
    name === undefined ? [] : [keyOf('index', `${on.slice(0, on.indexOf('.', on.indexOf('"', 1)))}.${quoted(name)}`), memberKey('constraint', on, name)],
  )

const partUnits = (on: RelationName, from: Table, to: Table, inside: ReadonlySet<string>): readonly Unit[] => [
  ...constraintUnits(on, from, to, inside),
  ...triggerUnits(on, keyOf('table', on), from.triggers, to.triggers),
  ...policyUnits(on, from, to),
  ...ruleUnits(on, keyOf('table', on), from.rules, to.rules),
  ...unit(`${keyOf('table', on)} settings`, 'setting', settings(on, from, to), [
    keyOf('table', on),
    ...settingNeeds(on, to),
    ...(to.accessMethod === undefined ? [] : [keyOf('definition', `"access method".${quoted(to.accessMethod)}`)]),
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

const tableUnits = (a: Catalog, b: Catalog): readonly Unit[] =>
  changed(a.tables, b.tables).flatMap(([name, old, table]) =>
    old
      ? [
          ...columnUnits(name, old, table),
          ...partUnits(name, old, table, new Set()),
          ...(old.persistence === table.persistence ? [] : otherwiseKept(name, table, b)),
        ]
      : newTable(name, table),
  )

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

/** An index that not every partition has is made when they are attached: attaching makes what is missing. */
const partitionsOf = (b: Catalog, parent: RelationName): readonly string[] =>
  [...b.tables].filter(([, { partitionOf }]) => partitionOf?.parent === parent).map(([name]) => `${keyOf('table', name)} settings`)

const indexUnits = (a: Catalog, b: Catalog): readonly Unit[] =>
  changed(a.indexes, b.indexes).flatMap(([name, old, index]) => {
    const key = keyOf('index', name)
    if (!old) return unit(key, 'index', [{ kind: 'create-index', name, index, concurrently: false }], index.only ? partitionsOf(b, index.relation) : [])
    return unit(key, 'index', [
      ...(equal(old.options, index.options) ? [] : [{ kind: 'set-index-options', name, to: index.options } as const]),
      ...(equal(old.statistics, index.statistics) ? [] : [{ kind: 'set-index-statistics', name, to: index.statistics ?? {} } as const]),
      ...(old.attachedTo === index.attachedTo || index.attachedTo === undefined
        ? []
        : [{ kind: 'attach-index', parent: index.attachedTo, child: name } as const]),
    ])
  })

/** Definitions that stand on others, by type. */
const foundations: Readonly<Record<string, readonly string[]>> = {
  'text search dictionary': ['text search template'],
  'text search configuration': ['text search parser', 'text search dictionary'],
  server: ['foreign data wrapper'],
  'user mapping': ['server'],
  'operator class': ['operator', 'operator family'],
}

const foundationsOf = (b: Catalog, { type }: Definition): readonly string[] => {
  const types = foundations[type]
  return types ? [...b.definitions].filter(([, definition]) => types.includes(definition.type)).map(([object]) => object) : []
}

const bareView = (view: View): View => ({ ...view, rules: new Map(), triggers: new Map() })

const viewUnits = (a: Catalog, b: Catalog): readonly Unit[] =>
  changed(a.views, b.views).flatMap(([name, old, view]) => {
    const key = keyOf('view', name)
    const from = old ?? { ...view, rules: new Map(), triggers: new Map() }
    const optionsOnly =
      old !== undefined && equal({ ...bareView(old), options: {}, checkOption: undefined }, { ...bareView(view), options: {}, checkOption: undefined })
    const sameBody = old !== undefined && equal(bareView(old), bareView(view))
    const body: Change = old
      ? optionsOnly
        ? { kind: 'set-view-options', name, to: view.options, ...(view.checkOption ? { checkOption: view.checkOption } : {}) }
        : { kind: 'replace-view', name, view: { ...view, rules: old.rules, triggers: old.triggers } }
      : { kind: 'create-view', name, view: bareView(view) }
    return [
      ...unit(key, 'view', sameBody ? [] : [body]),
      ...triggerUnits(name, key, from.triggers, view.triggers),
      ...ruleUnits(name, key, from.rules, view.rules),
    ]
  })

const factChanges = <V>(
  from: ReadonlyMap<ObjectKey, V>,
  to: ReadonlyMap<ObjectKey, V>,
  change: (object: ObjectKey, to: V | undefined) => Change,
): readonly Change[] => [
  ...changed(from, to).map(([object, , value]) => change(object, value)),
  ...[...from.keys()].filter((object) => !to.has(object)).map((object) => change(object, undefined)),
]

/**
 * What hangs on objects by their keys: owners, privileges, comments. Compared when all objects are there. Default privileges come after privileges, for
 * they would change what is made behind them.
 */
export const compareFacts = (a: Catalog, b: Catalog): readonly Change[] => [
  ...factChanges(a.owners, b.owners, (object, to) => ({ kind: 'set-owner', object, to })),
  ...factChanges(a.privileges, b.privileges, (object, to) => ({ kind: 'set-privileges', object, to })),
  ...factChanges(a.defaultPrivileges, b.defaultPrivileges, (object, to) => ({ kind: 'set-default-privileges', object, to })),
  ...factChanges(a.comments, b.comments, (object, to) => ({ kind: 'set-comment', object, to })),
]

/** Units that lead from `a` to `b`, where `a` holds nothing that `b` has not but facts, and nothing that no ALTER can change. */
export const compareCatalogs = (a: Catalog, b: Catalog): readonly Unit[] => [
  ...changed(a.schemas, b.schemas).flatMap(([name]) => unit(keyOf('schema', quoted(name)), 'schema', [{ kind: 'create-schema', name }])),
  ...changed(a.roles, b.roles).flatMap(([name, old, role]) =>
    unit(
      keyOf('role', quoted(name)),
      'role',
      [old ? { kind: 'alter-role', name, to: role } : { kind: 'create-role', name, role }],
      role.memberOf.map((of) => keyOf('role', quoted(of))),
    ),
  ),
  ...changed(a.extensions, b.extensions).flatMap(([name, old, extension]) =>
    unit(keyOf('extension', quoted(name)), 'extension', [
      old ? { kind: 'alter-extension', name, to: extension } : { kind: 'create-extension', name, extension },
    ]),
  ),
  ...changed(a.types, b.types).flatMap(([name, old, type]) => unit(keyOf('type', name), 'type', typeChanges(name, old, type))),
  ...sequenceUnits(a, b),
  ...changed(a.routines, b.routines).flatMap(([name, old, routine]) =>
    unit(keyOf('routine', name), 'routine', [{ kind: old ? 'replace-routine' : 'create-routine', name, routine }]),
  ),
  ...tableUnits(a, b),
  ...indexUnits(a, b),
  ...viewUnits(a, b),
  ...changed(a.definitions, b.definitions).flatMap(([object, old, definition]) =>
    unit(
      object,
      definition.type === 'collation' ? 'collation' : 'definition',
      [old ? { kind: 'alter-definition', object, to: definition } : { kind: 'create-definition', object, definition }],
      foundationsOf(b, definition),
    ),
  ),
  // A role can go only when nothing names it any more.
]
