/** No false drift: for all corpora, the folder replayed on embedded 14 to 17 and on Debian's PostgreSQL 15 against the same folder on 18; after maintenance; zero differences. */

import { spawnSync } from 'node:child_process'
import { beforeAll, describe, expect, it } from 'vitest'
import { embeddedEngine, openEngine } from '../../src/adapters/engines/index.ts'
import { binariesOfMajor } from '../../src/adapters/engines/majors.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { fromPsql } from '../../src/sql/psql.ts'
import { corpus, historyNames, needCorpus } from '../support/corpus.ts'
import { embeddedMajor, majors } from '../support/embedded-majors.ts'
import { comparedIn, everything, printedIn, readBuilt } from '../support/false-drift.ts'

beforeAll(async () => {
  needCorpus()
  await loadSql()
})

const pgDump = process.env.PGSTRATA_PG_DUMP ?? 'pg_dump'

/** Histories that the major refuses, and why: they ask for what came later. */
const tooNew: { readonly [history: string]: RegExp } = {
  // UNIQUE NULLS NOT DISTINCT is new in 15.
  '14 latitude-llm-v1': /syntax error at or near "NULLS"/,
}

it('all histories are there', () => expect(historyNames).toHaveLength(15))

describe.each(majors.filter((major) => major !== 18))('PostgreSQL %i against 18', (major) => {
  it.each(historyNames)('%s', async (name) => {
    const built = await readBuilt(`${corpus}/${name}`)
    await using newest = await openEngine({ extensions: built.extensions, profile: 'replay' }, 'embedded')
    await using older = await embeddedMajor(major, built.extensions)
    const b = await printedIn(newest, built)
    const a = await printedIn(older, built).catch((error: unknown) => error as Error)
    const why = tooNew[`${major} ${name}`]
    if (why !== undefined) return expect(String(a)).toMatch(why)
    if (a instanceof Error) throw a
    const { differences, unknown } = await comparedIn(newest, a, b)
    expect(unknown).toEqual([])
    expect(differences).toEqual([])
  })
})

describe('Debian’s PostgreSQL 15 against 18', () => {
  const system = binariesOfMajor(15, '/')

  it('is there', () => {
    if (system?.kind !== 'system') throw new Error('Install it first: apt-get install postgresql-15')
  })

  it.each(historyNames)('%s', async (name) => {
    const built = await readBuilt(`${corpus}/${name}`)
    await using newest = await openEngine({ extensions: built.extensions, profile: 'replay' }, 'embedded')
    await using debian = await embeddedEngine({ extensions: built.extensions, profile: 'replay', ...(system && { binaries: system }) })
    // Its packages hold no pgvector: those histories are compared on the embedded 15 above.
    if (debian.missing.length > 0) return expect(debian.missing).toEqual(['vector'])
    const { differences, unknown } = await comparedIn(newest, await printedIn(debian, built), await printedIn(newest, built))
    expect(unknown).toEqual([])
    expect(differences).toEqual([])
  })
})

describe('a dump that is restored', () => {
  it.each(historyNames)('%s', async (name) => {
    const built = await readBuilt(`${corpus}/${name}`)
    await using engine = await embeddedMajor(15, built.extensions)
    const real = await printedIn(engine, built)
    await using session = await engine.session('db_0')
    const [row] = await session.query(`SELECT current_setting('unix_socket_directories') AS host`)
    const { status, stdout, stderr } = spawnSync(pgDump, ['-h', String(row?.host), '-U', 'postgres', 'db_0'], { encoding: 'utf8', maxBuffer: 2 ** 28 })
    if (status !== 0) throw new Error(`${stderr} Debian: apt-get install postgresql-client`)
    await using restored = await engine.session(await engine.createDatabase())
    await restored.script(fromPsql(stdout).sql)
    await restored.script('RESET ALL')
    const { differences } = await comparedIn(engine, real, await engine.print(restored, { exclude: [built.history.ledger] }))
    expect(differences).toEqual([])
  })
})

it('a lost index, a column and a view’s other text are seen between two majors', async () => {
  const built = await readBuilt(`${corpus}/gh-next`)
  await using newest = await openEngine({ extensions: built.extensions, profile: 'replay' }, 'embedded')
  await using older = await embeddedMajor(15, built.extensions)
  const [a, b] = [await printedIn(older, built), await printedIn(newest, built)]
  const view = a.objects.find(({ kind }) => kind === 'view')
  const index = a.objects.find(({ kind, value }) => kind === 'index' && value.constraint === undefined)
  expect(view && index).toBeTruthy()
  const changed = {
    ...a,
    objects: a.objects
      .filter((object) => object !== index)
      .map((object) => (object === view ? object.with({ ...object.value, definition: ' SELECT 1 AS one;' }) : object)),
  }
  const { differences } = await comparedIn(newest, changed, b)
  expect(
    differences.map(({ kind, identity }) => `${kind} ${identity}`).filter((each) => each === `index ${index?.identity}` || each === `view ${view?.identity}`),
  ).toHaveLength(2)
})

it('maintenance is no drift: ANALYZE, VACUUM FULL, REINDEX, a minor’s private counter', async () => {
  const built = await readBuilt(`${corpus}/sim`)
  await using engine = await openEngine({ extensions: built.extensions, profile: 'replay' }, 'embedded')
  const before = await printedIn(engine, built)
  const database = 'db_0'
  await using session = await engine.session(database)
  await session.script('ANALYZE')
  await session.script('VACUUM FULL')
  await session.script(`REINDEX DATABASE ${database}`)
  await session.script(`UPDATE pg_attribute SET attoptions = ARRAY['pg_attver=2'] WHERE attrelid = '"user"'::regclass AND attname = 'email'`)
  const { differences } = await comparedIn(engine, before, await engine.print(session, { exclude: [built.history.ledger] }), everything)
  expect(differences).toEqual([])
})
