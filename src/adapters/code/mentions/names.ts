/** Names of constraints and indexes in the code's texts: what catches the error of a unique constraint knows it by name. */
import type { CodeMention } from '../../../model/code.ts'
import { isTest } from '../is-test.ts'
import { namedStrings } from '../strings.ts'
import type { Asked } from './asked.ts'
import type { Finder } from './finder.ts'
import { wholeWords } from './words.ts'

/** Where tables are declared their constraints are named too, and that is no use of the name. */
export const findNames = ({ names, tables }: Asked): Finder<CodeMention> => {
  const words = wholeWords(names)
  const declaring = new Set(tables.map(({ file }) => file))
  return {
    mayBeIn: (path, { vocabulary }) => !declaring.has(path) && words.mayBeIn(vocabulary),
    in: ({ path: file }, text) => {
      if (!words.areIn(text)) return undefined
      const category = isTest(file) ? 'test' : 'string'
      return (tree) => namedStrings(tree, names).map(({ name, at }): CodeMention => ({ file, line: at, category, text: name, confidence: 'possible' }))
    },
  }
}
