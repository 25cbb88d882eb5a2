/** What the one who follows a program and his worker threads say to each other. */
import type { Claims } from './claims.ts'
import type { Asked } from './mentions/asked.ts'
import type { Candidate } from './mentions/finder.ts'
import type { Findings } from './mentions/look.ts'
import type { Note } from './notes.ts'
import type { FileTree } from './tree.ts'

/** Positions in `sources`. */
export type Wish = {
  /** Texts of which notes are wanted, before anything else. */
  readonly notes: readonly number[]
  /** These will be asked for, the soonest first, and before all that was wished earlier. */
  readonly surely: readonly number[]
  /** These may be asked for: they are made where nothing else is left to do. */
  readonly perhaps: readonly number[]
}

/** What is asked of which files: they are looked through while no tree is wanted. It takes the place of what was looked for before. */
export type Search = {
  /** Tells one from another. */
  readonly number: number
  readonly asked: Asked
  readonly candidates: readonly Candidate[]
  /** Their positions in `sources`. */
  readonly positions: Int32Array
  /** One for each candidate. */
  readonly lookers: Claims
}

/** The tree crosses threads and is kept as bytes, and becomes a tree where somebody follows the file. */
export type Made = { readonly at: number; readonly digest: string; readonly bytes: Uint8Array }
/** What was told by a text. */
export type Noted = { readonly at: number; readonly note: Note }
/** What a candidate mentions, with the tree that was made for it. */
export type Looked = Made & { readonly search: number; readonly candidate: number; readonly findings: Findings; readonly broken: FileTree['broken'] }
