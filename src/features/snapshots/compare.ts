/** The objects of two catalogs side by side, as far as a Drizzle snapshot can say them. */
import { mapValues } from '../../changes/edit.ts'
import { equal } from '../../changes/equal.ts'
import { clipIdentifier } from '../../changes/names.ts'
import type { SnapshotCatalog, SnapshotTable } from '../../drizzle/snapshot-catalog.ts'
import type { Catalog, Constraint, Index, Table } from '../../model/catalog.ts'
import {
  archivePrefix,
  keyOf,
  localName,
  member,
  type ObjectKey,
  parseKey,
  partsOf,
  type QualifiedName,
  qualified,
  quoteIdentifier,
  type RelationName,
  schemaOf,
} from '../../model/name.ts'
import {
  columnLikeness,
  columnText,
  constraintLikeness,
  constraintText,
  enumText,
  indexLikeness,
  indexText,
  type Likeness,
  policyLikeness,
  policyText,
  viewLikeness,
  viewText,
} from './objects.ts'
import type { SnapshotReading } from './read.ts'

/** One object of both, or of one of them. `put` writes the snapshot's form into the SQL's catalog, for PostgreSQL to print. */
export type Pair = {
  readonly object: ObjectKey
  readonly likeness: Likeness
  readonly sql?: string
  readonly snapshot?: string
  readonly put?: (catalog: Catalog) => Catalog
}

/** What is compared: everything, or what a project's filters and the ledger leave. */
export type Scope = { readonly manages: (schema: string, table: string) => boolean; readonly managesSchema: (schema: string) => boolean }

type Sides = {
  readonly sql: Catalog
  readonly reading: SnapshotReading
  readonly snapshot: SnapshotCatalog
  readonly scope: Scope
  /** What was there before the first migration: none of it is the project's but the policies that its snapshot puts on it. */
  readonly assumed?: Catalog
}

const setTable = (catalog: Catalog, name: RelationName, change: (table: Table) => Table): Catalog => {
  const table = catalog.tables.get(name)
  return table ? { ...catalog, tables: new Map(catalog.tables).set(name, change(table)) } : catalog
}

/** Entries of both maps by key, the SQL's first. */
const side = <K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): readonly (readonly [K, V | undefined, V | undefined])[] =>
  [...new Set([...a.keys(), ...b.keys()])].map((key) => [key, a.get(key), b.get(key)] as const)

type Matched<V> = { readonly object: ObjectKey; readonly a: V | undefined; readonly b: V | undefined }

const pair = <V>(
  { object, a, b }: Matched<V>,
  likeness: (a: V, b: V) => Likeness,
  text: (value: V, side: 'sql' | 'snapshot') => string,
  put?: (b: V) => (catalog: Catalog) => Catalog,
): Pair => ({
  object,
  likeness: a !== undefined && b !== undefined ? likeness(a, b) : 'other',
  ...(a === undefined ? {} : { sql: text(a, 'sql') }),
  ...(b === undefined ? {} : { snapshot: text(b, 'snapshot') }),
  ...(put && b !== undefined ? { put: put(b) } : {}),
})

/** A schema that only the SQL has is no difference by itself: what stands in it is, or is something that a snapshot cannot say. */
const schemaPairs = ({ sql, snapshot }: Sides): readonly Pair[] =>
  snapshot.schemas
    .filter((name) => !sql.schemas.has(name))
    .map((name) => ({ object: keyOf('schema', quoteIdentifier(name)), likeness: 'other', snapshot: 'SCHEMA' }))

/** The labels of each enum. */
export const enumsIn = (catalog: Catalog): ReadonlyMap<QualifiedName, readonly string[]> =>
  new Map([...catalog.types].flatMap(([name, type]) => (type.kind === 'enum' ? [[name, type.labels] as const] : [])))

const enumPairs = ({ sql, reading }: Sides): readonly Pair[] =>
  side(enumsIn(sql), enumsIn(reading.catalog)).map(([name, a, b]) =>
    pair({ object: keyOf('type', name), a, b }, (one, other) => (equal(one, other) ? 'same' : 'other'), enumText),
  )

/** Sequences that stand by themselves; those of serials and identities belong to their columns. */
const freeSequences = (catalog: Catalog): Catalog['sequences'] => new Map([...catalog.sequences].filter(([, { ownedBy }]) => ownedBy === undefined))

