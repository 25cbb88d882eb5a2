/** What information_schema and pg_catalog would show of a catalog in memory: just enough to answer the conditions of DO blocks. */
import type { Attribute, Catalog, Constraint } from '../model/catalog.ts'
import { localName, parseKey, partsOf, type QualifiedName, qualified, quoteIdentifier, type RelationName, schemaOf } from '../model/name.ts'
import { constraintIndexes } from './names.ts'
import { printIndex } from './print.ts'
import { displayType } from './types.ts'

/** A value that memory does not have. */
export const unknown: unique symbol = Symbol('unknown')
/** A value that memory does not have, but that is not NULL. */
export const present: unique symbol = Symbol('present')

export type Value = string | number | boolean | null | typeof unknown | typeof present
/** `maybe`: the row may be there. A column that a row does not have is unknown. */
export type Row = { readonly [column: string]: Value } & { readonly maybe?: true }

/** Object identifiers stand as texts, so that joins over them work. */
export const relationOid = (name: RelationName): string => `relation ${name}`
export const namespaceOid = (schema: string): string => `namespace ${quoteIdentifier(schema)}`
export const typeOid = (name: string): string => `type ${name}`

type Maker = (catalog: Catalog) => readonly Row[]

const named = <T>(map: ReadonlyMap<QualifiedName, T>, row: (schema: string, name: string, value: T, key: QualifiedName) => Row): readonly Row[] =>
  [...map].map(([key, value]) => row(schemaOf(key), localName(key), value, key))

const spelled: Readonly<Record<string, string>> = {
  timestamptz: 'timestamp with time zone',
  timestamp: 'timestamp without time zone',
  timetz: 'time with time zone',
  time: 'time without time zone',
  varchar: 'character varying',
  bpchar: 'character',
}

/** information_schema's data_type: a type of the user's is USER-DEFINED. */
const dataType = ({ type }: Attribute): string => {
  if (type.array) return 'ARRAY'
  if (type.schema !== 'pg_catalog') return 'USER-DEFINED'
  return spelled[type.name] ?? displayType({ ...type, typmods: [] })
}

const columnRow = (schema: string, table: string, attribute: Attribute, at: number): Row => ({
  table_schema: schema,
  table_name: table,
  column_name: attribute.name,
  ordinal_position: at + 1,
  is_nullable: attribute.notNull ? 'NO' : 'YES',
  data_type: dataType(attribute),
  udt_name: `${attribute.type.array ? '_' : ''}${attribute.type.name}`,
  udt_schema: attribute.type.schema ?? unknown,
  column_default: attribute.default === undefined ? null : present,
  is_identity: attribute.identity ? 'YES' : 'NO',
  identity_generation: attribute.identity ? (attribute.identity.always ? 'ALWAYS' : 'BY DEFAULT') : null,
  is_generated: attribute.generated ? 'ALWAYS' : 'NEVER',
  generation_expression: attribute.generated ? present : null,
  character_maximum_length:
    attribute.type.typmods.length === 0 || !['varchar', 'bpchar'].includes(attribute.type.name) ? null : (lengthOf(attribute) ?? unknown),
})

const lengthOf = ({ type }: Attribute): number | undefined => {
  const typmod = type.typmods[0] as { A_Const?: { ival?: { ival?: number } } } | undefined
  return typmod?.A_Const?.ival?.ival
}

const columns: Maker = (catalog) => [
  ...[...catalog.tables].flatMap(([name, table]) => table.columns.map((attribute, at) => columnRow(schemaOf(name), localName(name), attribute, at))),
  ...[...catalog.views]
    .filter(([, view]) => !view.materialized)
    .flatMap(([name, view]) =>
      view.columns.map(
        (column, at): Row => ({
          table_schema: schemaOf(name),
          table_name: localName(name),
          column_name: column,
          ordinal_position: at + 1,
          is_nullable: 'YES',
          column_default: null,
        }),
      ),
    ),
]

const constraintLetters = { 'primary key': 'p', unique: 'u', check: 'c', 'foreign key': 'f', exclusion: 'x' } as const

type Listed = { readonly on: RelationName; readonly name: string; readonly constraint: Constraint }
const constraints = (catalog: Catalog): readonly Listed[] =>
  [...catalog.tables].flatMap(([on, table]) => [...table.constraints].map(([name, constraint]) => ({ on, name, constraint })))

