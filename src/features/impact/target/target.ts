/** What impact is asked about, with the names of the database. */
import type { Catalog } from '../../../model/catalog.ts'
import type { CodeFacts } from '../../../model/code.ts'
import type { ObjectKey } from '../../../model/name.ts'
import type { Wanted } from '../wanted.ts'

export type TargetKind = 'column' | 'table' | 'enum' | 'enumValue' | 'index' | 'constraint'

export type Target = {
  readonly kind: TargetKind
  /** As the command line writes it, with the database's names: `column:Chat.title`. */
  readonly text: string
  /** In words: `Chat.title`. */
  readonly name: string
  /** What the code does with it. */
  readonly wanted: Wanted
  /** What it is in the catalog. */
  readonly objects: readonly ObjectKey[]
  /** What a use of it means, where it is not a use of the thing itself. */
  readonly note?: string
}

/** What names are looked up in. */
export type Ground = { readonly facts: CodeFacts; readonly catalog: Catalog | undefined }
