/** What the search for mentions stands on. */
import type { CodeFacts, CodeMention } from '../../../model/code.ts'
import type { Note } from '../notes.ts'
import type { FileTree } from '../tree.ts'
import type { AskedColumn } from './asked.ts'

export type Looking = {
  readonly facts: Pick<CodeFacts, 'tables' | 'enums' | 'functions'>
  readonly columns: readonly AskedColumn[]
  /** Constraints and indexes that are asked about. */
  readonly names: readonly string[]
  readonly sources: readonly string[]
  isTest(path: string): boolean
  text(path: string): string
  /** What is known of a file without its text: ask it first. */
  note(path: string): Pick<Note, 'browser' | 'vocabulary'>
  tree(path: string): FileTree
  /** Files that a file imports, also for their types alone. */
  linked(path: string): readonly string[]
}

/** One category: the files that are worth a tree, told by their texts, and what each of them mentions. */
export type Finder = { readonly files: readonly string[]; in(path: string): readonly CodeMention[] }
