/** Snapshots of journal folders, versions 5 to 7: objects by name, tables that hold their columns and constraints. */
import type { Json, Tree } from '../model/json.ts'
import { quoteIdentifier } from '../model/name.ts'
import { quoteLiteral } from '../sql/print.ts'
import type {
  SnapshotCatalog,
  SnapshotColumn,
  SnapshotForeignKey,
  SnapshotIndex,
  SnapshotKey,
  SnapshotPolicy,
  SnapshotSection,
  SnapshotTable,
  SnapshotUnique,
} from './snapshot-catalog.ts'
import { field, has, members, part, word, words, yes } from './snapshot-json.ts'
import { nameOf, readGeneration, readSequenceOptions, readView, schemaIn } from './snapshot-reading.ts'

/** Types whose names drizzle-kit 0.31 leaves as they are (`parseType`); it compares beginnings. */
const native = [
  'uuid',
  'smallint',
  'integer',
  'bigint',
  'boolean',
  'text',
  'varchar',
  'serial',
  'bigserial',
  'decimal',
  'numeric',
  'real',
  'json',
  'time',
  'date',
  'interval',
  'double precision',
  'char',
  'vector',
  'geometry',
  'halfvec',
  'sparsevec',
  'bit',
]

/** A type as DDL. Other names are quoted, as they are a user's or need no quotes; a name with modifiers or blanks only works as it stands. */
const typeOf = (column: Tree): string => {
  const type = word(column, 'type') ?? 'text'
  const bounds = (type.match(/\[\d*\]/g) ?? []).join('')
  const name = type.replaceAll(/\[\d*\]/g, '')
  const schema = word(column, 'typeSchema')
  if (schema) return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}${bounds}`
  if (native.some((word) => name.startsWith(word)) || !/^\w+$/.test(name)) return `${name}${bounds}`
  return `${quoteIdentifier(name)}${bounds}`
}

/** drizzle-kit 0.31 writes JSON defaults without doubling their quotes (`'{"a":"it's"}'::jsonb`); such SQL is mended by hand before it can run. */
const requoted = (text: string): string => {
  const [, inner, type = ''] = /^'([\s\S]*)'(::jsonb?)?$/.exec(text) ?? []
  return inner?.replaceAll("''", '').includes("'") && type !== '' ? `${quoteLiteral(inner)}${type}` : text
}

/** A default as SQL: texts are SQL already, quoted by drizzle-kit where they are literals. */
const defaultOf = (value: Json | undefined): string | undefined => {
  if (value === undefined) return undefined
  if (typeof value === 'string') return requoted(value)
  return typeof value === 'object' && value !== null ? quoteLiteral(JSON.stringify(value)) : String(value)
}

const readColumn = (column: Tree): SnapshotColumn => ({
  name: nameOf(column),
  type: typeOf(column),
  notNull: yes(column, 'notNull'),
  ...field('default', defaultOf(column.default)),
  ...readGeneration(column),
})

const primaryKeyOf = (table: Tree): SnapshotKey | undefined => {
  const composite = members(table, 'compositePrimaryKeys')[0]
  if (composite) return { ...field('name', word(composite, 'name')), columns: words(composite, 'columns'), ownName: true }
  const columns = members(table, 'columns')
    .filter((column) => yes(column, 'primaryKey'))
    .map((column) => nameOf(column))
  return columns.length > 0 ? { columns, ownName: false } : undefined
}

const uniquesOf = (table: Tree): readonly SnapshotUnique[] => [
  ...members(table, 'uniqueConstraints').map((unique) => ({
    name: nameOf(unique),
    columns: words(unique, 'columns'),
    nullsNotDistinct: yes(unique, 'nullsNotDistinct'),
    ownName: true,
  })),
  ...members(table, 'columns')
    .filter((column) => yes(column, 'isUnique'))
    .map((column) => ({
      name: word(column, 'uniqueName') ?? '',
      columns: [nameOf(column)],
      nullsNotDistinct: yes(column, 'nullsNotDistinct'),
      ownName: true,
    })),
]

const readForeignKey = (key: Tree): SnapshotForeignKey => ({
  name: nameOf(key),
  columns: words(key, 'columnsFrom'),
  ownName: true,
  references: { schema: schemaIn(key, 'schemaTo'), name: word(key, 'tableTo') ?? '' },
  referenced: words(key, 'columnsTo'),
  onUpdate: word(key, 'onUpdate') || 'no action',
  onDelete: word(key, 'onDelete') || 'no action',
})

