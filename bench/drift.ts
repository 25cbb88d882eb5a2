/**
 * What `drift` costs at scale: `npm run bench:drift`. Databases of 100, 2,000 and 10,000 tables (10 columns, 2 indexes, a foreign key, a check each) are made in the
 * embedded server, or in the server that DRIFT_URL names (a superuser's URL; Debian's, say), and read, checked again, compared with a changed copy and repaired; beside
 * it @supabase/pg-delta, installed from npm into a temporary directory, does the same on the same databases in the same run. Then 1,000 small databases are compared with
 * a folder through the command line. SIZES (`100,2000`), TENANTS and RUNS change how much; PEER_TABLES how many tables pg-delta is still given (default 2000).
 */
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { openEngine } from '../src/adapters/engines/index.ts'
import { introspect, introspectKept } from '../src/adapters/postgres/index.ts'
import { connect, type PostgresSession } from '../src/adapters/postgres/session.ts'
import { compareSides, type Side } from '../src/features/drift/compare.ts'
import { repairOf } from '../src/features/drift/repair.ts'
import type { PrintedCatalog } from '../src/model/printed.ts'
import type { Cache } from '../src/model/world.ts'
import { loadSql } from '../src/sql/parser.ts'
import { installPeer, pgDelta, urlsOf } from '../test/support/peers.ts'

const sizes = (process.env.SIZES ?? '100,2000,10000').split(',').filter(Boolean).map(Number)
const tenants = Number(process.env.TENANTS ?? 1000)
const runs = Number(process.env.RUNS ?? 3)
const peerTables = Number(process.env.PEER_TABLES ?? 2000)
const cli = resolve('dist/cli.cjs')
const directory = await mkdtemp(join(tmpdir(), 'pgstrata-bench-'))

type Server = { readonly url: (database: string) => string; stop(): Promise<void> }

const startServer = async (): Promise<Server> => {
  const given = process.env.DRIFT_URL
  if (given)
    return {
      url: (database) => Object.assign(new URL(given), { pathname: `/${database}` }).href,
      stop: async () => undefined,
    }
  const engine = await openEngine({ profile: 'replay', extensions: [] }, 'embedded')
  return {
    url: await urlsOf(engine),
    stop: async () => engine[Symbol.asyncDispose](),
  }
}

const server = await startServer()
const open = (database: string): Promise<PostgresSession> => connect({ url: server.url(database) })
const admin = await open('postgres')
const made: string[] = []
const create = async (name: string, template = 'template0'): Promise<void> => {
  await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`)
  made.push(name)
}

const table = (at: number): string => {
  const [schema, parent] = [`s${at % 10}`, at >= 10 ? at - 10 : at]
  return `${at < 10 ? `CREATE SCHEMA ${schema};` : ''}
CREATE TABLE ${schema}.table_${at} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent_id bigint, name text NOT NULL DEFAULT 'x', code varchar(40),
  amount numeric(12,2) DEFAULT 0 NOT NULL, created_at timestamptz DEFAULT now() NOT NULL, updated_at timestamptz, data jsonb DEFAULT '{}'::jsonb, tags text[],
  active boolean DEFAULT true NOT NULL, CONSTRAINT table_${at}_amount CHECK (amount >= 0),
  CONSTRAINT table_${at}_parent FOREIGN KEY (parent_id) REFERENCES ${schema}.table_${parent} (id) ON DELETE CASCADE);
CREATE INDEX table_${at}_created ON ${schema}.table_${at} (created_at DESC, name) WHERE active;`
}

const batch = 100
const fill = async (database: string, count: number): Promise<void> => {
  await using session = await open(database)
  for (let at = 0; at < count; at += batch)
    await session.script(`BEGIN;${Array.from({ length: Math.min(batch, count - at) }, (_, more) => table(at + more)).join('\n')};COMMIT`)
}

/** What makes the copy another one: 20 changes of ten kinds. */
const changes = [0, 1]
  .map((at) => {
    const name = `s${at}.table_${at}`
    return `ALTER TABLE ${name} ADD note text; ALTER TABLE ${name} DROP tags; ALTER TABLE ${name} ALTER code TYPE varchar(80); ALTER TABLE ${name} ALTER updated_at SET NOT NULL;
