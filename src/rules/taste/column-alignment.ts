import type { Attribute } from '../../model/catalog.ts'
import { display, displayIdentifier, keyOf } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'

/** Length and alignment in bytes of types of fixed length (pg_type.typlen and typalign on 18, 64 bit). */
const fixed: { readonly [type: string]: readonly [number, number] } = {
  bool: [1, 1],
  char: [1, 1],
  int2: [2, 2],
  int4: [4, 4],
  oid: [4, 4],
  float4: [4, 4],
  date: [4, 4],
  int8: [8, 8],
  float8: [8, 8],
  money: [8, 8],
  timestamp: [8, 8],
  timestamptz: [8, 8],
  time: [8, 8],
  timetz: [12, 8],
  interval: [16, 8],
  uuid: [16, 1],
  macaddr: [6, 4],
}

const sizeOf = ({ type }: Attribute): readonly [number, number] | undefined =>
  type.array || type.schema !== 'pg_catalog' || !Object.hasOwn(fixed, type.name) ? undefined : fixed[type.name]

/** Bytes of filling between columns of fixed length. Behind a column of varying length nothing is known, and nothing is counted until the next one is aligned. */
const fillingOf = (columns: readonly Attribute[]): number => {
  let offset: number | undefined = 0
  let filling = 0
  for (const column of columns) {
    const size = sizeOf(column)
    if (!size) {
      offset = undefined
      continue
    }
    const [length, alignment] = size
    if (offset === undefined) {
      if (alignment === 8) offset = length
      continue
    }
    const gap = (alignment - (offset % alignment)) % alignment
    filling += gap
    offset += gap + length
  }
  return filling
}

/** From the widest alignment to the narrowest, what varies in length last: no filling at all. */
const packed = (columns: readonly Attribute[]): readonly Attribute[] =>
  [...columns].sort((a, b) => (sizeOf(b)?.[1] ?? 0) - (sizeOf(a)?.[1] ?? 0) || Number(sizeOf(a) === undefined) - Number(sizeOf(b) === undefined))

/** Less than this a row is not worth an order that nobody reads easily. */
const much = 16

export const columnAlignment = defineStepRule({
  id: 'column-alignment',
  severity: 'note',
  preset: 'taste',
  summary: 'The order of the columns of a new table wastes much space on alignment.',
  why: 'A column of eight bytes begins at a multiple of eight: behind a boolean seven bytes are filling, in every row, in memory as on disk. The order cannot be changed later.',
  instead: 'Put wide columns of fixed length first, narrow ones behind them, text and jsonb last.',
  judges: {
    'create-table'({ change: { name, table } }) {
      const saved = fillingOf(table.columns) - fillingOf(packed(table.columns))
      if (saved < much || table.partitionOf || table.kind === 'foreign') return undefined
      const order = packed(table.columns).map((column) => displayIdentifier(column.name))
      return {
        message: `Each row of ${display(name)} has ${saved} bytes of filling that another order would save: ${order.join(', ')}.`,
        object: keyOf('table', name),
      }
    },
  },
  bad: [
    {
      shows: 'flags between counters',
      sql: 'CREATE TABLE stats (id bigint PRIMARY KEY, a boolean NOT NULL, reads bigint NOT NULL, b boolean NOT NULL, writes bigint NOT NULL, c boolean NOT NULL, size bigint NOT NULL)',
    },
  ],
  good: [
    {
      shows: 'flags last',
      sql: 'CREATE TABLE stats (id bigint PRIMARY KEY, reads bigint NOT NULL, writes bigint NOT NULL, size bigint NOT NULL, a boolean NOT NULL, b boolean NOT NULL, c boolean NOT NULL)',
    },
    { shows: 'seven bytes are not worth it', sql: 'CREATE TABLE users (active boolean NOT NULL, id bigint PRIMARY KEY, name text)' },
  ],
})
