/** Snapshots of versions 8 and 9 (drizzle-kit 1.0, one folder per migration): a flat list of entities, each with its schema, table and name. */
import type { Tree } from '../model/json.ts'
import { quoteIdentifier } from '../model/name.ts'
import { quoteLiteral } from '../sql/print.ts'
import type {
  SnapshotCatalog,
  SnapshotColumn,
  SnapshotForeignKey,
  SnapshotIndex,
  SnapshotKey,
  SnapshotPolicy,
  SnapshotTable,
  SnapshotUnique,
} from './snapshot-catalog.ts'
import { field, has, members, part, word, words, yes } from './snapshot-json.ts'
import { nameOf, readGeneration, readSequenceOptions, readView, schemaIn } from './snapshot-reading.ts'

/** The type without its dimensions: an enum (or another type of the code) is quoted, any other stands as it is. */
const baseType = (column: Tree): string => {
  const schema = word(column, 'typeSchema')
  const type = word(column, 'type') ?? 'text'
  return schema ? `${quoteIdentifier(schema)}.${quoteIdentifier(type)}` : type
}

const dimensions = (column: Tree): string => '[]'.repeat(Number(word(column, 'dimensions') ?? 0))

/** drizzle-kit casts the defaults of enums and arrays (`defaultToSQL`). */
const defaultOf = (column: Tree): string | undefined => {
  const value = word(column, 'default')
  if (!value) return undefined
  return word(column, 'typeSchema') || dimensions(column) !== '' ? `${value}::${baseType(column)}${dimensions(column) === '' ? '' : '[]'}` : value
}

const readColumn = (column: Tree): SnapshotColumn => ({
  name: nameOf(column),
  type: `${baseType(column)}${dimensions(column)}`,
  notNull: yes(column, 'notNull'),
  ...field('default', defaultOf(column)),
  ...readGeneration(column),
})

const readKey = (key: Tree): SnapshotKey => ({
  ...field('name', yes(key, 'nameExplicit') ? word(key, 'name') : undefined),
  columns: words(key, 'columns'),
  ownName: yes(key, 'nameExplicit'),
})

const readUnique = (unique: Tree): SnapshotUnique => ({
  name: nameOf(unique),
  columns: words(unique, 'columns'),
  nullsNotDistinct: yes(unique, 'nullsNotDistinct'),
  ownName: yes(unique, 'nameExplicit'),
})

const readForeignKey = (key: Tree): SnapshotForeignKey => ({
  name: nameOf(key),
  columns: words(key, 'columns'),
  ownName: yes(key, 'nameExplicit'),
  references: { schema: schemaIn(key, 'schemaTo'), name: word(key, 'tableTo') ?? '' },
  referenced: words(key, 'columnsTo'),
  onUpdate: word(key, 'onUpdate') || 'NO ACTION',
  onDelete: word(key, 'onDelete') || 'NO ACTION',
})

const readIndex = (index: Tree): SnapshotIndex => ({
  name: nameOf(index),
  unique: yes(index, 'isUnique'),
  method: word(index, 'method') || 'btree',
  options: word(index, 'with') ?? '',
  ...field('where', word(index, 'where') || undefined),
  elements: members(index, 'columns').map((element) => ({
    value: word(element, 'value') ?? '',
    isExpression: yes(element, 'isExpression'),
    descending: element.asc === false,
    nullsFirst: yes(element, 'nullsFirst'),
    ...field('operatorClass', has(element, 'opclass') ? word(part(element, 'opclass'), 'name') : word(element, 'opclass') || undefined),
  })),
})

const readPolicy = (policy: Tree): SnapshotPolicy => ({
  name: nameOf(policy),
  permissive: word(policy, 'as') !== 'RESTRICTIVE',
  command: word(policy, 'for') || 'ALL',
  roles: words(policy, 'roles').length > 0 ? words(policy, 'roles') : ['public'],
  ...field('using', word(policy, 'using') || undefined),
  ...field('check', word(policy, 'withCheck') || undefined),
})

