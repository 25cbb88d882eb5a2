import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../../src/adapters/engines/index.ts'
import { Database } from '../../../src/adapters/engines/pglite/database.ts'
import { pgliteEngine } from '../../../src/adapters/engines/pglite/engine.ts'
import type { Instance } from '../../../src/adapters/engines/pglite/instance.ts'
import { pglitePackages } from '../../../src/adapters/engines/pglite/packages.ts'
import { Turns } from '../../../src/adapters/engines/pglite/turns.ts'
import { batchesIn, queryMessage, refusalMessage, statusOf } from '../../../src/adapters/engines/pglite/wire.ts'
import { ToolError } from '../../../src/model/error.ts'
import { differences } from '../../../src/model/printed.ts'
import { portableBase } from '../postgres/fixture.ts'
import { contract, failure } from './contract.ts'

// WebAssembly starts in a second on a quiet machine, and in ten on a busy one.
const timeout = 180_000

contract('pglite', {
  open: ({ extensions, signal }) => pgliteEngine({ profile: 'replay', extensions, patience: 200, ...(signal && { signal }) }),
  stubbed: [],
  missing: ['postgis'],
  timeout,
})

describe('pglite', { timeout }, () => {
  it('loses the database whose statement is cancelled, and no other', async () => {
    await using engine = await pgliteEngine({ profile: 'replay', extensions: [] })
    await using session = await engine.session(await engine.createDatabase())
    await session.cancel()
    expect(await session.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
    const running = failure(session.script('DO $$ BEGIN LOOP END LOOP; END $$'))
    await new Promise((resolve) => setTimeout(resolve, 50))
    await session.cancel()
    expect(await running).toMatchObject({ code: 'connection-lost', message: expect.stringContaining('cancelled') })
  })

  it.each([
    ['cannot start', `constructor() { throw new Error('no memory') }`, /^PGlite did not start: no memory/],
    ['fails in a statement', `execProtocolRawStream() { throw new Error('unreachable') }`, /unreachable/],
    ['ends in a statement', `execProtocolRawStream() { process.exit(7) }`, /PGlite ended/],
  ])('that %s says so', async (_, member, message) => {
    const folder = mkdtempSync(join(tmpdir(), 'pgstrata-test-'))
    const pglite = join(folder, 'fake.cjs')
    writeFileSync(pglite, `exports.PGlite = class { ${member} }`)
    const instances: Instance[] = []
    const crash = async () => {
      const database = await Database.start({ pglite, extensions: [], stubs: [] }, (instance) => void instances.push(instance))
      await database.session()
    }
    // The driver tells why the connection broke off only from what the engine knows.
    const error = await failure(crash())
    expect(error).toBeInstanceOf(ToolError)
    expect(`${error?.message} ${instances[0]?.gone}`).toMatch(message)
    await instances[0]?.end('')
    rmSync(folder, { recursive: true })
  })

  it('imitates what it lacks, as the embedded server does', async () => {
    await using engine = await pgliteEngine({ profile: 'replay', extensions: ['pg_graphql'] })
    expect([engine.stubbed, engine.missing]).toEqual([['pg_graphql'], []])
    await using session = await engine.session(await engine.createDatabase())
    await session.script('CREATE EXTENSION pg_graphql')
  })

  it('is taken where the embedded server only imitates an extension, and an extension that behaves is asked for', async () => {
    const need = { profile: 'replay', extensions: ['vector'] } as const
    await using genuine = await openEngine({ ...need, genuine: true })
    expect([genuine.name, genuine.stubbed]).toEqual(['pglite', []])
    expect(genuine.caveats.join()).toContain('only imitates vector')
    for (const otherwise of [need, { ...need, genuine: true, extensions: ['postgis'] }, { ...need, genuine: true, extensions: ['hstore'] }] as const) {
      await using engine = await openEngine(otherwise)
      expect(engine.name).toBe('embedded')
    }
    await using insisted = await openEngine({ ...need, genuine: true, major: 17 })
    expect(insisted.name).toBe('embedded')
  })

  it('says how to install it where it is not', () => {
    const empty = mkdtempSync(join(tmpdir(), 'pgstrata-test-'))
    // Beside the sources it is installed.
    expect(pglitePackages(['vector', 'uuid-ossp', 'postgis', 'plpgsql'], empty)).toMatchObject({ version: '0.5.14', stubbed: [], missing: ['postgis'] })
    rmSync(empty, { recursive: true })
  })
})

describe('PGlite and the embedded server', { timeout }, () => {
  it('print one catalog alike, with an object of every kind', async () => {
    const extensions = ['hstore', 'btree_gist']
    await using wasm = await pgliteEngine({ profile: 'replay', extensions })
    await using native = await openEngine({ profile: 'replay', extensions }, 'embedded')
    const [one, other] = await Promise.all(
      [wasm, native].map(async (engine) => {
        await using session = await engine.session(await engine.createDatabase())
        await session.script(portableBase)
        return await engine.print(session)
      }),
    )
    if (!one || !other) throw new Error('two were asked')
    expect(differences(one, other)).toEqual([])
  })
})

describe('a program with a PGlite', { timeout }, () => {
  const program = fileURLToPath(new URL(`../../../node_modules/.cache/run/pglite-child-${process.pid}.mjs`, import.meta.url))
  beforeAll(async () => {
    const entry = fileURLToPath(new URL('./pglite-child.ts', import.meta.url))
    await build({ entryPoints: [entry], outfile: program, bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'error' })
  })
  afterAll(() => rmSync(program, { force: true }))

  const start = async (mode: string) => {
    const child = spawn(process.execPath, [program, mode], { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
    const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)))
    const said = await new Promise((resolve) => child.stdout.once('data', (part) => resolve(String(part).trim())))
    expect(said).toBe('[{"one":1}]')
    return { child, exited }
  }

  it.each(['once', 'leak'])('ends by itself (%s)', async (mode) => expect(await (await start(mode)).exited).toBe(0))

  it('ends with Ctrl-C in the middle of a statement', async () => {
    const { child, exited } = await start('busy')
    process.kill(-(child.pid ?? 0), 'SIGINT')
    expect(await exited).toBe('SIGINT')
  })
})

