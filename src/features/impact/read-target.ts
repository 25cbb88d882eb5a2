/** Targets as the command line writes them. */
import { ToolError } from '../../model/error.ts'
import { constraintTarget, indexTarget } from './target/database.ts'
import { enumTarget, enumValueTarget } from './target/enums.ts'
import { columnTarget, tableTarget } from './target/relations.ts'
import type { Ground, Target, TargetKind } from './target/target.ts'
import { wordsOf } from './words.ts'

const readers: Readonly<Record<TargetKind, (ground: Ground, words: readonly string[]) => Target>> = {
  column: columnTarget,
  table: tableTarget,
  enum: enumTarget,
  enumValue: enumValueTarget,
  index: indexTarget,
  constraint: constraintTarget,
}

const forms = "column:TABLE.COLUMN, table:NAME, enum:TYPE, enumValue:TYPE.'value', index:NAME or constraint:NAME"

const isKind = (word: string): word is TargetKind => Object.hasOwn(readers, word)

/** Reads a target. Throws `invalid-target`, `no-such-target`, `ambiguous-target`. */
export const readTarget = (ground: Ground, text: string): Target => {
  const at = text.indexOf(':')
  const kind = at < 0 ? (text.includes('.') ? 'column' : 'table') : text.slice(0, at)
  const words = wordsOf(text.slice(at + 1))
  if (isKind(kind) && words.length > 0) return readers[kind](ground, words)
  throw new ToolError('invalid-target', `${JSON.stringify(text)} is no target.`, { help: `A target is ${forms}.` })
}
