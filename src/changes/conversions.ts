/** Which changes of a column's type keep the stored bytes. */
import type { TypeReference } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { printExpression } from '../sql/print.ts'
import { equal } from './equal.ts'

const unbounded = new Set(['text', 'varchar'])

/** Conversions that keep the stored bytes (manual, ALTER TABLE notes; measured on 15 to 18): no rewrite. */
export const keepsBytes = (from: TypeReference, to: TypeReference): boolean => {
  if (from.array !== to.array || from.schema !== 'pg_catalog' || to.schema !== 'pg_catalog') return equal({ ...from, typmods: [] }, { ...to, typmods: [] })
  const length = (type: TypeReference): number => (type.typmods.length === 0 ? Number.POSITIVE_INFINITY : Number(printExpression(type.typmods[0] as Tree)))
  const scale = (type: TypeReference): number => (type.typmods.length < 2 ? 0 : Number(printExpression(type.typmods[1] as Tree)))
  if (unbounded.has(from.name) && unbounded.has(to.name)) return length(to) >= length(from)
  if (from.name === 'cidr' && to.name === 'inet') return true
  if (from.name !== to.name) return false
  if (from.name === 'numeric') return to.typmods.length === 0 || (from.typmods.length > 0 && length(to) >= length(from) && scale(to) === scale(from))
  if (['timestamp', 'timestamptz', 'time', 'timetz', 'interval', 'varbit'].includes(from.name)) return length(to) >= length(from)
  return equal(from.typmods, to.typmods)
}
