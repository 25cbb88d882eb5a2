/** `status` over a thousand environments, by the command line. `npm run bench:status` does the same over a thousand databases of their own. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { build, startPgstrata } from '../cli/cli.ts'
import { makePlace, type Place, startServer } from '../operations/place.ts'
import { startHangingServer } from '../support/hanging-server.ts'

let server: Awaited<ReturnType<typeof startServer>>
let hanging: Awaited<ReturnType<typeof startHangingServer>>
let place: Place
beforeAll(async () => {
  build()
  server = await startServer()
  hanging = await startHangingServer()
  place = makePlace()
})
afterAll(async () => {
  place.remove()
  await hanging.stop()
  await server.stop()
})

type Environment = { readonly name: string; readonly state: string }

test('1,000 environments in `status` ≤ 20 s on 2 cores (loopback); unreachable ones unknown, never green', async () => {
  const entries = Array.from({ length: 30 }, (_, at) => ({
    tag: `${String(at).padStart(4, '0')}_table`,
    sql: `CREATE TABLE table_${at} (id bigint PRIMARY KEY);`,
  }))
  const [same, behind] = [await server.database(), await server.database()]
  place.migrations(entries.slice(0, 28))
  await behind.migrate(join(place.path, 'drizzle'))
  place.migrations(entries)
  await same.migrate(join(place.path, 'drizzle'))
  const wanted = Array.from({ length: 1_000 }, (_, at) => (at % 50 === 7 ? 'refused' : at % 50 === 23 ? 'hanging' : at % 20 === 1 ? 'behind' : 'in-sync'))
  const urls = {
    refused: 'postgres://nobody@127.0.0.1:1/none',
    hanging: `postgres://nobody@127.0.0.1:${hanging.port}/none`,
    behind: behind.url,
    'in-sync': same.url,
  }
  const names = wanted.map((_, at) => `e${at}`)
  place.write({
    'pgstrata.config.json': JSON.stringify({
      environments: Object.fromEntries(names.map((name, at) => [name, { url: { from: 'env', name: `URL_${(wanted[at] ?? '').replace('-', '_')}` } }])),
    }),
  })
  const child = startPgstrata(['status', '--folder', 'drizzle', '--format', 'json'], {
    cwd: place.path,
    env: {
      ...Object.fromEntries(Object.entries(urls).map(([way, url]) => [`URL_${way.replace('-', '_')}`, url])),
      PGSTRATA_CACHE_DIR: join(place.path, '.cache'),
    },
  })
  const started = performance.now()
  let out = ''
  child.stdout?.on('data', (text) => (out += text))
  const code = await new Promise((done) => child.once('close', done))
  const seconds = (performance.now() - started) / 1_000
  const { environments } = (JSON.parse(out) as { readonly data: { readonly environments: readonly Environment[] } }).data
  expect(environments.map(({ state }) => state)).toEqual(wanted.map((way) => (way === 'refused' || way === 'hanging' ? 'unknown' : way)))
  expect(code).toBe(3)
  expect(seconds).toBeLessThanOrEqual(20)
}, 60_000)
