/** A snapshot taken apart into the JSON of each thing, so that what has not changed stays in drizzle-kit's own words. */
import type { Json, Tree } from '../model/json.ts'
import type { QualifiedName, RelationName } from '../model/name.ts'
import type {
  SnapshotColumn,
  SnapshotForeignKey,
  SnapshotIndex,
  SnapshotKey,
  SnapshotName,
  SnapshotPolicy,
  SnapshotSequenceOptions,
  SnapshotUnique,
  SnapshotView,
} from './snapshot-catalog.ts'

/** Members by the names that the snapshot has, however long. */
type Named = ReadonlyMap<string, Tree>

export type TableParts = {
  /** The table's own fields; nested snapshots keep the members of old versions in it, which are written over. */
  readonly own: Tree
  readonly columns: Named
  /** Columns of the primary key, and the JSON of one that is a thing of its own. */
  readonly primaryKey?: { readonly columns: readonly string[]; readonly own?: Tree }
  readonly uniques: Named
  readonly checks: Named
  readonly foreignKeys: Named
  readonly indexes: Named
  readonly policies: Named
}

export type SnapshotParts = {
  /** What is taken over as it is: the document's other fields, roles, privileges, policies on tables that are not in it, views that Drizzle only reads. */
  readonly own: Tree
  readonly schemas: ReadonlyMap<string, Json>
  readonly enums: ReadonlyMap<QualifiedName, Tree>
  readonly sequences: ReadonlyMap<RelationName, Tree>
  readonly tables: ReadonlyMap<RelationName, TableParts>
  readonly views: ReadonlyMap<RelationName, Tree>
}

/** A column in words from which every version can be written: the type as drizzle-kit 0.31 has it, without `[]`; a user's type with its schema. */
export type ColumnWords = Omit<SnapshotColumn, 'type'> & { readonly type: string; readonly typeSchema?: string; readonly array: boolean }

/** A view's options by PostgreSQL's names. */
export type ViewWords = Omit<SnapshotView, 'options'> & { readonly options: { readonly [name: string]: string } }

/** Storage parameters by name. */
export type IndexWords = Omit<SnapshotIndex, 'options'> & { readonly options: { readonly [name: string]: string } }

/** How one form of snapshots is taken apart, put together, and how each thing in it is written. */
export type SnapshotForm = {
  readonly apart: (snapshot: Tree) => SnapshotParts
  readonly together: (parts: SnapshotParts) => Tree
  readonly schema: (name: string) => Json
  readonly enumType: (type: SnapshotName & { readonly labels: readonly string[] }) => Tree
  readonly sequence: (sequence: SnapshotName & SnapshotSequenceOptions) => Tree
  readonly view: (view: ViewWords) => Tree
  /** `like` is another table of the snapshot: sections that came later in a version stand in all of them or in none. */
  readonly table: (table: SnapshotName, like: Tree | undefined) => Tree
  /** The table's own fields with row security on or off; policies turn it on by themselves. */
  readonly rowSecurity: (own: Tree, on: boolean, hasPolicies: boolean) => Tree
  readonly column: (table: SnapshotName, column: ColumnWords) => Tree
  readonly primaryKey: (table: SnapshotName, key: SnapshotKey & { readonly name: string }) => Tree | undefined
  readonly unique: (table: SnapshotName, unique: SnapshotUnique) => Tree
  readonly check: (table: SnapshotName, check: { readonly name: string; readonly value: string }) => Tree
  readonly foreignKey: (table: SnapshotName, key: SnapshotForeignKey) => Tree
  readonly index: (table: SnapshotName, index: IndexWords) => Tree
  readonly policy: (table: SnapshotName, policy: SnapshotPolicy) => Tree
}

/** `security_invoker` → `securityInvoker`. */
const camelCase = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

const optionValue = (text: string): Json => (text === 'true' || text === 'false' ? text === 'true' : /^-?\d+([.]\d+)?$/.test(text) ? Number(text) : text)

/** Storage parameters as JSON's own kinds. */
export const optionsTree = (options: IndexWords['options']): Tree =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [name, optionValue(value)]))

/** Options of a view as drizzle-kit names them; a switch without a value is on. */
export const viewOptionsTree = (options: ViewWords['options']): Tree =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [camelCase(name), optionValue(value === 'on' ? 'true' : value === 'off' ? 'false' : value)]),
  )
