/** What is asked about: what nobody asks about is not looked for. */
import type { CodeColumn, CodeEnum, CodeFacts, CodeQuestion, CodeTable } from '../../../model/code.ts'

/** `table` is the position in `CodeFacts.tables`. */
export type AskedColumn = { readonly table: number; readonly of: CodeTable; readonly column: CodeColumn }

export const columnsOf = (tables: readonly CodeTable[]): readonly AskedColumn[] =>
  tables.flatMap((of, table) => of.columns.map((column) => ({ table, of, column })))

/** What the code declares. */
export type Declared = Pick<CodeFacts, 'tables' | 'enums'>

/** Plain data: threads look for it too. */
export type Asked = Declared & {
  readonly columns: readonly AskedColumn[]
  /** Constraints and indexes. */
  readonly names: readonly string[]
}

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.match(/[\p{L}\p{N}_$]+/gu) ?? [])

const enumNames = ({ enumType }: CodeColumn, enums: readonly CodeEnum[]): readonly string[] => {
  if (enumType === undefined) return []
  const name = enumType.split('.').at(-1) ?? enumType
  return [name, ...enums.filter((one) => one.name === name).map(({ symbol }) => symbol)]
}

/** A column of a table that is named with it, and columns of an enum; else all columns of a table, else whatever has one of the words as its name. */
const askedIn = (all: readonly AskedColumn[], enums: readonly CodeEnum[], words: ReadonlySet<string>): readonly AskedColumn[] => {
  const isNamed = ({ column: { name, key } }: AskedColumn): boolean => words.has(name) || words.has(key)
  const hasTable = ({ of: { name, symbol } }: AskedColumn): boolean => words.has(name) || words.has(symbol)
  const hasEnum = ({ column }: AskedColumn): boolean => enumNames(column, enums).some((name) => words.has(name))
  const choices = [(one: AskedColumn) => (hasTable(one) && isNamed(one)) || hasEnum(one), hasTable, isNamed]
  return choices.map((isAsked) => all.filter(isAsked)).find((found) => found.length > 0) ?? []
}

/** `texts` are what is asked, in the words of the command line or of SQL; everything where they are left out. */
const askedColumns = (tables: readonly CodeTable[], enums: readonly CodeEnum[], texts: readonly string[] | undefined): readonly AskedColumn[] => {
  const all = columnsOf(tables)
  return texts === undefined ? all : [...new Set(texts.flatMap((text) => askedIn(all, enums, wordsOf(text))))]
}

/** A name is asked about where one of the texts has it. */
export const askedOf = ({ tables, enums }: Declared, { texts, names = [] }: CodeQuestion): Asked => ({
  tables,
  enums,
  columns: askedColumns(tables, enums, texts),
  names: names.filter((name) => texts?.some((text) => text.includes(name)) ?? true),
})
