/**
 * SQL that stands in code, read: which tables and columns it uses and how, and which rows it answers. `loadSql()` (src/sql/parser.ts) must have been awaited before
 * the first text; after that everything here is synchronous. Names resolve by the FROM of the same SQL, then by the tables of the builder around a fragment, and
 * what stays ambiguous is `possible`, with the candidates named.
 */
import type { Tree } from '../../../model/json.ts'
import { unwrap } from '../../../sql/tree.ts'
import { readDo, readFunction } from './bodies.ts'
import { readDefinition } from './definitions.ts'
import { readExpression } from './expressions.ts'
import { Found } from './found.ts'
import type { OutputColumn, SqlContext, SqlPart, SqlReading } from './nouns.ts'
import { type Parsed, parse } from './parsing.ts'
import { readSelect } from './queries.ts'
import type { Reading } from './reading.ts'
import { type Frame, noColumns, proposedOf, type Query, rangeOf, type Scope } from './scopes.ts'
import { type Spelling, spell } from './spelling.ts'
import { type Tables, tablesOf } from './tables.ts'
import { readCopy, readDelete, readInsert, readMerge, readUpdate } from './writing.ts'

export { looksLikeSql } from './looks-like.ts'
export type {
  ColumnName,
  ColumnPart,
  KnownTable,
  OutputColumn,
  SqlContext,
  SqlInsert,
  SqlPart,
  SqlPlace,
  SqlReading,
  SqlUse,
  TableName,
  TablePart,
} from './nouns.ts'

const answering: { readonly [node: string]: ((content: Tree, scope: Scope, reading: Reading, exists?: boolean) => Query) | undefined } = {
  SelectStmt: readSelect,
  InsertStmt: readInsert,
  UpdateStmt: readUpdate,
  DeleteStmt: readDelete,
  MergeStmt: readMerge,
}

const silent: { readonly [node: string]: ((content: Tree, scope: Scope, reading: Reading) => void) | undefined } = {
  CopyStmt: readCopy,
  DoStmt: readDo,
  CreateFunctionStmt: readFunction,
}

const readStatement = (wrapped: Tree, scope: Scope, reading: Reading, exists = false): Query => {
  const [node, content] = unwrap(wrapped)
  const answers = answering[node]
  if (answers) return answers(content, scope, reading, exists)
  const reads = silent[node]
  if (reads) reads(content, scope, reading)
  else readDefinition(node, content, scope, reading)
  return noColumns
}

const readingOf = (parsed: Parsed, spelling: Spelling, { builder = [], place }: SqlContext, tables: Tables): Reading => {
  const first = builder[0]
  const wrapped = place === 'unknown' && parsed.frame === 'select' ? parsed.statements[0]?.SelectStmt : undefined
  const reading: Reading = {
    tables,
    spelling,
    found: new Found(),
    builder: first && tables.symbol(first),
    wrapper: wrapped as Tree | undefined,
    expression: (value, scope, role) => readExpression(value, scope, reading, role),
    query: (statement, scope, exists) => readStatement(statement, scope, reading, exists),
  }
  return reading
}

const builderFrame = ({ builder = [] }: SqlContext, tables: Tables): Frame => ({
  ranges: builder.flatMap((table, at) => {
    const base = tables.symbol(table)
    return [rangeOf(base, table.alias), ...(at === 0 ? [proposedOf(base)] : [])]
  }),
  merged: [],
})

/** Rows are told of one statement that was sent as it stands. */
const outputOf = ({ frame, statements }: Parsed, [query]: readonly Query[]): readonly OutputColumn[] | undefined =>
  frame === 'statement' && statements.length === 1 && query && !query.open && query.columns.length > 0 ? query.columns : undefined

/** A hole that may be any SQL was read as a value, or as nothing, where that fits: what it holds is not known. */
const tellHoles = ({ holes, computed }: Spelling, { found }: Reading): void => {
  if (holes.some(({ unknown }) => unknown)) found.unread('a piece of it is computed')
  if (computed) found.unread('a name in it is computed')
}

const unreadable = (why: string): SqlReading => ({ uses: [], inserts: [], functions: [], constraints: [], indexes: [], unread: [why] })

/** Reads an `sql` template's parts, or `[text]` for a plain string. */
export const readSqlText = (parts: readonly SqlPart[], context: SqlContext): SqlReading => {
  const spelling = spell(parts)
  const parsed = parse(context.place, spelling)
  if ('why' in parsed) return unreadable(parsed.why)
  const tables = tablesOf(context.tables)
  const reading = readingOf(parsed, spelling, context, tables)
  const frame = builderFrame(context, tables)
  const scope: Scope = { frames: frame.ranges.length > 0 ? [frame] : [], queries: new Map(), variables: new Set() }
  const queries = parsed.statements.map((statement) => readStatement(statement, scope, reading))
  tellHoles(spelling, reading)
  return reading.found.reading(outputOf(parsed, queries))
}
