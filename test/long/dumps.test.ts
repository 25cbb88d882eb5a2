/** What pg_dump writes of a database with an object of every kind, loaded again: the same catalog. It wants pg_dump on the PATH. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { introspect } from '../../src/adapters/postgres/index.ts'
import { neededRoles } from '../../src/changes/needed-roles.ts'
import { replay } from '../../src/changes/replay.ts'
import { startOf } from '../../src/changes/start.ts'
import { createWorld } from '../../src/cli/world.ts'
import type { Engine } from '../../src/model/engine.ts'
import { display } from '../../src/model/name.ts'
import { differences } from '../../src/model/printed.ts'
import type { Session } from '../../src/model/session.ts'
import type { SourceSql } from '../../src/model/world.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'
import { base } from '../adapters/postgres/fixture.ts'
import { embeddedMajor, type Major, majors } from '../support/embedded-majors.ts'

const pgDump = process.env.PGSTRATA_PG_DUMP ?? 'pg_dump'

/** pg_dump reads servers of its own major and older ones. */
const newest = (): number => {
  const { stdout = '' } = spawnSync(pgDump, ['--version'], { encoding: 'utf8' })
  const major = Number(/\s(\d+)/.exec(stdout ?? '')?.[1])
  if (!(major >= 14)) throw new Error('Install pg_dump 14 or later (Debian: apt-get install postgresql-client), or name it with PGSTRATA_PG_DUMP.')
  return major
}

const more = `
ALTER TABLE customers OWNER TO strata_writer;
ALTER SCHEMA billing OWNER TO strata_writer;
GRANT SELECT, INSERT ON billing.invoices TO strata_reader;
GRANT SELECT (name) ON customers TO strata_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE strata_writer IN SCHEMA billing GRANT SELECT ON TABLES TO strata_reader;
INSERT INTO customers VALUES (1, E'it''s \\\\ a\\ttab', '{"a;b"}', '{"x": "\\\\"}'), (2, '\\.', '{}', NULL), (3, '/* $$ "', '{}', NULL);
INSERT INTO billing.invoices (customer_id, net) VALUES (1, 3), (3, 5);
`

await loadSql()

/** Without rows, pg_dump fills no materialised view. */
const unfilled = ['view "public"."sums"']

/** Memory takes `ALTER TABLE ONLY parent ADD PRIMARY KEY` for one of all partitions. */
const refusedInMemory = ['multiple primary keys for table "events_2025" are not allowed']
const opaqueInMemory = ['attaching events_2025_pkey, the index of a constraint']

describe.each(majors.filter((major) => major <= newest()))('PostgreSQL %i', (major: Major) => {
  const directory = mkdtempSync(join(tmpdir(), 'pgstrata-dump-'))
  let engine: Engine
  let session: Session
  let dump: (...options: readonly string[]) => string

  beforeAll(async () => {
    engine = await embeddedMajor(major)
    const database = await engine.createDatabase()
    session = await engine.session(database)
    await session.script(base)
    await session.script(more)
    const [row] = await session.query(`SELECT current_setting('unix_socket_directories') AS host`)
    dump = (...options) => {
      const { status, stdout, stderr } = spawnSync(pgDump, ['-h', String(row?.host), '-U', 'postgres', ...options, database], { encoding: 'utf8' })
      if (status !== 0) throw new Error(stderr)
      return stdout
    }
  })
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]()
    await engine?.[Symbol.asyncDispose]()
    rmSync(directory, { recursive: true, force: true })
  })

  const sqlOf = async (text: string): Promise<SourceSql> => {
    writeFileSync(join(directory, 'dump.sql'), text)
    await using world = await createWorld({ cwd: directory, config: {} })
    return await world.sql({ type: 'sql', path: 'dump.sql' })
  }

  it.each([[[]], [['--schema-only']], [['--create']], [['--clean', '--if-exists']], [['--inserts']]])('with %j', async (options) => {
    const { scripts, notes, unknown } = await sqlOf(dump(...options))
    expect(unknown).toEqual([])
    const rows = options.includes('--schema-only') || options.includes('--inserts') ? [] : ['5 rows of 6 COPYs left out']
    expect(notes.filter((note) => note.includes('row'))).toEqual(rows)
    await using again = await engine.session(await engine.createDatabase())
    for (const { sql } of scripts) await again.script(engine.adapt(sql))
    await again.script('RESET ALL')
    const found = differences(await introspect(session), await introspect(again)).map(({ identity }) => identity)
    expect(found).toEqual(options.includes('--schema-only') ? unfilled : [])
  })

  it('names its roles and extensions, and memory follows it', async () => {
    const { scripts } = await sqlOf(dump())
    const read = scripts.map(({ sql }) => readScript(sql))
    expect(read.flatMap(({ faults }) => faults)).toEqual([])
    const start = startOf(read)
    const { steps, catalog } = replay(read, start.catalog)
    expect(start.created.toSorted()).toEqual(['btree_gist', 'hstore'])
    expect(neededRoles(steps).toSorted()).toEqual(['strata_reader', 'strata_writer'])
    expect(steps.flatMap(({ refused }) => refused?.message ?? [])).toEqual(refusedInMemory)
    expect(steps.flatMap(({ changes }) => changes.flatMap((change) => (change.kind === 'opaque' ? [change.reason] : [])))).toEqual(opaqueInMemory)
    const there = await session.query(
      `SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relkind IN ('r', 'p', 'f') AND c.relnamespace IN ('public'::regnamespace, 'billing'::regnamespace)`,
    )
    expect([...catalog.tables.keys()].map(display).toSorted()).toEqual(there.map(({ name }) => String(name)).toSorted())
    expect(there.length).toBeGreaterThan(5)
  })
})
