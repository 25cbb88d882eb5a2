/** The objects of two catalogs side by side, as far as a Drizzle snapshot can say them. */
import { equal } from '../../changes/equal.ts'
import { clipIdentifier } from '../../changes/names.ts'
import type { SnapshotCatalog, SnapshotTable } from '../../drizzle/snapshot-catalog.ts'
import type { Catalog, Constraint, Table } from '../../model/catalog.ts'
import { keyOf, member, type ObjectKey, qualified, quoteIdentifier, type RelationName } from '../../model/name.ts'
import {
  columnLikeness, columnText, constraintLikeness, constraintText, enumText, indexLikeness, indexText, type Likeness, policyLikeness, policyText, viewLikeness, viewText,
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

type Sides = { readonly sql: Catalog; readonly reading: SnapshotReading; readonly snapshot: SnapshotCatalog; readonly scope: Scope }

const setTable = (catalog: Catalog, name: RelationName, change: (table: Table) => Table): Catalog => {
  const table = catalog.tables.get(name)
  return table ? { ...catalog, tables: new Map(catalog.tables).set(name, change(table)) } : catalog
}

/** Entries of both maps by key, the SQL's first. */
const side = <K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): readonly (readonly [K, V | undefined, V | undefined])[] =>
  [...new Set([...a.keys(), ...b.keys()])].map((key) => [key, a.get(key), b.get(key)] as const)

type Matched<V> = { readonly object: ObjectKey; readonly a: V | undefined; readonly b: V | undefined }

const pair = <V>({ object, a, b }: Matched<V>, likeness: (a: V, b: V) => Likeness, text: (value: V, side: 'sql' | 'snapshot') => string, put?: (b: V) => (catalog: Catalog) => Catalog): Pair => ({
  object,
  likeness: a !== undefined && b !== undefined ? likeness(a, b) : 'other',
  ...(a === undefined ? {} : { sql: text(a, 'sql') }),
  ...(b === undefined ? {} : { snapshot: text(b, 'snapshot') }),
  ...(put && b !== undefined ? { put: put(b) } : {}),
})

const schemaPairs = ({ sql, snapshot, scope }: Sides): readonly Pair[] => {
  const said = new Set(snapshot.schemas)
  // A schema that the snapshot's objects stand in is said by them, also where the code does not export it.
  const used = new Set([...snapshot.tables, ...snapshot.enums, ...snapshot.sequences, ...snapshot.views, ...snapshot.existingViews].map(({ schema }) => schema))
  const names = [...new Set([...sql.schemas.keys(), ...said])].filter((name) => name !== 'public' && scope.managesSchema(name))
  return names.filter((name) => sql.schemas.has(name) !== said.has(name) && !(sql.schemas.has(name) && used.has(name))).map((name): Pair => ({
    object: keyOf('schema', quoteIdentifier(name)), likeness: 'other', ...(sql.schemas.has(name) ? { sql: 'SCHEMA' } : { snapshot: 'SCHEMA' }),
  }))
}

const enums = (catalog: Catalog): ReadonlyMap<string, readonly string[]> => new Map([...catalog.types].flatMap(([name, type]) => (type.kind === 'enum' ? [[name, type.labels] as const] : [])))

const enumPairs = ({ sql, reading }: Sides): readonly Pair[] =>
  side(enums(sql), enums(reading.catalog)).map(([name, a, b]) => pair({ object: keyOf('type', name), a, b }, (one, other) => (equal(one, other) ? 'same' : 'other'), enumText))

/** Sequences that stand by themselves; those of serials and identities belong to their columns. */
const freeSequences = (catalog: Catalog): Catalog['sequences'] => new Map([...catalog.sequences].filter(([, { ownedBy }]) => ownedBy === undefined))

const sequencePairs = ({ sql, reading, snapshot }: Sides): readonly Pair[] =>
  !snapshot.says.has('sequences')
    ? []
    : side(freeSequences(sql), freeSequences(reading.catalog)).map(([name, a, b]) =>
        pair({ object: keyOf('sequence', name), a, b }, (one, other) => (equal(one.options, other.options) ? 'same' : 'other'), ({ options }) => `SEQUENCE ${JSON.stringify(options)}`))

/** Tables that a snapshot can hold. */
const tablesOf = (catalog: Catalog, skip: ReadonlySet<RelationName>): Catalog['tables'] =>
  new Map([...catalog.tables].filter(([name, table]) => table.kind !== 'foreign' && !table.partitionOf && !skip.has(name)))

