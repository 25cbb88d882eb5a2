import { existsSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Session } from '../../src/model/session.ts'
import { lint } from '../../src/operations/lint.ts'
import { rollback } from '../../src/operations/rollback.ts'
import { pretty } from '../../src/renderers/pretty.ts'
import { options } from '../renderers/report.ts'
import { makePlace, type Place, startServer } from './place.ts'
import { plainFlags } from './rollback-flags.ts'

let place: Place
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.remove())

type Archive = {
  readonly up: string
  readonly sql: string
  readonly contract: readonly string[]
  readonly keeps: readonly string[]
  readonly class: string
  readonly proof: { readonly schema: string; readonly rows: readonly { readonly pass: string; readonly state: string }[] }
}
type Told = { readonly class: string; readonly archive?: Archive }

const report = async (write = false) => {
  await using world = await place.world()
  return await rollback.run(world, { arguments: [], flags: { ...plainFlags, write, archive: true } })
}
const told = async (write = false): Promise<Told> => {
  const [only] = ((await report(write)).data as { readonly migrations: readonly Told[] }).migrations
  if (!only) throw new Error('no rollback')
  return only
}
/** The archive of the last of these migrations. */
const archiveOf = async (...sql: readonly string[]): Promise<Archive> => {
  place.numbered(...sql)
  const { archive } = await told()
  if (!archive) throw new Error('no archive')
  return archive
}
const isKept = ({ class: name, proof }: Archive): boolean =>
  name === 'lossless-with-archive' && proof.rows.filter(({ pass }) => pass !== 'since').every(({ state }) => state === 'kept')

/** Runs the histories' first migration, rows, the rewritten second, rows since and the rollback; what is asked then. */
const there = async (archive: Archive, first: string, rows: string, since: string, work: (session: Session) => Promise<void>): Promise<void> => {
  const server = await startServer()
  try {
    const { session } = await server.database()
    await session.script('CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text, created_at bigint)')
    await session.script(`${first}; ${rows}`)
    await session.script(['BEGIN', ...archive.up.split('--> statement-breakpoint'), 'COMMIT'].join('\n;\n'))
    await session.script(since)
    await session.script(archive.sql)
    await work(session)
    expect(await session.query(`SELECT nspname FROM pg_namespace WHERE nspname LIKE 'pgstrata%'`)).toEqual([])
  } finally {
    await server.stop()
  }
}

/** A column whose type nobody can set aside: DROP TYPE would be held. */
const withMood = `CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (id integer PRIMARY KEY, b mood NOT NULL, c integer)`

