/** Names of constraints and indexes in the code's texts: what catches the error of a unique constraint knows it by name. */
import type { CodeMention } from '../../../model/code.ts'
import { namedStrings } from '../strings.ts'
import type { Finder, Looking } from './looking.ts'
import { havingWord } from './words.ts'

/** Where tables are declared their constraints are named too, and that is no use of the name. */
export const findNames = (looking: Looking): Finder => {
  const { names, sources, facts, tree, isTest } = looking
  const has = havingWord(names, looking)
  const declaring = new Set(facts.tables.map(({ file }) => file))
  return {
    files: names.length === 0 ? [] : sources.filter((path) => !declaring.has(path) && has(path)),
    in: (file) =>
      namedStrings(tree(file), names).map(
        ({ name, at }): CodeMention => ({ file, line: at, category: isTest(file) ? 'test' : 'string', text: name, confidence: 'possible' }),
      ),
  }
}
