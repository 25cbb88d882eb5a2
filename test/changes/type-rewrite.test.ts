/** Whether a change of type rewrites the table: what memory says, beside what PostgreSQL does. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { type Rewrite, rewriteOf } from '../../src/changes/type-rewrite.ts'
import type { Engine } from '../../src/model/engine.ts'
import { qualified } from '../../src/model/name.ts'
import type { Session } from '../../src/model/session.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { play } from '../support/sql.ts'

await loadSql()

const given = `CREATE EXTENSION citext;
CREATE TYPE mood AS ENUM ('a', 'b');
CREATE DOMAIN label AS text; CREATE DOMAIN short AS varchar(20); CREATE DOMAIN checked AS text CHECK (length(VALUE) < 100); CREATE DOMAIN above AS checked;
CREATE TABLE t (v10 varchar(10), v varchar, x text, c char(5), n102 numeric(10, 2), n numeric, i2 smallint, i4 int, i8 bigint, ts timestamp, ts3 timestamp(3), tz timestamptz, d date,
  net cidr, ip inet, m mood, v10s varchar(10)[], texts text[], ns numeric(10, 2)[], i4s int[], j json, jb jsonb, b3 bit(3), vb3 varbit(3), lab label, che checked, ct citext, o oid, xm xml,
  u uuid, iv interval, iv3 interval(3), f real, nm name, ti time, ti3 time(3), ivy interval year, ivym interval year to month, ivd interval day, ivds interval day to second(3))`

const cases =
  `v10 varchar(20)|v10 varchar(5)|v10 text|v10 varchar|v text|v varchar(20)|x varchar|x varchar(20)|c text|c char(10)|x bpchar|n102 numeric(12,2)|n102 numeric|n102 numeric(12,4)|n102 numeric(8,2)
n numeric(10,2)|i4 bigint|i2 int|i8 int|i4 oid|o int|o regclass|i4 numeric|i4 text USING i4::text|ts timestamptz|ts timestamp(3)|ts timestamp(6)|ts3 timestamp|ts3 timestamp(5)|ts3 timestamptz
ts3 timestamptz(3)|tz timestamp|d timestamp|d timestamptz|net inet|ip cidr|m text USING m::text|x mood USING x::mood|m mood USING m::text::mood|m mood USING m::mood|v10s text[]|v10s varchar(20)[]|v10s varchar[]
texts varchar[]|ns numeric[]|ns numeric(12,2)[]|i4s bigint[]|i4s int[]|j jsonb|jb json|jb text|b3 varbit|vb3 varbit|vb3 bit(3)|vb3 varbit(5)|lab text|x label|v10 label|v10 short|che text|x checked|lab checked
che label|x above|ct text|x citext|v10 citext|ct varchar|xm text|u text|x uuid USING x::uuid|iv interval(3)|iv3 interval|iv3 interval(5)|iv3 interval(2)|f double precision|nm text|x name|ti time(3)|ti3 time|ti3 time(4)
iv interval(6)|iv interval second(6)|iv interval day to second(6)|iv interval day|iv interval minute|iv interval year to month|ivy interval month|ivy interval|ivym interval(6)|ivym interval year
ivds interval(3)|ivds interval(2)|ivds interval day to second(3)|ivds interval day to hour|ivd interval hour|ivd interval hour to second(2)|ivd interval year
x text USING x|v10 text USING v10::text|v10 varchar(20) USING v10::varchar(15)|v10 text USING v10::varchar(5)|x text USING lower(x)|i4 int USING i4 + 1|x text COLLATE "C"|i4 int
ts timestamptz USING ts AT TIME ZONE 'UTC'|ts timestamptz USING ts::timestamptz|x varchar(20) USING x::varchar(20)|v10 text USING CAST(v10 AS text)`
    .split(/[|\n]/)
    .map((line) => /^(\w+) (.*)$/.exec(line.trim()) ?? [])
    .map(([, column = '', type = '']) => [column, type] as const)

let engine: Engine
let session: Session
beforeAll(async () => {
  engine = await openEngine({ extensions: ['citext'], profile: 'replay' })
  session = await engine.session(await engine.createDatabase())
  await session.script(given)
})
afterAll(async () => {
  await session?.[Symbol.asyncDispose]()
  await engine?.[Symbol.asyncDispose]()
})

const file = async (): Promise<unknown> => (await session.query("SELECT pg_relation_filenode('t')::text AS file"))[0]?.file

/** True when the statement gives the table another file in that time zone. */
const rewrites = async (sql: string, zone: string): Promise<boolean> => {
  await session.script(`BEGIN; SET LOCAL TimeZone = '${zone}'`)
  try {
    const before = await file()
    await session.script(sql)
    return before !== (await file())
  } finally {
    await session.script('ROLLBACK')
  }
}

it.each(cases)('%s becomes %s', async (column, type) => {
  const sql = `ALTER TABLE t ALTER COLUMN ${column} TYPE ${type}`
  const played = play(sql, play(given))
  const { change, before } = played.changes.find(({ change }) => change.kind === 'set-column-type') ?? {}
  if (change?.kind !== 'set-column-type' || !before) throw new Error(`not read: ${sql}`)
  const from = before.tables.get(qualified('public', 't'))?.columns.find(({ name }) => name === column)?.type
  if (!from) throw new Error(`no column ${column}`)
  const [utc, elsewhere] = [await rewrites(sql, 'UTC'), await rewrites(sql, 'Asia/Tokyo')]
  const real: Rewrite = utc ? 'rewrite' : elsewhere ? 'time zone' : 'none'
  expect(rewriteOf(before, column, from, change.to, change.using)).toBe(real)
})
