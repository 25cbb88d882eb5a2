/** What names may mean at a place of a statement: the ranges of its FROM clauses, innermost query first. */
import type { Confidence } from '../../../model/code.ts'
import type { ColumnName, KnownTable, OutputColumn, TableName } from './nouns.ts'

/** A table as one range: `confidence` is below `certain` where its name leaves several to choose from. */
export type Base = TableName & { readonly known: KnownTable | undefined; readonly confidence: Confidence; readonly candidates?: readonly TableName[] }

export type Range = {
  /** Its alias, or the relation's name. */
  readonly name: string
  /** Of a relation without an alias. */
  readonly schema?: string
  /** Undefined for sub-selects, functions and WITH queries. */
  readonly base?: Base
  readonly columns: readonly OutputColumn[]
  /** It may have other columns. */
  readonly open: boolean
  /** The row that an INSERT proposes (`excluded`): its columns are written, not read. */
  readonly proposed?: true
}

/** `merged`: columns that USING and NATURAL make one of two. */
export type Frame = { readonly ranges: readonly Range[]; readonly merged: readonly OutputColumn[] }

export type Query = { readonly columns: readonly OutputColumn[]; readonly open: boolean }

/** `queries` are those of WITH; `variables` those of a PL/pgSQL block around the statement. */
export type Scope = { readonly frames: readonly Frame[]; readonly queries: ReadonlyMap<string, Query>; readonly variables: ReadonlySet<string> }

export const noColumns: Query = { columns: [], open: false }
export const noFrame: Frame = { ranges: [], merged: [] }

export const within = (scope: Scope, frame: Frame): Scope => ({ ...scope, frames: [frame, ...scope.frames] })

/** A range of that name whose columns are renamed by its alias: `AS t(a, b)`. */
export const renamed = (columns: readonly OutputColumn[], names: readonly string[]): readonly OutputColumn[] =>
  names.length === 0
    ? columns
    : [...columns.map((column, at) => ({ ...column, name: names[at] ?? column.name })), ...names.slice(columns.length).map((name) => ({ name, from: [] }))]

/** All columns of a frame; what USING merges comes once, first. */
export const shownBy = ({ ranges, merged }: Frame): readonly OutputColumn[] => {
  const names = new Set(merged.map(({ name }) => name))
  return [...merged, ...ranges.filter(({ proposed }) => !proposed).flatMap(({ columns }) => columns.filter(({ name }) => !names.has(name)))]
}

export const columnOf = (base: Base, column: string): ColumnName => ({ schema: base.schema, table: base.name, column })

export const columnsOf = (base: Base): readonly OutputColumn[] => (base.known?.columns ?? []).map(({ name }) => ({ name, from: [columnOf(base, name)] }))

export const rangeOf = (base: Base, alias: string | undefined, names: readonly string[] = []): Range => ({
  name: alias ?? base.name,
  ...(alias === undefined ? { schema: base.schema } : {}),
  base,
  columns: renamed(columnsOf(base), names),
  open: base.known === undefined,
})

/** The row that an INSERT proposes. */
export const proposedOf = (base: Base): Range => ({ ...rangeOf(base, 'excluded'), proposed: true })

/** What a column reference was found to mean. */
export type Meaning = { readonly column: OutputColumn; readonly confidence: Confidence; readonly candidates?: readonly TableName[]; readonly proposed?: true }

const order: readonly Confidence[] = ['certain', 'high', 'likely', 'possible']
export const weaker = (a: Confidence, b: Confidence): Confidence => (order.indexOf(a) > order.indexOf(b) ? a : b)

const listed = ({ columns }: Range, name: string): OutputColumn | undefined => columns.find((column) => column.name === name)

/** The meaning in one range, for a name that is not among its columns too: the code's table may lack a column that the database has. */
const meaningIn = (range: Range, name: string, confidence: Confidence): Meaning => {
  const { base, proposed } = range
  const column = listed(range, name) ?? { name, from: base ? [columnOf(base, name)] : [] }
  return {
    column,
    confidence: weaker(confidence, base?.confidence ?? 'certain'),
    ...(base?.candidates ? { candidates: base.candidates } : {}),
    ...(proposed ? { proposed } : {}),
  }
}

const several = (ranges: readonly Range[], name: string): Meaning => {
  const meanings = ranges.map((range) => meaningIn(range, name, 'possible'))
  const from = meanings.flatMap(({ column }) => column.from)
  const tables = new Map(from.map(({ schema, table }) => [`${schema}.${table}`, { schema, name: table }]))
  return { column: { name, from }, confidence: 'possible', ...(tables.size > 1 ? { candidates: [...tables.values()] } : {}) }
}

const among = (ranges: readonly Range[], name: string, confidence: Confidence): Meaning | undefined => {
  const [first, second] = ranges
  if (!first) return undefined
  return second ? several(ranges, name) : meaningIn(first, name, confidence)
}

const visible = ({ ranges }: Frame): readonly Range[] => ranges.filter(({ proposed }) => !proposed)

const inFrame = (frame: Frame, name: string): Meaning | undefined => {
  const merged = frame.merged.find((column) => column.name === name)
  if (merged) return { column: merged, confidence: 'certain' }
  const ranges = visible(frame)
  const hits = ranges.filter((range) => listed(range, name))
  return among(hits, name, ranges.some(({ open }) => open) ? 'high' : 'certain')
}

/** `name` without a qualifier; undefined where no range in sight can have it. */
export const unqualified = ({ frames }: Scope, name: string): Meaning | undefined => {
  for (const frame of frames) {
    const found = inFrame(frame, name)
    if (found) return found
  }
  for (const frame of frames) {
    const open = visible(frame).filter((range) => range.open)
    // A function's or a sub-select's column that is not known is nobody's.
    if (open.length > 0) return among(open, name, 'likely')
  }
  return undefined
}

/** A column that the code's tables do not list, of a table in sight all the same. */
export const unlisted = ({ frames }: Scope, name: string): Meaning | undefined => {
  for (const frame of frames) {
    const found = among(
      visible(frame).filter(({ base }) => base),
      name,
      'high',
    )
    if (found) return found
  }
  return undefined
}

export const rangeNamed = ({ frames }: Scope, name: string, schema?: string): Range | undefined => {
  for (const { ranges } of frames) {
    const found = ranges.find((range) => range.name === name && (schema === undefined || range.schema === schema))
    if (found) return found
  }
  return undefined
}

export const qualifiedIn = (range: Range, name: string): Meaning =>
  meaningIn(range, name, range.open || listed(range, name) || !range.base ? 'certain' : 'high')
