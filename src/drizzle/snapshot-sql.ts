/** The schema that a snapshot describes, as DDL: one statement for each thing, so that one that cannot be read hides no other. */
import type { Tree } from '../model/json.ts'
import { keyOf, member, type ObjectKey, type QualifiedName, qualified, quoteIdentifier } from '../model/name.ts'
import { identifiers, quoteLiteral } from '../sql/print.ts'
import type {
  SnapshotCatalog,
  SnapshotColumn,
  SnapshotForeignKey,
  SnapshotIndex,
  SnapshotName,
  SnapshotPolicy,
  SnapshotSequenceOptions,
  SnapshotTable,
  SnapshotView,
} from './snapshot-catalog.ts'
import { readSnapshot } from './snapshot-reader.ts'

/** A statement, and the object that it makes (the table, for its row security). Names are as the snapshot has them, however long. */
export type SnapshotStatement = { readonly makes: ObjectKey; readonly sql: string }

const nameIn = ({ schema, name }: SnapshotName): QualifiedName => qualified(schema, name)

const sequenceOptions = ({ increment, minValue, maxValue, startWith, cache, cycle }: SnapshotSequenceOptions): string =>
  [
    ...(increment === undefined ? [] : [`INCREMENT BY ${increment}`]),
    ...(minValue === undefined ? [] : [`MINVALUE ${minValue}`]),
    ...(maxValue === undefined ? [] : [`MAXVALUE ${maxValue}`]),
    ...(startWith === undefined ? [] : [`START WITH ${startWith}`]),
    ...(cache === undefined ? [] : [`CACHE ${cache}`]),
    ...(cycle ? ['CYCLE'] : []),
  ].join(' ')

const identityOf = ({ schema }: SnapshotName, identity: NonNullable<SnapshotColumn['identity']>): string =>
  ` GENERATED ${identity.always ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY (SEQUENCE NAME ${qualified(schema, identity.sequence)} ${sequenceOptions(identity)})`

const columnSql = (table: SnapshotTable, column: SnapshotColumn): string =>
  `${quoteIdentifier(column.name)} ${column.type}${column.default === undefined ? '' : ` DEFAULT ${column.default}`}${column.generated === undefined ? '' : ` GENERATED ALWAYS AS (${column.generated}) STORED`}${
    column.notNull && !column.identity ? ' NOT NULL' : ''
  }${column.identity ? identityOf(table, column.identity) : ''}`

const keysInside = ({ primaryKey, uniques }: SnapshotTable): readonly string[] => [
  ...(primaryKey
    ? [`${primaryKey.name === undefined ? '' : `CONSTRAINT ${quoteIdentifier(primaryKey.name)} `}PRIMARY KEY (${identifiers(primaryKey.columns)})`]
    : []),
  ...uniques.map(
    ({ name, columns, nullsNotDistinct }) =>
      `CONSTRAINT ${quoteIdentifier(name)} UNIQUE${nullsNotDistinct ? ' NULLS NOT DISTINCT' : ''} (${identifiers(columns)})`,
  ),
]

/** Keys stand inside, as drizzle-kit writes them: there PostgreSQL makes one of a primary key and a unique over the same columns. */
const tableSql = (table: SnapshotTable): SnapshotStatement => ({
  makes: keyOf('table', nameIn(table)),
  sql: `CREATE TABLE ${nameIn(table)} (\n  ${[...table.columns.map((column) => columnSql(table, column)), ...keysInside(table)].join(',\n  ')}\n)`,
})

const constraint = (on: QualifiedName, name: string, definition: string): SnapshotStatement => ({
  makes: keyOf('constraint', member(on, name)),
  sql: `ALTER TABLE ${on} ADD CONSTRAINT ${quoteIdentifier(name)} ${definition}`,
})

const checks = (table: SnapshotTable): readonly SnapshotStatement[] =>
  table.checks.map(({ name, value }) => constraint(nameIn(table), name, `CHECK (${value})`))

const foreignKeySql = (on: QualifiedName, { name, columns, references, referenced, onUpdate, onDelete }: SnapshotForeignKey): SnapshotStatement =>
  constraint(
    on,
    name,
    `FOREIGN KEY (${identifiers(columns)}) REFERENCES ${nameIn(references)} (${identifiers(referenced)}) ON UPDATE ${onUpdate} ON DELETE ${onDelete}`,
  )

const elementSql = ({ value, isExpression, descending, nullsFirst, operatorClass }: SnapshotIndex['elements'][number]): string =>
  `${isExpression ? value : quoteIdentifier(value)}${operatorClass === undefined ? '' : ` ${operatorClass}`}${descending ? ' DESC' : ''}${nullsFirst === descending ? '' : nullsFirst ? ' NULLS FIRST' : ' NULLS LAST'}`

