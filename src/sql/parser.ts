/** PostgreSQL's own parser (libpg-query, WebAssembly) and a printer for its trees: the only door to both. */
import type { Tree } from '../model/json.ts'
import { openParser, type SqlParser, type WasmFactory } from './libpg-query.ts'
import { list, mapTree, stringNode, strings } from './tree.ts'

export { SqlError } from './libpg-query.ts'

type Printer = typeof import('pgsql-deparser')

/** How the packages are loaded. */
export type SqlLoading = {
  /** Runs `load`, which compiles the parser's WebAssembly; it must be called once. */
  readonly compile: (load: () => Promise<void>) => Promise<void>
  /** Node's `require`. It does not read the packages' big files ahead for what they export, as `import` does, and lets the printer wait for what is printed first. */
  readonly require: (name: string) => unknown
}

let parser: SqlParser | undefined
let printer: Printer | undefined
let loading: Partial<SqlLoading> = {}

/** Lets a main load the packages in the way that is fastest in its process. Has an effect before the first `loadSql` only. */
export const loadSqlThrough = (how: SqlLoading): void => {
  loading = how
}

const parserPackage = async (): Promise<WasmFactory> =>
  loading.require
    ? (loading.require('libpg-query/wasm/libpg-query.js') as WasmFactory)
    : ((await import('libpg-query/wasm/libpg-query.js')) as { default: WasmFactory }).default

/** Loads the parser once, and the printer where it cannot wait. Must have been awaited before any function of this floor is called. */
export const loadSql = async (): Promise<void> => {
  if (parser && (printer || loading.require)) return
  const [factory, loadedPrinter] = await Promise.all([parserPackage(), loading.require ? undefined : import('pgsql-deparser')])
  const load = async () => {
    parser = await openParser(factory)
  }
  await (loading.compile ?? ((work) => work()))(load)
  printer = loadedPrinter
}

const notLoaded = (): never => {
  throw new Error('loadSql() must be awaited before SQL is parsed or printed')
}

export type RawStatement = { readonly stmt: { readonly [node: string]: Tree }; readonly stmt_location?: number; readonly stmt_len?: number }

/**
 * Positions inside statements, in the JSON of trees; moved text is the same tree without them. A quote inside a string of JSON has a backslash, so no string holds one.
 * Taking them out of the text is faster than leaving them out of the parsed tree.
 */
const positions =
  /,"(?:name_location|location|rexpr_list_start|rexpr_list_end|list_start|list_end)":-?\d+|"(?:name_location|location|rexpr_list_start|rexpr_list_end|list_start|list_end)":-?\d+,?/g

/** Parses a script. The places of its statements are bytes; trees have no places. Throws `SqlError`. */
export const parseRaw = (sql: string): readonly RawStatement[] => {
  const json = (parser ?? notLoaded()).parse(sql)
  return (JSON.parse(json.replace(positions, '')) as { readonly stmts?: readonly RawStatement[] }).stmts ?? []
}

/** Parses the PL/pgSQL of one CREATE FUNCTION or DO statement; libpg-query gives no offsets in it. Throws `SqlError`. */
export const parsePlPgSqlRaw = (sql: string): Tree => JSON.parse((parser ?? notLoaded()).parsePlPgSql(sql)) as Tree

/** The printer takes `pg_catalog."char"` for the keyword CHAR, which is another type: its name is given with its quotes. */
const withQuotedChar = (tree: Tree): Tree =>
  mapTree(tree, (node) => {
    const names = strings(list(node, 'names'))
    return names.length === 2 && names[0] === 'pg_catalog' && names[1] === 'char' ? { ...node, names: ['pg_catalog', '"char"'].map(stringNode) } : node
  })

const loadedPrinter = (): Printer => {
  printer ??= loading.require?.('pgsql-deparser') as Printer | undefined
  return printer ?? notLoaded()
}

/** Prints any tree as SQL. */
export const printRaw = (tree: Tree): string => loadedPrinter().deparseSync(withQuotedChar(tree) as never, { pretty: false })
