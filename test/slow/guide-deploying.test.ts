/** The guide to deployments: its commands run in databases as it tells of; what it shows is what they print. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { build } from '../cli/cli.ts'
import { type Entry, eachInItsPlace } from '../operations/place.ts'
import { runsAll, sectionsOf, trimmed } from '../support/guide.ts'
import { npxOnPath } from '../support/npx.ts'

const guide = readFileSync(fileURLToPath(new URL('../../docs/guides/deploying.md', import.meta.url)), 'utf8')
const sections = sectionsOf(guide)
const here = eachInItsPlace()

const all: readonly Entry[] = [
  { tag: '0000_users', sql: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);' },
  { tag: '0001_posts', sql: 'CREATE TABLE posts (id bigint PRIMARY KEY, title text);' },
  { tag: '0002_mail', sql: 'ALTER TABLE users ADD COLUMN mail text;' },
]

let npx: ReturnType<typeof npxOnPath>
beforeAll(() => {
  build()
  npx = npxOnPath()
})
afterAll(() => npx.remove())

type Urls = { readonly STAGING_URL: string; readonly PRODUCTION_URL: string }

const play = (script: string, urls: Urls) => {
  const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, COLUMNS: ____, ...env } = process.env
  const { status, stdout } = spawnSync('sh', ['-e', '-c', `exec 2>&1\n${script}`], { cwd: here.place.path, encoding: 'utf8', env: { ...env, ...urls } })
  return { status, stdout }
}

/** Brings the two databases to where a section begins. */
const scenes: { readonly [scene: string]: (urls: Urls) => Promise<void> } = {
  async two() {
    here.place.migrations(all.slice(0, 1))
    await production.migrate(join(here.place.path, 'drizzle'))
    here.place.migrations(all)
    await here.database.migrate(join(here.place.path, 'drizzle'))
  },
  async deployed(urls) {
    await scenes.two?.(urls)
    expect(play('npx pgstrata migrate production --yes', urls)).toMatchObject({ status: 0 })
  },
  async pushed() {
    here.place.migrations(all)
    await here.database.session.script(all.map(({ sql }) => sql).join('\n'))
  },
}

let production: typeof here.database

describe('the guide to deployments', () => {
  it('has commands to run, and none that are not', () => {
    expect(sections.map(({ title }) => title)).toEqual(['Before', 'The deployment', 'Afterwards', 'Going back', 'A database without a ledger'])
    expect(runsAll(guide)).toBe(true)
  })

  it.each(sections)('$title', async ({ scene, script, prints }) => {
    production = await here.server.database()
    const urls = { STAGING_URL: here.database.url, PRODUCTION_URL: production.url }
    const [, config = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(guide) ?? []
    here.place.write({ 'pgstrata.config.ts': config, 'drizzle.config.json': '{ "dialect": "postgresql", "out": "drizzle" }' })
    await scenes[scene]?.(urls)
    const { status, stdout } = play(script, urls)
    expect({ status, stdout }).toMatchObject({ status: 0 })
    for (const shown of prints) expect(trimmed(stdout)).toContain(shown)
  })
})