const tableConstraints: Maker = (catalog) => [
  ...constraints(catalog)
    .filter(({ constraint }) => constraint.type !== 'exclusion')
    .map(
      ({ on, name, constraint }): Row => ({
        constraint_schema: schemaOf(on),
        constraint_name: name,
        table_schema: schemaOf(on),
        table_name: localName(on),
        constraint_type: constraint.type.toUpperCase(),
        is_deferrable: 'deferrable' in constraint && constraint.deferrable ? 'YES' : 'NO',
        initially_deferred: 'initiallyDeferred' in constraint && constraint.initiallyDeferred ? 'YES' : 'NO',
      }),
    ),
  // NOT NULL is listed as CHECK, under a name that depends on the major.
  ...[...catalog.tables].flatMap(([on, table]) =>
    table.columns.flatMap(({ notNull }): readonly Row[] =>
      notNull
        ? [
            {
              maybe: true,
              constraint_schema: schemaOf(on),
              constraint_name: notNull.name,
              table_schema: schemaOf(on),
              table_name: localName(on),
              constraint_type: 'CHECK',
            } as Row,
          ]
        : [],
    ),
  ),
]

const keyColumns: Maker = (catalog) =>
  constraints(catalog).flatMap(({ on, name, constraint }) =>
    'columns' in constraint
      ? constraint.columns.map(
          (column, at): Row => ({
            constraint_schema: schemaOf(on),
            constraint_name: name,
            table_schema: schemaOf(on),
            table_name: localName(on),
            column_name: column,
            ordinal_position: at + 1,
          }),
        )
      : [],
  )

/** Columns that constraints use: a foreign key's are those it references. */
const usedColumns: Maker = (catalog) =>
  constraints(catalog).flatMap(({ on, name, constraint }) => {
    const target = constraint.type === 'foreign key' ? constraint.references : on
    const used: readonly Value[] = constraint.type === 'foreign key' ? constraint.referenced : 'columns' in constraint ? constraint.columns : [unknown]
    return used.map(
      (column): Row => ({
        constraint_schema: schemaOf(on),
        constraint_name: name,
        table_schema: schemaOf(target),
        table_name: localName(target),
        column_name: column,
      }),
    )
  })

const actionLetters = { 'no action': 'a', restrict: 'r', cascade: 'c', 'set null': 'n', 'set default': 'd' } as const

const referential: Maker = (catalog) =>
  constraints(catalog).flatMap(({ on, name, constraint }): readonly Row[] =>
    constraint.type === 'foreign key'
      ? [
          {
            constraint_schema: schemaOf(on),
            constraint_name: name,
            delete_rule: constraint.onDelete.toUpperCase(),
            update_rule: constraint.onUpdate.toUpperCase(),
          },
        ]
      : [],
  )

const pgConstraint: Maker = (catalog) => [
  ...constraints(catalog).map(
    ({ on, name, constraint }): Row => ({
      oid: `constraint ${on}.${name}`,
      conname: name,
      conrelid: relationOid(on),
      connamespace: namespaceOid(schemaOf(on)),
      contypid: 0,
      contype: constraintLetters[constraint.type],
      confrelid: constraint.type === 'foreign key' ? relationOid(constraint.references) : 0,
      convalidated: !('state' in constraint) || constraint.state === 'valid',
      condeferrable: 'deferrable' in constraint && constraint.deferrable,
      condeferred: 'initiallyDeferred' in constraint && constraint.initiallyDeferred,
      confdeltype: constraint.type === 'foreign key' ? actionLetters[constraint.onDelete] : ' ',
      confupdtype: constraint.type === 'foreign key' ? actionLetters[constraint.onUpdate] : ' ',
      conkey: present,
    }),
  ),
  ...[...catalog.types].flatMap(([on, type]): readonly Row[] =>
    type.kind === 'domain'
      ? [...type.constraints.keys()].map((conname) => ({ conname, conrelid: 0, connamespace: namespaceOid(schemaOf(on)), contypid: typeOid(on), contype: 'c' }))
      : [],
  ),
  // PostgreSQL 18 keeps NOT NULL here, older majors do not.
  ...[...catalog.tables].flatMap(([on, table]) =>
    table.columns.flatMap(({ notNull }): readonly Row[] =>
      notNull
        ? [{ maybe: true, conname: notNull.name, conrelid: relationOid(on), connamespace: namespaceOid(schemaOf(on)), contypid: 0, contype: 'n' } as Row]
        : [],
    ),
  ),
]

const relkinds = { table: 'r', partitioned: 'p', foreign: 'f' } as const

