/** Where names go when something is renamed or moved. */
import type { ObjectKey, QualifiedName, RelationName } from '../../model/name.ts'

/** Where names go. Each function answers the same name when nothing happened to it. */
export type NewNames = {
  /** Anything in pg_class. */
  relation(name: RelationName): RelationName
  /** Anything in pg_type. */
  type(name: QualifiedName): QualifiedName
  /** A routine as a call names it; `count` is the number of arguments, undefined where the tree does not say it. */
  routine(name: QualifiedName, count: number | undefined): QualifiedName
  schema(name: string): string
}

/** New names, the keys of routines (whose argument types are part of their name), and a quick test whether a text can name any of them. */
export type Renaming = NewNames & { routineKey(key: string): string; definition(key: ObjectKey): ObjectKey; mentions(text: string): boolean }

/** A name that nothing happened to. */
export const same = <T>(name: T): T => name

/** Nothing renamed: what a renaming starts from. */
export const noRenaming: Renaming = { relation: same, type: same, routine: same, schema: same, routineKey: same, definition: same, mentions: () => false }
