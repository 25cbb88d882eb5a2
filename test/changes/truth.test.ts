import { afterAll, beforeAll, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { truthOf } from '../../src/changes/truth.ts'
import type { Engine } from '../../src/model/engine.ts'
import type { Tree } from '../../src/model/json.ts'
import type { Session } from '../../src/model/session.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readStatements } from '../../src/sql/script.ts'
import { child } from '../../src/sql/tree.ts'

let engine: Engine
let session: Session
beforeAll(async () => {
  await loadSql()
  engine = await openEngine({ extensions: [], profile: 'replay' })
  session = await engine.session(await engine.createDatabase())
})
afterAll(async () => {
  await session?.[Symbol.asyncDispose]()
  await engine?.[Symbol.asyncDispose]()
})

const conditionOf = (sql: string): Tree | undefined => child(readStatements(`DELETE FROM t WHERE ${sql}`)[0]?.tree, 'whereClause')

const decided = [
  'true',
  'false',
  '1 = 1',
  '0 = 1',
  "'a' = 'a'",
  "'a' <> 'b'",
  '1.5 = 1.5',
  'NULL IS NULL',
  'NULL IS NOT NULL',
  "'x' IS NULL",
  "'t'::boolean",
  "'off'::bool",
  '0 <> 0',
]
const open = ['a = a', 'a IS NULL', 'NULL', 'NULL = NULL', '1 < 2']
const all = [...decided, ...open]
const conditions = [...all, ...all.map((a) => `NOT (${a})`), ...all.flatMap((a) => all.flatMap((b) => [`(${a}) AND (${b})`, `(${a}) OR (${b})`]))]

it('says of a condition what PostgreSQL says of it for every row, or that it does not know', async () => {
  const selected = conditions.map(
    (sql, at) =>
      `SELECT ${at} AS at, every.answer FROM (SELECT array_agg(coalesce(${sql}, false) ORDER BY a) AS answer FROM (VALUES (1), (NULL)) AS t (a)) AS every`,
  )
  const rows = await session.query(selected.join(' UNION ALL '))
  expect(rows).toHaveLength(conditions.length)
  for (const { at, answer } of rows) {
    const sql = conditions[Number(at)] ?? ''
    const truth = truthOf(conditionOf(sql))
    if (truth !== undefined) expect([sql, answer]).toEqual([sql, [truth, truth]])
  }
})

it.each(decided)('knows %s, and its opposite', (sql) => {
  expect(truthOf(conditionOf(sql))).toBeDefined()
  expect(truthOf(conditionOf(`NOT (${sql})`))).toBe(!truthOf(conditionOf(sql)))
})

it.each(open)('does not know %s', (sql) => expect(truthOf(conditionOf(sql))).toBeUndefined())
