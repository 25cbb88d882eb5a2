/**
 * The catalog: everything that a schema history has made, at one moment, in memory. Plain immutable values; every change makes a new catalog that shares
 * what it did not touch. Order matters in three places only: columns, enum labels and composite attributes (arrays); maps are unordered.
 */
import type { Json, Tree } from './json.ts'
import type { ObjectKey, QualifiedName, RelationName } from './name.ts'

/**
 * An expression as PostgreSQL parsed it: no locations; types, relations and sequences qualified where the catalog knows them. Columns are written as the
 * table's own (last field), except in views and sub-selects.
 */
export type Expression = Tree

/** A type as a column, an argument or a cast names it. */
export type TypeReference = {
  /** Absent when neither the catalog nor `pg_catalog` has it: it is then looked up in the search path (extension types). */
  readonly schema?: string
  readonly name: string
  /** Modifiers as the parser gives them: `varchar(10)`, `interval(32767,3)`. */
  readonly typmods: readonly Json[]
  readonly array: boolean
}

/** A column of a table, or an attribute of a composite type. */
export type Attribute = {
  readonly name: string
  readonly type: TypeReference
  readonly collation?: readonly string[]
  /** `false`, or the NOT NULL constraint's name (PostgreSQL 18 names and keeps it; the implied one is `t_a_not_null`). */
  readonly notNull: false | { readonly name: string; readonly noInherit?: boolean; readonly notValid?: boolean }
  /** An expression, or the sequence that a `nextval('…'::regclass)` default is bound to. */
  readonly default?: Expression | { readonly sequence: RelationName }
  readonly identity?: { readonly always: boolean; readonly sequence: RelationName }
  readonly generated?: { readonly stored: boolean; readonly expression: Expression }
  readonly storage?: string
  readonly compression?: string
  readonly statistics?: number
  readonly options?: Options
  /** OPTIONS of a foreign table's column, for its foreign data wrapper. */
  readonly foreignOptions?: Options
  /** Inherited from a parent and not defined here. */
  readonly inherited?: true
}

/** Storage parameters and the like: `fillfactor` → `70`. Keys as written, namespace included (`toast.autovacuum_enabled`). */
export type Options = { readonly [name: string]: string }

/** Deferral, as in the manual's CREATE TABLE. */
export type Deferral = { readonly deferrable: boolean; readonly initiallyDeferred: boolean }

export type IndexElement = {
  /** A column's name or an expression. */
  readonly on: string | Expression
  readonly collation?: readonly string[]
  readonly operatorClass?: readonly string[]
  readonly operatorClassOptions?: Options
  readonly descending?: true
  readonly nulls?: 'first' | 'last'
}

/** A constraint of a table. NOT NULL lives on its column. Primary key, unique and exclusion own an index of the same name. */
export type Constraint =
  | ({
      readonly type: 'primary key' | 'unique'
      readonly columns: readonly string[]
      readonly include: readonly string[]
      readonly nullsNotDistinct: boolean
      readonly options: Options
      readonly withoutOverlaps?: true
    } & Deferral)
  | {
      readonly type: 'check'
      readonly expression: Expression
      readonly noInherit: boolean
      readonly state: 'valid' | 'not valid' | 'not enforced'
      readonly inherited?: true
    }
  | ({
      readonly type: 'foreign key'
      readonly columns: readonly string[]
      readonly references: RelationName
      readonly referenced: readonly string[]
      readonly match: 'simple' | 'full'
      readonly onUpdate: ForeignKeyAction
      readonly onDelete: ForeignKeyAction
      readonly setColumns: readonly string[]
      readonly state: 'valid' | 'not valid' | 'not enforced'
      readonly period?: true
    } & Deferral)
  | ({
      readonly type: 'exclusion'
      readonly method: string
      readonly elements: readonly { readonly element: IndexElement; readonly operator: readonly string[] }[]
      readonly include: readonly string[]
      readonly where?: Expression
      readonly options: Options
    } & Deferral)

export type ForeignKeyAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default'

/** A row-level security policy. */
export type Policy = {
  readonly permissive: boolean
  readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete'
  /** Role names; `public`, `current_user` … as keywords are written upper case. */
  readonly roles: readonly string[]
  readonly using?: Expression
  readonly check?: Expression
}

/** A trigger: its CREATE TRIGGER tree (relation and function qualified), and when it fires. */
export type Trigger = { readonly definition: Tree; readonly enabled: 'origin' | 'disabled' | 'replica' | 'always' }
/** A rewrite rule: its CREATE RULE tree, and when it fires. */
export type RewriteRule = { readonly definition: Tree; readonly enabled: Trigger['enabled'] }

/** A table: ordinary, partitioned or foreign. */
export type Table = {
  readonly kind: 'table' | 'partitioned' | 'foreign'
  readonly persistence: 'permanent' | 'unlogged'
  readonly columns: readonly Attribute[]
  readonly constraints: ReadonlyMap<string, Constraint>
  readonly policies: ReadonlyMap<string, Policy>
  readonly triggers: ReadonlyMap<string, Trigger>
  readonly rules: ReadonlyMap<string, RewriteRule>
  readonly options: Options
  readonly rowSecurity: boolean
  readonly forceRowSecurity: boolean
  /** `default`, `full`, `nothing`, or the index's name. */
  readonly replicaIdentity?: 'full' | 'nothing' | { readonly index: string }
  readonly clusterOn?: string
  /** The PartitionSpec tree of a partitioned table. */
  readonly partitionBy?: Tree
  readonly partitionOf?: { readonly parent: RelationName; readonly bound: Tree }
  readonly inherits: readonly RelationName[]
  readonly accessMethod?: string
  readonly tablespace?: string
  readonly ofType?: QualifiedName
  readonly foreign?: { readonly server: string; readonly options: Options }
}