describe('what is kept comes back', () => {
  test('a column in the middle, with NOT NULL, index, check and unique', async () => {
    const archive = await archiveOf(
      `CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (id integer PRIMARY KEY, b mood NOT NULL CHECK (b <> 'a'), c integer, UNIQUE (b, id)); CREATE INDEX t_b ON t (b)`,
      'ALTER TABLE t DROP COLUMN b',
    )
    expect(isKept(archive)).toBe(true)
    expect(archive.keeps).toEqual(['t: b'])
    expect(archive.up).toContain('\n--> statement-breakpoint\nALTER TABLE t DROP COLUMN b')
    expect(archive.contract).toEqual(['DROP TABLE pgstrata_archive_0001.t', 'DROP SCHEMA pgstrata_archive_0001 RESTRICT'])
  })

  test('a table with foreign keys in and out, an identity and an enum that goes with it', async () => {
    const first = `CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE up (id integer PRIMARY KEY);
CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, m mood NOT NULL DEFAULT 'a', up integer REFERENCES up); CREATE TABLE kid (id integer PRIMARY KEY, t integer REFERENCES t)`
    const archive = await archiveOf(first, 'ALTER TABLE kid DROP CONSTRAINT kid_t_fkey; DROP TABLE t; DROP TYPE mood')
    expect(isKept(archive)).toBe(true)
    await there(
      archive,
      first,
      `INSERT INTO up VALUES (1); INSERT INTO t (m, up) VALUES ('b', 1), ('a', NULL); INSERT INTO kid VALUES (1, 2)`,
      '',
      async (session) => {
        expect(await session.query('INSERT INTO t DEFAULT VALUES RETURNING id')).toEqual([{ id: 3 }])
        expect(await session.query('SELECT id, m::text, up FROM t ORDER BY id LIMIT 2')).toEqual([
          { id: 1, m: 'b', up: 1 },
          { id: 2, m: 'a', up: null },
        ])
      },
    )
  })

  test('a text that was read as a number has its zeros again; what was written since keeps its value', async () => {
    const first = 'CREATE TABLE t (id integer PRIMARY KEY, code text NOT NULL)'
    const archive = await archiveOf(first, 'ALTER TABLE t ALTER code TYPE integer USING code::integer')
    expect(isKept(archive)).toBe(true)
    await there(
      archive,
      first,
      `INSERT INTO t VALUES (1, '007'), (2, '08'), (3, '9')`,
      'UPDATE t SET code = 5 WHERE id = 2; INSERT INTO t VALUES (4, 4)',
      async (session) => {
        expect(await session.query('SELECT code FROM t ORDER BY id')).toEqual([{ code: '007' }, { code: '5' }, { code: '9' }, { code: '4' }])
      },
    )
  })

  test('rows that were updated, deleted with their children, and added; not what somebody changed since', async () => {
    const first =
      'CREATE TABLE t (id integer PRIMARY KEY, a text, b text); CREATE TABLE kid (id integer PRIMARY KEY, t integer NOT NULL REFERENCES t ON DELETE CASCADE)'
    const archive = await archiveOf(
      first,
      `UPDATE t SET a = upper(a); DELETE FROM t WHERE id = 2; INSERT INTO t VALUES (1000000, 'new', 'new'), (1000001, 'new', 'new') ON CONFLICT DO NOTHING`,
    )
    expect(isKept(archive)).toBe(true)
    const rows = `INSERT INTO t VALUES (1, 'x', 'y'), (2, 'x', 'y'), (3, 'x', 'y'), (4, 'x', 'y'); INSERT INTO kid VALUES (1, 1), (2, 2)`
    const since = `UPDATE t SET b = 'since' WHERE id = 1; UPDATE t SET a = 'since' WHERE id = 3; DELETE FROM t WHERE id = 4; UPDATE t SET a = 'mine' WHERE id = 1000001; INSERT INTO kid VALUES (3, 3)`
    await there(archive, first, rows, since, async (session) => {
      expect(await session.query('SELECT id, a, b FROM t ORDER BY id')).toEqual([
        { id: 1, a: 'x', b: 'since' },
        { id: 2, a: 'x', b: 'y' },
        { id: 3, a: 'since', b: 'y' },
        { id: 1000001, a: 'mine', b: 'new' },
      ])
      expect(await session.query('SELECT id FROM kid ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
    })
  })

  test('a table without a key gets one for as long as the archive is there', async () => {
    const first = 'CREATE TABLE t (a text, b text NOT NULL)'
    const archive = await archiveOf(first, `UPDATE t SET a = 'x'; DELETE FROM t WHERE b = '1'; ALTER TABLE t DROP COLUMN b`)
    expect(isKept(archive)).toBe(true)
    expect(archive.contract[0]).toBe('ALTER TABLE t DROP COLUMN pgstrata_archive_0001_row')
    await there(archive, first, `INSERT INTO t VALUES ('a', '0'), ('a', '0'), ('b', '1')`, '', async (session) => {
      expect(await session.query('SELECT * FROM t ORDER BY a, b')).toEqual([
        { a: 'a', b: '0' },
        { a: 'a', b: '0' },
        { a: 'b', b: '1' },
      ])
    })
  })

  test('a label that no row may have afterwards, behind a trigger and a check', async () => {
    const first = `CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (id integer PRIMARY KEY, m mood NOT NULL, n integer NOT NULL DEFAULT 0, CHECK (m IS NOT NULL));
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n := NEW.n + 1; RETURN NEW; END $$; CREATE TRIGGER t BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()`
    const archive = await archiveOf(
      first,
      `ALTER TABLE t DROP CONSTRAINT t_m_check; ALTER TABLE t ALTER m TYPE text; UPDATE t SET m = 'z' WHERE m = 'b'; DROP TYPE mood; CREATE TYPE mood AS ENUM ('a', 'z'); ALTER TABLE t ALTER m TYPE mood USING m::mood; ALTER TABLE t ADD CONSTRAINT t_m_check CHECK (m IS NOT NULL)`,
    )
    expect(isKept(archive)).toBe(true)
    await there(archive, first, `INSERT INTO t VALUES (1, 'a'), (2, 'b')`, '', async (session) => {
      expect(await session.query('SELECT m::text, n FROM t ORDER BY id')).toEqual([
        { m: 'a', n: 0 },
        { m: 'b', n: 0 },
      ])
    })
  })
})

describe('what is set aside costs nothing, and stands where it stood', () => {
  test('a column in the middle, with NOT NULL, default, index, check and unique', async () => {
    const first = `CREATE TABLE t (id integer PRIMARY KEY, b text DEFAULT 'x' NOT NULL CHECK (b <> ''), c integer, UNIQUE (b)); CREATE INDEX t_b ON t (b)`
    const archive = await archiveOf(first, 'ALTER TABLE t DROP COLUMN b;--> statement-breakpoint\nALTER TABLE t ADD COLUMN d integer;')
    expect(isKept(archive)).toBe(true)
    expect(archive.proof.schema).toBe('exact')
    expect(archive.keeps).toEqual(['t: b (set aside)'])
    expect(archive.up).toMatch(
      /^-- pgstrata: archive until .*\n-- set aside instead of: ALTER TABLE t DROP COLUMN b\n[\s\S]*;--> statement-breakpoint\nALTER TABLE t ADD COLUMN d integer;$/,
    )
    expect(archive.contract).toEqual(['ALTER TABLE t DROP COLUMN pgstrata_archive_0001_b'])
    await there(archive, first, `INSERT INTO t VALUES (1, 'one', 1)`, 'UPDATE t SET c = 2', async (session) => {
      expect(await session.query('SELECT * FROM t')).toEqual([{ id: 1, b: 'one', c: 2 }])
    })
  })

  test('tables that refer to each other, with a serial, rows, triggers and policies; what deletes elsewhere is not held', async () => {
    const first = `CREATE TABLE up (id integer PRIMARY KEY); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE a (id serial PRIMARY KEY, up integer REFERENCES up); CREATE TABLE b (a integer REFERENCES a, note text); CREATE TABLE kid (id integer PRIMARY KEY, a integer REFERENCES a);
CREATE TRIGGER f BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE a ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON a USING (up > 0); CREATE VIEW v AS SELECT note FROM b`
    const archive = await archiveOf(first, 'DROP VIEW v; DROP TABLE a, b CASCADE; DROP FUNCTION f()')
    expect(isKept(archive)).toBe(true)
    expect(archive.keeps).toEqual(['b: all rows (set aside)', 'a: all rows (set aside)'])
    await there(
      archive,
      first,
      `INSERT INTO up VALUES (1), (2); INSERT INTO a (up) VALUES (1); INSERT INTO b VALUES (1, 'x'); INSERT INTO kid VALUES (1, 1)`,
      'DELETE FROM up WHERE id = 2',
      async (session) => {
        expect(await session.query('INSERT INTO a (up) VALUES (1) RETURNING id')).toEqual([{ id: 2 }])
        expect(await session.query('SELECT * FROM v')).toEqual([{ note: 'x' }])
      },
    )
  })

  test('what would be in the way of its constraints is asked for first, by the names of now', async () => {
    const first = 'CREATE TABLE up (id integer PRIMARY KEY); CREATE TABLE t (id integer PRIMARY KEY, up integer REFERENCES up)'
    const archive = await archiveOf(first, 'ALTER TABLE t DROP COLUMN up')
    const run = there(archive, first, 'INSERT INTO up VALUES (1); INSERT INTO t VALUES (1, 1)', 'DELETE FROM up', async () => undefined)
    await expect(run).rejects.toThrow('The rollback would be refused: rows of t break t_up_fkey.')
  })

  test('beside what is copied: one migration, both', async () => {
    const first = `${withMood}; CREATE TABLE old (id integer PRIMARY KEY, note text)`
    const archive = await archiveOf(first, `ALTER TABLE t DROP COLUMN b; DROP TABLE old; DROP TYPE mood; UPDATE t SET c = 0`)
    expect(isKept(archive)).toBe(true)
    expect(archive.keeps).toEqual(['old: all rows (set aside)', 't: b, c'])
    await there(archive, first, `INSERT INTO t VALUES (1, 'b', 5); INSERT INTO old VALUES (7, 'seven')`, '', async (session) => {
      expect(await session.query('SELECT b::text, c FROM t')).toEqual([{ b: 'b', c: 5 }])
      expect(await session.query('SELECT * FROM old')).toEqual([{ id: 7, note: 'seven' }])
    })
  })

  test('--write: the migration is its own then, and its rollback is made from its text alone', async () => {
    place.numbered('CREATE TABLE t (id integer PRIMARY KEY, b text, c integer)', 'ALTER TABLE t DROP COLUMN b;\n')
    const { archive } = await told(true)
    expect(readFileSync(`${place.path}/drizzle/0001_m.sql`, 'utf8')).toBe(archive?.up)
    const again = (await report()).data as { readonly migrations: readonly (Told & { readonly sql: string })[] }
    expect(again).toMatchObject({ migrations: [{ class: 'lossless', sql: archive?.sql }] })
    expect(readFileSync(`${place.path}/drizzle/0001_m.down.sql`, 'utf8')).toBe(archive?.sql)
  })
})

describe('rows written since', () => {
  test('that have no value stop the rollback, and nothing has changed', async () => {
    const archive = await archiveOf(withMood, 'ALTER TABLE t DROP COLUMN b')
    const run = there(archive, withMood, `INSERT INTO t VALUES (1, 'a')`, 'INSERT INTO t VALUES (2)', async () => undefined)
    await expect(run).rejects.toThrow('The rollback would be refused: t.b holds NULLs.')
  })
})

describe('when', () => {
  test('nothing is lost, nothing is kept: the proof decides', async () => {
    place.numbered('CREATE TABLE t (id integer PRIMARY KEY)', 'ALTER TABLE t ADD a integer; UPDATE t SET a = 1')
    expect(await told()).toMatchObject({ class: 'lossless' })
    expect((await told()).archive).toBeUndefined()
  })

  test('--write puts the archive into the migration and its rollback beside it, which --check then proves', async () => {
    place.numbered(withMood, 'ALTER TABLE t DROP COLUMN b;\n')
    const { archive } = await told(true)
    expect(readFileSync(`${place.path}/drizzle/0001_m.sql`, 'utf8')).toBe(archive?.up)
    expect(readFileSync(`${place.path}/drizzle/0001_m.down.sql`, 'utf8')).toBe(archive?.sql)
    await using world = await place.world()
    const checked = await rollback.run(world, { arguments: ['0001'], flags: { ...plainFlags, check: true } })
    expect(checked.findings).toEqual([])
    expect(checked.data).toMatchObject({ migrations: [{ class: 'lossless-with-archive', proof: { schema: 'order-only' } }] })
    // Once more: it is there already, and the rollback that knows it stays.
    await told(true)
    expect(readFileSync(`${place.path}/drizzle/0001_m.sql`, 'utf8')).toBe(archive?.up)
    expect(readFileSync(`${place.path}/drizzle/0001_m.down.sql`, 'utf8')).toBe(archive?.sql)
    expect(pretty.render(await report(), options)).toContain('what brings it back is drizzle/0001_m.down.sql')
  })

  test('--check proves the file of a migration whose archive gives changed values back', async () => {
    place.numbered('CREATE TABLE t (id integer PRIMARY KEY, b integer NOT NULL)', 'UPDATE t SET b = b + 1;\n')
    await told(true)
    await using world = await place.world()
    const checked = await rollback.run(world, { arguments: ['0001'], flags: { ...plainFlags, check: true } })
    expect(checked.findings).toEqual([])
    expect(checked.data).toMatchObject({ migrations: [{ class: 'lossless-with-archive', proof: { schema: 'exact' } }] })
  })

  test('a migration that has landed is not rewritten', async () => {
    place.numbered('CREATE TABLE t (id integer PRIMARY KEY, b text NOT NULL)', 'ALTER TABLE t DROP COLUMN b')
    place.git('init', '-q')
    place.git('add', '.')
    place.git('commit', '-qm', 'landed')
    place.git('update-ref', 'refs/remotes/origin/main', 'HEAD')
    await told(true)
    expect(readFileSync(`${place.path}/drizzle/0001_m.sql`, 'utf8')).toBe('ALTER TABLE t DROP COLUMN b')
    expect(existsSync(`${place.path}/drizzle/0001_m.down.sql`)).toBe(true)
  })

  test('people read the rewritten migration, its rollback, and what takes the archive away', async () => {
    place.numbered(withMood, 'ALTER TABLE t DROP COLUMN b')
    const text = pretty.render(await report(), options)
    expect(text).toContain('lossless-with-archive')
    expect(text).toContain('t: b: from the archive')
    expect(text).toContain('DROP SCHEMA pgstrata_archive_0001 RESTRICT;')
  })
})

describe('the end of an archive', () => {
  const contract = async (tag?: string, write = false) => {
    await using world = await place.world()
    return await rollback.run(world, { arguments: tag === undefined ? [] : [tag], flags: { ...plainFlags, contract: true, write } })
  }
  const file = (name: string): string => readFileSync(`${place.path}/drizzle/${name}`, 'utf8')

  test('--contract TAG --write: one more migration drops what was set aside and what was copied, and no rule minds', async () => {
    place.numbered(`${withMood}; CREATE TABLE old (id integer PRIMARY KEY)`, 'ALTER TABLE t DROP COLUMN b; ALTER TABLE t DROP COLUMN c; DROP TABLE old')
    await told(true)
    expect(file('0001_m.sql')).toMatch(/^-- pgstrata: archive until \d{4}-\d\d-\d\d\n/)
    expect(pretty.render(await contract(), options)).toContain('None is due')
    expect((await contract('0001', true)).data).toMatchObject({ written: ['drizzle/0002_contract_archives.sql', 'drizzle/meta/_journal.json'] })
    expect(file('0002_contract_archives.sql').split('--> statement-breakpoint\n')).toEqual([
      "SET LOCAL lock_timeout = '5s';",
      'ALTER TABLE t DROP COLUMN pgstrata_archive_0001_c;',
      'DROP TABLE pgstrata_archive_0001_tables.old;',
      'DROP TABLE pgstrata_archive_0001.t;',
      'DROP SCHEMA pgstrata_archive_0001 RESTRICT;',
      'DROP SCHEMA pgstrata_archive_0001_tables RESTRICT;',
    ])
    await using world = await place.world()
    const judged = await lint.run(world, {
      arguments: ['drizzle/0002_contract_archives.sql'],
      flags: { all: false, fix: false, runner: undefined, profile: undefined, live: undefined } as never,
    })
    expect(judged.findings.filter(({ migration }) => migration === '0002_contract_archives')).toEqual([])
    expect(pretty.render(await contract(), options)).toContain('drizzle has no archive.')
  })

  test('one whose day is past is a finding, until it is contracted', async () => {
    place.numbered('CREATE TABLE t (id integer PRIMARY KEY, b text)', 'ALTER TABLE t DROP COLUMN b')
    await told(true)
    place.write({ 'drizzle/0001_m.sql': file('0001_m.sql').replace(/until .*/, 'until 2026-01-31') })
    expect((await contract()).findings).toMatchObject([
      { rule: 'archive-due', message: 'The archive of 0001_m was to be kept until 2026-01-31 and is still there.', file: 'drizzle/0001_m.sql' },
    ])
    await contract(undefined, true)
    expect(file('0002_contract_archives.sql')).toContain('ALTER TABLE t DROP COLUMN pgstrata_archive_0001_b;')
    expect((await contract()).findings).toEqual([])
  })

  test('a day that is none, or past, and a migration without an archive', async () => {
    place.numbered('CREATE TABLE t (id integer PRIMARY KEY, b text)', 'ALTER TABLE t DROP COLUMN b')
    await using world = await place.world()
    const until = (day: string) => rollback.run(world, { arguments: [], flags: { ...plainFlags, archive: true, unproven: true, until: day } })
    await expect(until('soon')).rejects.toThrow('--until soon is no day.')
    await expect(until('2026-01-31')).rejects.toThrow('--until 2026-01-31 is past.')
    await expect(contract('0001')).rejects.toThrow('0001_m has no archive that is still there.')
    const odd = (flags: Partial<typeof plainFlags>) => rollback.run(world, { arguments: [], flags: { ...plainFlags, ...flags } })
    await expect(odd({ until: '2099-01-31' })).rejects.toThrow('it wants --archive')
    await expect(odd({ contract: true, all: true })).rejects.toThrow('--contract goes with a TAG and --write alone.')
  })
})
