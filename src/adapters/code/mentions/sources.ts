/** The files of a program as the search for mentions asks for them. */
import type { Note } from '../notes.ts'

export type Sources = {
  readonly sources: readonly string[]
  text(path: string): string
  /** What is known of a file without its text: ask it first. */
  note(path: string): Pick<Note, 'browser' | 'vocabulary'>
  /** Files that a file imports, also for their types alone. */
  linked(path: string): readonly string[]
}
