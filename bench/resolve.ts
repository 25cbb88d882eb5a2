/**
 * How long `resolve` takes on 300 migrations in the middle of a conflicted merge, without the engine's proof and with it: `npm run bench:resolve`. The history is sim of
 * PGSTRATA_CORPUS (default `../shared/corpus`); two migrations have landed, two are mine, each with a snapshot. Whole commands, medians, milliseconds.
 */
import { spawnSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const corpus = resolve(process.env.PGSTRATA_CORPUS ?? '../shared/corpus')
const runs = Number(process.env.RUNS ?? 7)
const goal = 2_000
const cli = resolve('dist/cli.cjs')
const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org', '-c', 'commit.gpgsign=false', '-c', 'init.defaultBranch=main']

const place = mkdtempSync(join(tmpdir(), 'pgstrata-bench-resolve-'))
const folder = join(place, 'drizzle')

const git = (...args: readonly string[]): number | null => spawnSync('git', [...identity, ...args], { cwd: place, encoding: 'utf8' }).status

type Entry = { readonly idx: number; readonly version: string; readonly when: number; readonly tag: string; readonly breakpoints: boolean }
type Journal = { readonly version: string; readonly dialect: string; readonly entries: readonly Entry[] }
type Snapshot = { readonly id: string; readonly tables: { readonly [name: string]: { readonly columns: object } } }

const json = <T>(path: string): T => JSON.parse(readFileSync(join(folder, path), 'utf8')) as T

/** One more migration as drizzle-kit writes it: a column, in the SQL and in the snapshot. */
const add = (column: string): void => {
  const journal = json<Journal>('meta/_journal.json')
  const last = journal.entries.at(-1)
  if (!last) throw new Error('The history is empty.')
  const before = json<Snapshot>(`meta/${last.tag.split('_')[0]}_snapshot.json`)
  const prefix = String(last.idx + 1).padStart(4, '0')
  const user = before.tables['public.user']
  if (!user) throw new Error('sim has no table user any more.')
  const made = { name: column, type: 'text', primaryKey: false, notNull: false }
  const tables = { ...before.tables, 'public.user': { ...user, columns: { ...user.columns, [column]: made } } }
  const entry = { idx: last.idx + 1, version: '7', when: last.when + 60_000, tag: `${prefix}_${column}`, breakpoints: true }
  writeFileSync(join(folder, `${prefix}_${column}.sql`), `ALTER TABLE "user" ADD COLUMN "${column}" text;`)
  writeFileSync(join(folder, `meta/${prefix}_snapshot.json`), JSON.stringify({ ...before, id: randomUUID(), prevId: before.id, tables }, null, 2))
  writeFileSync(join(folder, 'meta/_journal.json'), JSON.stringify({ ...journal, entries: [...journal.entries, entry] }, null, 2))
}

const commit = (message: string): void => {
  git('add', '-A')
  git('commit', '-qm', message)
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** The plan is not clean: it exits 1. */
const time = (args: readonly string[]): number => {
  const start = performance.now()
  const { status, stderr, stdout } = spawnSync(process.execPath, [cli, 'resolve', '--folder', 'drizzle', ...args], { cwd: place, encoding: 'utf8' })
  if (status !== 1 || !stdout.includes('to be written')) throw new Error(`resolve ended with ${status}: ${stdout}${stderr}`)
  return performance.now() - start
}

const digest = (): string =>
  createHash('sha256')
    .update(readFileSync(join(folder, 'meta/_journal.json')))
    .digest('hex')

try {
  cpSync(join(corpus, 'sim'), folder, { recursive: true })
  git('init', '-q')
  commit('sim')
  git('checkout', '-qb', 'feature')
  for (const column of ['mine_1', 'mine_2']) add(column)
  commit('mine')
  git('checkout', '-q', 'main')
  for (const column of ['landed_1', 'landed_2']) add(column)
  commit('landed')
  git('checkout', '-q', 'feature')
  if (git('merge', 'main') !== 1) throw new Error('The merge has no conflict.')
  const before = digest()
  const timed = (args: readonly string[]): number => median(Array.from({ length: runs }, () => time(args)))
  const [plain, proven] = [timed(['--unproven']), timed([])]
  if (digest() !== before) throw new Error('A plan has written something.')
  console.log(
    `302 migrations, 2 landed, 2 mine: without proof ${plain.toFixed(0)} ms, goal ${goal} ${plain <= goal ? 'met' : 'MISSED'}; with both orders and the whole folder in PostgreSQL ${proven.toFixed(0)} ms`,
  )
  process.exitCode = plain <= goal ? 0 : 1
} finally {
  rmSync(place, { recursive: true, force: true })
}
