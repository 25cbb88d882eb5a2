/** Statements of SQL in plain strings. */
import { type SqlString, sqlStrings } from '../strings.ts'
import type { Asked } from './asked.ts'
import type { Finder } from './finder.ts'
import { tableWords } from './words.ts'

export const findSql = ({ columns, tables }: Asked): Finder<SqlString> => {
  const words = tableWords([...new Set(columns.map(({ of }) => of.name))])
  return {
    mayBeIn: (_, { vocabulary }) => words.mayBeIn(vocabulary),
    in: (_, text) => (words.areIn(text) ? (tree) => sqlStrings(tree, tables) : undefined),
  }
}