const sequencePairs = ({ sql, reading, snapshot }: Sides): readonly Pair[] =>
  !snapshot.says.has('sequences')
    ? []
    : side(freeSequences(sql), freeSequences(reading.catalog)).map(([name, a, b]) =>
        pair(
          { object: keyOf('sequence', name), a, b },
          (one, other) => (equal(one.options, other.options) ? 'same' : 'other'),
          ({ options }) => `SEQUENCE ${JSON.stringify(options)}`,
        ),
      )

/** Tables that a snapshot can hold. */
const tablesOf = (catalog: Catalog, skip: ReadonlySet<RelationName>): Catalog['tables'] =>
  new Map([...catalog.tables].filter(([name, table]) => table.kind !== 'foreign' && !table.partitionOf && !skip.has(name)))

const rowSecurityPair = ({ snapshot }: Sides, on: RelationName, a: Table, b: Table): readonly Pair[] =>
  !snapshot.says.has('policies') || a.rowSecurity === b.rowSecurity
    ? []
    : [
        pair(
          { object: keyOf('table', on), a, b },
          () => 'other',
          ({ rowSecurity }) => `ROW LEVEL SECURITY ${rowSecurity ? 'enabled' : 'disabled'}`,
        ),
      ]

const columnPairs = ({ sql, reading }: Sides, on: RelationName, a: Table, b: Table): readonly Pair[] => {
  const byName = (table: Table) => new Map(table.columns.flatMap((column) => (column.name.startsWith(archivePrefix) ? [] : [[column.name, column] as const])))
  const catalogs = { sql, snapshot: reading.catalog }
  return side(byName(a), byName(b)).map(([name, one, other]) =>
    pair(
      { object: keyOf('column', member(on, name)), a: one, b: other },
      (x, y) => columnLikeness([sql, x], [reading.catalog, y]),
      (column, from) => columnText(catalogs[from], column),
      (column) => (catalog) =>
        setTable(catalog, on, (table) => ({
          ...table,
          columns: table.columns.map((old) => {
            if (old.name !== name) return old
            const { default: _default, ...rest } = old
            const kept = old.default !== undefined && 'sequence' in old.default ? old.default : column.default
            return {
              ...rest,
              type: column.type,
              ...(kept === undefined ? {} : { default: kept }),
              ...(column.generated ? { generated: column.generated } : {}),
            }
          }),
        })),
    ),
  )
}

type Constraints = ReadonlyMap<string, Constraint>
type Named = readonly [name: string, constraint: Constraint]

/** Which constraint of the SQL is meant by one of the snapshot: the one of its name, or where Drizzle left the name to PostgreSQL one that says the same. */
const matchConstraints = (
  on: RelationName,
  a: Constraints,
  b: Constraints,
  free: (name: string, constraint: Constraint) => boolean,
): readonly Matched<Named>[] => {
  const left = new Map(a)
  const take = (found: Named | undefined): Named | undefined => {
    if (found) left.delete(found[0])
    return found
  }
  const named = [...b].map(([name, constraint]) => {
    const other = a.get(name)
    return { said: [name, constraint] as Named, found: take(other?.type === constraint.type ? [name, other] : undefined) }
  })
  const twin = ([, constraint]: Named): Named | undefined => [...left].find(([, other]) => constraintLikeness(other, constraint) === 'same')
  const matched = named.map(({ said, found }): Matched<Named> => {
    const other = found ?? take(twin(said))
    const nameless = other !== undefined && free(...said)
    return { object: keyOf('constraint', member(on, other?.[0] ?? said[0])), a: other, b: nameless ? [other[0], said[1]] : said }
  })
  return [...matched, ...[...left].map((one): Matched<Named> => ({ object: keyOf('constraint', member(on, one[0])), a: one, b: undefined }))]
}

const unnamed = (said: SnapshotTable | undefined): ((name: string, constraint: Constraint) => boolean) => {
  const names = new Set([...(said?.uniques ?? []), ...(said?.foreignKeys ?? [])].filter(({ ownName }) => !ownName).map(({ name }) => clipIdentifier(name)))
  return (name, { type }) => (type === 'primary key' ? said?.primaryKey?.name === undefined : names.has(name))
}

