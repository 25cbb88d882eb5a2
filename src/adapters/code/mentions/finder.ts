/** The contract of the kinds of mentions: one file is one kind. Their functions are pure, and run in whichever thread has a file in hand. */
import type { Note } from '../notes.ts'
import type { FileTree } from '../tree.ts'

export type Kind = 'tests' | 'repeated' | 'names' | 'sql'

/** A file that may have something of these kinds, with what is known of it beside its text. */
export type Candidate = {
  readonly path: string
  readonly kinds: readonly Kind[]
  /** Whether it is of the browser's side. */
  readonly browser: boolean
  /** Numbers of tables that are asked about and that it imports, maybe over some steps. */
  readonly linked: readonly number[]
  /** Whether nobody has to make its tree: it is made, or kept, or there is to be none. */
  readonly hasTree: boolean
}

export type Finder<Found> = {
  /** Told without the text; false is certain. */
  mayBeIn(path: string, note: Pick<Note, 'vocabulary'>): boolean
  /** What to ask its tree; undefined where its text tells that there is nothing. */
  in(file: Candidate, text: string): ((tree: FileTree) => readonly Found[]) | undefined
}
