/**
 * What `status` costs at scale: `npm run bench:status`. ENVIRONMENTS (default 1000) databases are made in the embedded server; most have run a history of 40 migrations, some are
 * behind by one to ten; of two in a hundred nothing listens at the address, two in a hundred let one in and never answer. All of them are looked at by the command line, as
 * environments of their own and as the tenants of one; the seconds are compared with the goal, and the answer with what was made.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openEngine } from '../src/adapters/engines/index.ts'
import { connect } from '../src/adapters/postgres/session.ts'
import { defaultLedger } from '../src/drizzle/history.ts'
import { createLedgerSql } from '../src/drizzle/ledger-write.ts'
import { urlsOf } from '../test/support/peers.ts'

const count = Number(process.env.ENVIRONMENTS ?? 1000)
const goal = 20
const migrations = 40
const cli = resolve('dist/cli.cjs')
const directory = await mkdtemp(join(tmpdir(), 'pgstrata-bench-'))
const engine = await openEngine({ profile: 'replay', extensions: [] }, 'embedded')
const url = await urlsOf(engine)
const admin = await connect({ url: url('postgres') })

const sqlOf = (at: number): string => `CREATE TABLE table_${at} (id bigint PRIMARY KEY, name text NOT NULL DEFAULT 'x');`
const whenOf = (at: number): number => 1_700_000_000_000 + at * 86_400_000

const fate = (at: number): 'refused' | 'hanging' | number =>
  at % 50 === 7 ? 'refused' : at % 50 === 23 ? 'hanging' : at % 20 === 1 ? 1 + (((at / 20) | 0) % 10) : 0

const writeFolder = async (): Promise<void> => {
  await mkdir(join(directory, 'drizzle/meta'), { recursive: true })
  const entries = Array.from({ length: migrations }, (_, at) => ({
    idx: at,
    version: '7',
    when: whenOf(at),
    tag: `${String(at).padStart(4, '0')}_table`,
    breakpoints: true,
  }))
  for (const { idx, tag } of entries) await writeFile(join(directory, `drizzle/${tag}.sql`), sqlOf(idx))
  await writeFile(join(directory, 'drizzle/meta/_journal.json'), JSON.stringify({ version: '7', dialect: 'postgresql', entries }))
}

const names = Array.from({ length: count }, (_, at) => `bench_${String(at).padStart(4, '0')}`)

const makeDatabases = async (): Promise<void> => {
  await admin.query('CREATE DATABASE bench_seed TEMPLATE template0')
  {
    await using seed = await connect({ url: url('bench_seed') })
    for (const sql of createLedgerSql(defaultLedger, 'journal')) await seed.script(sql)
    for (let at = 0; at < migrations; at++)
      await seed.script(
        `${sqlOf(at)} INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('${createHash('sha256').update(sqlOf(at)).digest('hex')}', ${whenOf(at)})`,
      )
  }
  for (const [at, name] of names.entries()) {
    const behind = fate(at)
    if (typeof behind === 'string') continue
    await admin.query(`CREATE DATABASE ${name} TEMPLATE bench_seed`)
    if (behind === 0) continue
    await using session = await connect({ url: url(name) })
    const gone = Array.from({ length: behind }, (_, back) => `DROP TABLE table_${migrations - 1 - back}`).join(';')
    await session.script(`DELETE FROM drizzle.__drizzle_migrations WHERE id > ${migrations - behind}; ${gone}`)
  }
}

type Answer = { readonly data: { readonly environments: readonly { readonly state: string; readonly behind: number }[]; readonly cells: readonly unknown[] } }

const run = (environment: Readonly<Record<string, string>>): Promise<{ readonly seconds: number; readonly code: number | null; readonly out: string }> => {
  const start = performance.now()
  return new Promise((done) => {
    const child = spawn(process.execPath, [cli, 'status', '--folder', 'drizzle', '--format', 'json'], {
      cwd: directory,
      env: { ...process.env, ...environment, PGSTRATA_CACHE_DIR: join(directory, 'cache') },
    })
    const parts: Buffer[] = []
    child.stdout.on('data', (part) => parts.push(part))
    child.stderr.pipe(process.stderr)
    child.on('close', (code) => done({ seconds: (performance.now() - start) / 1_000, code, out: Buffer.concat(parts).toString() }))
  })
}

const expected = (): string => {
  const fates = names.map((_, at) => fate(at))
  return `${fates.filter((each) => each === 0).length} in-sync, ${fates.filter((each) => typeof each === 'number' && each > 0).length} behind, ${fates.filter((each) => typeof each === 'string').length} unknown`
}

const judge = (what: string, { seconds, code, out }: Awaited<ReturnType<typeof run>>, wanted: string): void => {
  const { environments, cells } = (JSON.parse(out) as Answer).data
  const of = (state: string): number => environments.filter((each) => each.state === state).length
  const found = `${of('in-sync')} in-sync, ${of('behind')} behind, ${of('unknown')} unknown`
  const isRight = found === wanted && code === 3
  if (seconds > goal || !isRight) process.exitCode = 1
  console.log(`${what.padEnd(44)}${seconds.toFixed(1).padStart(7)} s   goal ${goal} s ${seconds <= goal ? 'met' : 'MISSED'}`)
  console.log(`  ${found}, ${cells.length} cells${isRight ? '' : `; WRONG, wanted ${wanted}`}`)
}

const hanging = createServer((socket) => socket.on('error', () => undefined))
await new Promise<void>((done) => hanging.listen(0, '127.0.0.1', done))
const { port } = hanging.address() as { readonly port: number }

try {
  await writeFolder()
  await makeDatabases()
  const variables = Object.fromEntries(
    names.map((name, at) => {
      const way = fate(at)
      return [
        `URL_${at}`,
        way === 'refused' ? 'postgres://nobody@127.0.0.1:1/none' : way === 'hanging' ? `postgres://nobody@127.0.0.1:${port}/none` : url(name),
      ]
    }),
  )
  const environments = Object.fromEntries(names.map((name, at) => [name, { url: { from: 'env', name: `URL_${at}` } }]))
  await writeFile(join(directory, 'pgstrata.config.json'), JSON.stringify({ environments }))
  judge(`${count} environments`, await run(variables), expected())
  judge(`${count} environments, once more`, await run(variables), expected())
  const production = { url: { from: 'env', name: 'URL_ALL' }, tenants: names }
  await writeFile(join(directory, 'pgstrata.config.json'), JSON.stringify({ environments: { production } }))
  judge(`${count} tenants of one environment`, await run({ URL_ALL: url('postgres') }), expected())
} finally {
  hanging.close()
  await admin.close()
  await engine[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
}
