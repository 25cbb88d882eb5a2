/** Both orders of every scenario run in PostgreSQL; what is said of them in memory must be that. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../../src/adapters/engines/index.ts'
import { replay } from '../../../src/changes/replay.ts'
import { collisionClasses } from '../../../src/features/collision/classes.ts'
import { canBeTakenBack, proveCommutation } from '../../../src/features/collision/commute/prove.ts'
import { type Commutation, type Conflict, commute, type Line, type Outcome } from '../../../src/features/collision/commute.ts'
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

type Ground = { readonly database: string; readonly session?: Session }

const make = async (base: string, open: boolean): Promise<Ground> => {
  const database = await engine.createDatabase()
  const session = await engine.session(database)
  await session.script(base.replace('CREATE ROLE', 'DROP ROLE IF EXISTS matrix_reader; CREATE ROLE'))
  if (open) return { database, session }
  await session[Symbol.asyncDispose]()
  return { database }
}

const grounds = new Map<string, Promise<Ground>>()

/** A database with that in it, which scenarios leave as it is; with a session where nobody needs copies of it. */
const groundOf = (base: string, open: boolean): Promise<Ground> => {
  const key = `${open} ${base}`
  const known = grounds.get(key) ?? make(base, open)
  grounds.set(key, known)
  return known
}

const refusals = async (session: Session, scenario: Scenario, { mine, ways }: Conflict): Promise<readonly string[]> => {
  const refused: string[] = []
  for (const { sql } of ways) {
    const refusal = sql && (await refusalOf(session, scenario, mine[0]?.statement ?? 0, sql))
    if (refusal !== undefined) refused.push(refusal)
  }
  return refused
}

/** What the scenario is in PostgreSQL, and the SQL of proposed ways that it refuses behind what has landed. */
const proven = async (scenario: Scenario, { conflicts }: Commutation) => {
  const [landed, mine] = [line('a', scenario.a), line('b', scenario.b)]
  const { database, session } = await groundOf(scenario.base, canBeTakenBack(landed, mine))
  const proof = await proveCommutation(engine, database, landed, mine, session ? { session } : {})
  // Where several statements of mine are in the way, one way alone is no way out.
  const [conflict, ...more] = conflicts
  if (!conflict || more.length > 0) return { ...proof, refused: [] }
  if (session) return { ...proof, refused: await refusals(session, scenario, conflict) }
  await using own = await engine.session(database)
  return { ...proof, refused: await refusals(own, scenario, conflict) }
}

beforeAll(async () => {
  await loadSql()
  engine = await openEngine({ extensions: ['citext'], profile: 'replay' })
})
afterAll(async () => {
  for (const ground of grounds.values()) await (await ground).session?.[Symbol.asyncDispose]()
  await engine?.[Symbol.asyncDispose]()
})

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

