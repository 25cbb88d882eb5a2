/**
 * The alphabet of changes: what a statement does to a catalog, with every name, implied object and cascade resolved. One kind does one thing to one object
 * (a rename also to all that names it), so that applying and inverting stay simple; one statement is often several changes.
 */
import type {
  Attribute,
  Constraint,
  Deferral,
  Definition,
  DomainConstraint,
  Expression,
  Extension,
  Index,
  Options,
  Policy,
  Privileges,
  RewriteRule,
  Role,
  Routine,
  Sequence,
  Table,
  Trigger,
  Type,
  TypeReference,
  View,
} from './catalog.ts'
import type { ObjectKey, QualifiedName, RelationName } from './name.ts'

type Renamed = { readonly from: string; readonly to: string }

export type Payloads = {
  'create-schema': { readonly name: string }
  'drop-schema': { readonly name: string }
  'rename-schema': Renamed

  'create-extension': { readonly name: string; readonly extension: Extension }
  'alter-extension': { readonly name: string; readonly to: Extension }
  'drop-extension': { readonly name: string }

  'create-type': { readonly name: QualifiedName; readonly type: Type }
  'drop-type': { readonly name: QualifiedName }
  'rename-type': { readonly name: QualifiedName; readonly to: string }
  /** `at` is the label's place among all labels, from 0. */
  'add-enum-value': { readonly type: QualifiedName; readonly value: string; readonly at: number }
  'rename-enum-value': { readonly type: QualifiedName; readonly from: string; readonly to: string }
  /** No statement of PostgreSQL removes or moves a label: this is written as a rebuild of the type. */
  'set-enum-values': { readonly type: QualifiedName; readonly to: readonly string[] }
  'set-domain-default': { readonly domain: QualifiedName; readonly to: Expression | undefined }
  'set-domain-not-null': { readonly domain: QualifiedName; readonly to: false | { readonly name: string } }
  'add-domain-constraint': { readonly domain: QualifiedName; readonly name: string; readonly constraint: DomainConstraint }
  'drop-domain-constraint': { readonly domain: QualifiedName; readonly name: string }
  'rename-domain-constraint': { readonly domain: QualifiedName } & Renamed
  'validate-domain-constraint': { readonly domain: QualifiedName; readonly name: string }
  'add-attribute': {
    readonly type: QualifiedName
    readonly attribute: { readonly name: string; readonly type: TypeReference; readonly collation?: readonly string[] }
  }
  'drop-attribute': { readonly type: QualifiedName; readonly attribute: string }
  'set-attribute-type': { readonly type: QualifiedName; readonly attribute: string; readonly to: TypeReference; readonly collation?: readonly string[] }
  'rename-attribute': { readonly type: QualifiedName } & Renamed

  'create-sequence': { readonly name: RelationName; readonly sequence: Sequence }
  'alter-sequence': { readonly name: RelationName; readonly type: Sequence['type']; readonly options: Options; readonly persistence: Sequence['persistence'] }
  'set-sequence-owner': { readonly name: RelationName; readonly to: Sequence['ownedBy'] }
  'drop-sequence': { readonly name: RelationName }
  'rename-sequence': { readonly name: RelationName; readonly to: string }

  /** The table without constraints, policies, triggers and rules: each of these is a change of its own. */
  'create-table': { readonly name: RelationName; readonly table: Table }
  /** Takes along its columns, constraints, indexes, policies, triggers, rules and owned sequences; what others hold on it is dropped before, by changes of their own. */
  'drop-table': { readonly name: RelationName }
  'rename-table': { readonly name: RelationName; readonly to: string }
  'set-table-options': { readonly on: RelationName; readonly to: Options }
  /** OPTIONS of a foreign table, for its foreign data wrapper. */
  'set-foreign-options': { readonly on: RelationName; readonly to: Options }
  'set-persistence': { readonly on: RelationName; readonly to: Table['persistence'] }
  'set-row-security': { readonly on: RelationName; readonly enabled: boolean; readonly forced: boolean }
  'set-replica-identity': { readonly on: RelationName; readonly to: Table['replicaIdentity'] }
  'set-cluster-index': { readonly on: RelationName; readonly to: string | undefined }
  'set-inheritance': { readonly on: RelationName; readonly to: readonly RelationName[] }
  /** `created`: by CREATE TABLE … PARTITION OF, which takes a stronger lock. */
  'attach-partition': {
    readonly parent: RelationName
    readonly child: RelationName
    readonly bound: NonNullable<Table['partitionOf']>['bound']
    readonly created?: true
  }
  'detach-partition': { readonly parent: RelationName; readonly child: RelationName; readonly concurrently?: true }
  'set-tablespace': { readonly on: ObjectKey; readonly to: string | undefined }
  'set-access-method': { readonly on: RelationName; readonly to: string | undefined }

  'add-column': { readonly on: RelationName; readonly attribute: Attribute }
  'drop-column': { readonly on: RelationName; readonly column: string }
  'rename-column': { readonly on: RelationName } & Renamed
  'set-column-type': {
    readonly on: RelationName
    readonly column: string
    readonly to: TypeReference
    readonly collation?: readonly string[]
    readonly using?: Expression
  }
  'set-default': { readonly on: RelationName; readonly column: string; readonly to: Attribute['default'] }
  'set-not-null': { readonly on: RelationName; readonly column: string; readonly to: Exclude<Attribute['notNull'], false> }
  'drop-not-null': { readonly on: RelationName; readonly column: string }
  /** Its sequence is made and altered by changes of its own; setting to undefined drops the sequence. */
  'set-identity': { readonly on: RelationName; readonly column: string; readonly to: Attribute['identity'] }
  'set-generated': { readonly on: RelationName; readonly column: string; readonly to: Attribute['generated'] }
  'set-column-properties': {
    readonly on: RelationName
    readonly column: string
    readonly to: Pick<Attribute, 'storage' | 'compression' | 'statistics' | 'options' | 'foreignOptions'>
  }
  /** No statement of PostgreSQL moves a column: shown, and written as a note. */
  'reorder-columns': { readonly on: RelationName; readonly to: readonly string[] }
  /** What PostgreSQL writes anew by itself when a column's type changes: untyped literals get the type they had. */
  respell: { readonly object: ObjectKey; readonly from: Attribute | Constraint | Index | Policy; readonly to: Attribute | Constraint | Index | Policy }

  /** `usingIndex`: an existing index that becomes the constraint's. `unchecked`: PostgreSQL reads no rows, because the key's column is new and empty. */
  'add-constraint': {
    readonly on: RelationName
    readonly name: string
    readonly constraint: Constraint
    readonly usingIndex?: RelationName
    readonly unchecked?: true
  }
  'drop-constraint': { readonly on: RelationName; readonly name: string }
  /** `asIndex`: by ALTER INDEX, which locks the index and not the table. */
  'rename-constraint': { readonly on: RelationName; readonly asIndex?: true } & Renamed
  'validate-constraint': { readonly on: RelationName; readonly name: string }
  'alter-constraint': { readonly on: RelationName; readonly name: string; readonly to: Deferral & { readonly enforced?: boolean; readonly inherit?: boolean } }

  'create-index': { readonly name: RelationName; readonly index: Index; readonly concurrently: boolean }
  'drop-index': { readonly name: RelationName; readonly concurrently: boolean }
  /** `asTable`: by ALTER TABLE, which takes a stronger lock. */
  'rename-index': { readonly name: RelationName; readonly to: string; readonly asTable?: true }
  'set-index-options': { readonly name: RelationName; readonly to: Options }
  'set-index-statistics': { readonly name: RelationName; readonly to: { readonly [column: string]: number } }
  'attach-index': { readonly parent: RelationName; readonly child: RelationName }

  'create-view': { readonly name: RelationName; readonly view: View }
  'replace-view': { readonly name: RelationName; readonly view: View }
  'drop-view': { readonly name: RelationName }
  'rename-view': { readonly name: RelationName; readonly to: string }
  'rename-view-column': { readonly on: RelationName } & Renamed
  'set-view-options': { readonly name: RelationName; readonly to: Options; readonly checkOption?: View['checkOption'] }

  /** A routine's name is `"schema"."name"(argument types)`. */
  'create-routine': { readonly name: string; readonly routine: Routine }
  'replace-routine': { readonly name: string; readonly routine: Routine }
  'drop-routine': { readonly name: string }
  'rename-routine': { readonly name: string; readonly to: string }

  'create-trigger': { readonly on: RelationName; readonly name: string; readonly trigger: Trigger }
  'replace-trigger': { readonly on: RelationName; readonly name: string; readonly trigger: Trigger }
  'drop-trigger': { readonly on: RelationName; readonly name: string }
  'rename-trigger': { readonly on: RelationName } & Renamed
  'set-trigger-enabled': { readonly on: RelationName; readonly name: string; readonly to: Trigger['enabled'] }

  'create-policy': { readonly on: RelationName; readonly name: string; readonly policy: Policy }
  'alter-policy': { readonly on: RelationName; readonly name: string; readonly to: Policy }
  'drop-policy': { readonly on: RelationName; readonly name: string }
  'rename-policy': { readonly on: RelationName } & Renamed

  'create-rule': { readonly on: RelationName; readonly name: string; readonly rule: RewriteRule }
  'replace-rule': { readonly on: RelationName; readonly name: string; readonly rule: RewriteRule }
  'drop-rule': { readonly on: RelationName; readonly name: string }
  'rename-rule': { readonly on: RelationName } & Renamed

  'create-definition': { readonly object: ObjectKey; readonly definition: Definition }
  'alter-definition': { readonly object: ObjectKey; readonly to: Definition }
  'drop-definition': { readonly object: ObjectKey }

  /** SET SCHEMA, of anything that has one. */
  'set-schema': { readonly object: ObjectKey; readonly to: string }
  'set-comment': { readonly object: ObjectKey; readonly to: string | undefined }

  'set-privileges': { readonly object: ObjectKey; readonly to: Privileges | undefined }
  'set-default-privileges': { readonly object: ObjectKey; readonly to: Privileges | undefined }
  'set-owner': { readonly object: ObjectKey; readonly to: string | undefined }
  'create-role': { readonly name: string; readonly role: Role }
  'alter-role': { readonly name: string; readonly to: Role }
  'drop-role': { readonly name: string }
  'rename-role': Renamed

  /** INSERT, UPDATE, DELETE, MERGE, TRUNCATE, COPY, SELECT, REFRESH …: rows, not the catalog. */
  'change-data': { readonly command: string; readonly relations: readonly RelationName[]; readonly sql: string }
  /** SET, RESET, set_config. The search path matters to later statements. */
  'set-session': { readonly setting: string; readonly value: readonly string[] | undefined; readonly local: boolean }
  /** BEGIN, COMMIT, ROLLBACK, SAVEPOINT … inside a migration. */
  'control-transaction': { readonly command: string }
  /** A temporary relation is made, altered or dropped: gone with the session, but its name shadows others until then. */
  'use-temporary': { readonly action: 'create' | 'alter' | 'drop'; readonly name: string; readonly sql: string }
  /** VACUUM, ANALYZE, REINDEX, CLUSTER, LOCK, CHECKPOINT …: neither rows nor the catalog. */
  maintain: { readonly command: string; readonly relations: readonly RelationName[]; readonly sql: string }
  /** What was not understood: kept, shown, never skipped. */
  opaque: { readonly sql: string; readonly reason: string; readonly touches: readonly ObjectKey[] | 'unknown' }
}

export type ChangeKind = keyof Payloads

/** `implied`: PostgreSQL does it by itself (a cascade, an owned object); the statement does not name it. */
export type Change<K extends ChangeKind = ChangeKind> = { [P in K]: { readonly kind: P; readonly implied?: true } & Payloads[P] }[K]

/** Why a change cannot be undone by changes of the catalog. */
export type Irreversible = { readonly irreversible: string }