ALTER TABLE ${name} ALTER name DROP DEFAULT; DROP INDEX s${at}.table_${at}_created; CREATE INDEX table_${at}_code ON ${name} (code); ALTER TABLE ${name} DROP CONSTRAINT table_${at}_amount;
CREATE VIEW s${at}.view_${at} AS SELECT id, name FROM ${name}; CREATE TABLE s${at}.more_${at} (id integer PRIMARY KEY);`
  })
  .join('\n')

const timed = async <T>(work: () => Promise<T> | T): Promise<readonly [T, number]> => {
  const start = performance.now()
  const result = await work()
  return [result, performance.now() - start]
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Connections that are ending: nobody waits for a farewell, neither the command line nor pg-delta's pool. */
const leaving = new Set<Promise<void>>()

/** The server's processes of the last measurement are about to end, which is not to be paid for by the next. */
const rested = async <T>(work: () => Promise<T>): Promise<T> => {
  await Promise.all(leaving)
  leaving.clear()
  await sleep(300)
  return work()
}

type Goal = { readonly value: number; readonly most: number; readonly unit: string }

const say = (what: string, milliseconds: number, goal?: Goal): void => {
  if (goal && goal.value > goal.most) process.exitCode = 1
  const verdict = goal ? `${goal.value.toFixed(2)} ${goal.unit}   goal ${goal.most} ${goal.value <= goal.most ? 'met' : 'MISSED'}` : ''
  console.log(`${what.padEnd(52)}${milliseconds.toFixed(0).padStart(8)} ms   ${verdict}`)
}

const memory = (): Cache => {
  const store = new Map<string, Uint8Array>()
  return { get: async (key) => store.get(key), put: async (key, bytes) => void store.set(key, Buffer.concat([bytes].flat())) }
}

const selection = { facets: new Set(['grants'] as const), include: [], exclude: [] }
const side = (name: string, printed: PrintedCatalog): Side => ({ name, live: true, printed, unknown: [] })

type Peer = {
  extract(pool: pg.Pool): Promise<{ readonly factBase: unknown }>
  plan(from: unknown, to: unknown): { readonly actions: readonly unknown[] }
}

const loadPeer = async (): Promise<Peer> => {
  const at = await installPeer(pgDelta, directory)
  return (await import(pathToFileURL(join(at, 'node_modules', pgDelta.name, 'dist/index.js')).href)) as Peer
}

/** A fresh connection each time, and both sides at once, as the command line reads them; so does pg-delta's. */
const readOne = async (database: string): Promise<PrintedCatalog> => {
  const session = await open(database)
  const printed = await introspect(session)
  leaving.add(session.close())
  return printed
}

const inTurn = async <T>(times: number, work: () => Promise<T>): Promise<readonly T[]> => {
  const found: T[] = []
  for (let run = 0; run < times; run++) found.push(await work())
  return found
}

const ours = async (a: string, b: string, repaired: boolean) => {
  const [[one, other], reading] = await timed(() => Promise.all([readOne(a), readOne(b)]))
  const [found, compared] = await timed(() => compareSides(side('a', one), side('b', other), selection))
  const [steps, planned] = repaired ? await timed(() => repairOf(one, other, found.differences, []).steps.length) : [0, 0]
  return { objects: one.objects.length, differences: found.differences.length, steps, reading, compared, planned }
}

const theirs = async ({ extract, plan }: Peer, a: string, b: string) => {
  const read = async (database: string): Promise<unknown> => {
    const pool = new pg.Pool({ connectionString: server.url(database), max: 4 })
    try {
      return (await extract(pool)).factBase
    } finally {
      await pool.end()
    }
  }
  const [[one, other], reading] = await timed(() => Promise.all([read(a), read(b)]))
  const [actions, planned] = await timed(() => plan(other, one).actions.length)
  return { actions, reading, planned }
}

const again = async (database: string): Promise<number> => {
  const cache = memory()
  const read = async (): Promise<number> => {
    await using session = await open(database)
    return (await timed(() => introspectKept(session, {}, cache, 'bench')))[1]
  }
  await read()
  return await read()
}

const bySize = async (peer: Peer | undefined, size: number): Promise<void> => {
  const [a, b] = [`bench_${size}`, `bench_${size}_changed`]
  await create(a)
  await fill(a, size)
  await create(b, a)
  {
    await using session = await open(b)
    await session.script(changes)
  }
  const many = size > peerTables
  const [mine, other] = [[] as Awaited<ReturnType<typeof ours>>[], [] as Awaited<ReturnType<typeof theirs>>[]]
  for (let run = 0; run < (many ? 1 : runs); run++) {
    mine.push(await rested(() => ours(a, b, !many)))
    if (peer && !many) other.push(await rested(() => theirs(peer, a, b)))
  }
  const of = <T>(list: readonly T[], pick: (each: T) => number): number => median(list.map(pick))
  const [reading, compared, planned] = (['reading', 'compared', 'planned'] as const).map((key) => of(mine, (each) => each[key])) as [number, number, number]
  const alone = median(await inTurn(many ? 1 : runs, () => rested(async () => (await timed(() => readOne(a)))[1])))
  const label = `${size} tables`
  const rss = process.resourceUsage().maxRSS / 1024
  say(`${label}: read one side alone (${mine[0]?.objects} objects)`, alone, many ? { value: alone / 1000, most: 12, unit: 's a side' } : undefined)
  say(`${label}: read both sides`, reading)
  say(`${label}: compare (${mine[0]?.differences} differences)`, compared)
  if (!many) say(`${label}: plan the repair (${mine[0]?.steps} steps)`, planned)
  if (many) say(`${label}: most memory, both sides in one process`, 0, { value: rss, most: 1000, unit: 'MB' })
  if (other.length > 0) {
    const [x, y] = (['reading', 'planned'] as const).map((key) => of(other, (each) => each[key])) as [number, number]
    say(`${label}: pg-delta ${pgDelta.version} extracts both sides`, x)
    say(`${label}: pg-delta plans (${other[0]?.actions} actions)`, y)
    const whole = reading + compared + planned
    say(`${label}: all of ours`, whole, { value: whole / (x + y), most: 0.35, unit: '× pg-delta' })
  }
  const rechecked = await again(a)
  say(`${label}: read again, unchanged`, rechecked, { value: rechecked / alone, most: 0.5, unit: '× the full read' })
}

/** A process of its own, so that its memory is its own. */
const alone = (size: number): void => {
  const { stdout } = spawnSync(process.execPath, ['scripts/run.mjs', 'bench/drift-memory.ts', server.url(`bench_${size}`)], { encoding: 'utf8' })
  const megabytes = Number(stdout.trim())
  say(`${size} tables: memory of one reading in a fresh process`, 0, { value: megabytes, most: 500, unit: 'MB' })
}

const seed = Array.from(
  { length: 8 },
  (
    _,
    at,
  ) => `CREATE TABLE table_${at} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent_id bigint REFERENCES table_${Math.max(0, at - 1)}, name text NOT NULL DEFAULT 'x', amount numeric(12,2) CHECK (amount >= 0));
