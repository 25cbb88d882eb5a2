/** What a Drizzle snapshot says, whatever its version: 5 to 7 of journal folders, 8 and 9 of one folder per migration. Texts are SQL as drizzle-kit writes it. */

/** A name with its schema, neither quoted. */
export type SnapshotName = { readonly schema: string; readonly name: string }

/** Sequence options as texts; an absent one has PostgreSQL's default. */
export type SnapshotSequenceOptions = {
  readonly increment?: string
  readonly minValue?: string
  readonly maxValue?: string
  readonly startWith?: string
  readonly cache?: string
  readonly cycle: boolean
}

export type SnapshotColumn = {
  readonly name: string
  /** As DDL: `varchar(255)[]`, `"auth"."mood"`. */
  readonly type: string
  readonly notNull: boolean
  readonly default?: string
  /** The expression of a stored generated column. */
  readonly generated?: string
  readonly identity?: SnapshotSequenceOptions & { readonly always: boolean; readonly sequence: string }
}

/** A constraint's name. Drizzle leaves some to PostgreSQL, and follows no rename of those that it made up by itself. */
export type SnapshotKey = { readonly name?: string; readonly columns: readonly string[]; readonly ownName: boolean }
export type SnapshotUnique = SnapshotKey & { readonly name: string; readonly nullsNotDistinct: boolean }
export type SnapshotForeignKey = SnapshotKey & {
  readonly name: string
  readonly references: SnapshotName
  readonly referenced: readonly string[]
  readonly onUpdate: string
  readonly onDelete: string
}
export type SnapshotIndexElement = {
  readonly value: string
  readonly isExpression: boolean
  readonly descending: boolean
  readonly nullsFirst: boolean
  readonly operatorClass?: string
}
export type SnapshotIndex = {
  readonly name: string
  readonly elements: readonly SnapshotIndexElement[]
  readonly unique: boolean
  readonly method: string
  readonly where?: string
  /** Storage parameters as SQL, without parentheses. */
  readonly options: string
}
export type SnapshotPolicy = {
  readonly name: string
  readonly permissive: boolean
  readonly command: string
  readonly roles: readonly string[]
  readonly using?: string
  readonly check?: string
}

export type SnapshotTable = SnapshotName & {
  readonly columns: readonly SnapshotColumn[]
  readonly primaryKey?: SnapshotKey
  readonly uniques: readonly SnapshotUnique[]
  readonly checks: readonly { readonly name: string; readonly value: string }[]
  readonly foreignKeys: readonly SnapshotForeignKey[]
  readonly indexes: readonly SnapshotIndex[]
  readonly policies: readonly SnapshotPolicy[]
  readonly rowSecurity: boolean
}

export type SnapshotView = SnapshotName & {
  readonly definition: string
  readonly materialized: boolean
  /** WITH options as SQL, without parentheses. */
  readonly options: string
  readonly withNoData: boolean
  readonly using?: string
  readonly tablespace?: string
}

/** Kinds of objects that not every version has a place for. What has none is not said, which is not the same as none. */
export type SnapshotSection = 'sequences' | 'checks' | 'policies' | 'views' | 'roles'

export type SnapshotCatalog = {
  readonly version: string
  readonly says: ReadonlySet<SnapshotSection>
  readonly schemas: readonly string[]
  readonly enums: readonly (SnapshotName & { readonly labels: readonly string[] })[]
  readonly sequences: readonly (SnapshotName & SnapshotSequenceOptions)[]
  readonly roles: readonly { readonly name: string; readonly options: string }[]
  readonly tables: readonly SnapshotTable[]
  /** Policies on tables that the schema's code does not define; `on` is SQL. */
  readonly linkedPolicies: readonly (SnapshotPolicy & { readonly on: string })[]
  readonly views: readonly SnapshotView[]
  /** Views that the database has and Drizzle only reads. */
  readonly existingViews: readonly SnapshotName[]
}