const relationRow = (name: RelationName, relkind: string, more: { readonly [column: string]: Value } = {}): Row => ({
  oid: relationOid(name),
  relname: localName(name),
  relnamespace: namespaceOid(schemaOf(name)),
  relkind,
  relrowsecurity: false,
  relforcerowsecurity: false,
  relispartition: false,
  ...more,
})

/** Names of all indexes, those of constraints included, with their relation. */
const allIndexes = (
  catalog: Catalog,
): readonly { readonly name: RelationName; readonly on: RelationName; readonly unique: boolean; readonly primary: boolean }[] => [
  ...[...catalog.indexes].map(([name, index]) => ({ name, on: index.relation, unique: index.unique, primary: false })),
  ...[...catalog.tables].flatMap(([on, table]) =>
    [...constraintIndexes(table)].map((name) => {
      const type = table.constraints.get(name)?.type
      return { name: qualified(schemaOf(on), name), on, unique: type !== 'exclusion', primary: type === 'primary key' }
    }),
  ),
]

const pgClass: Maker = (catalog) => [
  ...[...catalog.tables].map(([name, table]) =>
    relationRow(name, relkinds[table.kind], {
      relrowsecurity: table.rowSecurity,
      relforcerowsecurity: table.forceRowSecurity,
      relispartition: table.partitionOf !== undefined,
      relpersistence: table.persistence === 'unlogged' ? 'u' : 'p',
    }),
  ),
  ...[...catalog.views].map(([name, view]) => relationRow(name, view.materialized ? 'm' : 'v')),
  ...allIndexes(catalog).map(({ name }) => relationRow(name, 'i')),
  ...[...catalog.sequences.keys()].map((name) => relationRow(name, 'S')),
  ...[...catalog.types].filter(([, type]) => type.kind === 'composite').map(([name]) => relationRow(name, 'c')),
]

const pgAttribute: Maker = (catalog) => [
  ...[...catalog.tables].flatMap(([on, table]) =>
    table.columns.map(
      (attribute, at): Row => ({
        attrelid: relationOid(on),
        attname: attribute.name,
        attnotnull: attribute.notNull !== false,
        attisdropped: false,
        attnum: at + 1,
        atthasdef: attribute.default !== undefined || attribute.generated !== undefined,
        attidentity: attribute.identity ? (attribute.identity.always ? 'a' : 'd') : '',
        attgenerated: attribute.generated ? (attribute.generated.stored ? 's' : 'v') : '',
        atttypid: attribute.type.schema === undefined || attribute.type.array ? unknown : typeOid(qualified(attribute.type.schema, attribute.type.name)),
      }),
    ),
  ),
  ...[...catalog.views].flatMap(([on, view]) =>
    view.columns.map((attname, at): Row => ({ attrelid: relationOid(on), attname, attnotnull: false, attisdropped: false, attnum: at + 1 })),
  ),
]

/** Types that well-known extensions bring. */
const extensionTypes: Readonly<Record<string, readonly string[]>> = {
  vector: ['vector', 'halfvec', 'sparsevec'],
  citext: ['citext'],
  hstore: ['hstore'],
  ltree: ['ltree', 'lquery', 'ltxtquery'],
  postgis: ['geometry', 'geography', 'box2d', 'box3d'],
  cube: ['cube'],
}
const typeLetters = { enum: 'e', domain: 'd', composite: 'c', range: 'r', base: 'b' } as const

const pgType: Maker = (catalog) => [
  ...named(
    catalog.types,
    (schema, typname, type, key): Row => ({
      oid: typeOid(key),
      typname,
      typnamespace: namespaceOid(schema),
      typtype: typeLetters[type.kind],
      typrelid: type.kind === 'composite' ? relationOid(key) : 0,
    }),
  ),
  ...[...catalog.tables.keys(), ...catalog.views.keys()].map(
    (name): Row => ({ oid: typeOid(name), typname: localName(name), typnamespace: namespaceOid(schemaOf(name)), typtype: 'c', typrelid: relationOid(name) }),
  ),
  ...[...catalog.extensions].flatMap(([extension, { schema }]) =>
    (extensionTypes[extension] ?? []).map(
      (typname): Row => ({
        oid: typeOid(qualified(schema ?? 'public', typname)),
        typname,
        typnamespace: namespaceOid(schema ?? 'public'),
        typtype: 'b',
      }),
    ),
  ),
]

const pgEnum: Maker = (catalog) =>
  [...catalog.types].flatMap(([name, type]) =>
    type.kind === 'enum' ? type.labels.map((enumlabel, at): Row => ({ enumtypid: typeOid(name), enumlabel, enumsortorder: at + 1 })) : [],
  )

