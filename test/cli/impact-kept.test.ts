/** What `impact` keeps of a run changes nothing but the time of the next one. */
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makePlace, type Place } from '../operations/place.ts'
import { build, pgstrata } from './cli.ts'

beforeAll(build)

let place: Place
beforeEach(() => {
  place = makePlace()
  place.write({
    'package.json': '{ "name": "shop", "dependencies": { "hono": "4", "drizzle-orm": "1" } }',
    'schema.ts': "import { pgTable, text } from 'drizzle-orm/pg-core'\nexport const users = pgTable('users', { email: text('email') })\n",
    'db.ts': "import { drizzle } from 'drizzle-orm/node-postgres'\nexport const db = drizzle('')\n",
    'app.ts':
      "import { Hono } from 'hono'\nimport { db } from './db'\nimport { users } from './schema'\nexport const app = new Hono().get('/users', async (c) => c.json(await db.select().from(users)))\n",
  })
  place.numbered(
    'CREATE TABLE users (email text CONSTRAINT users_email_key UNIQUE);',
    'CREATE VIEW mails AS SELECT email FROM users;\n--> statement-breakpoint\nDO $$ BEGIN NULL; END $$;',
  )
})
afterEach(() => place.remove())

const cache = () => join(place.path, '.cache')
const asks = [['users.email'], ['--migration', '0001_m'], ['--change', 'drop users.email']] as const
/** What is said with what is kept, and without. */
const told = (args: readonly string[]) => {
  const ask = (env: Readonly<Record<string, string>>) => pgstrata(['impact', ...args, '--fail-on', 'never'], { cwd: place.path, env })
  const kept = ask({ PGSTRATA_CACHE_DIR: cache() })
  expect(kept).toEqual(ask({ PGSTRATA_CACHE_DIR: join(place.path, `.cache-${Math.random()}`) }))
  expect(kept).toMatchObject({ status: 0, stderr: '' })
  return kept.stdout
}

describe('the catalog that the migrations make', () => {
  test('is kept by their content, and serves whatever is asked', () => {
    const first = asks.map(told)
    expect(asks.map(told)).toEqual(first)
  })

  test('is that of the migrations as they are now', () => {
    expect(told(['users.email'])).toContain('view mails')
    appendFileSync(join(place.path, 'drizzle/0001_m.sql'), '--> statement-breakpoint\nDROP VIEW mails;')
    expect(told(['users.email'])).not.toContain('view mails')
  })

  test('is made anew where what is kept is damaged', () => {
    const first = told(['users.email'])
    for (const folder of readdirSync(join(cache(), 'content'), { recursive: true, withFileTypes: true })) {
      if (!folder.isFile()) continue
      const path = join(folder.parentPath, folder.name)
      writeFileSync(path, readFileSync(path).subarray(0, 50))
    }
    expect(told(['users.email'])).toBe(first)
  })
})