/** A unique that the snapshot lists over the primary key's columns: PostgreSQL makes one constraint of both, or two, by how the SQL was written. */
const impliedByKey = (said: SnapshotTable | undefined, name: string, { type }: Constraint): boolean => {
  const unique = type === 'unique' ? said?.uniques.find((one) => clipIdentifier(one.name) === name) : undefined
  return unique !== undefined && equal(unique.columns, said?.primaryKey?.columns)
}

const namedLikeness = (a: Named, b: Named): Likeness => (a[0] === b[0] ? constraintLikeness(a[1], b[1]) : 'other')

const constraintPairs = ({ snapshot }: Sides, on: RelationName, a: Table, b: Table): readonly Pair[] => {
  const said = snapshot.tables.find((table) => qualified(table.schema, table.name) === on)
  const sayable = new Map([...a.constraints].filter(([, { type }]) => type !== 'exclusion' && (type !== 'check' || snapshot.says.has('checks'))))
  const text = ([name, constraint]: Named): string => `CONSTRAINT ${quoteIdentifier(name)} ${constraintText(constraint)}`
  const put =
    ([, constraint]: Named, object: ObjectKey) =>
    (catalog: Catalog): Catalog =>
      setTable(catalog, on, (table) => ({
        ...table,
        constraints: mapValues(table.constraints, (old, name) =>
          keyOf('constraint', member(on, name)) === object && old.type === 'check' && constraint.type === 'check'
            ? { ...old, expression: constraint.expression }
            : old,
        ),
      }))
  return matchConstraints(on, sayable, b.constraints, unnamed(said))
    .filter((matched) => matched.b !== undefined || matched.a === undefined || !impliedByKey(said, ...matched.a))
    .map((matched) => pair(matched, namedLikeness, text, (constraint) => put(constraint, matched.object)))
}

const policyPairs = ({ snapshot }: Sides, on: RelationName, a: Table, b: Table, onlySaid: boolean): readonly Pair[] =>
  !snapshot.says.has('policies')
    ? []
    : side(a.policies, b.policies)
        .filter(([, , said]) => !onlySaid || said !== undefined)
        .map(([name, one, other]) =>
          pair(
            { object: keyOf('policy', member(on, name)), a: one, b: other },
            policyLikeness,
            policyText,
            (policy) => (catalog) => setTable(catalog, on, (table) => ({ ...table, policies: new Map(table.policies).set(name, policy) })),
          ),
        )

const tableText = ({ columns }: Table): string => `TABLE (${columns.map(({ name }) => name).join(', ')})`

const tablePairs = (sides: Sides): readonly Pair[] => {
  const { sql, reading } = sides
  const tables = side(tablesOf(sql, reading.borrowed), tablesOf(reading.catalog, reading.borrowed))
  const own = tables.flatMap(([name, a, b]): readonly Pair[] =>
    a && b
      ? [
          ...rowSecurityPair(sides, name, a, b),
          ...columnPairs(sides, name, a, b),
          ...constraintPairs(sides, name, a, b),
          ...policyPairs(sides, name, a, b, false),
        ]
      : [pair({ object: keyOf('table', name), a, b }, () => 'other', tableText)],
  )
  const borrowed = [...reading.borrowed].flatMap((name): readonly Pair[] => {
    const [a, b] = [sql.tables.get(name), reading.catalog.tables.get(name)]
    if (!a || a.partitionOf || a.kind === 'foreign') return []
    const missing: Pair = pair({ object: keyOf('table', name), a, b: undefined as Table | undefined }, () => 'other', tableText)
    return [missing, ...(b ? policyPairs(sides, name, a, b, true) : [])]
  })
  return [...own, ...borrowed]
}

type NamedIndex = readonly [name: RelationName, index: Index]

const putIndex =
  (index: Index, name: RelationName) =>
  (catalog: Catalog): Catalog => {
    const old = catalog.indexes.get(name)
    if (!old) return catalog
    const { where: _where, ...rest } = old
    return {
      ...catalog,
      indexes: new Map(catalog.indexes).set(name, {
        ...rest,
        elements: index.elements,
        options: index.options,
        ...(index.where ? { where: index.where } : {}),
      }),
    }
  }