const schemas = (catalog: Catalog): readonly string[] => [...catalog.schemas.keys(), 'pg_catalog', 'information_schema', 'pg_toast']

const policies = (catalog: Catalog, row: (on: RelationName, name: string, command: string, permissive: boolean) => Row): readonly Row[] =>
  [...catalog.tables].flatMap(([on, table]) => [...table.policies].map(([name, policy]) => row(on, name, policy.command, policy.permissive)))

const policyLetters: Readonly<Record<string, string>> = { all: '*', select: 'r', insert: 'a', update: 'w', delete: 'd' }

const triggers = (catalog: Catalog, row: (on: RelationName, name: string, enabled: string) => Row): readonly Row[] =>
  [...catalog.tables, ...catalog.views].flatMap(([on, relation]) => [...relation.triggers].map(([name, trigger]) => row(on, name, trigger.enabled)))

/** The migrating role and the roles of every cluster may have any name. */
const roles =
  (column: string): Maker =>
  (catalog) => [...[...catalog.roles.keys()].map((name): Row => ({ [column]: name })), { [column]: 'postgres', maybe: true } as unknown as Row]

const routineNames = (catalog: Catalog): readonly { readonly schema: string; readonly name: string; readonly kind: string }[] =>
  [...catalog.routines].map(([key, { kind }]) => ({ schema: partsOf(key)[0] ?? '', name: partsOf(key)[1] ?? '', kind }))

const routineLetters: Readonly<Record<string, string>> = { function: 'f', procedure: 'p', aggregate: 'a' }
const enabledLetters: Readonly<Record<string, string>> = { origin: 'O', disabled: 'D', replica: 'R', always: 'A' }

const definitionNames = (catalog: Catalog, type: string): readonly string[] =>
  [...catalog.definitions].filter(([, definition]) => definition.type === type).map(([key]) => partsOf(parseKey(key).name).at(-1) ?? '')

