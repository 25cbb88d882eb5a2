/** What a column reference means. */
import type { Tree } from '../../../model/json.ts'
import { list, stringValue, unwrap } from '../../../sql/tree.ts'
import type { Doing } from './found.ts'
import type { TableName } from './nouns.ts'
import { type Reading, spoken } from './reading.ts'
import { type Base, columnOf, type Meaning, qualifiedIn, type Range, rangeNamed, rangeOf, type Scope, unlisted, unqualified, weaker } from './scopes.ts'
import { isUnknown, symbolOf } from './spelling.ts'

/** A column, the whole row of a range (`u`, `u.*`), all columns in sight (`*`), or nothing that a table has. */
export type Referred = { readonly meaning: Meaning; readonly symbol?: true } | { readonly row: Range } | 'all' | undefined

const isStar = (field: Tree | undefined): boolean => field !== undefined && 'A_Star' in field

const namesOf = (fields: readonly Tree[]): readonly string[] => fields.map((field) => stringValue(field) ?? '')

const inTable = (base: Base, name: string): Meaning => ({ column: { name, from: [columnOf(base, name)] }, confidence: base.confidence })

/** Nothing in sight has it: every table of the code that has such a column may be meant. */
const anywhere = (name: string, { tables }: Reading): Meaning | undefined => {
  const having = tables.withColumn(name)
  if (having.length === 0) return undefined
  const candidates = having.map((table): TableName => ({ schema: table.schema, name: table.name }))
  const from = candidates.map((table) => ({ schema: table.schema, table: table.name, column: name }))
  return { column: { name, from }, confidence: 'possible', ...(candidates.length > 1 ? { candidates } : {}) }
}

const lost = (name: string, reading: Reading): Meaning | undefined => {
  const found = anywhere(name, reading)
  if (!found) reading.found.unread(`column "${name}" is of no table in sight`)
  return found
}

const single = (name: string, scope: Scope, reading: Reading): Referred => {
  const meaning = unqualified(scope, name)
  if (meaning && (meaning.confidence !== 'likely' || !scope.variables.has(name))) return { meaning }
  const row = rangeNamed(scope, name)
  if (row) return { row }
  if (scope.variables.has(name)) return undefined
  const other = unlisted(scope, name) ?? lost(name, reading)
  return other && { meaning: other }
}

/** The range of a qualifier: one in sight, or a table of that name, for fragments whose builder is not known. */
const qualifier = (path: readonly string[], scope: Scope, reading: Reading): Range | undefined => {
  const [schema, first] = path.length > 1 ? [path.at(-2), path.at(-1) ?? ''] : [undefined, path[0] ?? '']
  const symbol = symbolOf(reading.spelling.symbols, first)
  const name = spoken(first, reading)
  const range = rangeNamed(scope, name, schema) ?? (symbol && rangeNamed(scope, name))
  if (range) return range
  if (symbol) return 'table' in symbol ? rangeOf(reading.tables.symbol(symbol.table), symbol.table.alias) : undefined
  const base = reading.tables.named(name, schema)
  return base?.known && rangeOf({ ...base, confidence: 'high' }, undefined)
}

/** A fragment may have a table of the statement around it under an alias that only that statement knows. */
const underAlias = (name: string, scope: Scope): Meaning | undefined => {
  const meaning = unqualified(scope, name)
  return meaning && { ...meaning, confidence: weaker(meaning.confidence, 'likely') }
}

const qualified = (path: readonly string[], name: string, scope: Scope, reading: Reading): Referred => {
  const range = qualifier(path, scope, reading)
  if (range) return { meaning: qualifiedIn(range, name) }
  // A field of a variable: NEW.x in a trigger, a loop's record.
  if (scope.variables.has(path[0] ?? '')) return undefined
  const other = underAlias(name, scope) ?? lost(name, reading)
  return other && { meaning: other }
}

export const referred = (reference: Tree, scope: Scope, reading: Reading): Referred => {
  const fields = list(reference, 'fields')
  const names = namesOf(fields)
  const last = names.at(-1) ?? ''
  if (isStar(fields.at(-1))) {
    const row = fields.length === 1 ? undefined : qualifier(names.slice(0, -1), scope, reading)
    return fields.length === 1 ? 'all' : row && { row }
  }
  const symbol = symbolOf(reading.spelling.symbols, last)
  if (symbol && 'column' in symbol) {
    const { schema, table, name } = symbol.column
    return { meaning: inTable(reading.tables.symbol({ schema, name: table }), name), symbol: true }
  }
  const name = spoken(last, reading)
  if (isUnknown(name)) {
    reading.found.unread('a name in it is computed')
    return undefined
  }
  return fields.length === 1 ? single(name, scope, reading) : qualified(names.slice(0, -1), name, scope, reading)
}

/** Records a reference; a whole row is all columns of its table. */
export const recordReference = (reference: Tree, scope: Scope, reading: Reading, doing: Doing): Referred => {
  const found = referred(reference, scope, reading)
  if (found === undefined || found === 'all') return found
  if ('row' in found) reading.found.whole(found.row, doing.role)
  else reading.found.column(found.meaning, { ...doing, ...(found.symbol ? { symbol: true } : {}) })
  return found
}

/** The expression inside of casts and collations. */
export const uncast = (expression: Tree | undefined): Tree | undefined => {
  if (!expression) return undefined
  const [node, content] = unwrap(expression)
  if (node !== 'TypeCast' && node !== 'CollateClause') return expression
  return uncast(content.arg as Tree | undefined)
}

/** The column that an expression is, without recording anything. */
export const columnIn = (expression: Tree | undefined, scope: Scope, reading: Reading): Meaning | undefined => {
  const inner = uncast(expression)
  if (!inner) return undefined
  const [node, content] = unwrap(inner)
  if (node !== 'ColumnRef') return undefined
  const found = referred(content, scope, reading)
  return found !== undefined && found !== 'all' && 'meaning' in found ? found.meaning : undefined
}
