/**
 * What the embedded engine costs: `node scripts/run.mjs bench/engine.ts`. The corpora are found through PGSTRATA_CORPUS (default `../shared/corpus`).
 * Each line: what, milliseconds, the goal.
 */
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { embeddedEngine } from '../src/adapters/engines/index.ts'
import { fingerprintOf, introspect } from '../src/adapters/postgres/index.ts'
import type { Session } from '../src/model/session.ts'
import { breakpoint, splitChunks } from '../src/sql/chunks.ts'

const corpus = resolve(process.env.PGSTRATA_CORPUS ?? '../shared/corpus')
const ledger = { schema: 'drizzle', table: '__drizzle_migrations' }

const timed = async <T>(work: () => Promise<T>): Promise<readonly [T, number]> => {
  const start = performance.now()
  const result = await work()
  return [result, performance.now() - start]
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const say = (what: string, milliseconds: number, goal?: number): void =>
  console.log(
    `${what.padEnd(44)}${milliseconds.toFixed(0).padStart(7)} ms${goal === undefined ? '' : `   goal ${goal} ms ${milliseconds <= goal ? 'met' : 'MISSED'}`}`,
  )

type Replayed = { readonly session: Session; readonly adapt: (sql: string) => string }

const leavesTransaction = (text: string) => /\bconcurrently\b|^\s*commit\s*;/im.test(text)

/** One transaction per migration, in one round trip; chunk by chunk where a migration ends its transaction itself. */
const migrate = async ({ session, adapt }: Replayed, text: string): Promise<void> => {
  const sql = adapt(text)
  if (!leavesTransaction(sql)) {
    await session.script(`BEGIN;${sql.replaceAll(breakpoint, '\n')};COMMIT`)
    return
  }
  await session.script('BEGIN')
  for (const { text: chunk } of splitChunks(sql)) await session.script(chunk)
  await session.script('COMMIT')
}

const textsOf = async (name: string): Promise<readonly string[]> => {
  const folder = join(corpus, name)
  if (!existsSync(folder)) throw new Error(`There is no corpus at ${folder}: set PGSTRATA_CORPUS.`)
  const { entries } = JSON.parse(await readFile(join(folder, 'meta', '_journal.json'), 'utf8')) as { entries: readonly { tag: string }[] }
  return Promise.all(entries.map(({ tag }) => readFile(join(folder, `${tag}.sql`), 'utf8')))
}

const startUp = async (cacheDirectory: string): Promise<number> => {
  const start = performance.now()
  const engine = await embeddedEngine({ profile: 'replay', extensions: [], cacheDirectory })
  const session = await engine.session(await engine.createDatabase())
  const milliseconds = performance.now() - start
  await session[Symbol.asyncDispose]()
  await engine[Symbol.asyncDispose]()
  return milliseconds
}

const starts = async (): Promise<void> => {
  const cache = await mkdtemp(join(tmpdir(), 'pgstrata-bench-'))
  await chmod(cache, 0o711)
  say('start, cold cache', await startUp(cache))
  const warm: number[] = []
  for (let run = 0; run < 10; run += 1) warm.push(await startUp(cache))
  say('start, warm cache (median of 10)', median(warm), 150)
  await rm(cache, { recursive: true, force: true })
}

const replay = async (name: string, goal: number): Promise<void> => {
  const texts = await textsOf(name)
  await using engine = await embeddedEngine({ profile: 'replay', extensions: ['vector'] })
  await using session = await engine.session(await engine.createDatabase())
  const adapt = (sql: string) => engine.adapt(sql)
  await session.script(`CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)`)
  const [, milliseconds] = await timed(async () => {
    for (const text of texts) await migrate({ session, adapt }, text)
  })
  say(`${name}: replay of ${texts.length} migrations`, milliseconds, goal)
  const [printed, first] = await timed(() => introspect(session, { exclude: [ledger] }))
  const again: number[] = []
  for (let run = 0; run < 5; run += 1) again.push((await timed(() => introspect(session, { exclude: [ledger] })))[1])
  say(`${name}: introspection of ${printed.objects.length} objects`, median(again))
  say(`${name}: the first one`, first)
  say(`${name}: fingerprint only`, (await timed(() => fingerprintOf(session, { exclude: [ledger] })))[1])
  const fill = async (empty: Session): Promise<void> => {
    for (const text of texts) await migrate({ session: empty, adapt }, text)
  }
  say(`${name}: template, filled or from the cache`, (await timed(() => engine.template(texts.join(''), fill)))[1])
  say(`${name}: another copy of it`, (await timed(() => engine.template(texts.join(''), fill)))[1])
}

await starts()
await replay('dokploy', 1500)
await replay('sim', 3000)