const rowSecurityPair = ({ snapshot }: Sides, on: RelationName, a: Table, b: Table): readonly Pair[] =>
  !snapshot.says.has('policies') || a.rowSecurity === b.rowSecurity
    ? []
    : [pair({ object: keyOf('table', on), a, b }, () => 'other', ({ rowSecurity }) => `ROW LEVEL SECURITY ${rowSecurity ? 'enabled' : 'disabled'}`)]

const columnPairs = ({ sql, reading }: Sides, on: RelationName, a: Table, b: Table): readonly Pair[] => {
  const byName = (table: Table) => new Map(table.columns.map((column) => [column.name, column]))
  const catalogs = { sql, snapshot: reading.catalog }
  return side(byName(a), byName(b)).map(([name, one, other]) =>
    pair({ object: keyOf('column', member(on, name)), a: one, b: other }, (x, y) => columnLikeness([sql, x], [reading.catalog, y]), (column, from) => columnText(catalogs[from], column), (column) => (catalog) =>
      setTable(catalog, on, (table) => ({
        ...table,
        columns: table.columns.map((old) => {
          if (old.name !== name) return old
          const { default: _default, ...rest } = old
          const kept = old.default !== undefined && 'sequence' in old.default ? old.default : column.default
          return { ...rest, type: column.type, ...(kept === undefined ? {} : { default: kept }), ...(column.generated ? { generated: column.generated } : {}) }
        }),
      }))))
}

/** Pairs by name; a constraint whose name Drizzle left to PostgreSQL also matches one of another name that says the same. */
const matchConstraints = (on: RelationName, a: ReadonlyMap<string, Constraint>, b: ReadonlyMap<string, Constraint>, free: (name: string, constraint: Constraint) => boolean): readonly Matched<Constraint>[] => {
  const left = new Map([...a].filter(([name]) => !b.has(name)))
  const matched = [...b].map(([name, constraint]): Matched<Constraint> => {
    const named = a.get(name)
    const twin = named || !free(name, constraint) ? undefined : [...left].find(([, other]) => constraintLikeness(other, constraint) === 'same')
    if (twin) left.delete(twin[0])
    return { object: keyOf('constraint', member(on, twin?.[0] ?? name)), a: named ?? twin?.[1], b: constraint }
  })
  return [...matched, ...[...left].map(([name, constraint]): Matched<Constraint> => ({ object: keyOf('constraint', member(on, name)), a: constraint, b: undefined }))]
}

const unnamed = (said: SnapshotTable | undefined): ((name: string, constraint: Constraint) => boolean) => {
  const names = new Set([...(said?.uniques ?? []), ...(said?.foreignKeys ?? [])].filter(({ ownName }) => !ownName).map(({ name }) => clipIdentifier(name)))
  return (name, { type }) => (type === 'primary key' ? said?.primaryKey?.name === undefined : names.has(name))
}

const constraintPairs = ({ snapshot }: Sides, on: RelationName, a: Table, b: Table): readonly Pair[] => {
  const sayable = new Map([...a.constraints].filter(([, { type }]) => type !== 'exclusion' && (type !== 'check' || snapshot.says.has('checks'))))
  const said = snapshot.tables.find((table) => qualified(table.schema, table.name) === on)
  return matchConstraints(on, sayable, b.constraints, unnamed(said)).map((matched) =>
    pair(matched, constraintLikeness, constraintText, (constraint) => (catalog) =>
      setTable(catalog, on, (table) => ({
        ...table,
        constraints: new Map([...table.constraints].map(([name, old]) => [name, keyOf('constraint', member(on, name)) === matched.object && old.type === 'check' && constraint.type === 'check' ? { ...old, expression: constraint.expression } : old])),
      }))))
}

const policyPairs = ({ snapshot }: Sides, on: RelationName, a: Table, b: Table, onlySaid: boolean): readonly Pair[] =>
  !snapshot.says.has('policies')
    ? []
    : side(a.policies, b.policies).filter(([, , said]) => !onlySaid || said !== undefined).map(([name, one, other]) =>
        pair({ object: keyOf('policy', member(on, name)), a: one, b: other }, policyLikeness, policyText, (policy) => (catalog) =>
          setTable(catalog, on, (table) => ({ ...table, policies: new Map(table.policies).set(name, policy) }))))

