/** Snapshots of versions 5 to 7 taken apart and put together: objects by name, tables that hold their columns and constraints. */
import type { Json, Tree } from '../model/json.ts'
import { localName, type RelationName, schemaOf } from '../model/name.ts'
import type { SnapshotForeignKey, SnapshotName, SnapshotPolicy, SnapshotSequenceOptions } from './snapshot-catalog.ts'
import { has, members, part, words, yes } from './snapshot-json.ts'
import {
  type ColumnWords,
  type IndexWords,
  optionsTree,
  type SnapshotForm,
  type SnapshotParts,
  type TableParts,
  type ViewWords,
  viewOptionsTree,
} from './snapshot-parts.ts'
import { byNameIn, nameIn, nameOf } from './snapshot-reading.ts'

/** `public` is written as an empty schema, in tables only. */
const schemaWord = (schema: string): string => (schema === 'public' ? '' : schema)
const named = (trees: readonly Tree[]): ReadonlyMap<string, Tree> => new Map(trees.map((tree) => [nameOf(tree), tree]))
const fields = (values: { readonly [key: string]: Json | undefined }): Tree =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Json] => entry[1] !== undefined))

const primaryKeyIn = (table: Tree): TableParts['primaryKey'] => {
  const [own] = members(table, 'compositePrimaryKeys')
  if (own) return { columns: words(own, 'columns'), own }
  const columns = members(table, 'columns').flatMap((column) => (yes(column, 'primaryKey') ? [nameOf(column)] : []))
  return columns.length > 0 ? { columns } : undefined
}

const tableApart = (table: Tree): TableParts => {
  const primaryKey = primaryKeyIn(table)
  return {
    own: table,
    columns: named(members(table, 'columns')),
    ...(primaryKey ? { primaryKey } : {}),
    uniques: named(members(table, 'uniqueConstraints')),
    checks: named(members(table, 'checkConstraints')),
    foreignKeys: named(members(table, 'foreignKeys')),
    indexes: named(members(table, 'indexes')),
    policies: named(members(table, 'policies')),
  }
}

const apart = (snapshot: Tree): SnapshotParts => ({
  own: snapshot,
  schemas: new Map(Object.entries(part(snapshot, 'schemas'))),
  enums: byNameIn(members(snapshot, 'enums')),
  sequences: byNameIn(members(snapshot, 'sequences')),
  tables: new Map(members(snapshot, 'tables').map((table) => [nameIn(table), tableApart(table)])),
  views: byNameIn(members(snapshot, 'views')),
})

/** The section under a key; one that the version did not have yet comes only with something in it. */
const section = (own: Tree, key: string, entries: ReadonlyMap<string, Json>): Tree =>
  entries.size > 0 || key in own ? { [key]: Object.fromEntries(entries) } : {}

/** A key of one column without a name of its own is a mark on the column. */
const markedColumns = ({ columns, primaryKey }: TableParts): ReadonlyMap<string, Tree> => {
  const marked = new Set(primaryKey && !primaryKey.own ? primaryKey.columns : [])
  return new Map(
    [...columns].map(([name, column]) => [name, yes(column, 'primaryKey') === marked.has(name) ? column : { ...column, primaryKey: marked.has(name) }]),
  )
}

const tableTogether = (table: TableParts): Tree => {
  const { own, primaryKey, indexes, foreignKeys, uniques, policies, checks } = table
  return {
    ...own,
    columns: Object.fromEntries(markedColumns(table)),
    indexes: Object.fromEntries(indexes),
    foreignKeys: Object.fromEntries(foreignKeys),
    ...section(own, 'compositePrimaryKeys', primaryKey?.own ? named([primaryKey.own]) : new Map()),
    ...section(own, 'uniqueConstraints', uniques),
    ...section(own, 'policies', policies),
    ...section(own, 'checkConstraints', checks),
  }
}

const underSchema = <V>(trees: ReadonlyMap<RelationName, V>): ReadonlyMap<string, V> =>
  new Map([...trees].map(([name, tree]) => [`${schemaOf(name)}.${localName(name)}`, tree]))

/** Version 5 names tables and enums without the schema `public`. */
const underName = <V>(trees: ReadonlyMap<RelationName, V>): ReadonlyMap<string, V> =>
  new Map([...trees].map(([name, tree]) => [schemaOf(name) === 'public' ? localName(name) : `${schemaOf(name)}.${localName(name)}`, tree]))

const togetherBy =
  (version: string) =>
  ({ own, schemas, enums, sequences, tables, views }: SnapshotParts): Tree => {
    const keyed = version === '5' ? underName : underSchema
    const later = version !== '7'
    const written = new Map([...tables].map(([name, table]) => [name, tableTogether(table)]))
    return {
      ...own,
      version,
      tables: Object.fromEntries(keyed(written)),
      enums: Object.fromEntries(keyed(enums)),
      schemas: Object.fromEntries(schemas),
      ...(later ? {} : section(own, 'sequences', underSchema(sequences))),
      ...(later ? {} : section(own, 'views', underSchema(views))),
    }
  }

