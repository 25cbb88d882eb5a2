import { describe, expect, it } from 'vitest'
import type { CodeEntry, CodeFacts } from '../../../src/model/code.ts'
import { factsOf, type Program, usesOf } from './follow.ts'

const common: Program = {
  'schema.ts': `
    import { integer, pgTable, text } from 'drizzle-orm/pg-core'
    export const users = pgTable('users', { id: integer('id').primaryKey(), name: text('name'), email: text('email') })`,
  'db.ts': `
    import { drizzle } from 'drizzle-orm/node-postgres'
    export const db = drizzle('postgres://localhost')`,
}

const head = `
  import { db } from './db'
  import { users } from './schema'`

const columnsOf = (facts: CodeFacts, entry: CodeEntry): string =>
  [...new Set(usesOf(facts, entry).flatMap(({ access, column }) => (column === undefined ? [] : [`${access} ${column}`])))].sort().join(', ')

/** What an application's entries do of which `side.ts` is a file. */
const entriesOf = (side: string, index = `import './side'`): Record<string, string> => {
  const routes = `
    import { Hono } from 'hono'
    ${head}
    ${index}
    const app = new Hono()
    app.get('/ids', async (c) => c.json(await db.select({ id: users.id }).from(users)))
    export default app`
  const facts = factsOf({ ...common, 'app.ts': routes, 'side.ts': `${head}\n${side}` }, ['app.ts', 'side.ts'])
  return Object.fromEntries(facts.entries.filter(({ name }) => name !== 'GET /ids').map((entry) => [entry.name, columnsOf(facts, entry)]))
}

describe('what files do as they are loaded', () => {
  it('calls hooks that an object of a library was made with, at any depth', () => {
    const side = `
      import { Server, Store } from 'some-server'
      export const server = new Server({
        extensions: [new Store({ fetch: async () => db.select({ email: users.email }).from(users) })],
        async onConnect() { await db.update(users).set({ name: '' }) },
      })`
    expect(entriesOf(side, `import { server } from './side'`)).toEqual({
      'callback fetch (side.ts)': 'read email',
      'callback onConnect (side.ts)': 'write name',
    })
  })

  it('calls listeners, and what a timer is given', () => {
    const side = `
      import { bot } from 'some-bot'
      async function poll() { await db.select({ email: users.email }).from(users) }
      bot.on('message', async function greet() { await db.update(users).set({ name: '' }) })
      setInterval(poll, 1000)`
    expect(entriesOf(side)).toEqual({ 'callback greet (side.ts)': 'write name', 'callback poll (side.ts)': 'read email' })
  })

  it('starts what does something that no entry does', () => {
    const side = `
      const ids = async () => db.select({ id: users.id }).from(users)
      async function warm() { await db.select({ email: users.email }).from(users) }
      warm()`
    expect(entriesOf(side)).toEqual({ 'boot side.ts -> warm': 'read email' })
  })

  it('is nothing where a function is only wrapped for others, or where an entry calls it', () => {
    const side = `
      import { cache, bot } from 'some-library'
      export const load = cache(async () => db.select({ email: users.email }).from(users))
      export const rename = async () => { await db.update(users).set({ name: '' }) }
      bot.on('message', rename)`
    const index = `
      import { rename } from './side'
      export const router = new Hono().post('/rename', async (c) => c.json(await rename()))`
    expect(entriesOf(side, index)).toEqual({ 'POST /rename': 'write name' })
  })

  it('is nothing of a file that nobody loads', () => {
    expect(entriesOf(`setInterval(async () => { await db.delete(users) }, 1000)`, '')).toEqual({})
  })
})
