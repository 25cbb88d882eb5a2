import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { embeddedEngine } from '../../../src/adapters/engines/index.ts'
import { currentOwner } from '../../../src/adapters/engines/owner.ts'
import { ToolError } from '../../../src/model/error.ts'
import { privateCache, remains, within } from './places.ts'

const onLinux = process.platform === 'linux'
const cache = privateCache()
const program = fileURLToPath(new URL(`../../../node_modules/.cache/run/engine-child-${process.pid}.mjs`, import.meta.url))

beforeAll(async () => {
  const entry = fileURLToPath(new URL('./child.ts', import.meta.url))
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'error',
  })
})
afterAll(() => {
  rmSync(program, { force: true })
  cache.remove()
})

type Started = { readonly child: ChildProcess; readonly data: string; readonly exited: Promise<number | null> }

const start = async (mode: string, directory = cache.path): Promise<Started> => {
  const child = spawn(process.execPath, [program, directory, mode], { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const faults: string[] = []
  child.stderr?.on('data', (part) => faults.push(String(part)))
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (part) => resolve(String(part)))
    child.once('close', () => reject(new Error(`the child ended without a word: ${faults.join('')}`)))
  })
  return { child, exited, data: (JSON.parse(line) as { data: string }).data }
}

const isClean = (data: string) => within(5000, () => remains(data).processes.length === 0 && !remains(data).directory)

it('four runs may start at once on a cold cache', async () => {
  const cold = privateCache()
  const started = await Promise.all([1, 2, 3, 4].map(() => start('once', cold.path)))
  expect(await Promise.all(started.map(({ exited }) => exited))).toEqual([0, 0, 0, 0])
  expect(new Set(started.map(({ data }) => data)).size).toBe(4)
  const server = readdirSync(cold.path).find((name) => name.startsWith('server')) ?? ''
  expect(readdirSync(join(cold.path, server, 'images'))).toHaveLength(1)
  expect(readdirSync(join(cold.path, 'postgres'))).toHaveLength(1)
  expect(readdirSync(join(cold.path, 'locks'))).toEqual([])
  for (const { data } of started) expect(remains(data)).toEqual({ processes: [], directory: false })
  cold.remove()
}, 60_000)

describe.runIf(onLinux)('five seconds after its end nothing is left of a run that', () => {
  it.each(['replay', 'measure'])('was killed with -9 (%s)', async (mode) => {
    const { child, data, exited } = await start(mode)
    expect(remains(data).processes.length).toBeGreaterThan(1)
    expect(remains(data).directory).toBe(true)
    child.kill('SIGKILL')
    await exited
    expect(await isClean(data)).toBe(true)
  })

  it('died of an uncaught exception', async () => {
    const { data, exited } = await start('throw')
    expect(await exited).toBe(1)
    expect(await isClean(data)).toBe(true)
  })

  it('was interrupted with Ctrl-C, which goes to its whole process group', async () => {
    const { child, data, exited } = await start('replay')
    process.kill(-(child.pid ?? 0), 'SIGINT')
    await exited
    expect(await isClean(data)).toBe(true)
  })
})

describe.runIf(onLinux)('the sweep at a start', () => {
  const serverFolder = () => join(cache.path, readdirSync(cache.path).find((name) => name.startsWith('server')) ?? '')
  const place = (name: string, owner: object | undefined) => {
    const run = join(serverFolder(), 'runs', name)
    mkdirSync(join(run, 'data'), { recursive: true })
    if (owner) writeFileSync(join(run, 'owner.json'), JSON.stringify(owner))
    return run
  }
  const giveToServer = async (run: string) => {
    const { uid, gid } = await import('node:fs').then(({ statSync }) => statSync(serverFolder()))
    const { chownSync } = await import('node:fs')
    for (const path of [run, join(run, 'data')]) chownSync(path, uid, gid)
  }

  it('removes what dead runs left, with their servers, and only that', async () => {
    const { child, data, exited } = await start('replay')
    const dead = place('dead', { ...currentOwner(), started: '1' })
    const rebooted = place('rebooted', { ...currentOwner(), boot: 'another' })
    const alive = place('alive', currentOwner())
    const elsewhere = place('elsewhere', { ...currentOwner(), host: 'another', boot: 'another' })
    const unfinished = place('unfinished', undefined)
    for (const run of [dead, rebooted, alive, elsewhere, unfinished]) await giveToServer(run)
    await using engine = await embeddedEngine({ profile: 'replay', extensions: [], cacheDirectory: cache.path })
    await engine[Symbol.asyncDispose]()
    expect(readdirSync(join(serverFolder(), 'runs')).toSorted()).toEqual(['alive', 'elsewhere', 'unfinished'])
    expect(remains(data).directory).toBe(true)
    child.kill('SIGKILL')
    await exited
    expect(await isClean(data)).toBe(true)
    for (const run of [alive, elsewhere, unfinished]) rmSync(run, { recursive: true })
  })

  it('stops an orphaned server whose watchdog was killed too', async () => {
    const { child, data, exited } = await start('replay')
    const run = dirname(data)
    const watchdog = Number(
      readFileSync(`/proc/${readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]}/stat`, 'utf8')
        .split(') ')
        .at(-1)
        ?.split(' ')[1],
    )
    process.kill(watchdog, 'SIGKILL')
    child.kill('SIGKILL')
    await exited
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(remains(data).directory).toBe(true)
    await using engine = await embeddedEngine({ profile: 'replay', extensions: [], cacheDirectory: cache.path })
    await engine[Symbol.asyncDispose]()
    expect(remains(run.concat('/data'))).toEqual({ processes: [], directory: false })
  })
})

describe('an engine that cannot be', () => {
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error as ToolError,
    )

  it('of a major without binaries is said', async () => {
    const error = await failure(embeddedEngine({ profile: 'replay', extensions: [], major: 13, cacheDirectory: cache.path }))
    expect(error).toBeInstanceOf(ToolError)
    expect(error).toMatchObject({ code: 'engine-unavailable', exit: 3 })
    expect(error?.help).toContain('--engine postgres://')
  })

  it('in a cache that others may write is refused', async () => {
    const open = privateCache()
    const { chmodSync } = await import('node:fs')
    chmodSync(open.path, 0o777)
    expect(await failure(embeddedEngine({ profile: 'replay', extensions: [], cacheDirectory: open.path }))).toMatchObject({ code: 'engine-cache', exit: 3 })
    open.remove()
  })

  it('from a torn image is made anew', async () => {
    await (await start('once')).exited
    const server = join(cache.path, readdirSync(cache.path).find((name) => name.startsWith('server')) ?? '', 'images')
    writeFileSync(join(server, readdirSync(server)[0] ?? '', 'data', 'global', 'pg_control'), 'not a control file')
    await using engine = await embeddedEngine({ profile: 'replay', extensions: [], cacheDirectory: cache.path })
    await using session = await engine.session(await engine.createDatabase())
    expect(await session.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
    await engine[Symbol.asyncDispose]()
  })
})
