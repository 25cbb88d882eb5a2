/** Columns, their types, defaults and conditions that fit them. */
import type { Attribute, Catalog, TypeReference } from '../../src/model/catalog.ts'
import { qualified } from '../../src/model/name.ts'
import { type Draw, literal, quote, write } from './generate-draw.ts'

/** What can be written of a column's type. */
export type Sort = 'number' | 'integer' | 'text' | 'boolean' | 'time' | 'json' | 'array' | 'uuid' | 'enum' | 'other'

type Choice = { readonly sql: string; readonly sort: Sort; readonly defaults: readonly string[] }

const choice = (sort: Sort, types: readonly string[], defaults: readonly string[]): readonly Choice[] => types.map((sql) => ({ sql, sort, defaults }))

/** The column types of Drizzle's PostgreSQL dialect, with defaults that drizzle-kit or people write. */
const builtin: readonly Choice[] = [
  ...choice('integer', ['smallint', 'integer', 'int', 'bigint'], ['0', '1', '-1', '(1 + 2) * 3', `'5'`, 'NULL']),
  ...choice('number', ['numeric', 'numeric(10, 2)', 'real', 'double precision'], ['0', '1.5', `'1.5'`, '-0.5', 'round(1.5)']),
  ...choice(
    'text',
    ['text', 'varchar', 'varchar(20)', 'char(4)', 'text COLLATE "C"'],
    [`'x'`, `''`, `'it''s'::text`, `lower('A')`, `'a' || 'b'`, 'CURRENT_USER'],
  ),
  ...choice('boolean', ['boolean'], ['true', 'false', '(NOT true)', '1 > 2']),
  ...choice(
    'time',
    ['timestamp', 'timestamptz', 'timestamp(3) with time zone', 'date'],
    ['now()', 'CURRENT_TIMESTAMP', `now() + interval '1 day'`, `(now() AT TIME ZONE 'utc')`],
  ),
  ...choice(
    'other',
    [
      'time',
      'time(3)',
      'interval',
      'interval day to second',
      'bytea',
      'inet',
      'cidr',
      'macaddr',
      'macaddr8',
      'point',
      'line',
      'bit(3)',
      'varbit(8)',
      'xml',
      'tsvector',
      'int4range',
      'oid',
      'money',
    ],
    [],
  ),
  ...choice('json', ['json', 'jsonb'], [`'{}'`, `'[]'::jsonb`, `'{"a": 1}'::json`]),
  ...choice('uuid', ['uuid'], ['gen_random_uuid()', `'00000000-0000-0000-0000-000000000000'`]),
  ...choice('array', ['text[]', 'integer[]', 'varchar(10)[]'], [`'{}'`]),
]

const userType = (draw: Draw, catalog: Catalog): Choice | undefined => {
  const found = draw.maybe(catalog.types)
  if (!found) return undefined
  const [name, type] = found
  const sql = write(draw, name)
  if (type.kind === 'enum') {
    const labels = type.labels.map(literal)
    const typed = labels.map((label) => `${label}::${sql}`)
    return draw.oneIn(4) ? { sql: `${sql}[]`, sort: 'array', defaults: [`'{}'`, `'{}'::${sql}[]`] } : { sql, sort: 'enum', defaults: [...labels, ...typed] }
  }
  if (type.kind === 'base') return undefined
  return { sql, sort: 'other', defaults: [] }
}

/** Any column type: a built-in one, or one of the catalog's. */
export const columnType = (draw: Draw, catalog: Catalog): Choice => (draw.oneIn(3) ? userType(draw, catalog) : undefined) ?? draw.of(builtin)

const sorts: Readonly<Record<string, Sort>> = {
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  numeric: 'number',
  float4: 'number',
  float8: 'number',
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  bool: 'boolean',
  timestamp: 'time',
  timestamptz: 'time',
  date: 'time',
  uuid: 'uuid',
  jsonb: 'json',
  json: 'other',
}

/** The sort of a type of the catalog. */
export const sortOf = (type: TypeReference, catalog: Catalog): Sort => {
  if (type.array) return 'array'
  if (type.schema === 'pg_catalog') return sorts[type.name] ?? 'other'
  return type.schema !== undefined && catalog.types.get(qualified(type.schema, type.name))?.kind === 'enum' ? 'enum' : 'other'
}

const labelsOf = (type: TypeReference, catalog: Catalog): readonly string[] => {
  const found = catalog.types.get(qualified(type.schema ?? '', type.name))
  return found?.kind === 'enum' ? found.labels : []
}

/** A condition over one column, `column` as it is to be written. */
export const condition = (draw: Draw, attribute: Attribute, catalog: Catalog, column = quote(attribute.name)): string => {
  const labels = labelsOf(attribute.type, catalog)
  switch (sortOf(attribute.type, catalog)) {
    case 'integer':
      return draw.of([
        `${column} > 0`,
        `${column} BETWEEN 1 AND 10`,
        `${column} IN (1, 2, 3)`,
        `${column} % 2 = 0`,
        `${column} IS NULL OR ${column} <> 5`,
        `CASE WHEN ${column} > 1 THEN true ELSE false END`,
      ])
    case 'number':
      return draw.of([`${column} >= 0`, `abs(${column}) < 100`, `${column} NOT IN (1, 2)`])
    case 'text':
      return draw.of([
        `length(${column}) > 1`,
        `${column} <> ''`,
        `${column} IN ('a', 'b')`,
        `${column} LIKE 'a%'`,
        `${column} ~* '^a'`,
        `${column} NOT IN ('x', 'y')`,
        `${column} = 'a'`,
        `coalesce(${column}, '') <> 'q'`,
      ])
    case 'boolean':
      return draw.of([column, `NOT ${column}`, `${column} IS TRUE`, `${column} = true`])
    case 'enum':
      return labels.length === 0
        ? `${column} IS NOT NULL`
        : draw.of([`${column} = ${literal(draw.of(labels))}`, `${column} IN (${draw.some(labels, 2).map(literal).join(', ')})`, `${column} IS NOT NULL`])
    case 'json':
      return draw.of([`${column} IS NOT NULL`, `${column} ->> 'a' = 'x'`])
    default:
      return draw.of([`${column} IS NOT NULL`, `${column} IS NULL`])
  }
}

/** An expression over one column that an index can hold. */
export const indexable = (draw: Draw, attribute: Attribute, catalog: Catalog): string => {
  const column = quote(attribute.name)
  switch (sortOf(attribute.type, catalog)) {
    case 'integer':
    case 'number':
      return draw.of([`(${column} + 1)`, `abs(${column})`, `((${column} * 2) - 1)`])
    case 'text':
      return draw.of([`lower(${column})`, `(${column} || 'x')`, `length(${column})`, `coalesce(${column}, '')`])
    case 'boolean':
      return `(NOT ${column})`
    case 'json':
      return `(${column} ->> 'a')`
    default:
      return `(${column} IS NULL)`
  }
}

const ordered: ReadonlySet<Sort> = new Set(['integer', 'number', 'text', 'boolean', 'time', 'uuid', 'enum', 'array'])

/** Columns that a btree can hold. */
export const sortable = (columns: readonly Attribute[], catalog: Catalog): readonly Attribute[] =>
  columns.filter(({ type }) => ordered.has(sortOf(type, catalog)))