CREATE INDEX table_${at}_name ON table_${at} (name);`,
).join('\n')

type TenantsTold = {
  readonly tenants: { readonly equal: number; readonly groups: readonly { readonly tenants: readonly string[] }[]; readonly unknown: readonly unknown[] }
}

const fleet = async (): Promise<void> => {
  const names = Array.from({ length: tenants }, (_, at) => `tenant_${String(at).padStart(4, '0')}`)
  const away = new Set(names.slice(-3))
  const cwd = join(directory, 'fleet')
  await mkdir(join(cwd, 'drizzle/meta'), { recursive: true })
  await writeFile(join(cwd, 'drizzle/0000_start.sql'), seed)
  const entries = [{ idx: 0, version: '7', when: 1_700_000_000_000, tag: '0000_start', breakpoints: true }]
  await writeFile(join(cwd, 'drizzle/meta/_journal.json'), JSON.stringify({ version: '7', dialect: 'postgresql', entries }))
  await writeFile(
    join(cwd, 'pgstrata.config.json'),
    JSON.stringify({ environments: { production: { url: { from: 'env', name: 'FLEET_URL' }, tenants: names } } }),
  )
  await create('bench_seed')
  {
    await using session = await open('bench_seed')
    await session.script(seed)
  }
  for (const name of names) if (!away.has(name)) await create(name, 'bench_seed')
  const drift = (cache: string) => {
    const start = performance.now()
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'drift', 'folder', 'production', '--folder', 'drizzle', '--format', 'json'], {
      cwd,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { ...process.env, FLEET_URL: server.url('postgres'), PGSTRATA_CACHE_DIR: join(directory, cache) },
    })
    const milliseconds = performance.now() - start
    if (stdout === '') throw new Error(stderr)
    const { tenants: told } = (JSON.parse(stdout) as { readonly data: TenantsTold }).data
    const groups = told.groups.map((group) => group.tenants.length).join(' + ')
    return { milliseconds, told: `exit ${status}: ${told.equal} equal, ${groups || 'none'} differ, ${told.unknown.length} unknown` }
  }
  const show = (what: string, { milliseconds, told }: ReturnType<typeof drift>): void => {
    say(`${tenants} databases: ${what}`, milliseconds, { value: milliseconds / 1000, most: 60, unit: 's' })
    console.log(`  ${told}`)
  }
  show('copies of one', drift('copies'))
  // As after a migration: each has had its own transaction, and some were changed by hand.
  for (const [at, name] of names.entries()) {
    if (away.has(name)) continue
    await using session = await open(name)
    await session.script(
      `COMMENT ON TABLE table_0 IS 'tenant'${at % 5 === 0 ? '; DROP INDEX table_3_name' : at === 1 ? '; ALTER TABLE table_2 ADD more integer' : ''}`,
    )
  }
  show('each changed by itself', drift('copies'))
  show('again, unchanged', drift('copies'))
}

try {
  await loadSql()
  const peer = sizes.some((size) => size <= peerTables) ? await loadPeer() : undefined
  for (const size of sizes) {
    await bySize(peer, size)
    if (size > peerTables) alone(size)
  }
  if (tenants > 3) await fleet()
} finally {
  if (process.env.DRIFT_URL) for (const name of made) await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`).catch(() => undefined)
  await admin.close()
  await server.stop()
  await rm(directory, { recursive: true, force: true })
}