const indexSql = (table: SnapshotTable, { name, elements, unique, method, where, options }: SnapshotIndex): SnapshotStatement => ({
  makes: keyOf('index', qualified(table.schema, name)),
  sql: `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${quoteIdentifier(name)} ON ${nameIn(table)} USING ${method} (${elements.map(elementSql).join(', ')})${options === '' ? '' : ` WITH (${options})`}${where === undefined ? '' : ` WHERE ${where}`}`,
})

/** Words that stand for roles; drizzle-kit quotes every other name. */
const roleWords = new Set(['public', 'current_user', 'current_role', 'session_user'])

const policySql = (on: string, makes: ObjectKey, { name, permissive, command, roles, using, check }: SnapshotPolicy): SnapshotStatement => ({
  makes,
  sql: `CREATE POLICY ${quoteIdentifier(name)} ON ${on} AS ${permissive ? 'PERMISSIVE' : 'RESTRICTIVE'} FOR ${command} TO ${roles.map((role) => (roleWords.has(role) ? role : quoteIdentifier(role))).join(', ')}${
    using === undefined ? '' : ` USING (${using})`
  }${check === undefined ? '' : ` WITH CHECK (${check})`}`,
})

const rowSecurity = (table: SnapshotTable): readonly SnapshotStatement[] => {
  const on = nameIn(table)
  return [
    ...(table.rowSecurity ? [{ makes: keyOf('table', on), sql: `ALTER TABLE ${on} ENABLE ROW LEVEL SECURITY` }] : []),
    ...table.policies.map((policy) => policySql(on, keyOf('policy', member(on, policy.name)), policy)),
  ]
}

const viewSql = (view: SnapshotView): SnapshotStatement => ({
  makes: keyOf('view', nameIn(view)),
  sql: `CREATE ${view.materialized ? 'MATERIALIZED ' : ''}VIEW ${nameIn(view)}${view.using === undefined ? '' : ` USING ${quoteIdentifier(view.using)}`}${view.options === '' ? '' : ` WITH (${view.options})`}${
    view.tablespace === undefined ? '' : ` TABLESPACE ${quoteIdentifier(view.tablespace)}`
  } AS (${view.definition})${view.withNoData ? ' WITH NO DATA' : ''}`,
})

/** Where a linked policy's table stands as `"schema"."table"` or `table`. */
const linkedKey = (on: string, policy: string): ObjectKey => {
  const parts = [...on.matchAll(/"((?:[^"]|"")*)"|([^."\s]+)/g)].map((match) =>
    match[1] === undefined ? (match[2] ?? '').toLowerCase() : match[1].replaceAll('""', '"'),
  )
  return keyOf('policy', member(qualified(parts.length > 1 ? (parts[0] ?? 'public') : 'public', parts.at(-1) ?? ''), policy))
}

/** The statements of a snapshot, in an order in which they run; views may need others of the list before them. Roles are the cluster's: see `snapshotRoles`. */
export const snapshotStatements = (snapshot: SnapshotCatalog): readonly SnapshotStatement[] => [
  ...snapshot.schemas.map((schema) => ({ makes: keyOf('schema', quoteIdentifier(schema)), sql: `CREATE SCHEMA ${quoteIdentifier(schema)}` })),
  ...snapshot.enums.map((type) => ({
    makes: keyOf('type', nameIn(type)),
    sql: `CREATE TYPE ${nameIn(type)} AS ENUM (${type.labels.map(quoteLiteral).join(', ')})`,
  })),
  ...snapshot.sequences.map((sequence) => ({
    makes: keyOf('sequence', nameIn(sequence)),
    sql: `CREATE SEQUENCE ${nameIn(sequence)} ${sequenceOptions(sequence)}`.trim(),
  })),
  ...snapshot.tables.map(tableSql),
  ...snapshot.tables.flatMap(checks),
  ...snapshot.tables.flatMap((table) => table.indexes.map((index) => indexSql(table, index))),
  ...snapshot.tables.flatMap((table) => table.foreignKeys.map((key) => foreignKeySql(nameIn(table), key))),
  ...snapshot.views.map(viewSql),
  ...snapshot.tables.flatMap(rowSecurity),
  ...snapshot.linkedPolicies.map((policy) => policySql(policy.on, linkedKey(policy.on, policy.name), policy)),
]

/** The roles of a snapshot, as DDL without passwords. They are the cluster's, not the database's. */
export const snapshotRoles = (snapshot: SnapshotCatalog): readonly string[] =>
  snapshot.roles.map(({ name, options }) => `CREATE ROLE ${quoteIdentifier(name)}${options === '' ? '' : ` WITH ${options}`}`)

/** The schema that a snapshot (its text, or its parsed JSON) describes, as DDL statements without semicolons and without roles. Throws what `readSnapshot` throws. */
export const snapshotSql = (snapshot: string | Tree): readonly string[] => snapshotStatements(readSnapshot(snapshot)).map(({ sql }) => sql)
