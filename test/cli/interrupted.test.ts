/** Whatever ends a run, nothing of it is left: no server, no directory. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { processesOf, within } from '../adapters/engines/places.ts'
import { makePlace, type Place } from '../operations/place.ts'
import { build, pgstrata, shop, startPgstrata } from './cli.ts'

beforeAll(build)

const onLinux = process.platform === 'linux'
let place: Place
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.remove())

/** A history that takes the engine many seconds. */
const writeLongHistory = (): void =>
  place.migrations(
    Array.from({ length: 300 }, (_, at) => ({
      tag: `${String(at).padStart(4, '0')}_m`,
      sql: Array.from({ length: 10 }, (__, table) => `CREATE TABLE t${at}_${table} (id integer PRIMARY KEY, a text UNIQUE, b text DEFAULT 'x' NOT NULL);`).join(
        '\n--> statement-breakpoint\n',
      ),
    })),
  )

const childrenOf = (pid: number): readonly number[] => {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
        return [{ pid: Number(name), parent: Number(parent) }]
      } catch {
        return []
      }
    })
  const below = (of: number): readonly number[] => parents.filter(({ parent }) => parent === of).flatMap(({ pid: child }) => [child, ...below(child)])
  return below(pid)
}

/** The run directory of the server that a process has started, read off the server's command line. */
const runDirectoryOf = (pid: number): string | undefined => {
  for (const child of childrenOf(pid)) {
    try {
      const words = readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0')
      const data = words[words.indexOf('-D') + 1]
      if (words.includes('-D') && data && existsSync(join(data, 'postmaster.pid'))) return dirname(data)
    } catch {
      // It has ended meanwhile.
    }
  }
  return undefined
}

type Running = {
  readonly child: ReturnType<typeof startPgstrata>
  readonly run: string
  readonly ended: Promise<{ code: number | null; signal: string | null; errors: string }>
}

const start = async (...more: readonly string[]): Promise<Running> => {
  const child = startPgstrata(['check', '--only', 'replay', '--every', ...more], { cwd: place.path, detached: true })
  let errors = ''
  child.stderr?.on('data', (text) => (errors += text))
  child.stdout?.resume()
  const ended = new Promise<{ code: number | null; signal: string | null; errors: string }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, errors })),
  )
  let run: string | undefined
  if (!(await within(20_000, () => (run = runDirectoryOf(child.pid ?? 0)) !== undefined)) || run === undefined)
    throw new Error(`no server was started: ${errors}`)
  return { child, run, ended }
}
/** It works for a while, so that the blow falls into the middle of the history. */
const busy = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300))
const isGone = (run: string): boolean => processesOf(run).length === 0 && !existsSync(run)

describe.runIf(onLinux)('in the middle of a replay', () => {
  test('kill -9: five seconds later no process and no directory is left', async () => {
    writeLongHistory()
    const { child, run, ended } = await start()
    await busy()
    expect(processesOf(run).length).toBeGreaterThan(0)
    child.kill('SIGKILL')
    expect(await ended).toMatchObject({ signal: 'SIGKILL' })
    expect(await within(5000, () => isGone(run))).toBe(true)
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s to the whole process group: exit %i, nothing left, nothing said', async (signal, code) => {
    writeLongHistory()
    const { child, run, ended } = await start()
    await busy()
    const from = performance.now()
    process.kill(-(child.pid ?? 0), signal)
    expect(await ended).toEqual({ code, signal: null, errors: '' })
    expect(performance.now() - from).toBeLessThan(15_000)
    expect(await within(10_000, () => isGone(run))).toBe(true)
  })

  test('one Ctrl-C that comes twice, from the terminal and from npx, is one', async () => {
    writeLongHistory()
    const { child, run, ended } = await start()
    await busy()
    process.kill(-(child.pid ?? 0), 'SIGINT')
    process.kill(child.pid ?? 0, 'SIGINT')
    expect(await ended).toEqual({ code: 130, signal: null, errors: '' })
    expect(await within(10_000, () => isGone(run))).toBe(true)
  })

  test('a second Ctrl-C does not wait, and nothing is left either', async () => {
    writeLongHistory()
    const { child, run, ended } = await start()
    await busy()
    process.kill(child.pid ?? 0, 'SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 500))
    child.kill('SIGINT')
    const { code, signal } = await ended
    expect(code === 130 || signal === 'SIGKILL' || signal === 'SIGINT').toBe(true)
    expect(await within(5000, () => isGone(run))).toBe(true)
  })
})

/** A program that takes seconds to follow. */
const writeLongProgram = (): void =>
  place.write({
    'package.json': '{ "name": "big", "dependencies": { "hono": "4", "drizzle-orm": "1" } }',
    'schema.ts': "import { pgTable, text } from 'drizzle-orm/pg-core'\nexport const users = pgTable('users', { email: text('email') })\n",
    'db.ts': "import { drizzle } from 'drizzle-orm/node-postgres'\nexport const db = drizzle('')\n",
    ...Object.fromEntries(
      Array.from({ length: 1000 }, (_, file) => [
        `routes/r${file}.ts`,
        [
          "import { Hono } from 'hono'\nimport { db } from '../db'\nimport { users } from '../schema'\nexport const app = new Hono()",
          ...Array.from(
            { length: 40 },
            (__, at) => `app.get('/${file}/${at}', async (c) => c.json(await db.select({ e: users.email, n: { a: ${at} } }).from(users)))`,
          ),
        ].join('\n'),
      ]),
    ),
  })

describe.runIf(onLinux)('Ctrl-C', () => {
  test('before code is followed and while it is ends the run at once, and the next answer is whole', async () => {
    writeLongProgram()
    const env = { PGSTRATA_CACHE_DIR: join(place.path, '.cache') }
    for (const milliseconds of [300, 600, 900, 2000]) {
      const child = startPgstrata(['impact', 'users'], { cwd: place.path, env })
      let said = ''
      child.stdout?.on('data', (text) => (said += text))
      const ended = new Promise<number | NodeJS.Signals | null>((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)))
      await new Promise((resolve) => setTimeout(resolve, milliseconds))
      const from = performance.now()
      child.kill('SIGINT')
      expect(await ended).toBeOneOf([130, 'SIGINT'])
      expect(performance.now() - from).toBeLessThan(3000)
      expect(said).toBe('')
    }
    expect(pgstrata(['impact', 'users', '--fail-on', 'never'], { cwd: place.path, env }).stdout).toContain('40,000 routes read users.')
  })
})

test('two runs at once do not disturb each other', async () => {
  const ends = await Promise.all(
    [0, 1].map(async () => {
      const child = startPgstrata(['check', '--folder', shop, '--format', 'json'], { cwd: place.path })
      let text = ''
      child.stdout?.on('data', (part) => (text += part))
      const code = await new Promise((resolve) => child.once('close', resolve))
      return { code, compared: JSON.parse(text).analysed.compared }
    }),
  )
  expect(ends).toEqual([
    { code: 1, compared: 1 },
    { code: 1, compared: 1 },
  ])
})
