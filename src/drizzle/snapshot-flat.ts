/** Snapshots of versions 8 and 9 taken apart and put together: one list of rows. */
import type { Json, Tree } from '../model/json.ts'
import { qualified, type RelationName } from '../model/name.ts'
import type { SnapshotForeignKey, SnapshotKey, SnapshotName, SnapshotSequenceOptions } from './snapshot-catalog.ts'
import { members, word, words, yes } from './snapshot-json.ts'
import { type ColumnWords, type IndexWords, type SnapshotForm, type SnapshotParts, type TableParts, type ViewWords, viewOptionsTree } from './snapshot-parts.ts'
import { byNameIn, nameIn, nameOf, schemaIn } from './snapshot-reading.ts'

const tableIn = (row: Tree): RelationName => qualified(schemaIn(row), word(row, 'table') ?? '')

const ownTypes = new Set(['schemas', 'enums', 'sequences', 'tables', 'columns', 'pks', 'uniques', 'checks', 'fks', 'indexes'])

const apart = (snapshot: Tree): SnapshotParts => {
  const rows = members(snapshot, 'ddl')
  const of = (type: string): readonly Tree[] => rows.filter((row) => row.entityType === type)
  const byTable = new Map<string, Tree[]>()
  for (const row of rows) if (word(row, 'table') !== undefined) byTable.set(tableIn(row), [...(byTable.get(tableIn(row)) ?? []), row])
  const tables = of('tables').map((table): readonly [RelationName, TableParts] => {
    const named = (type: string): ReadonlyMap<string, Tree> =>
      new Map((byTable.get(nameIn(table)) ?? []).filter((row) => row.entityType === type).map((row) => [nameOf(row), row]))
    const [key] = named('pks').values()
    return [
      nameIn(table),
      {
        own: table,
        columns: named('columns'),
        ...(key ? { primaryKey: { columns: words(key, 'columns'), own: key } } : {}),
        uniques: named('uniques'),
        checks: named('checks'),
        foreignKeys: named('fks'),
        indexes: named('indexes'),
        policies: named('policies'),
      },
    ]
  })
  const known = new Set(tables.map(([name]) => name))
  const isOther = (row: Tree): boolean =>
    !ownTypes.has(String(row.entityType)) &&
    !(row.entityType === 'policies' && known.has(tableIn(row))) &&
    !(row.entityType === 'views' && word(row, 'definition'))
  return {
    own: { ...snapshot, ddl: rows.filter(isOther) },
    schemas: new Map(of('schemas').map((row) => [nameOf(row), row])),
    enums: byNameIn(of('enums')),
    sequences: byNameIn(of('sequences')),
    tables: new Map(tables),
    views: byNameIn(of('views').filter((row) => word(row, 'definition'))),
  }
}

const together = ({ own, schemas, enums, sequences, tables, views }: SnapshotParts): Tree => {
  const parts = [...tables.values()]
  const ddl: readonly Json[] = [
    ...schemas.values(),
    ...parts.map((table) => table.own),
    ...enums.values(),
    ...parts.flatMap(({ columns }) => [...columns.values()]),
    ...parts.flatMap(({ indexes }) => [...indexes.values()]),
    ...parts.flatMap(({ foreignKeys }) => [...foreignKeys.values()]),
    ...parts.flatMap(({ primaryKey }) => primaryKey?.own ?? []),
    ...parts.flatMap(({ uniques }) => [...uniques.values()]),
    ...parts.flatMap(({ checks }) => [...checks.values()]),
    ...sequences.values(),
    ...parts.flatMap(({ policies }) => [...policies.values()]),
    ...views.values(),
    ...members(own, 'ddl'),
  ]
  return { ...own, ddl }
}

const orNull = (text: string | undefined): Json => text ?? null

const sequenceFields = ({ minValue, maxValue, startWith }: SnapshotSequenceOptions): Tree => ({
  minValue: orNull(minValue),
  maxValue: orNull(maxValue),
  startWith: orNull(startWith),
})

/** drizzle-kit 1.0 writes modifiers without blanks. */
const typeWord = (type: string): string => type.replace(/ \(/, '(').replaceAll(', ', ',')

/** drizzle-kit 1.0 keeps the value alone of a literal that is cast to the column's own type, JSON's. */
const bareDefault = (value: string | undefined, type: string): Json => {
  const [, literal, cast] = /^('(?:[^']|'')*')::(jsonb?)$/.exec(value ?? '') ?? []
  return literal !== undefined && cast === type ? literal : orNull(value)
}

const column = ({ schema, name: table }: SnapshotName, words: ColumnWords): Tree => {
  const { identity, generated } = words
  return {
    schema,
    table,
    name: words.name,
    type: typeWord(words.type),
    typeSchema: orNull(words.typeSchema),
    notNull: words.notNull,
    dimensions: words.array ? 1 : 0,
    default: bareDefault(words.default, words.type),
    generated: generated === undefined ? null : { type: 'stored', as: generated },
    identity: identity
      ? {
          name: identity.sequence,
          type: identity.always ? 'always' : 'byDefault',
          increment: orNull(identity.increment),
          ...sequenceFields(identity),
          cache: identity.cache === undefined ? null : Number(identity.cache),
          cycle: identity.cycle,
        }
      : null,
    entityType: 'columns',
  }
}

