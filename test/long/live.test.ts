/** A live database with an object of every kind, and each change of it: in memory, written as SQL and run, it is printed the same, or the object is named. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { catalogOf } from '../../src/changes/catalog-of.ts'
import { catalogSql } from '../../src/changes/catalog-sql.ts'
import type { Engine } from '../../src/model/engine.ts'
import { differences, type PrintedCatalog } from '../../src/model/printed.ts'
import type { Session } from '../../src/model/session.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { base, mutations } from '../adapters/postgres/fixture.ts'

await loadSql()

let engine: Engine
let session: Session

beforeAll(async () => {
  engine = await openEngine({ extensions: ['hstore', 'btree_gist', 'citext', 'pg_trgm'], profile: 'replay' })
  session = await engine.session(await engine.createDatabase())
  await session.script('CREATE ROLE strata_reader; CREATE ROLE strata_writer')
})

afterAll(async () => {
  await session?.[Symbol.asyncDispose]()
  await engine?.[Symbol.asyncDispose]()
})

const printedAfter = async (...sql: readonly string[]): Promise<PrintedCatalog> => {
  await session.script('BEGIN; SET LOCAL check_function_bodies = off')
  try {
    for (const each of sql) await session.script(engine.adapt(each))
    return await engine.print(session, { inTransaction: true })
  } finally {
    await session.script('ROLLBACK; RESET ALL; DISCARD TEMP')
  }
}

const start = base.replace(/CREATE ROLE.*\n/g, '')

/** What memory cannot hold of a mutation, by name. */
const left: Readonly<Record<string, readonly string[]>> = {
  'an invalid index': ['index "billing"."invoices_state"'],
  'a foreign key whose triggers are off': ['enforcement table "public"."event_notes"'],
  'a dependence on an extension': ['extension dependency index "billing"."invoices_state" ON "hstore"'],
  'a trigger disabled on one partition': ['trigger "public"."events_2025"."stamp_event"'],
}

/** Held in memory, and not written as it was: an order of columns that no statement makes, a type that wants its functions first and they it. */
const unwritable = new Set(['the column order', 'a base type'])

it.each([['nothing', 'SELECT 1'], ...Object.entries(mutations)])('%s', async (what, sql) => {
  const real = await printedAfter(start, sql)
  const live = catalogOf(real, { migratingRole: 'postgres' })
  const named = live.left.map(({ kind, identity }) => `${kind} ${identity}`)
  expect(named).toEqual(left[what] ?? [])
  if (unwritable.has(what)) return
  const there = await printedAfter(...catalogSql(live.catalog))
  expect(differences(real, there).filter(({ kind, identity }) => !named.some((name) => name === `${kind} ${identity}` || name === identity))).toEqual([])
})