/** Indexes of tables that both sides have: by name, and what is left over by what it says, under two names. */
const indexPairs = ({ sql, reading }: Sides): readonly Pair[] => {
  const [here, there] = [tablesOf(sql, reading.borrowed), tablesOf(reading.catalog, reading.borrowed)]
  const of = (catalog: Catalog): Catalog['indexes'] =>
    new Map([...catalog.indexes].filter(([, { relation, attachedTo }]) => here.has(relation) && there.has(relation) && attachedTo === undefined))
  const [a, b] = [of(sql), of(reading.catalog)]
  const left = new Map([...a].filter(([name]) => !b.has(name)))
  const matched = [...b].map(([name, index]): Matched<NamedIndex> => {
    const own = a.get(name)
    const twin = own ? undefined : [...left].find(([, other]) => indexLikeness(other, index) === 'same')
    if (twin) left.delete(twin[0])
    return { object: keyOf('index', twin?.[0] ?? name), a: own ? [name, own] : twin, b: [name, index] }
  })
  const rest = [...left].map(([name, index]): Matched<NamedIndex> => ({ object: keyOf('index', name), a: [name, index], b: undefined }))
  const likeness = (one: NamedIndex, other: NamedIndex): Likeness => (one[0] === other[0] ? indexLikeness(one[1], other[1]) : 'other')
  return [...matched, ...rest].map((found) =>
    pair(
      found,
      likeness,
      ([name, index]) => indexText(name, index),
      ([name, index]) => putIndex(index, name),
    ),
  )
}

const viewPairs = ({ sql, reading, snapshot }: Sides): readonly Pair[] => {
  if (!snapshot.says.has('views')) return []
  const existing = new Set(snapshot.existingViews.map(({ schema, name }) => qualified(schema, name)))
  const of = (catalog: Catalog): Catalog['views'] => new Map([...catalog.views].filter(([name]) => !existing.has(name)))
  return side(of(sql), of(reading.catalog)).map(([name, a, b]) =>
    pair({ object: keyOf('view', name), a, b }, viewLikeness, viewText, ({ query, columns, reads, exact, options, checkOption }) => (catalog) => {
      const old = catalog.views.get(name)
      if (!old) return catalog
      const { checkOption: _option, ...rest } = old
      return {
        ...catalog,
        views: new Map(catalog.views).set(name, { ...rest, query, columns, reads, exact, options, ...(checkOption ? { checkOption } : {}) }),
      }
    }),
  )
}

const schemaPart = (object: ObjectKey): string => partsOf(parseKey(object).name)[0] ?? ''

/** The relation that an object is, or is a part of. */
const relationOf = (object: ObjectKey, sql: Catalog, snapshot: Catalog): RelationName | undefined => {
  const { kind, name } = parseKey(object)
  if (kind === 'index') return sql.indexes.get(name as RelationName)?.relation ?? snapshot.indexes.get(name as RelationName)?.relation
  if (kind === 'table' || kind === 'view') return name as RelationName
  const [schema = '', relation = ''] = partsOf(name)
  return kind === 'column' || kind === 'constraint' || kind === 'policy' ? qualified(schema, relation) : undefined
}

const isAssumed = (object: ObjectKey, relation: RelationName | undefined, assumed: Catalog): boolean => {
  const { kind, name } = parseKey(object)
  if (relation !== undefined) return assumed.tables.has(relation) || assumed.views.has(relation)
  if (kind === 'schema') return assumed.schemas.has(partsOf(name)[0] ?? '')
  return assumed.types.has(name as RelationName) || assumed.sequences.has(name as RelationName)
}

/** All objects of both catalogs that differ, or may differ, within the scope. What memory could not read of the snapshot is left out on both sides. */
export const comparePairs = (sides: Sides): readonly Pair[] => {
  const { sql, reading, scope, assumed } = sides
  const unread = new Set(reading.unread.map(({ object }) => object))
  const counts = ({ object, likeness, snapshot }: Pair): boolean => {
    if (likeness === 'same' || unread.has(object)) return false
    const relation = relationOf(object, sql, reading.catalog)
    if (assumed && isAssumed(object, relation, assumed)) return snapshot !== undefined && object.startsWith('policy ')
    if (relation === undefined) return scope.managesSchema(schemaPart(object))
    return !unread.has(keyOf('table', relation)) && scope.manages(schemaOf(relation), localName(relation))
  }
  return [...schemaPairs(sides), ...enumPairs(sides), ...sequencePairs(sides), ...tablePairs(sides), ...indexPairs(sides), ...viewPairs(sides)].filter(counts)
}
