/** The objects of one catalog that another has not, or has in a form that no ALTER leads to. */
import type { Attribute, Catalog, Constraint, Index, Routine, Table, Type, View } from '../model/catalog.ts'
import { keyOf, member, type ObjectKey, qualified, quoteIdentifier, type RelationName } from '../model/name.ts'
import { child, list, text, unwrap } from '../sql/tree.ts'
import { alterationsOf } from './alterations.ts'
import { memberKey } from './create.ts'
import { equal } from './equal.ts'
import { columnsIn } from './expressions.ts'
import { eachReference } from './reference-index.ts'

/** True when ALTER TABLE cannot lead from one to the other. */
const unlikeTable = (a: Table, b: Table): boolean =>
  a.kind !== b.kind || !equal(a.partitionBy, b.partitionBy) || a.ofType !== b.ofType || a.foreign?.server !== b.foreign?.server

/** An ordinary column becomes a generated one only by being made anew; a stored one never a virtual one. */
const unlikeColumn = (a: Attribute, b: Attribute): boolean =>
  (a.generated === undefined && b.generated !== undefined) ||
  (a.generated !== undefined && b.generated !== undefined && a.generated.stored !== b.generated.stored) ||
  (a.generated !== undefined && !a.generated.stored && b.generated === undefined) ||
  (a.identity !== undefined && b.identity !== undefined && a.identity.sequence !== b.identity.sequence)

/** A virtual column's expression cannot be set where the table has checks; the column holds no values, so making it anew loses none. */
const stuckVirtual = (a: Attribute, b: Attribute, tables: readonly Table[]): boolean =>
  a.generated?.stored === false &&
  b.generated?.stored === false &&
  !equal(a.generated, b.generated) &&
  tables.some(({ constraints }) => [...constraints.values()].some(({ type }) => type === 'check'))

const withoutDeferral = (constraint: Constraint): unknown =>
  constraint.type === 'foreign key' ? { ...constraint, deferrable: false, initiallyDeferred: false } : { ...constraint, inherited: undefined }

/** What VALIDATE and ALTER CONSTRAINT reach. */
const unlikeConstraint = (a: Constraint, b: Constraint): boolean => {
  const validates = 'state' in a && 'state' in b && a.state === 'not valid' && b.state === 'valid'
  return !equal(withoutDeferral(validates ? ({ ...a, state: 'valid' } as Constraint) : a), withoutDeferral(b))
}

const unlikeIndex = (a: Index, b: Index): boolean => {
  const { options: _a, statistics: _c, attachedTo: _e, ...one } = a
  const { options: _b, statistics: _d, attachedTo: _f, ...other } = b
  return !equal(one, other) || (a.attachedTo !== undefined && b.attachedTo !== undefined && a.attachedTo !== b.attachedTo)
}

/** CREATE OR REPLACE may add columns at the end; everything else needs a new view. */
const unlikeView = (a: View, b: View): boolean =>
  a.materialized !== b.materialized ||
  a.tablespace !== b.tablespace ||
  a.accessMethod !== b.accessMethod ||
  (a.materialized && (!equal(a.query, b.query) || a.withData !== b.withData)) ||
  !a.columns.every((column, at) => b.columns[at] === column) ||
  (!equal(a.query, b.query) && !equal(a.columns, b.columns))

const unlikeType = (a: Type, b: Type): boolean => {
  if (a.kind !== b.kind) return true
  if (a.kind === 'domain' && b.kind === 'domain') return !equal(a.base, b.base) || !equal(a.collation, b.collation)
  return (a.kind === 'range' || a.kind === 'base') && !equal(a, b)
}

/** The result type, as CREATE OR REPLACE may not change it, nor the names and defaults of arguments. */
const signature = ({ kind, definition }: Routine): unknown => {
  const create = child(definition, 'CreateFunctionStmt') ?? definition
  return [kind, create.parameters ?? null, create.returnType ?? null, kind === 'aggregate' ? definition : null]
}

const membersUnlike = <V>(
  kind: 'constraint' | 'trigger' | 'policy' | 'rule',
  on: RelationName,
  a: ReadonlyMap<string, V>,
  b: ReadonlyMap<string, V>,
  unlikeMember: (a: V, b: V) => boolean,
): readonly ObjectKey[] =>
  [...a].flatMap(([name, value]) => {
    const other = b.get(name)
    return other === value || (other !== undefined && !unlikeMember(value, other)) ? [] : [memberKey(kind, on, name)]
  })

const never = (): boolean => false

const tableParts = (on: RelationName, a: Table, b: Table): readonly ObjectKey[] => [
  ...a.columns.flatMap((column) => {
    const other = b.columns.find(({ name }) => name === column.name)
    return other === column || (other !== undefined && !unlikeColumn(column, other) && !stuckVirtual(column, other, [a, b]))
      ? []
      : [keyOf('column', member(on, column.name))]
  }),
  ...membersUnlike('constraint', on, a.constraints, b.constraints, unlikeConstraint),
  ...membersUnlike('trigger', on, a.triggers, b.triggers, never),
  ...membersUnlike(
    'policy',
    on,
    a.policies,
    b.policies,
    (one, other) =>
      one.permissive !== other.permissive ||
      one.command !== other.command ||
      (one.using !== undefined && other.using === undefined) ||
      (one.check !== undefined && other.check === undefined),
  ),
  ...membersUnlike('rule', on, a.rules, b.rules, never),
]

