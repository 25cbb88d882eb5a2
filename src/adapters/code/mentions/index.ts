/** Files that name what is asked about beside the ways from entries: components, tests, schemas of validation, texts. */
import type { CodeMention } from '../../../model/code.ts'
import type { Following } from '../machine/index.ts'
import type { Looking } from './looking.ts'
import { findNames } from './names.ts'
import { findRepeated } from './repeated.ts'
import { findSql } from './sql.ts'
import { findTests } from './tests.ts'
import { findComponents, uiMentions } from './ui.ts'

/** What the search for components needs of the program. */
export type Program = {
  readonly following: Following
  /** Whether a file reaches the database by its imports. */
  reaches(path: string): boolean
  /** From now on only these files are followed. */
  narrow(paths: ReadonlySet<string>): void
  /** These will be asked for. */
  prepare(paths: readonly string[]): Promise<void>
}

const keyOf = ({ file, line, category, table, column, value, text }: CodeMention): string => [file, line, category, table, column, value, text].join('\n')

const byPlace = (a: CodeMention, b: CodeMention): number => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1)

export const findMentions = async (looking: Looking, program: Program): Promise<readonly CodeMention[]> => {
  const finders = [findTests, findRepeated, findNames, findSql].map((find) => find(looking))
  const components = findComponents(looking, program.reaches)
  await program.prepare([...new Set([...finders.flatMap(({ files }) => files), ...components.files, ...components.around])])
  program.narrow(components.around)
  const found = [...finders.flatMap((finder) => finder.files.flatMap((path) => finder.in(path))), ...uiMentions(components, program.following, looking)]
  return [...new Map(found.map((mention) => [keyOf(mention), mention])).values()].sort(byPlace)
}
