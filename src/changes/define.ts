/** The family of changes: one file in kinds/ is one kind; `index.ts` lists them all; one family test walks the list. */
import type { Catalog } from '../model/catalog.ts'
import type { Change, ChangeKind, Irreversible } from '../model/change.ts'
import type { Tree } from '../model/json.ts'
import type { Footprint } from '../model/lock.ts'
import type { ObjectKey, RelationName } from '../model/name.ts'
import type { Reading } from './reading.ts'

export type ChangeDefinition<K extends ChangeKind> = {
  readonly kind: K
  /** What it is, in a few words, for the docs. */
  readonly summary: string
  /**
   * The statements that this kind reads, each owned by one kind: a node of PostgreSQL's grammar (`CreateStmt`), or a node and the type of object it is about
   * (`DropStmt OBJECT_TABLE`, `RenameStmt OBJECT_COLUMN`). A kind that statements only imply reads none.
   */
  readonly reads?: { readonly [place: string]: (reading: Reading, node: Tree) => void }
  /** The commands of ALTER TABLE (and INDEX, VIEW, SEQUENCE …) that this kind reads: `AT_AddColumn`, or for one kind of relation `AT_SetRelOptions view`. `on` is the relation. */
  readonly alters?: { readonly [command: string]: (reading: Reading, command: Tree, on: RelationName) => void }
  /** The catalog after the change. Refuses what PostgreSQL refuses (`PostgresRefusal` with its SQLSTATE). */
  apply(change: Change<K>, catalog: Catalog): Catalog
  /** The changes that lead back, given the catalog before; applied in order they give exactly that catalog. */
  invert(change: Change<K>, before: Catalog): readonly Change[] | Irreversible
  /** Statements without semicolons. `before` is the catalog before the change. An empty list: another change's statement, or PostgreSQL by itself, does it. */
  toSql(change: Change<K>, before: Catalog): readonly string[]
  /** Locks, rewrites and scans of relations that exist before it. */
  footprint(change: Change<K>, before: Catalog): Footprint
  /** What happened, for people: `column users.note is dropped`. */
  describe(change: Change<K>): string
  /** The objects that it makes, changes or removes. */
  touches(change: Change<K>): readonly ObjectKey[]
  /** Statements that are this kind: the laws are tried on them, in memory and on PostgreSQL, and the docs show them. */
  readonly examples: readonly { readonly given?: string; readonly sql: string }[]
}

/** Declares one kind of change. */
export const defineChange = <K extends ChangeKind>(definition: ChangeDefinition<K>): ChangeDefinition<K> => definition

/** Touches no relation that existed before: no lock that anyone waits for. */
export const noFootprint: Footprint = { locks: [], rewrites: [], scans: [] }
