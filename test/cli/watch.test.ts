/** `--watch`: shown when something changes, ended by Ctrl-C. */
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { secondsOf, watching } from '../../src/cli/watch.ts'
import { ToolError } from '../../src/model/error.ts'
import type { Report } from '../../src/model/report.ts'
import { makePlace, type Place, startServer } from '../operations/place.ts'
import { build, pgstrata, startPgstrata } from './cli.ts'

const report = (text: string, data = ''): Report => ({
  operation: 'status',
  analysed: {},
  findings: [],
  data,
  blocks: [{ type: 'text', text }],
  unknown: [],
})

describe('the loop', () => {
  test('tells news from the same again, and ends when nobody listens', async () => {
    const reports = [report('a', '1'), report('a', '2'), report('b'), report('a')]
    const told: boolean[] = []
    const round = async (isNews: (of: Report) => boolean): Promise<number> => {
      told.push(isNews(reports[told.length] ?? report('z')))
      return told.length
    }
    const { signal } = new AbortController()
    expect(await watching(0.001, { signal }, () => told.length < reports.length, round)).toBe(4)
    expect(told).toEqual([true, false, true, true])
  })

  test('what a later round throws is told once, and the picture is back after it; what the first one throws ends it', async () => {
    const trouble = new ToolError('folder-broken', 'half a file')
    const rounds = [report('a'), trouble, trouble, report('a'), report('a')]
    const [news, told]: [boolean[], string[]] = [[], []]
    let at = 0
    const round = async (isNews: (of: Report) => boolean): Promise<number> => {
      const next = rounds[at++] ?? report('z')
      if (next instanceof ToolError) throw next
      news.push(isNews(next))
      return 0
    }
    const { signal } = new AbortController()
    await watching(
      0.001,
      { signal },
      () => at < rounds.length,
      round,
      ({ message }) => told.push(message),
    )
    expect([news, told]).toEqual([[true, true, false], ['half a file']])
    await expect(
      watching(
        0.001,
        { signal },
        () => true,
        () => Promise.reject(trouble),
      ),
    ).rejects.toBe(trouble)
    const bug = new TypeError('a bug')
    at = 0
    await expect(
      watching(
        0.001,
        { signal },
        () => true,
        (isNews) => (at++ === 0 ? Promise.resolve(Number(isNews(report('a')))) : Promise.reject(bug)),
      ),
    ).rejects.toBe(bug)
  })

  test('that evidence has aged is no news', async () => {
    const reports = ['under a minute ago', '1 min ago', '47 h ago', '2 days ago', '2 days ago, and more'].map((age) => report(`seen ${age}`))
    const news: boolean[] = []
    const round = async (isNews: (of: Report) => boolean): Promise<number> => news.push(isNews(reports[news.length] ?? report('z')))
    await watching(0.001, { signal: new AbortController().signal }, () => news.length < reports.length, round)
    expect(news).toEqual([true, false, false, false, true])
  })

  test.each(['0', 'x', '', '3601'])('--watch=%s is refused', (watch) => {
    expect(() => secondsOf({ watches: true }, { watch })).toThrow('--watch wants seconds')
  })

  test('is there only for verbs that watch, where it is asked for', () => {
    expect([secondsOf({}, { watch: '5' }), secondsOf({ watches: true }, { watch: undefined }), secondsOf({ watches: true }, { watch: '5' })]).toEqual([
      undefined,
      undefined,
      5,
    ])
  })
})

describe('status --watch', () => {
  let server: Awaited<ReturnType<typeof startServer>>
  let place: Place
  beforeAll(async () => {
    build()
    server = await startServer()
    place = makePlace()
  })
  afterAll(async () => {
    place.remove()
    await server.stop()
  })

  test('prints when something changes, and ends cleanly with Ctrl-C', async () => {
    const [first, second] = [
      { tag: '0000_users', sql: 'CREATE TABLE users (id bigint PRIMARY KEY);' },
      { tag: '0001_mail', sql: 'ALTER TABLE users ADD COLUMN mail text;' },
    ]
    const database = await server.database()
    place.migrations([first])
    await database.migrate(join(place.path, 'drizzle'))
    place.migrations([first, second])
    place.write({ 'pgstrata.config.json': JSON.stringify({ environments: { production: { url: { from: 'env', name: 'PROD_URL' } } } }) })
    const settings = { cwd: place.path, env: { PROD_URL: database.url, PGSTRATA_CACHE_DIR: join(place.path, '.cache') } }
    const child = startPgstrata(['status', '--folder', 'drizzle', '--watch=1'], settings)
    let [out, err] = ['', '']
    child.stdout?.on('data', (text) => (out += text))
    child.stderr?.on('data', (text) => (err += text))
    const ended = once(child, 'exit')
    const until = async (text: string): Promise<void> => {
      for (const end = Date.now() + 20_000; !out.includes(text) && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await until('production is 1 behind')
    // Twice the same is shown once.
    await new Promise((resolve) => setTimeout(resolve, 1_600))
    await database.migrate(join(place.path, 'drizzle'))
    await until('production is in sync')
    child.kill('SIGINT')
    const stopped = performance.now()
    expect(await ended).toEqual([130, null])
    expect(performance.now() - stopped).toBeLessThan(1_500)
    expect(err).toBe('')
    expect(out.match(/^production is .*/gm)).toEqual(['production is 1 behind.', 'production is in sync with drizzle (2 migrations).'])
    const after = pgstrata(['status', '--folder', 'drizzle', '--check'], settings)
    expect([after.status, after.stdout]).toEqual([0, expect.stringContaining('Clean')])
  })
})
