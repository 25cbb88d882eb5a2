/** Statements of SQL in plain strings that no client was seen to send. */
import type { CodeMention } from '../../../model/code.ts'
import { readSqlText, type SqlUse } from '../sql-text/index.ts'
import { type SqlString, sqlStrings } from '../strings.ts'
import type { Finder, Looking } from './looking.ts'
import { havingTable } from './words.ts'

const linesOf = ({ parts, at }: SqlString): readonly number[] => {
  const breaks = parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.split('\n').length - 1 : 0), 0)
  return Array.from({ length: breaks + 1 }, (_, index) => at + index)
}

/** Lines of files on which the program was seen to use the database. */
const usedLines = ({ functions }: Looking['facts']): ReadonlySet<string> =>
  new Set(functions.flatMap(({ uses }) => uses.map(({ file, line }) => `${file}:${line}`)))

export const findSql = (looking: Looking): Finder => {
  const { facts, columns, sources, tree, isTest } = looking
  const tables = new Map(columns.map(({ table, of }) => [table, of]))
  const has = havingTable(
    [...tables.values()].map(({ name }) => name),
    looking,
  )
  const used = usedLines(facts)
  const numbersOf = ({ schema, table, candidates }: SqlUse): readonly number[] =>
    (candidates ?? [{ schema, name: table }]).flatMap((named) =>
      [...tables].flatMap(([at, of]) => (of.name === named.name && of.schema === named.schema ? [at] : [])),
    )
  const mentionsOf = (file: string, string: SqlString): readonly CodeMention[] => {
    if (linesOf(string).some((line) => used.has(`${file}:${line}`))) return []
    const { uses } = readSqlText(string.parts, { place: 'statement', tables: facts.tables })
    return uses.flatMap((use) =>
      numbersOf(use).map(
        (table): CodeMention => ({
          file,
          line: string.at,
          category: isTest(file) ? 'test' : 'sql',
          table,
          ...(use.column === undefined ? {} : { column: use.column }),
          ...(use.value === undefined ? {} : { value: use.value }),
          confidence: 'possible',
        }),
      ),
    )
  }
  return {
    files: sources.filter(has),
    in: (file) => sqlStrings(tree(file), facts.tables).flatMap((string) => mentionsOf(file, string)),
  }
}
