/** Both orders of every scenario run in PostgreSQL; what is said of them in memory must be that. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../../src/adapters/engines/index.ts'
import { replay } from '../../../src/changes/replay.ts'
import { proveCommutation } from '../../../src/features/collision/commute/prove.ts'
import { commute, type Line, type Outcome } from '../../../src/features/collision/commute.ts'
import type { Engine } from '../../../src/model/engine.ts'
import type { Session } from '../../../src/model/session.ts'
import { loadSql } from '../../../src/sql/parser.ts'
import { readScript } from '../../../src/sql/script.ts'
import { matrix, type Scenario } from './matrix.ts'

let engine: Engine
/** Roles are the whole server's. */
let cluster: Session

const line = (tag: string, sql: string): readonly Line[] => [{ tag, script: readScript(sql) }]

const remembered = ({ base, a, b }: Scenario) => commute(replay([readScript(base)]).catalog, line('a', a), line('b', b))

const proven = async ({ base, a, b }: Scenario) => {
  const template = await engine.createDatabase()
  {
    await using session = await engine.session(template)
    await session.script(base)
  }
  try {
    return await proveCommutation(engine, template, line('a', a), line('b', b))
  } finally {
    await engine.dropDatabase(template)
    if (base.includes('matrix_reader')) await cluster.script('DROP ROLE IF EXISTS matrix_reader')
  }
}

beforeAll(async () => {
  await loadSql()
  engine = await openEngine({ extensions: ['citext'], profile: 'replay' })
  cluster = await engine.session(await engine.createDatabase())
})
afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]()
  await engine?.[Symbol.asyncDispose]()
})

describe('two histories', () => {
  it.each(matrix.map((scenario) => [scenario.name, scenario] as const))('%s', async (_name, scenario) => {
    const { expected, classes, memory } = scenario
    const proof = await proven(scenario)
    expect({ ab: proof.landedFirst.ran ? 'runs' : 'fails', ba: proof.mineFirst.ran ? 'runs' : 'fails', verdict: proof.verdict }).toEqual(expected)
    const { verdict, conflicts, warnings } = remembered(scenario)
    expect(verdict).toBe(memory ?? expected.verdict)
    expect([...new Set([...conflicts, ...(conflicts.length > 0 ? [] : warnings)].map((found) => found.class))]).toEqual(classes)
    if (verdict !== 'conflicts') return
    const says = (which: 'landedFirst' | 'mineFirst', outcome: Outcome) => conflicts.some((conflict) => conflict.order[which] === outcome)
    for (const [which, outcome] of [
      ['landedFirst', expected.ab],
      ['mineFirst', expected.ba],
    ] as const) {
      if (!says(which, 'unknown')) expect([which, says(which, 'fails') ? 'fails' : 'runs']).toEqual([which, outcome])
    }
  })
})