/** Elements are names in versions 5 and 6, objects in version 7. */
const elementsOf = (index: Tree): SnapshotIndex['elements'] => {
  const columns: readonly Json[] = Array.isArray(index.columns) ? index.columns : []
  return columns.map((column) => {
    if (typeof column === 'string') return { value: column, isExpression: false, descending: false, nullsFirst: false }
    const element = part({ element: column }, 'element')
    const descending = element.asc === false
    const nulls = word(element, 'nulls')
    return {
      value: word(element, 'expression') ?? '',
      isExpression: yes(element, 'isExpression'),
      descending,
      nullsFirst: nulls === undefined ? descending : nulls.toLowerCase() === 'first',
      ...field('operatorClass', word(element, 'opclass') || undefined),
    }
  })
}

const readIndex = (index: Tree): SnapshotIndex => ({
  name: nameOf(index),
  elements: elementsOf(index),
  unique: yes(index, 'isUnique'),
  method: word(index, 'method') || 'btree',
  ...field('where', word(index, 'where') || undefined),
  options: Object.entries(part(index, 'with'))
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(', '),
})

const readPolicy = (policy: Tree): SnapshotPolicy => ({
  name: nameOf(policy),
  permissive: (word(policy, 'as') ?? '').toUpperCase() !== 'RESTRICTIVE',
  command: (word(policy, 'for') || 'ALL').toUpperCase(),
  roles: words(policy, 'to').length > 0 ? words(policy, 'to') : ['public'],
  ...field('using', word(policy, 'using') || undefined),
  ...field('check', word(policy, 'withCheck') || undefined),
})

const readTable = (table: Tree): SnapshotTable => ({
  schema: schemaIn(table),
  name: nameOf(table),
  columns: members(table, 'columns').map(readColumn),
  ...field('primaryKey', primaryKeyOf(table)),
  uniques: uniquesOf(table),
  checks: members(table, 'checkConstraints').map((check) => ({ name: nameOf(check), value: word(check, 'value') ?? '' })),
  foreignKeys: members(table, 'foreignKeys').map(readForeignKey),
  indexes: members(table, 'indexes').map(readIndex),
  policies: members(table, 'policies').map(readPolicy),
  // drizzle-kit turns row security on for a table with policies, whatever the flag says.
  rowSecurity: yes(table, 'isRLSEnabled') || members(table, 'policies').length > 0,
})

const roleOptions = (role: Tree): string =>
  [...(yes(role, 'createDb') ? ['CREATEDB'] : []), ...(yes(role, 'createRole') ? ['CREATEROLE'] : []), ...(role.inherit === false ? ['NOINHERIT'] : [])].join(
    ' ',
  )

/** Sections that this file has: drizzle-kit brought them one by one, within version 7. */
const sections = (snapshot: Tree): ReadonlySet<SnapshotSection> => {
  const tables = members(snapshot, 'tables')
  const inTables = (key: string): boolean => tables.length > 0 && tables.every((table) => has(table, key))
  return new Set<SnapshotSection>([
    ...(has(snapshot, 'sequences') ? ['sequences' as const] : []),
    ...(inTables('checkConstraints') ? ['checks' as const] : []),
    ...(inTables('policies') ? ['policies' as const] : []),
    ...(has(snapshot, 'views') ? ['views' as const] : []),
    ...(has(snapshot, 'roles') ? ['roles' as const] : []),
  ])
}

/** Reads a snapshot of version 5, 6 or 7. */
export const readTables = (snapshot: Tree, version: string): SnapshotCatalog => {
  const views = members(snapshot, 'views')
  return {
    version,
    says: sections(snapshot),
    schemas: words(snapshot, 'schemas').filter((schema) => schema !== 'public'),
    enums: members(snapshot, 'enums').map((type) => ({ schema: schemaIn(type), name: nameOf(type), labels: words(type, 'values') })),
    sequences: members(snapshot, 'sequences').map((sequence) => ({
      schema: schemaIn(sequence),
      name: nameOf(sequence),
      ...readSequenceOptions(sequence),
    })),
    roles: members(snapshot, 'roles').map((role) => ({ name: nameOf(role), options: roleOptions(role) })),
    tables: members(snapshot, 'tables').map(readTable),
    linkedPolicies: members(snapshot, 'policies').flatMap((policy) => (word(policy, 'on') ? [{ ...readPolicy(policy), on: word(policy, 'on') ?? '' }] : [])),
    views: views.filter((view) => !yes(view, 'isExisting')).map(readView),
    existingViews: views.filter((view) => yes(view, 'isExisting')).map((view) => ({ schema: schemaIn(view), name: nameOf(view) })),
  }
}
