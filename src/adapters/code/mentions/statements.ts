/** What statements in plain strings mention that no client was seen to send. PostgreSQL's parser reads them: this is for the thread that has it. */
import type { CodeFacts, CodeMention } from '../../../model/code.ts'
import { isTest } from '../is-test.ts'
import { readSqlText, type SqlUse } from '../sql-text/index.ts'
import type { SqlString } from '../strings.ts'
import type { Asked } from './asked.ts'

/** The statements of a file. */
type Found = { readonly file: string; readonly statements: readonly SqlString[] }

const linesOf = ({ parts, at }: SqlString): readonly number[] => {
  const breaks = parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.split('\n').length - 1 : 0), 0)
  return Array.from({ length: breaks + 1 }, (_, index) => at + index)
}

/** Lines of these files on which the program was seen to use the database. Uses are many, and few are in them. */
const usedLines = (functions: CodeFacts['functions'], files: ReadonlySet<string>): ReadonlySet<string> => {
  const found = new Set<string>()
  for (const { uses } of functions) for (const { file, line } of uses) if (files.has(file)) found.add(`${file}:${line}`)
  return found
}

/** Of the tables that are asked about. */
export const sqlMentions = (found: readonly Found[], { columns, tables }: Asked, { functions }: Pick<CodeFacts, 'functions'>): readonly CodeMention[] => {
  const asked = new Map(columns.map(({ table, of }) => [table, of]))
  const used = usedLines(functions, new Set(found.flatMap(({ file, statements }) => (statements.length > 0 ? file : []))))
  const numbersOf = ({ schema, table, candidates }: SqlUse): readonly number[] =>
    (candidates ?? [{ schema, name: table }]).flatMap((named) =>
      [...asked].flatMap(([at, of]) => (of.name === named.name && of.schema === named.schema ? [at] : [])),
    )
  const mentionsOf = (file: string, string: SqlString): readonly CodeMention[] => {
    if (linesOf(string).some((line) => used.has(`${file}:${line}`))) return []
    const { uses } = readSqlText(string.parts, { place: 'statement', tables })
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
  return found.flatMap(({ file, statements }) => statements.flatMap((string) => mentionsOf(file, string)))
}