const roleFlags = [
  ['superuser', 'SUPERUSER'],
  ['createDb', 'CREATEDB'],
  ['createRole', 'CREATEROLE'],
  ['canLogin', 'LOGIN'],
  ['replication', 'REPLICATION'],
  ['bypassRls', 'BYPASSRLS'],
] as const

/** Without the password: it is a secret. */
const roleOptions = (role: Tree): string =>
  [
    ...roleFlags.flatMap(([key, option]) => (yes(role, key) ? [option] : [])),
    ...(role.inherit === false ? ['NOINHERIT'] : []),
    ...(typeof role.connLimit === 'number' && role.connLimit !== -1 ? [`CONNECTION LIMIT ${role.connLimit}`] : []),
    ...(word(role, 'validUntil') ? [`VALID UNTIL ${quoteLiteral(word(role, 'validUntil') ?? '')}`] : []),
  ].join(' ')

const memberKey = (entity: Tree): string => `${schemaIn(entity)}\0${word(entity, 'table') ?? ''}`

const byTable = (entities: readonly Tree[]): ((table: Tree) => readonly Tree[]) => {
  const groups = new Map<string, Tree[]>()
  for (const entity of entities) groups.set(memberKey(entity), [...(groups.get(memberKey(entity)) ?? []), entity])
  return (table) => groups.get(`${schemaIn(table)}\0${nameOf(table)}`) ?? []
}

/** Reads a snapshot that holds all of its entities. */
export const readEntities = (snapshot: Tree, version: string): SnapshotCatalog => {
  const entities = members(snapshot, 'ddl')
  const all = (type: string): readonly Tree[] => entities.filter((entity) => entity.entityType === type)
  const [columns, pks, uniques, checks, fks, indexes, policies] = ['columns', 'pks', 'uniques', 'checks', 'fks', 'indexes', 'policies'].map((type) =>
    byTable(all(type)),
  )
  const tables = all('tables')
  const known = new Set(tables.map((table) => `${schemaIn(table)}\0${nameOf(table)}`))
  const readTable = (table: Tree): SnapshotTable => {
    const primary = pks?.(table)[0]
    const own = policies?.(table) ?? []
    return {
      schema: schemaIn(table),
      name: nameOf(table),
      columns: (columns?.(table) ?? []).map(readColumn),
      ...field('primaryKey', primary ? readKey(primary) : undefined),
      uniques: (uniques?.(table) ?? []).map(readUnique),
      checks: (checks?.(table) ?? []).map((check) => ({ name: nameOf(check), value: word(check, 'value') ?? '' })),
      foreignKeys: (fks?.(table) ?? []).map(readForeignKey),
      indexes: (indexes?.(table) ?? []).map(readIndex),
      policies: own.map(readPolicy),
      rowSecurity: yes(table, 'isRlsEnabled') || own.length > 0,
    }
  }
  return {
    version,
    says: new Set(['sequences', 'checks', 'policies', 'views', 'roles']),
    schemas: all('schemas')
      .map(nameOf)
      .filter((schema) => schema !== 'public'),
    enums: all('enums').map((type) => ({ schema: schemaIn(type), name: nameOf(type), labels: words(type, 'values') })),
    sequences: all('sequences').map((sequence) => ({
      schema: schemaIn(sequence),
      name: nameOf(sequence),
      ...readSequenceOptions(sequence, 'incrementBy', 'cacheSize'),
    })),
    roles: all('roles').map((role) => ({ name: nameOf(role), options: roleOptions(role) })),
    tables: tables.map(readTable),
    linkedPolicies: all('policies')
      .filter((policy) => !known.has(memberKey(policy)))
      .map((policy) => ({ ...readPolicy(policy), on: `${quoteIdentifier(schemaIn(policy))}.${quoteIdentifier(word(policy, 'table') ?? '')}` })),
    views: all('views')
      .filter((view) => word(view, 'definition'))
      .map(readView),
    existingViews: all('views')
      .filter((view) => !word(view, 'definition'))
      .map((view) => ({ schema: schemaIn(view), name: nameOf(view) })),
  }
}
