/** What every engine keeps: one set of tests, run on each. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '../../../src/model/engine.ts'
import { PostgresRefusal, ToolError } from '../../../src/model/error.ts'
import type { Session } from '../../../src/model/session.ts'

export type Subject = {
  open(need: { readonly extensions: readonly string[]; readonly signal?: AbortSignal }): Promise<Engine>
  /** Of vector, hstore and postgis. */
  readonly stubbed: readonly string[]
  readonly missing: readonly string[]
  /** pgvector is said to be there, and does not behave. */
  readonly withoutVector?: true
  /** Milliseconds for one test; some engines start slowly. */
  readonly timeout?: number
  /** What is still there of engines that have ended. */
  remains?(): Promise<readonly string[]>
}

export const failure = (work: Promise<unknown>): Promise<Error | undefined> =>
  work.then(
    () => undefined,
    (error: unknown) => error as Error,
  )

/** No view and no extension: the same catalog on every major. */
const design = `
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE people (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(80) NOT NULL DEFAULT 'unknown', mood mood, tags text[], CONSTRAINT named CHECK (name <> ''));
CREATE TABLE pets (id serial PRIMARY KEY, owner bigint REFERENCES people ON DELETE CASCADE, born date, weight numeric(6, 2));
CREATE UNIQUE INDEX pets_owner ON pets (owner, (weight + 1)) WHERE weight > 1;
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER stamp_pet BEFORE UPDATE ON pets FOR EACH ROW EXECUTE FUNCTION stamp();
COMMENT ON TABLE people IS 'who keeps pets'`

const values = `SELECT 9007199254740993::int8 AS big, 42::int4 AS small, true AS yes, 1.50::numeric AS exact, date '2026-02-03' AS day, 0.5::float8 AS half,
  '{"a": [1]}'::jsonb AS data, '{1,2}'::int4[] AS list, '{a,NULL}'::text[] AS words, NULL::text AS nothing, '\\x01'::bytea AS bytes, 'é☃' AS text`

const asRead = {
  big: '9007199254740993',
  small: 42,
  yes: true,
  exact: '1.50',
  day: '2026-02-03',
  half: 0.5,
  data: { a: [1] },
  list: [1, 2],
  words: ['a', null],
  nothing: null,
  bytes: '\\x01',
  text: 'é☃',
}

/** Its fingerprint on every engine of every major, once one of them has said it. */
const fingerprints = new Set<string>()

