/** PostgreSQL's own parser (libpg-query, WebAssembly) and a printer for its trees: the only door to both. */
import type { Tree } from '../model/json.ts'
import { list, mapTree, stringNode, strings } from './tree.ts'

type Parser = typeof import('libpg-query')
type Printer = typeof import('pgsql-deparser')

let parser: Parser | undefined
let printer: Printer | undefined

let around: (load: () => Promise<void>) => Promise<void> = (load) => load()

/** Lets a main load the parser in the way that is fastest in its process; it must call `load` once. Has an effect before the first `loadSql` only. */
export const loadSqlThrough = (wrapper: (load: () => Promise<void>) => Promise<void>): void => {
  around = wrapper
}

/** Loads the parser (about 25 ms) and the printer (about 50 ms) once. Must have been awaited before any function of this floor is called. */
export const loadSql = async (): Promise<void> => {
  if (parser && printer) return
  const [loadedParser, loadedPrinter] = await Promise.all([import('libpg-query'), import('pgsql-deparser')])
  await around(() => loadedParser.loadModule())
  parser = loadedParser
  printer = loadedPrinter
}

const loaded = <T>(module: T | undefined): T => {
  if (!module) throw new Error('loadSql() must be awaited before SQL is parsed or printed')
  return module
}

export type RawStatement = { readonly stmt: { readonly [node: string]: Tree }; readonly stmt_location?: number; readonly stmt_len?: number }

/** Parses a script. Positions are bytes. Throws the parser's `SqlError`, whose `cursorPosition` counts characters. */
export const parseRaw = (sql: string): readonly RawStatement[] => loaded(parser).parseSync(sql).stmts as unknown as readonly RawStatement[]

/** Parses the PL/pgSQL of one CREATE FUNCTION or DO statement; libpg-query gives no offsets in it. */
export const parsePlPgSqlRaw = (sql: string): Tree => loaded(parser).parsePlPgSQLSync(sql) as unknown as Tree

/** The printer takes `pg_catalog."char"` for the keyword CHAR, which is another type: its name is given with its quotes. */
const withQuotedChar = (tree: Tree): Tree =>
  mapTree(tree, (node) => {
    const names = strings(list(node, 'names'))
    return names.length === 2 && names[0] === 'pg_catalog' && names[1] === 'char' ? { ...node, names: ['pg_catalog', '"char"'].map(stringNode) } : node
  })

/** Prints any tree as SQL. */
export const printRaw = (tree: Tree): string => loaded(printer).deparseSync(withQuotedChar(tree) as never, { pretty: false })
