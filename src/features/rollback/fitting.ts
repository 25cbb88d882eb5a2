/** Values that a migration's own casts take: where it refuses the usual ones, these may pass. */
import { columnOn } from '../../changes/found-by.ts'
import { userTypeName } from '../../changes/types.ts'
import type { Attribute, Catalog, TypeReference } from '../../model/catalog.ts'
import type { RelationName } from '../../model/name.ts'
import type { GivenValues } from '../../rows/index.ts'
import type { Made } from './inverse.ts'
import { Names } from './names.ts'

/** Each type reads them, and most of them it would write otherwise: what a cast loses is to be seen. */
const numbers = ['1', '007', '-30']
const moments = ['2024-02-29 10:00:00', '2023-12-31T23:59:59Z', '2025-06-01']

const texts: { readonly [type: string]: readonly string[] } = {
  int2: numbers,
  int4: numbers,
  int8: numbers,
  numeric: ['1', '2.50', '007'],
  float4: numbers,
  float8: numbers,
  bool: ['true', 'f', 'yes'],
  date: ['2024-02-29', '20231231'],
  timestamp: moments,
  timestamptz: moments,
  time: ['10:00:00', '23:59'],
  interval: ['1 day', '24:00'],
  uuid: ['00000000-0000-4000-8000-000000000001', 'A0EEBC999C0B4EF8BB6D6BB9BD380A11'],
  json: ['{}', '[1]', '{"a": 1}'],
  jsonb: ['{}', '[1]', '{"b": 1,  "a": 2}'],
}

const labelsOf = (type: TypeReference, { types }: Catalog): readonly string[] | undefined => {
  const name = type.array ? undefined : userTypeName(type)
  const known = name === undefined ? undefined : types.get(name)
  return known?.kind === 'enum' ? known.labels : undefined
}

const isText = ({ schema, name, array }: TypeReference): boolean => !array && schema === 'pg_catalog' && ['text', 'varchar', 'bpchar'].includes(name)

/** Texts that both types read. */
const between = (from: Attribute, before: Catalog, to: TypeReference, catalog: Catalog): readonly string[] => {
  const wanted = labelsOf(to, catalog) ?? (to.array || to.schema !== 'pg_catalog' ? [] : (texts[to.name] ?? []))
  const own = labelsOf(from.type, before)
  return own ? wanted.filter((text) => own.includes(text)) : isText(from.type) ? wanted : []
}

/** Where objects do not pass, lists may. */
const lists = ['[{"id": "v1", "name": "v1"}]', '[]']

const isJson = ({ type: { schema, name, array } }: Attribute): boolean => !array && schema === 'pg_catalog' && (name === 'json' || name === 'jsonb')

/** As applications write a moment into a text. */
const isMoment = ({ name, type }: Attribute): boolean => isText(type) && /(_at|At|_date|Date|_time|Time|timestamp)$/.test(name)

/** By the names from before the migration. */
export const fittingValues = (made: readonly Made[], before: Catalog): GivenValues => {
  const found = new Map<RelationName, Map<string, readonly string[]>>()
  const give = (table: RelationName, column: string, values: readonly string[]): void => {
    if (values.length > 0) found.set(table, (found.get(table) ?? new Map<string, readonly string[]>()).set(column, values))
  }
  for (const [table, { columns }] of before.tables)
    for (const column of columns) give(table, column.name, isMoment(column) ? moments : isJson(column) ? lists : [])
  const names = new Names()
  for (const { change, before: catalog } of made) {
    if (change.kind === 'set-column-type') {
      const [table, name] = [names.table(change.on), names.column(change.on, change.column)]
      const column = table === undefined ? undefined : columnOn(before, table, name)
      if (table !== undefined && column) give(table, column.name, between(column, before, change.to, catalog))
    }
    names.follow(change)
  }
  return found
}