describe('the wire', () => {
  const query = queryMessage('SELECT 1')
  const startup = Buffer.from([0, 0, 0, 8, 0, 3, 0, 0])
  const parse = Buffer.from([0x50, 0, 0, 0, 4])
  const sync = Buffer.from([0x53, 0, 0, 0, 4])

  it('is cut where the server will answer, however the bytes come', () => {
    const all = Buffer.concat([startup, query, parse, sync, query])
    const whole = batchesIn(all, false)
    expect(whole.batches.map(({ bytes, last }) => [bytes.length, last])).toEqual([
      [8, ''],
      [query.length, 'Q'],
      [10, 'S'],
      [query.length, 'Q'],
    ])
    expect(whole.rest).toHaveLength(0)
    let rest = Buffer.alloc(0)
    let cut = 0
    for (const byte of all) {
      const read = batchesIn(Buffer.concat([rest, Buffer.from([byte])]), cut > 0)
      rest = Buffer.from(read.rest)
      cut += read.batches.length
    }
    expect([cut, rest.length]).toEqual([4, 0])
  })

  it('says how a connection is left', () => {
    expect(statusOf(refusalMessage('55P03', 'no'))).toBe('I')
    expect(statusOf(Buffer.from('Z\0\0\0\u0005T', 'latin1'))).toBe('T')
    expect(statusOf(query)).toBeUndefined()
    expect(statusOf(Buffer.alloc(0))).toBeUndefined()
  })
})

describe('turns', () => {
  it('go round, and a transaction that is left open loses those who wait', async () => {
    const turns = new Turns(20)
    const [a, b, c] = [{}, {}, {}]
    expect(await turns.take(a)).toBe(true)
    const waiting = [turns.take(b), turns.take(c)]
    // Its statement runs for long: nobody is refused.
    await new Promise((resolve) => setTimeout(resolve, 60))
    turns.pass()
    expect([await waiting[0], turns.busy]).toEqual([true, true])
    turns.keep()
    expect(await waiting[1]).toBe(false)
    expect(await turns.take(b)).toBe(true)
    turns.pass()
    expect(await turns.take(c)).toBe(true)
  })
})
