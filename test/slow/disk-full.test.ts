/**
 * "… disk full: no half state that the next `migrate` does not explain and finish. … The same for `rollback --apply`." The disk is a small one of its own, which holds the
 * database: PostgreSQL answers 53100 when it is full. Only root may make one (mount); without it the tests say that they were skipped.
 */
import { spawnSync } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import { ToolError } from '../../src/model/error.ts'
import type { Report } from '../../src/model/report.ts'
import type { Session } from '../../src/model/session.ts'
import { migrate } from '../../src/operations/migrate.ts'
import { rollback } from '../../src/operations/rollback.ts'
import { migrateFlags } from '../operations/migrate-flags.ts'
import { type Entry, makePlace, type Place, startServer } from '../operations/place.ts'
import { plainFlags } from '../operations/rollback-flags.ts'
import { type Database, errors, type Server } from '../support/interrupted.ts'

const statements = (...each: readonly string[]): string => each.join(';\n--> statement-breakpoint\n')

const rows = "INSERT INTO events SELECT n, n % 7, repeat('x', 100) FROM generate_series(1, 5000) AS n"
const history: readonly Entry[] = [
  { tag: '0000_base', sql: statements('CREATE TABLE events (id int, kind int, text text)', rows, 'CREATE INDEX events_kind_idx ON events (kind, text)') },
  {
    tag: '0001_change',
    sql: statements(
      'ALTER TABLE events ALTER COLUMN id TYPE bigint',
      'CREATE INDEX CONCURRENTLY events_id_idx ON events (id, text)',
      'DROP INDEX CONCURRENTLY events_kind_idx',
      'CREATE TABLE kinds AS SELECT DISTINCT kind, text FROM events',
      'CREATE INDEX CONCURRENTLY kinds_idx ON kinds (kind)',
    ),
  },
]

const size = 48 * 1024 * 1024
const disk = mkdtempSync(join(tmpdir(), 'pgstrata-disk-'))
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk]).status === 0
const filler = join(disk, 'filler')
const emptied = (): void => rmSync(filler, { force: true })
/** Leaves that many kilobytes of the disk. */
const fill = (left: number): void => {
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - left * 1_024)))
}

let server: Server
let place: Place
let admin: Session
beforeAll(async () => {
  server = await startServer()
  place = makePlace()
  admin = (await server.database()).session
  // Ours shares blocks of files where it can: not with another disk.
  await admin.script("SET file_copy_method = 'copy'")
  if (!mounted) return
  const [row] = await admin.query("SELECT current_setting('data_directory') AS data")
  const { uid, gid } = statSync(String(row?.data))
  chownSync(disk, uid, gid)
  await admin.script(`CREATE TABLESPACE small LOCATION '${disk}'`)
})
afterAll(async () => {
  await server.stop()
  place.remove()
  if (mounted) spawnSync('umount', [disk])
  rmSync(disk, { recursive: true, force: true })
})

/** A database, nobody connected to it. */
const database = async (template?: string): Promise<Database> => {
  const made = await server.database(template)
  await server.leave(made)
  return made
}

/** A copy of it on the small disk. */
const onDisk = async (template: Database): Promise<Database> => {
  const copy = await database(template.name)
  await admin.script(`ALTER DATABASE ${copy.name} SET TABLESPACE small`)
  return copy
}

const drop = ({ name }: Database): Promise<unknown> => admin.script(`DROP DATABASE ${name} WITH (FORCE)`)

const forward = async ({ url }: Database, to?: string): Promise<Report> => {
  await using world = await createWorld({ cwd: place.path, folder: 'drizzle', config: {} })
  return await migrate.run(world, { arguments: [url], flags: { ...migrateFlags, accept: ['policy'], to } })
}

const back = async ({ url }: Database): Promise<Report> => {
  await using world = await createWorld({ cwd: place.path, folder: 'drizzle', config: {} })
  return await rollback.run(world, { arguments: [], flags: { ...plainFlags, apply: url, unproven: true, acceptLoss: true } })
}

const stateOf = async ({ name }: Database): Promise<unknown> => {
  await using session = await server.connect(name)
  return {
    catalog: await server.fingerprint(session),
    ledger: (await session.query('SELECT hash FROM drizzle.__drizzle_migrations ORDER BY id')).length,
    rows: await session.query('SELECT count(*)::int, sum(id)::int FROM events'),
    invalid: await session.query('SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid'),
    unfinished: await session.query('SELECT tag FROM pgstrata.unfinished_migrations'),
  }
}

/** Kilobytes that are left: from too few for anything to enough for all. */
const rooms = [0, 60, 150, 250, 400, 550, 700, 850, 1_000, 1_200, 2_000]

/** `done`, or why it was not, by SQLSTATE. */
const endOf = (ran: unknown): string => {
  if (ran instanceof ToolError) return ran.code
  if (ran instanceof Error) throw ran
  const { failed } = (ran as Report).data as { readonly failed: { readonly sqlstate: string | null; readonly why: string } | null }
  return failed === null ? 'done' : (failed.sqlstate ?? failed.why)
}

/** What the runs said that had too little room, by SQLSTATE; the next one, with room again, must end as `whole`. */
const fullAt = async (template: Database, run: (database: Database) => Promise<Report>, whole: unknown): Promise<readonly string[]> => {
  const said: string[] = []
  for (const room of rooms) {
    const copy = await onDisk(template)
    fill(room)
    const first = await run(copy).catch((error: unknown) => error)
    emptied()
    said.push(endOf(first))
    const done = said.at(-1) === 'done'
    // Nobody takes back more than was asked for.
    if (!done) expect(errors(await run(copy)), `${room} kB`).toEqual([])
    expect(await stateOf(copy), `${room} kB`).toEqual(whole)
    await drop(copy)
  }
  return said
}

describe.skipIf(!mounted)('disk full', () => {
  it('a migrate is explained and finished by the next one', async () => {
    place.migrations(history)
    const template = await database()
    expect(errors(await forward(template, '0000'))).toEqual([])
    const copy = await onDisk(template)
    expect(errors(await forward(copy))).toEqual([])
    const whole = await stateOf(copy)
    await drop(copy)
    const said = await fullAt(template, (each) => forward(each), whole)
    expect(said.filter((each) => each === '53100').length).toBeGreaterThan(2)
    expect(new Set(said.filter((each) => each !== 'disk-full'))).toEqual(new Set(['53100', 'done']))
  })

  it('a rollback --apply is explained and finished by the next one', async () => {
    place.migrations(history)
    const template = await database()
    expect(errors(await forward(template))).toEqual([])
    const copy = await onDisk(template)
    expect(errors(await back(copy))).toEqual([])
    const whole = await stateOf(copy)
    await drop(copy)
    const said = await fullAt(template, back, whole)
    expect(said.filter((each) => each === '53100').length).toBeGreaterThan(2)
    expect(new Set(said.filter((each) => each !== 'disk-full'))).toEqual(new Set(['53100', 'done']))
  })
})