/** An index that no constraint owns. */
export type Index = {
  /** The table or materialised view. */
  readonly relation: RelationName
  readonly method: string
  readonly elements: readonly IndexElement[]
  readonly include: readonly string[]
  readonly where?: Expression
  readonly unique: boolean
  readonly nullsNotDistinct: boolean
  readonly options: Options
  readonly only?: true
  readonly tablespace?: string
  /** Parent index of a partition's index. */
  readonly attachedTo?: RelationName
  readonly statistics?: { readonly [column: string]: number }
}

export type Sequence = {
  readonly type: 'smallint' | 'integer' | 'bigint'
  /** The options that were given, as text: start, increment, minvalue, maxvalue, cache, cycle. What is absent has PostgreSQL's default. */
  readonly options: Options
  readonly persistence: 'permanent' | 'unlogged'
  /** OWNED BY. An identity's sequence has the mode `internal` and is dropped only with its column. */
  readonly ownedBy?: { readonly table: RelationName; readonly column: string; readonly mode: 'auto' | 'internal' }
}

/** A view or materialised view. */
export type View = {
  readonly materialized: boolean
  /** The SELECT's tree: relations qualified, columns qualified by their range, `*` expanded. */
  readonly query: Tree
  readonly columns: readonly string[]
  /** What the query reads: tables, views, columns, types, routines. `exact` is false where a column could not be traced: it then stands for every column of its relations. */
  readonly reads: readonly ObjectKey[]
  readonly exact: boolean
  readonly options: Options
  readonly checkOption?: 'local' | 'cascaded'
  readonly withData: boolean
  readonly rules: ReadonlyMap<string, RewriteRule>
  readonly triggers: ReadonlyMap<string, Trigger>
  readonly tablespace?: string
  readonly accessMethod?: string
}

/** A function, procedure or aggregate: its CREATE tree, types and relations qualified. The body of a string function is text and follows no rename, as in PostgreSQL. */
export type Routine = { readonly kind: 'function' | 'procedure' | 'aggregate'; readonly definition: Tree }

export type DomainConstraint = { readonly expression: Expression; readonly notValid: boolean }

/** A type that a user made. */
export type Type =
  | { readonly kind: 'enum'; readonly labels: readonly string[] }
  | {
      readonly kind: 'domain'
      readonly base: TypeReference
      readonly collation?: readonly string[]
      /** PostgreSQL keeps its name since 17; it is taken to have one in every major, as a column's. */
      readonly notNull: false | { readonly name: string }
      readonly default?: Expression
      readonly constraints: ReadonlyMap<string, DomainConstraint>
    }
  | {
      readonly kind: 'composite'
      readonly attributes: readonly { readonly name: string; readonly type: TypeReference; readonly collation?: readonly string[] }[]
    }
  | { readonly kind: 'range' | 'base'; readonly definition: Tree }

export type Schema = Record<never, never>
export type Extension = { readonly schema?: string; readonly version?: string }
export type Role = { readonly options: Options; readonly memberOf: readonly string[] }

/** An object that is one definition: collation, statistics, publication, event trigger, foreign server, cast, text search configuration … */
export type Definition = {
  /** The manual's word after CREATE: `publication`, `event trigger`, `statistics`. */
  readonly type: string
  /** The CREATE statement's tree, names qualified. */
  readonly create: Tree
  /** What was altered since, in order (ALTER statements' trees). */
  readonly alters: readonly Tree[]
}

/** Privileges of one object: grantee → privilege → with grant option. Absent in the catalog = PostgreSQL's built-in default (`acldefault`). */
export type Privileges = { readonly [grantee: string]: { readonly [privilege: string]: boolean } }

export type Catalog = {
  readonly schemas: ReadonlyMap<string, Schema>
  readonly extensions: ReadonlyMap<string, Extension>
  readonly types: ReadonlyMap<QualifiedName, Type>
  readonly sequences: ReadonlyMap<RelationName, Sequence>
  readonly tables: ReadonlyMap<RelationName, Table>
  readonly indexes: ReadonlyMap<RelationName, Index>
  readonly views: ReadonlyMap<RelationName, View>
  /** By `"schema"."name"(argument types)`. */
  readonly routines: ReadonlyMap<string, Routine>
  readonly definitions: ReadonlyMap<ObjectKey, Definition>
  readonly comments: ReadonlyMap<ObjectKey, string>
  /** The privileges facet. */
  readonly privileges: ReadonlyMap<ObjectKey, Privileges>
  /** ALTER DEFAULT PRIVILEGES: by `default privileges "role"."schema"."object type"`; only what it adds to or takes from the built-in default. */
  readonly defaultPrivileges: ReadonlyMap<ObjectKey, Privileges>
  /** The owners facet: only objects whose owner is not the migrating role. */
  readonly owners: ReadonlyMap<ObjectKey, string>
  /** The roles facet: the cluster's, not the database's. */
  readonly roles: ReadonlyMap<string, Role>
}