describe('what is said', () => {
  const users = 'CREATE TABLE users (id integer PRIMARY KEY, note text)'
  const said = (landed: readonly string[], mine: readonly string[], base = users) =>
    commute(
      replay([readScript(base)]).catalog,
      landed.flatMap((sql, at) => line(`000${at}_landed`, sql)),
      mine.flatMap((sql, at) => line(`000${at}_mine`, sql)),
    )

  it('names both statements, where they stand', () => {
    const { conflicts } = said(
      ['CREATE TABLE a (id integer)', 'CREATE TABLE b (id integer);\n--> statement-breakpoint\nALTER TABLE users RENAME COLUMN note TO remark;'],
      ['CREATE TABLE c (id integer)', '-- an index\nCREATE TABLE d (id integer);\nCREATE INDEX i ON users (note);'],
    )
    expect(conflicts).toMatchObject([
      {
        class: 14,
        name: 'renamed-and-used',
        landed: [{ side: 'landed', tag: '0001_landed', position: 1, statement: 1, line: 3, sql: 'ALTER TABLE users RENAME COLUMN note TO remark' }],
        mine: [{ side: 'mine', tag: '0001_mine', position: 1, statement: 1, line: 3, sql: 'CREATE INDEX i ON users (note)' }],
        order: { landedFirst: 'fails', mineFirst: 'runs' },
        settles: 'rewrite-mine',
      },
    ])
    expect(conflicts[0]?.ways[0]?.sql).toEqual(['CREATE INDEX i ON users (remark)'])
  })

  it('what only follows from another conflict is none', () => {
    const { conflicts } = said(['CREATE TABLE t (id integer)'], ['CREATE TABLE t (id integer, x text)', 'CREATE INDEX i ON t (x)'])
    expect(conflicts.map((found) => [found.class, found.mine[0]?.position])).toEqual([[8, 0]])
    expect(conflicts[0]?.ways[0]).toMatchObject({ id: 'regenerate-mine', who: 'tool', sql: ['ALTER TABLE "public"."t" ADD COLUMN "x" "pg_catalog"."text"'] })
  })

  it('several conflicts are each told, and rows that a way would lose are a person’s to give up', () => {
    const { conflicts } = said(
      ['ALTER TABLE users DROP COLUMN note', 'ALTER TABLE users ADD COLUMN x text', `COMMENT ON TABLE users IS 'a'`],
      ['CREATE INDEX i ON users (note)', 'ALTER TABLE users ADD COLUMN x integer', `COMMENT ON TABLE users IS 'b'`],
    )
    expect(conflicts.map((found) => [found.class, found.ways.map(({ id, who }) => `${id}: ${who}`)])).toEqual([
      [9, ['drop-mine: tool', 'recreate: person', 'rewrite-mine: person']],
      [8, ['regenerate-mine: person', 'drop-mine: tool']],
      [10, ['keep: tool', 'drop-mine: tool']],
    ])
  })

  it('labels of both sides, each behind the ones before it', () => {
    const { conflicts } = said(
      [`ALTER TYPE mood ADD VALUE 'calm'`],
      [`ALTER TYPE mood ADD VALUE 'angry'`, `ALTER TYPE mood ADD VALUE 'it''s ok'`],
      `CREATE TYPE mood AS ENUM ('sad')`,
    )
    expect(conflicts.map(({ ways }) => ways[0]?.sql)).toEqual([
      [`ALTER TYPE "public"."mood" ADD VALUE 'angry' AFTER 'calm'`],
      [`ALTER TYPE "public"."mood" ADD VALUE 'it''s ok' AFTER 'angry'`],
    ])
  })

  it('proposes no SQL that does not run behind what has landed', () => {
    const ids = (landed: readonly string[], mine: readonly string[], base?: string) =>
      said(landed, mine, base).conflicts.map(({ class: number, ways, settles }) => [number, ways.map(({ id }) => id), settles])
    // Mine's table points to one that has gone: no ALTER TABLE brings it there.
    expect(ids(['CREATE TABLE t (id integer)', 'DROP TABLE users'], ['CREATE TABLE t (id integer, owner integer REFERENCES users)'])).toContainEqual([
      8,
      ['drop-mine'],
      undefined,
    ])
    // The label is there already, at another place.
    expect(
      ids([`ALTER TYPE mood ADD VALUE 'calm' BEFORE 'sad'`], [`ALTER TYPE mood ADD VALUE IF NOT EXISTS 'calm'`], `CREATE TYPE mood AS ENUM ('sad')`),
    ).toEqual([[11, ['drop-mine', 'rewrite-mine'], undefined]])
  })

  it('what does not run by itself, or is no SQL, is unknown', () => {
    const { verdict, unknown } = said(['ALTER TABLE nothing ADD COLUMN x text'], ['CREATE TABEL t (id integer)'])
    expect(verdict).toBe('unknown')
    expect(unknown.map(({ what }) => what)).toEqual(['0000_mine (mine), line 1', '0000_landed (landed), line 1'])
  })

  it('nothing on one side gets along with everything', () => {
    expect(said([], ['DO $$ BEGIN EXECUTE (SELECT note FROM users); END $$', 'DROP TABLE users'])).toMatchObject({
      verdict: 'commutes',
      conflicts: [],
      unknown: [],
    })
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
