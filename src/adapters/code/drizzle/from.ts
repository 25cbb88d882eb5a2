/** What stands in FROM or JOIN: a declared table, or a subquery. */
import type { Value } from '../value.ts'
import { any } from '../value.ts'
import type { Source } from './source.ts'
import { Source as DeclaredSource } from './source.ts'
import { Subquery } from './subquery.ts'

export type From = { readonly name: string; readonly row: Value; readonly source?: Source }

export const fromOf = (value: Value): From => {
  if (value instanceof DeclaredSource) return { name: value.rowName, row: value.row(), source: value }
  return value instanceof Subquery ? { name: value.name, row: value.row } : { name: '', row: any }
}

export const sourcesOf = (all: readonly From[]): readonly Source[] => all.flatMap(({ source }) => source ?? [])