const index = ({ schema, name: table }: SnapshotName, { name, elements, unique, method, where, options }: IndexWords): Tree => ({
  schema,
  table,
  name,
  nameExplicit:
    elements.some(({ isExpression }) => isExpression) ||
    !isImplied(
      name,
      table,
      elements.map(({ value }) => value),
      ['idx', 'index'],
    ),
  columns: elements.map(({ value, isExpression, descending, nullsFirst, operatorClass }) => ({
    value,
    isExpression,
    asc: !descending,
    nullsFirst,
    opclass: operatorClass === undefined ? null : { name: operatorClass, default: false },
  })),
  isUnique: unique,
  where: orNull(where),
  with: Object.entries(options)
    .map(([key, value]) => `${key}=${value}`)
    .join(','),
  method,
  concurrently: false,
  entityType: 'indexes',
})

/** A name that drizzle-kit (1.0, or 0.31 before `up`) made up by itself, and gives anew when it makes up names otherwise. */
const isImplied = (name: string, table: string, columns: readonly string[], endings: readonly string[]): boolean =>
  endings.some((ending) => name === `${table}_${columns.join('_')}_${ending}`)

const foreignKey = ({ schema, name: table }: SnapshotName, { name, columns, references, referenced, onUpdate, onDelete }: SnapshotForeignKey): Tree => ({
  schema,
  table,
  name,
  nameExplicit: !isImplied(name, table, [...columns, references.name, ...referenced], ['fkey', 'fk']),
  columns,
  schemaTo: references.schema,
  tableTo: references.name,
  columnsTo: referenced,
  onUpdate: onUpdate.toUpperCase(),
  onDelete: onDelete.toUpperCase(),
  entityType: 'fks',
})

const primaryKey = ({ schema, name: table }: SnapshotName, { name, columns }: SnapshotKey & { readonly name: string }): Tree => ({
  schema,
  table,
  name,
  columns,
  nameExplicit: name !== `${table}_pkey` && !isImplied(name, table, columns, ['pk']),
  entityType: 'pks',
})

const optionNames = `checkOption securityBarrier securityInvoker fillfactor toastTupleTarget parallelWorkers autovacuumEnabled vacuumIndexCleanup vacuumTruncate
  autovacuumVacuumThreshold autovacuumVacuumScaleFactor autovacuumVacuumCostDelay autovacuumVacuumCostLimit autovacuumFreezeMinAge autovacuumFreezeMaxAge autovacuumFreezeTableAge
  autovacuumMultixactFreezeMinAge autovacuumMultixactFreezeMaxAge autovacuumMultixactFreezeTableAge logAutovacuumMinDuration userCatalogTable`.split(/\s+/)

/** All options or none: drizzle-kit refuses a list with gaps. */
const viewOptions = (options: ViewWords['options']): Json =>
  Object.keys(options).length === 0 ? null : { ...Object.fromEntries(optionNames.map((name) => [name, null])), ...viewOptionsTree(options) }

const view = ({ schema, name, definition, materialized, options, withNoData, using, tablespace }: ViewWords): Tree => ({
  schema,
  name,
  definition,
  with: viewOptions(options),
  withNoData: withNoData ? true : null,
  using: orNull(using),
  tablespace: orNull(tablespace),
  materialized,
  entityType: 'views',
})

/** The form of versions 8 and 9. */
export const flatForm: SnapshotForm = {
  apart,
  together,
  schema: (name) => ({ name, entityType: 'schemas' }),
  enumType: ({ schema, name, labels }) => ({ schema, name, values: labels, entityType: 'enums' }),
  sequence: ({ schema, name, ...options }) => ({
    schema,
    name,
    incrementBy: orNull(options.increment),
    ...sequenceFields(options),
    cacheSize: options.cache === undefined ? null : Number(options.cache),
    cycle: options.cycle,
    entityType: 'sequences',
  }),
  view,
  table: ({ schema, name }) => ({ schema, name, isRlsEnabled: false, entityType: 'tables' }),
  rowSecurity: (own, on) => (yes(own, 'isRlsEnabled') === on ? own : { ...own, isRlsEnabled: on }),
  column,
  primaryKey,
  unique: ({ schema, name: table }, { name, columns, nullsNotDistinct }) => ({
    schema,
    table,
    name,
    nameExplicit: !isImplied(name, table, columns, ['key', 'unique']),
    columns,
    nullsNotDistinct,
    entityType: 'uniques',
  }),
  check: ({ schema, name: table }, { name, value }) => ({ schema, table, name, value, entityType: 'checks' }),
  foreignKey,
  index,
  policy: ({ schema, name: table }, { name, permissive, command, roles, using, check }) => ({
    schema,
    table,
    name,
    as: permissive ? 'PERMISSIVE' : 'RESTRICTIVE',
    for: command.toUpperCase(),
    roles,
    using: orNull(using),
    withCheck: orNull(check),
    entityType: 'policies',
  }),
}