const sequenceFields = ({ increment, startWith, minValue, maxValue, cache, cycle }: SnapshotSequenceOptions): Tree =>
  fields({ increment, startWith, minValue, maxValue, cache, cycle })

/** Literals of JSON's own kinds stand bare; everything else is a text of SQL. */
const defaultJson = (text: string): Json =>
  text === 'true' || text === 'false' ? text === 'true' : /^-?(0|[1-9]\d*)([.]\d+)?$/.test(text) && String(Number(text)) === text ? Number(text) : text

const column = ({ schema }: SnapshotName, { name, type, typeSchema, array, notNull, default: value, generated, identity }: ColumnWords): Tree =>
  fields({
    name,
    type: `${type}${array ? '[]' : ''}`,
    typeSchema,
    primaryKey: false,
    notNull,
    default: value === undefined ? undefined : defaultJson(value),
    generated: generated === undefined ? undefined : { as: generated, type: 'stored' },
    identity: identity && { type: identity.always ? 'always' : 'byDefault', name: identity.sequence, schema, ...sequenceFields(identity) },
  })

const elementOf = ({ value, isExpression, descending, nullsFirst, operatorClass }: IndexWords['elements'][number]): Tree =>
  isExpression
    ? fields({ expression: value, asc: !descending, isExpression, nulls: nullsFirst ? 'first' : 'last', opclass: operatorClass })
    : fields({ expression: value, isExpression, asc: !descending, nulls: nullsFirst ? 'first' : 'last', opclass: operatorClass })

const index =
  (version: string) =>
  (_: SnapshotName, { name, elements, unique, method, where, options }: IndexWords): Tree =>
    fields({
      name,
      columns: version === '7' ? elements.map(elementOf) : elements.map(({ value }) => value),
      isUnique: unique,
      where,
      concurrently: false,
      method,
      with: optionsTree(options),
    })

const foreignKey = ({ name: table }: SnapshotName, { name, columns, references, referenced, onUpdate, onDelete }: SnapshotForeignKey): Tree =>
  fields({
    name,
    tableFrom: table,
    tableTo: references.name,
    schemaTo: schemaWord(references.schema) || undefined,
    columnsFrom: columns,
    columnsTo: referenced,
    onDelete,
    onUpdate,
  })

const policy = (_: SnapshotName, { name, permissive, command, roles, using, check }: SnapshotPolicy): Tree =>
  fields({ name, as: permissive ? 'PERMISSIVE' : 'RESTRICTIVE', for: command.toUpperCase(), to: roles, using, withCheck: check })

const view = ({ schema, name, definition, materialized, options, withNoData, using, tablespace }: ViewWords): Tree =>
  fields({
    columns: {},
    definition,
    name,
    schema,
    isExisting: false,
    with: Object.keys(options).length === 0 ? undefined : viewOptionsTree(options),
    withNoData: withNoData ? true : undefined,
    materialized,
    using,
    tablespace,
  })

/** The form of versions 5, 6 and 7. */
export const nestedForm = (version: string): SnapshotForm => ({
  apart,
  together: togetherBy(version),
  schema: (name) => name,
  enumType: ({ schema, name, labels }) =>
    version === '5' ? { name, values: Object.fromEntries(labels.map((label) => [label, label])) } : { name, schema, values: labels },
  sequence: ({ schema, name, ...options }) => ({ name, schema, ...sequenceFields(options) }),
  view,
  table: ({ schema, name }, like) => ({
    name,
    schema: schemaWord(schema),
    columns: {},
    indexes: {},
    foreignKeys: {},
    compositePrimaryKeys: {},
    uniqueConstraints: {},
    ...(version !== '7' || (like && !has(like, 'policies')) ? {} : { policies: {} }),
    ...(version !== '7' || (like && !has(like, 'checkConstraints')) ? {} : { checkConstraints: {} }),
    ...(version !== '7' || (like && !('isRLSEnabled' in like)) ? {} : { isRLSEnabled: false }),
  }),
  rowSecurity: (own, on, hasPolicies) => (version !== '7' || yes(own, 'isRLSEnabled') === on || (on && hasPolicies) ? own : { ...own, isRLSEnabled: on }),
  column,
  // A key of one column is a mark on it, unless the code gives the key a name.
  primaryKey: (_, { name, columns }) => (columns.length > 1 || !name.endsWith('_pkey') ? { name, columns } : undefined),
  unique: (_, { name, columns, nullsNotDistinct }) => ({ name, nullsNotDistinct, columns }),
  check: (_, { name, value }) => ({ name, value }),
  foreignKey,
  index: index(version),
  policy,
})

/** A snapshot of a version that says nothing yet. */
export const emptyNested = (version: string): Tree => ({
  id: '',
  prevId: '',
  version,
  dialect: version === '5' ? 'pg' : 'postgresql',
  tables: {},
  enums: {},
  schemas: {},
  ...(version === '7' ? { sequences: {}, roles: {}, policies: {}, views: {} } : {}),
  _meta: { columns: {}, schemas: {}, tables: {} },
})