const gone = <N extends string, V>(
  kind: Parameters<typeof keyOf>[0],
  a: ReadonlyMap<N, V>,
  b: ReadonlyMap<N, V>,
  unlikeObject: (a: V, b: V) => boolean,
  name: (key: N) => string = (key) => key,
): readonly ObjectKey[] =>
  [...a].flatMap(([key, value]) => {
    const other = b.get(key)
    return other === value || (other !== undefined && !unlikeObject(value, other)) ? [] : [keyOf(kind, name(key))]
  })

/** Publications whose filter reads one of the columns. */
const publishing = ({ definitions }: Catalog, columns: ReadonlySet<ObjectKey>): readonly ObjectKey[] =>
  [...definitions].flatMap(([key, { type, create, alters }]) => {
    const filtered = [create, ...alters]
      .flatMap((tree) => list(unwrap(tree)[1], 'pubobjects'))
      .flatMap((object) => {
        const table = child(child(object, 'PublicationObjSpec'), 'pubtable')
        const range = child(table, 'relation')
        const on = qualified(text(range, 'schemaname') ?? 'public', text(range, 'relname') ?? '')
        return [...columnsIn(table?.whereClause)].map((column) => keyOf('column', member(on, column)))
      })
    return type === 'publication' && filtered.some((column) => columns.has(column)) ? [key] : []
  })

/** Objects that hold the type of a column which changes: PostgreSQL alters it only while they are not there. */
const disturbed = (a: Catalog, b: Catalog): readonly ObjectKey[] => {
  const retyped = new Set<ObjectKey>()
  for (const [on, table] of a.tables) {
    const other = b.tables.get(on)
    if (!other || other === table) continue
    for (const column of table.columns) {
      const next = other.columns.find(({ name }) => name === column.name)
      if (next && next !== column && (!equal(next.type, column.type) || !equal(next.collation, column.collation)))
        retyped.add(keyOf('column', member(on, column.name)))
    }
  }
  if (retyped.size === 0) return []
  const found: ObjectKey[] = [...publishing(a, retyped)]
  eachReference(a, ({ from, to, how }) => {
    if (retyped.has(to) && from !== to && (how === 'normal' || from.startsWith('index ') || from.startsWith('constraint ')) && !from.endsWith(' default'))
      found.push(from)
  })
  return found
}

/** Parent indexes from which a partition's index is to part: only dropping the parent's does that. */
const freed = (a: Catalog, b: Catalog): readonly ObjectKey[] =>
  [...a.indexes].flatMap(([name, { attachedTo, relation }]) => {
    const other = b.indexes.get(name)
    const stays = equal(a.tables.get(relation)?.partitionOf, b.tables.get(relation)?.partitionOf)
    return attachedTo !== undefined && other && other.attachedTo === undefined && stays ? [keyOf('index', attachedTo)] : []
  })

/** Keys to drop on the way from `a` to `b`. */
export const unlike = (a: Catalog, b: Catalog): readonly ObjectKey[] => {
  const keys = [
    ...gone('table', a.tables, b.tables, unlikeTable),
    ...gone('index', a.indexes, b.indexes, unlikeIndex),
    ...freed(a, b),
    ...gone('view', a.views, b.views, unlikeView),
    ...gone('routine', a.routines, b.routines, (one, other) => !equal(signature(one), signature(other))),
    ...[...a.definitions].flatMap(([key, value]) => {
      const other = b.definitions.get(key)
      return other === value || (other !== undefined && alterationsOf(key, value, other) !== undefined) ? [] : [key]
    }),
    ...[...a.tables].flatMap(([on, table]) => {
      const other = b.tables.get(on)
      return other === undefined || other === table || unlikeTable(table, other) ? [] : tableParts(on, table, other)
    }),
    ...[...a.views].flatMap(([on, view]) => {
      const other = b.views.get(on)
      if (other === undefined || other === view) return []
      return [...membersUnlike('trigger', on, view.triggers, other.triggers, never), ...membersUnlike('rule', on, view.rules, other.rules, never)]
    }),
    ...[...a.types].flatMap(([name, type]) => {
      const other = b.types.get(name)
      if (type.kind !== 'domain' || other?.kind !== 'domain') return []
      return [...type.constraints]
        .filter(([constraint, value]) => !equal(other.constraints.get(constraint)?.expression, value.expression))
        .map(([constraint]) => keyOf('domain constraint', member(name, constraint)))
    }),
    ...disturbed(a, b),
    // What others are made of or live in comes last, so that its parts have gone before.
    ...gone(
      'sequence',
      a.sequences,
      b.sequences,
      (one, other) => (one.ownedBy?.mode === 'internal' || other.ownedBy?.mode === 'internal') && !equal(one.ownedBy, other.ownedBy),
    ),
    ...gone('type', a.types, b.types, unlikeType),
    ...gone('extension', a.extensions, b.extensions, never, quoteIdentifier),
    ...gone('schema', a.schemas, b.schemas, never, quoteIdentifier),
  ]
  return [...new Set(keys)].filter((key) => !internalSequence(a, key))
}

/** An identity's sequence goes with its column or its identity, never by itself. */
const internalSequence = (catalog: Catalog, key: ObjectKey): boolean =>
  key.startsWith('sequence ') && catalog.sequences.get(key.slice('sequence '.length) as RelationName)?.ownedBy?.mode === 'internal'