const tablePairs = (sides: Sides): readonly Pair[] => {
  const { sql, reading } = sides
  const tables = side(tablesOf(sql, reading.borrowed), tablesOf(reading.catalog, reading.borrowed))
  const own = tables.flatMap(([name, a, b]): readonly Pair[] =>
    a && b
      ? [...rowSecurityPair(sides, name, a, b), ...columnPairs(sides, name, a, b), ...constraintPairs(sides, name, a, b), ...policyPairs(sides, name, a, b, false)]
      : [pair({ object: keyOf('table', name), a, b }, () => 'other', ({ columns }) => `TABLE (${columns.map((column) => column.name).join(', ')})`)])
  const borrowed = [...reading.borrowed].flatMap((name): readonly Pair[] => {
    const [a, b] = [sql.tables.get(name), reading.catalog.tables.get(name)]
    if (!a || a.partitionOf || a.kind === 'foreign') return []
    const missing: Pair = pair({ object: keyOf('table', name), a, b: undefined as Table | undefined }, () => 'other', ({ columns }) => `TABLE (${columns.map((column) => column.name).join(', ')})`)
    return [missing, ...(b ? policyPairs(sides, name, a, b, true) : [])]
  })
  return [...own, ...borrowed]
}

/** Indexes of tables that both sides have. */
const indexPairs = ({ sql, reading }: Sides): readonly Pair[] => {
  const [here, there] = [tablesOf(sql, reading.borrowed), tablesOf(reading.catalog, reading.borrowed)]
  const of = (catalog: Catalog): Catalog['indexes'] =>
    new Map([...catalog.indexes].filter(([, { relation, attachedTo }]) => here.has(relation) && there.has(relation) && attachedTo === undefined))
  return side(of(sql), of(reading.catalog)).map(([name, a, b]) =>
    pair({ object: keyOf('index', name), a, b }, indexLikeness, indexText, (index) => (catalog) => {
      const old = catalog.indexes.get(name)
      if (!old) return catalog
      const { where: _where, ...rest } = old
      return { ...catalog, indexes: new Map(catalog.indexes).set(name, { ...rest, elements: index.elements, options: index.options, ...(index.where ? { where: index.where } : {}) }) }
    }))
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
      return { ...catalog, views: new Map(catalog.views).set(name, { ...rest, query, columns, reads, exact, options, ...(checkOption ? { checkOption } : {}) }) }
    }))
}

/** The relation that an object is, or is a part of. */
const relationOf = (object: ObjectKey, sql: Catalog, snapshot: Catalog): RelationName | undefined => {
  const at = object.indexOf('"')
  const [kind, name] = [object.slice(0, at - 1), object.slice(at) as RelationName]
  if (kind === 'index') return sql.indexes.get(name)?.relation ?? snapshot.indexes.get(name)?.relation
  if (kind === 'table' || kind === 'view') return name
  const parts = [...name.matchAll(/"((?:[^"]|"")*)"/g)].map((match) => (match[1] ?? '').replaceAll('""', '"'))
  return kind === 'column' || kind === 'constraint' || kind === 'policy' ? qualified(parts[0] ?? '', parts[1] ?? '') : undefined
}

/** All objects of both catalogs that differ, or may differ, within the scope. What memory could not read of the snapshot is left out on both sides. */
export const comparePairs = (sides: Sides): readonly Pair[] => {
  const { sql, reading, scope } = sides
  const unread = new Set<string>(reading.unread.map(({ object }) => object))
  const hidden = (object: ObjectKey): boolean => {
    const relation = relationOf(object, sql, reading.catalog)
    const implied = object.startsWith('constraint ') && relation !== undefined && unread.has(keyOf('constraint', member(relation, 'PRIMARY KEY')))
    return unread.has(object) || (relation !== undefined && unread.has(keyOf('table', relation))) || (implied && isPrimaryKey(sql, relation, object))
  }
  const within = (object: ObjectKey): boolean => {
    const relation = relationOf(object, sql, reading.catalog)
    if (relation === undefined) return object.startsWith('schema ') || scope.managesSchema(schemaPart(object))
    const parts = [...relation.matchAll(/"((?:[^"]|"")*)"/g)].map((match) => (match[1] ?? '').replaceAll('""', '"'))
    return scope.manages(parts[0] ?? '', parts[1] ?? '')
  }
  return [...schemaPairs(sides), ...enumPairs(sides), ...sequencePairs(sides), ...tablePairs(sides), ...indexPairs(sides), ...viewPairs(sides)]
    .filter(({ object, likeness }) => likeness !== 'same' && within(object) && !hidden(object))
}

const schemaPart = (object: ObjectKey): string => (/"((?:[^"]|"")*)"/.exec(object)?.[1] ?? '').replaceAll('""', '"')

const isPrimaryKey = (sql: Catalog, on: RelationName, object: ObjectKey): boolean =>
  [...(sql.tables.get(on)?.constraints ?? [])].some(([name, { type }]) => type === 'primary key' && keyOf('constraint', member(on, name)) === object)
