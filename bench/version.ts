/**
 * How much longer than bare Node `version` on a database takes, with a warm cache: `npm run bench:version`. The histories are those of PGSTRATA_CORPUS (default
 * `../shared/corpus`), the database an embedded PostgreSQL whose ledger lacks the last two migrations. Medians of alternating runs, milliseconds.
 */
import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { embeddedEngine } from '../src/adapters/engines/index.ts'
import { readHistoryFolder } from '../src/adapters/folder/index.ts'
import type { Engine } from '../src/model/engine.ts'
import type { History } from '../src/model/history.ts'

const corpus = resolve(process.env.PGSTRATA_CORPUS ?? '../shared/corpus')
const runs = Number(process.env.RUNS ?? 15)
const goal = 200
const cli = resolve('dist/cli.cjs')

const config = `import { defineConfig } from 'drizzle-kit'\nexport default defineConfig({ dialect: 'postgresql', schema: './schema.ts', out: './drizzle' })\n`

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const time = (cwd: string, cache: string, args: readonly string[]): number => {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, env: { ...process.env, XDG_CACHE_HOME: cache }, encoding: 'utf8' })
  if (status !== 0) throw new Error(`node ${args.at(0)} ended with ${status}: ${stderr}`)
  return performance.now() - start
}

/** A database with a ledger that lacks the last two migrations; its URL. */
const database = async (engine: Engine, history: History): Promise<string> => {
  const name = await engine.createDatabase()
  await using session = await engine.session(name)
  await session.script('CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)')
  for (const { hash, when } of history.migrations.slice(0, -2))
    await session.query('INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ($1, $2)', [hash ?? '', when])
  const [row] = await session.query('SHOW unix_socket_directories')
  return `postgres://postgres@${encodeURIComponent(String(row?.unix_socket_directories))}:5432/${name}`
}

const bench = async (engine: Engine, directory: string, name: string): Promise<boolean> => {
  const project = join(directory, name)
  const history = await readHistoryFolder(join(corpus, name), { snapshots: false })
  await mkdir(project)
  await cp(join(corpus, name), join(project, 'drizzle'), { recursive: true })
  await writeFile(join(project, 'drizzle.config.ts'), config)
  const url = await database(engine, history)
  const cache = join(directory, 'cache')
  const first = time(project, cache, [cli, 'version', url])
  const bare: number[] = []
  const warm: number[] = []
  for (let run = 0; run < runs; run++) {
    bare.push(time(project, cache, ['-e', '0']))
    warm.push(time(project, cache, [cli, 'version', url]))
  }
  const over = median(warm) - median(bare)
  console.log(
    `${name.padEnd(12)} first ${first.toFixed(0).padStart(5)} ms   warm ${median(warm).toFixed(0).padStart(4)} ms   node ${median(bare).toFixed(0).padStart(3)} ms   +${over.toFixed(0)} ms, goal ${goal} ${over <= goal ? 'met' : 'MISSED'}`,
  )
  return over <= goal
}

const directory = await mkdtemp(join(tmpdir(), 'pgstrata-bench-'))
try {
  await using engine = await embeddedEngine({ profile: 'replay', extensions: [] })
  for (const name of ['dokploy', 'sim']) if (!(await bench(engine, directory, name))) process.exitCode = 1
} finally {
  await rm(directory, { recursive: true, force: true })
}
