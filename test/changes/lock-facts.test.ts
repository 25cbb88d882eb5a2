/** What memory says of locks, rewrites and scans, beside what PostgreSQL does; and the measured facts of the docs, beside a fresh measurement. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { definitions } from '../../src/changes/index.ts'
import type { Engine } from '../../src/model/engine.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { CleanDatabase } from '../support/clean-database.ts'
import { factsExpected, factsSeen } from '../support/footprints.ts'
import { type Measured, measureLocks } from '../support/lock-facts.ts'
import { answersOf, type LockFacts, lockPage } from '../support/lock-page.ts'
import { lockSections, lockStatements, scenery } from '../support/lock-statements.ts'
import { observeAlone } from '../support/observe.ts'
import { type Played, play } from '../support/sql.ts'

await loadSql()

let engine: Engine
let clean: CleanDatabase
let measured: readonly Measured[] = []
const given: Played = play(scenery)
const docs = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')

beforeAll(async () => {
  engine = await openEngine({ extensions: ['citext', 'pg_trgm', 'hstore', 'pgcrypto', 'uuid-ossp', 'vector'], profile: 'replay' })
  clean = new CleanDatabase(engine)
  measured = await measureLocks(engine)
})
afterAll(async () => engine?.[Symbol.asyncDispose]())

const of = (sql: string): Measured => measured.find(({ statement }) => statement.sql === sql) ?? expect.fail(`${sql} was not measured`)

describe.each(lockSections)('$title', ({ statements }) => {
  it.each(statements)('$sql', ({ kind, sql }) => {
    const { facts, seen } = of(sql)
    if (!seen) return expect(facts, 'NOT NULL without a default is refused where there are rows').toEqual({ refused: '23502' })
    const played = play(sql, given)
    expect(
      played.changes.map(({ change }) => change.kind),
      'the kind it is listed under',
    ).toContain(kind)
    expect(factsExpected(played, seen, kind)).toEqual(facts)
  })
})

describe('the examples of every kind of change', () => {
  const examples = Object.values(definitions).flatMap(({ kind, examples }) => examples.map((example) => ({ kind, ...example, given: example.given ?? '' })))

  it.each(examples)('$kind: $given → $sql', ({ kind, given: before, sql }) =>
    clean.within([], async ({ database, session }) => {
      await session.script('SET check_function_bodies = off')
      if (before !== '') await session.script(engine.adapt(before))
      const seen = await observeAlone(engine, database, session, engine.adapt(sql))
      expect(factsExpected(play(sql, play(before)), seen, kind)).toEqual(factsSeen(seen, kind))
    }),
  )

  it('has a measured statement of every kind that locks, rewrites or scans anything', () => {
    const listed = new Set<string>(lockStatements.map(({ kind }) => kind))
    const silent = Object.values(definitions).filter(
      ({ kind, examples, footprint }) =>
        !listed.has(kind) &&
        examples.some(({ given: before = '', sql }) =>
          play(sql, play(before)).changes.some(({ change, before: at }) => change.kind === kind && footprint(change as never, at).locks.length > 0),
        ),
    )
    expect(silent.map(({ kind }) => kind)).toEqual([])
  })
})

describe('docs/lock-facts', () => {
  const written = JSON.parse(docs('lock-facts.json')) as LockFacts

  it('says of 18 what is measured now', () => {
    const ofEighteen = new Map(written.statements.map(({ sql, answers }) => [sql, answers.find(({ majors }) => majors.includes(18))?.answer]))
    expect(Object.fromEntries(ofEighteen)).toEqual(Object.fromEntries(answersOf(measured)))
  })

  it('is the page of its data', () => {
    expect(docs('lock-facts.md')).toBe(lockPage(written))
  })
})
