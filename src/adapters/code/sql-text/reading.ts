/** One reading of a text: what it looks names up in, what it has found, and the ways back into it for queries that stand inside of queries. */
import type { Json, Tree } from '../../../model/json.ts'
import { text } from '../../../sql/tree.ts'
import type { Found, Role } from './found.ts'
import { around } from './parsing.ts'
import type { Base, Query, Range, Scope } from './scopes.ts'
import { isUnknown, type Spelling, symbolOf } from './spelling.ts'
import type { Tables } from './tables.ts'

export type Reading = {
  readonly tables: Tables
  readonly spelling: Pick<Spelling, 'symbols' | 'holes'>
  readonly found: Found
  /** The table that the builder writes to or selects from first: the target of a fragment's assignments. */
  readonly builder: Base | undefined
  /** The SELECT around a fragment whose place is not known: what it names is not said to be selected. */
  readonly wrapper: Tree | undefined
  /** Anything with column references and sub-selects inside. */
  expression(value: Json | undefined, scope: Scope, role: Role): void
  /** A wrapped statement that may answer rows. `exists`: only whether there is a row matters. */
  query(wrapped: Tree, scope: Scope, exists?: boolean): Query
}

/** What a RangeVar's name means: a table, nothing of ours (a catalog's table), or something that is not known. */
export type Named = { readonly base: Base; readonly alias: string | undefined } | 'system' | 'unknown'

export const isAround = (range: Tree | undefined): boolean => text(range, 'relname') === around

export const tableNamed = (range: Tree, { tables, spelling: { symbols } }: Reading): Named => {
  const name = text(range, 'relname') ?? ''
  if (isUnknown(name) || isUnknown(text(range, 'schemaname') ?? '')) return 'unknown'
  const symbol = symbolOf(symbols, name)
  if (symbol && 'table' in symbol) return { base: tables.symbol(symbol.table), alias: symbol.table.alias }
  if (symbol) return { base: tables.symbol({ schema: symbol.column.schema, name: symbol.column.table }), alias: undefined }
  const base = tables.named(name, text(range, 'schemaname'))
  return base ? { base, alias: undefined } : 'system'
}

/** A name in a tree as a person wrote it: a symbol's own name. */
export const spoken = (name: string, { spelling: { symbols } }: Reading): string => {
  const symbol = symbolOf(symbols, name)
  if (!symbol) return name
  return 'column' in symbol ? symbol.column.name : (symbol.table.alias ?? symbol.table.name)
}

/** A range of which nothing is known but its name. */
export const openRange = (name: string): Range => ({ name, columns: [], open: true })
