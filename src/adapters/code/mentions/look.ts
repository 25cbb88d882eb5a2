/** What one file mentions: asked of its text, then of its tree. */
import type { CodeMention } from '../../../model/code.ts'
import type { SqlString } from '../strings.ts'
import type { FileTree } from '../tree.ts'
import type { Asked } from './asked.ts'
import type { Candidate } from './finder.ts'
import { findNames } from './names.ts'
import { findRepeated } from './repeated.ts'
import { findSql } from './sql.ts'
import { findTests } from './tests.ts'

export type Findings = {
  readonly mentions: readonly CodeMention[]
  /** SQL that is still to be read. */
  readonly statements: readonly SqlString[]
}

export const findersOf = (asked: Asked) => ({ tests: findTests(asked), repeated: findRepeated(asked), names: findNames(asked), sql: findSql(asked) }) as const

export type Finders = ReturnType<typeof findersOf>

const mentioning = ['tests', 'repeated', 'names'] as const

/** What to ask the file's tree; undefined where its text tells that there is nothing. */
export const worthOf = (finders: Finders, file: Candidate, text: string): ((tree: FileTree) => Findings) | undefined => {
  const asks = mentioning.flatMap((kind) => (file.kinds.includes(kind) && finders[kind].in(file, text)) || [])
  const sql = file.kinds.includes('sql') ? finders.sql.in(file, text) : undefined
  if (asks.length === 0 && !sql) return undefined
  return (tree) => ({ mentions: asks.flatMap((ask) => ask(tree)), statements: sql?.(tree) ?? [] })
}
