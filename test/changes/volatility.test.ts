import { afterAll, beforeAll, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { isVolatile } from '../../src/changes/volatility.ts'
import type { Expression } from '../../src/model/catalog.ts'
import type { Engine } from '../../src/model/engine.ts'
import type { Row } from '../../src/model/session.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readStatements } from '../../src/sql/script.ts'
import { child, list } from '../../src/sql/tree.ts'

let engine: Engine
let functions: readonly Row[] = []
beforeAll(async () => {
  await loadSql()
  engine = await openEngine({ extensions: [], profile: 'replay' })
  const session = await engine.session(await engine.createDatabase())
  functions = await session.query(
    "SELECT proname::text AS name, bool_or(provolatile = 'v') AS volatile FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f' GROUP BY proname",
  )
  await session[Symbol.asyncDispose]()
})
afterAll(async () => engine?.[Symbol.asyncDispose]())

const called = (name: string): Expression => child(child(list(readStatements(`SELECT ${name}()`)[0]?.tree, 'targetList')[0], 'ResTarget'), 'val') as Expression

it('takes no function of PostgreSQL’s own for volatile that it says is not', () => {
  expect(functions.length).toBeGreaterThan(2000)
  const wrong = functions.filter(
    ({ name, volatile }) => /^[a-z_]\w*$/.test(String(name)) && volatile === false && isVolatile(called(`pg_catalog.${String(name)}`)),
  )
  expect(wrong).toEqual([])
})

it.each(['random', 'gen_random_uuid', 'clock_timestamp', 'nextval', 'uuidv7'])('knows that %s is volatile, as PostgreSQL says', (name) => {
  expect(functions.find((each) => each.name === name)?.volatile).toBe(true)
  expect(isVolatile(called(name))).toBe(true)
})
