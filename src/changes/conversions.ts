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

/** Types between which every cast is there (pg_cast on 18.4). */
const families = [
  ['int2', 'int4', 'int8', 'numeric', 'float4', 'float8'],
  ['text', 'varchar', 'bpchar', 'name', 'char'],
  ['json', 'jsonb'],
  ['inet', 'cidr'],
  ['macaddr', 'macaddr8'],
  ['bit', 'varbit'],
] as const
const oneWay: Readonly<Record<string, readonly string[]>> = {
  timestamp: ['timestamptz', 'date', 'time'],
  timestamptz: ['timestamp', 'date', 'time', 'timetz'],
  date: ['timestamp', 'timestamptz'],
  time: ['timetz', 'interval'],
  timetz: ['time'],
  interval: ['time'],
  bool: ['int4'],
  int4: ['bool', 'oid', 'money'],
  int8: ['oid', 'money'],
  int2: ['oid'],
  numeric: ['money'],
  money: ['numeric'],
  oid: ['int4', 'int8'],
}
const textual = new Set<string>(families[1])

/** False where PostgreSQL has no cast from one built-in type to another, so that values can only meet in text. Of other types it is taken to have one. */
export const castExists = (from: TypeReference, to: TypeReference): boolean => {
  if (from.array !== to.array) return [from, to].some(({ array, name, schema }) => !array && schema === 'pg_catalog' && textual.has(name))
  if (from.schema !== 'pg_catalog' || to.schema !== 'pg_catalog' || from.name === to.name || textual.has(from.name) || textual.has(to.name)) return true
  return families.some((family: readonly string[]) => family.includes(from.name) && family.includes(to.name)) || (oneWay[from.name] ?? []).includes(to.name)
}
