/** Both orders of every scenario run in PostgreSQL; what is said of them in memory must be that. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../../src/adapters/engines/index.ts'
import { replay } from '../../../src/changes/replay.ts'
import { collisionClasses } from '../../../src/features/collision/classes.ts'
import { proveCommutation } from '../../../src/features/collision/commute/prove.ts'
import { type Commutation, commute, type Line, type Outcome } from '../../../src/features/collision/commute.ts'
import type { Engine } from '../../../src/model/engine.ts'
import { PostgresRefusal } from '../../../src/model/error.ts'
import type { Session } from '../../../src/model/session.ts'
import { loadSql } from '../../../src/sql/parser.ts'
import { readScript } from '../../../src/sql/script.ts'
import { matrix, type Scenario } from './matrix.ts'

let engine: Engine

const line = (tag: string, sql: string): readonly Line[] => [{ tag, script: readScript(sql) }]

const remembered = ({ base, a, b }: Scenario) => commute(replay([readScript(base)]).catalog, line('a', a), line('b', b))

/** Mine with a way in the place of its statement, behind what has landed: taken back. The server's refusal, if it refuses. */
const refusalOf = async (session: Session, { a, b }: Scenario, at: number, sql: readonly string[]): Promise<string | undefined> => {
  const mine = readScript(b).statements.flatMap((statement) => (statement.index === at ? sql : [statement.text]))
  try {
    await session.script(['BEGIN', a, ...mine].join(';\n'))
    return undefined
  } catch (error) {
    if (error instanceof PostgresRefusal) return `${error.message} in ${mine.join('; ')}`
    throw error
  } finally {
    await session.script('ROLLBACK')
  }
}

const made = new Map<string, Promise<string>>()

const make = async (base: string): Promise<string> => {
  const database = await engine.createDatabase()
  await using session = await engine.session(database)
  await session.script(base)
  return database
}

/** A database with that in it; scenarios leave it as it is. */
const databaseOf = (base: string): Promise<string> => {
  const known = made.get(base) ?? make(base)
  made.set(base, known)
  return known
}

/** What the scenario is in PostgreSQL, and the SQL of proposed ways that it refuses behind what has landed. */
const proven = async (scenario: Scenario, { conflicts }: Commutation) => {
  const { base, a, b } = scenario
  const database = await databaseOf(base)
  const proof = await proveCommutation(engine, database, line('a', a), line('b', b))
  const refused: (string | undefined)[] = []
  await using session = await engine.session(database)
  // Where several statements of mine are in the way, one way alone is no way out.
  if (conflicts.length === 1)
    for (const { mine, ways } of conflicts) for (const { sql } of ways) if (sql) refused.push(await refusalOf(session, scenario, mine[0]?.statement ?? 0, sql))
  return { ...proof, refused: refused.filter((each) => each !== undefined) }
}

beforeAll(async () => {
  await loadSql()
  engine = await openEngine({ extensions: ['citext'], profile: 'replay' })
})
afterAll(() => engine?.[Symbol.asyncDispose]())

describe('two histories', () => {
  it.each(matrix.map((scenario) => [scenario.name, scenario] as const))('%s', async (_name, scenario) => {
    const { expected, classes, memory } = scenario
    const said = remembered(scenario)
    const proof = await proven(scenario, said)
    expect({ ab: proof.landedFirst.ran ? 'runs' : 'fails', ba: proof.mineFirst.ran ? 'runs' : 'fails', verdict: proof.verdict }).toEqual(expected)
    const { verdict, conflicts, warnings } = said
    expect(verdict).toBe(memory ?? expected.verdict)
    expect([...new Set([...conflicts, ...(conflicts.length > 0 ? [] : warnings)].map((found) => found.class))]).toEqual(classes)
    expect(proof.refused).toEqual([])
    for (const { settles, ways } of conflicts) {
      expect(ways.length).toBeGreaterThan(0)
      if (settles !== undefined) expect(ways.find(({ id }) => id === settles)?.who).toBe('tool')
    }
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

describe('classes', () => {
  it('are 24, each with a number and a name of its own', () => {
    expect(collisionClasses.map(({ number }) => number)).toEqual(Array.from({ length: 24 }, (_, at) => at + 1))
    expect(new Set(collisionClasses.map(({ name }) => name)).size).toBe(24)
  })

  it('of statements are each told apart by some pair', () => {
    const told = new Set(matrix.flatMap(({ classes }) => classes))
    expect([...told].sort((a, b) => a - b)).toEqual(collisionClasses.flatMap(({ number, scope }) => (scope === 'statements' ? [number] : [])))
  })
})