export const contract = (name: string, { open, stubbed, missing, withoutVector, timeout = 30_000, remains = async () => [] }: Subject): void => {
  describe(`the contract of an engine: ${name}`, { timeout }, () => {
    let engine: Engine
    let database: string
    beforeAll(async () => {
      engine = await open({ extensions: ['vector', 'hstore', 'postgis'] })
      database = await engine.createDatabase()
    }, timeout)
    afterAll(async () => engine?.[Symbol.asyncDispose](), timeout)

    const within = async <T>(name: string, work: (session: Session) => Promise<T>): Promise<T> => {
      await using session = await engine.session(name)
      return await work(session)
    }

    it('says what it is, what it imitates, what it lacks and what it cannot observe', async () => {
      expect(['embedded', 'pglite', 'server']).toContain(engine.name)
      expect(engine.version).toBeGreaterThanOrEqual(140000)
      expect(await within(database, async ({ version }) => version)).toBe(engine.version)
      expect([engine.stubbed, engine.missing]).toEqual([stubbed, missing])
      expect(engine.caveats.length).toBeGreaterThan(0)
      expect(engine.adapt(design)).toBe(design)
    })

    it('reads values alike', () =>
      within(database, async (session) => {
        expect(await session.query(values)).toEqual([asRead])
        expect(await session.query('SELECT $1::int8 AS big, $2::jsonb AS data, $3::text AS text', ['9007199254740993', '{"a":1}', null])).toEqual([
          { big: '9007199254740993', data: { a: 1 }, text: null },
        ])
        expect(await session.script('SELECT 1 AS one; SELECT 2 AS two')).toEqual([{ two: 2 }])
      }))

    it('has what it does not lack', () =>
      within(database, async (session) => {
        await session.script(engine.adapt('BEGIN; CREATE EXTENSION hstore; SELECT 1'))
        expect(await session.query(`SELECT ('a=>1'::hstore -> 'a') AS a`)).toEqual([{ a: '1' }])
        await session.script('ROLLBACK')
        if (missing.includes('vector') || withoutVector) return
        const sql = engine.adapt('BEGIN; CREATE EXTENSION vector; CREATE TABLE t (v vector(3)); CREATE INDEX ON t USING hnsw (v vector_l2_ops) WITH (m = 16)')
        await session.script(`${sql}; ROLLBACK`)
      }))

    it('refuses as PostgreSQL does, and goes on', () =>
      within(database, async (session) => {
        const refusal = await failure(session.query('SELECT nothing_there'))
        expect(refusal).toBeInstanceOf(PostgresRefusal)
        expect(refusal).toMatchObject({ sqlstate: '42703', position: 7 })
        expect(await failure(session.script('CREATE TABLE gone (n integer); SELECT 1/0'))).toMatchObject({ sqlstate: '22012' })
        expect(await failure(session.query('SELECT $1::int8 AS n', ['no number']))).toMatchObject({ sqlstate: '22P02' })
        expect(await session.query(`SELECT to_regclass('gone') AS gone`)).toEqual([{ gone: null }])
      }))

    it('makes empty databases, each its own, and copies them', async () => {
      const [one, two] = [await engine.createDatabase(), database]
      expect(one).not.toBe(two)
      const prints = [await within(one, (session) => engine.print(session)), await within(two, (session) => engine.print(session))]
      expect(prints[1]?.objects).toEqual(prints[0]?.objects)
      await within(one, (session) => session.script('CREATE TABLE only_here (n integer); INSERT INTO only_here VALUES (42)'))
      expect(await within(two, (session) => session.query(`SELECT to_regclass('only_here') AS there`))).toEqual([{ there: null }])
      const copy = await engine.createDatabase(one)
      await within(copy, async (session) => {
        expect(await session.query('SELECT n FROM only_here')).toEqual([{ n: 42 }])
        await session.script('DELETE FROM only_here')
      })
      expect(await within(one, (session) => session.query('SELECT n FROM only_here'))).toEqual([{ n: 42 }])
      // Dropped even while it is in use.
      const session = await engine.session(copy)
      await engine.dropDatabase(copy)
      expect(await failure(session.query('SELECT 1'))).toMatchObject({ code: 'connection-lost' })
      expect(await failure((async () => engine.session(copy))())).toMatchObject({ message: expect.stringContaining(copy) })
      await engine.dropDatabase(one)
    })

    it('prints a catalog, and its fingerprint is that of every other engine', () =>
      within(database, async (session) => {
        await session.script(`BEGIN;${design}`)
        const printed = await engine.print(session, { inTransaction: true })
        expect(printed.fingerprint).toBe(await engine.fingerprint(session, { inTransaction: true }))
        fingerprints.add(printed.fingerprint)
        expect(fingerprints.size).toBe(1)
        await session.script('ALTER TABLE pets ADD COLUMN colour text')
        expect(await engine.fingerprint(session, { inTransaction: true })).not.toBe(printed.fingerprint)
        await session.script('ROLLBACK')
        expect((await engine.print(session)).fingerprint).toBe(await engine.fingerprint(session))
      }))

    it('lets one session wait for another, and not for ever', async () => {
      await using one = await engine.session(database)
      await using two = await engine.session(database)
      await one.script('CREATE TABLE busy (n integer)')
      await one.script('BEGIN; LOCK TABLE busy')
      await two.script('SET lock_timeout = 50').catch(() => undefined)
      expect(await failure(two.query('SELECT * FROM busy'))).toMatchObject({ sqlstate: '55P03' })
      await one.script('COMMIT')
      expect(await two.query('SELECT count(*)::int4 AS n FROM busy')).toEqual([{ n: 0 }])
      await two.script('DROP TABLE busy')
    })

    it('undoes a transaction whose session ends, and gives the next session nothing of the last', async () => {
      await within(database, (session) => session.script(`SET search_path = pg_catalog; BEGIN; CREATE TABLE public.undone (n integer)`))
      const [row] = await within(database, (session) => session.query(`SELECT to_regclass('public.undone') AS undone, current_setting('search_path') AS path`))
      expect(row).toEqual({ undone: null, path: '"$user", public' })
    })

    it('fills a template once, and each call is a new copy', async () => {
      let fills = 0
      const fill = async (session: Session) => {
        fills += 1
        if (fills === 1) await session.script('SELECT 1/0')
        await session.script('CREATE TABLE filled (n integer); INSERT INTO filled VALUES (1)')
      }
      // Not the same from run to run: a cache would know it.
      const key = `contract ${name} ${Date.now()} ${Math.random()}`
      expect(await failure(engine.template(key, fill))).toMatchObject({ sqlstate: '22012' })
      const [first, second] = await Promise.all([engine.template(key, fill), engine.template(key, fill)])
      expect([fills, first === second]).toEqual([2, false])
      await within(first, (session) => session.script('DELETE FROM filled'))
      expect(await within(second, (session) => session.query('SELECT n FROM filled'))).toEqual([{ n: 1 }])
      for (const each of [first, second]) await engine.dropDatabase(each)
    })

    it('ends with its signal in the middle of a statement, and nothing is left', async () => {
      const controller = new AbortController()
      const aborted = await open({ extensions: [], signal: controller.signal })
      const session = await aborted.session(await aborted.createDatabase())
      const running = failure(session.query('SELECT pg_sleep(120)'))
      await new Promise((resolve) => setTimeout(resolve, 50))
      controller.abort()
      expect(await running).toMatchObject({ code: 'connection-lost' })
      await Promise.all([aborted[Symbol.asyncDispose](), aborted[Symbol.asyncDispose]()])
      expect(await failure(session.query('SELECT 1'))).toMatchObject({ code: 'connection-lost' })
      expect(await failure(aborted.createDatabase())).toBeInstanceOf(ToolError)
    })

    it('leaves nothing at its end', async () => {
      await engine[Symbol.asyncDispose]()
      expect(await remains()).toEqual([])
      expect(await failure(engine.createDatabase())).toBeInstanceOf(ToolError)
    })
  })
}