const makers: Readonly<Record<string, Maker>> = {
  'information_schema.columns': columns,
  'information_schema.tables': (catalog) => [
    ...named(
      catalog.tables,
      (table_schema, table_name, table): Row => ({ table_schema, table_name, table_type: table.kind === 'foreign' ? 'FOREIGN' : 'BASE TABLE' }),
    ),
    ...[...catalog.views]
      .filter(([, view]) => !view.materialized)
      .map(([name]): Row => ({ table_schema: schemaOf(name), table_name: localName(name), table_type: 'VIEW' })),
  ],
  'information_schema.table_constraints': tableConstraints,
  'information_schema.key_column_usage': keyColumns,
  'information_schema.constraint_column_usage': usedColumns,
  'information_schema.referential_constraints': referential,
  'information_schema.schemata': (catalog) => schemas(catalog).map((schema_name) => ({ schema_name })),
  'information_schema.views': (catalog) =>
    [...catalog.views].filter(([, view]) => !view.materialized).map(([name]): Row => ({ table_schema: schemaOf(name), table_name: localName(name) })),
  'information_schema.routines': (catalog) =>
    routineNames(catalog).map(({ schema, name, kind }) => ({ routine_schema: schema, routine_name: name, routine_type: kind.toUpperCase() })),
  'information_schema.sequences': (catalog) => named(catalog.sequences, (sequence_schema, sequence_name) => ({ sequence_schema, sequence_name })),
  'information_schema.triggers': (catalog) =>
    triggers(catalog, (on, name) => ({
      trigger_schema: schemaOf(on),
      trigger_name: name,
      event_object_schema: schemaOf(on),
      event_object_table: localName(on),
    })),
  'pg_catalog.pg_class': pgClass,
  'pg_catalog.pg_namespace': (catalog) => schemas(catalog).map((nspname) => ({ oid: namespaceOid(nspname), nspname })),
  'pg_catalog.pg_constraint': pgConstraint,
  'pg_catalog.pg_attribute': pgAttribute,
  'pg_catalog.pg_type': pgType,
  'pg_catalog.pg_enum': pgEnum,
  'pg_catalog.pg_tables': (catalog) => named(catalog.tables, (schemaname, tablename, table) => ({ schemaname, tablename, rowsecurity: table.rowSecurity })),
  'pg_catalog.pg_views': (catalog) =>
    [...catalog.views].filter(([, view]) => !view.materialized).map(([name]) => ({ schemaname: schemaOf(name), viewname: localName(name) })),
  'pg_catalog.pg_matviews': (catalog) =>
    [...catalog.views]
      .filter(([, view]) => view.materialized)
      .map(([name, view]) => ({ schemaname: schemaOf(name), matviewname: localName(name), ispopulated: view.withData })),
  'pg_catalog.pg_indexes': (catalog) =>
    allIndexes(catalog).map(({ name, on }) => {
      const index = catalog.indexes.get(name)
      return { schemaname: schemaOf(name), tablename: localName(on), indexname: localName(name), indexdef: index ? printIndex(name, index, false) : present }
    }),
  'pg_catalog.pg_index': (catalog) =>
    allIndexes(catalog).map(({ name, on, unique, primary }) => ({
      indexrelid: relationOid(name),
      indrelid: relationOid(on),
      indisunique: unique,
      indisprimary: primary,
      indisvalid: true,
    })),
  'pg_catalog.pg_sequences': (catalog) => named(catalog.sequences, (schemaname, sequencename) => ({ schemaname, sequencename })),
  'pg_catalog.pg_policies': (catalog) =>
    policies(catalog, (on, name, command, permissive) => ({
      schemaname: schemaOf(on),
      tablename: localName(on),
      policyname: name,
      cmd: command.toUpperCase(),
      permissive: permissive ? 'PERMISSIVE' : 'RESTRICTIVE',
    })),
  'pg_catalog.pg_policy': (catalog) =>
    policies(catalog, (on, name, command, permissive) => ({
      polname: name,
      polrelid: relationOid(on),
      polcmd: policyLetters[command] ?? '*',
      polpermissive: permissive,
    })),
  'pg_catalog.pg_trigger': (catalog) =>
    triggers(catalog, (on, name, enabled) => ({ tgname: name, tgrelid: relationOid(on), tgisinternal: false, tgenabled: enabledLetters[enabled] ?? 'O' })),
  'pg_catalog.pg_rules': (catalog) =>
    [...catalog.tables, ...catalog.views].flatMap(([on, relation]) =>
      [...relation.rules.keys()].map((rulename) => ({ schemaname: schemaOf(on), tablename: localName(on), rulename })),
    ),
  'pg_catalog.pg_extension': (catalog) => [
    ...[...catalog.extensions].map(
      ([extname, { schema }]): Row => ({ extname, extversion: present, extnamespace: schema === undefined ? unknown : namespaceOid(schema) }),
    ),
    { extname: 'plpgsql', extversion: present, extnamespace: namespaceOid('pg_catalog') },
  ],
  'pg_catalog.pg_proc': (catalog) =>
    routineNames(catalog).map(({ schema, name, kind }) => ({ proname: name, pronamespace: namespaceOid(schema), prokind: routineLetters[kind] ?? 'f' })),
  'pg_catalog.pg_roles': roles('rolname'),
  'pg_catalog.pg_authid': roles('rolname'),
  'pg_catalog.pg_user': roles('usename'),
  'pg_catalog.pg_inherits': (catalog) =>
    [...catalog.tables].flatMap(([name, table]) =>
      [...table.inherits, ...(table.partitionOf ? [table.partitionOf.parent] : [])].map((parent) => ({
        inhrelid: relationOid(name),
        inhparent: relationOid(parent),
      })),
    ),
  'pg_catalog.pg_partitioned_table': (catalog) =>
    [...catalog.tables].filter(([, { kind }]) => kind === 'partitioned').map(([name]) => ({ partrelid: relationOid(name) })),
  'pg_catalog.pg_publication': (catalog) => definitionNames(catalog, 'publication').map((pubname) => ({ pubname })),
  'pg_catalog.pg_event_trigger': (catalog) => definitionNames(catalog, 'event trigger').map((evtname) => ({ evtname })),
  'pg_catalog.pg_statistic_ext': (catalog) => definitionNames(catalog, 'statistics').map((stxname) => ({ stxname })),
  'pg_catalog.pg_foreign_server': (catalog) => definitionNames(catalog, 'server').map((srvname) => ({ srvname })),
}

const made = new WeakMap<Catalog, Map<string, readonly Row[]>>()

/** The rows of a table of information_schema or pg_catalog; undefined for one that memory does not show. `schema` is undefined when it was not written. */
export const systemTable = (catalog: Catalog, schema: string | undefined, name: string): readonly Row[] | undefined => {
  const key = `${schema ?? 'pg_catalog'}.${name}`
  const maker = makers[key]
  if (!maker) return undefined
  const tables = made.get(catalog) ?? new Map<string, readonly Row[]>()
  made.set(catalog, tables)
  const rows = tables.get(key) ?? maker(catalog)
  tables.set(key, rows)
  return rows
}
