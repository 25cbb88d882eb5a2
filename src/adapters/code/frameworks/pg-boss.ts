/** pg-boss: `boss.work` is an entry; what is sent runs there. */
import { textOf } from '../text-of.ts'
import { any, native } from '../value.ts'
import { addJob } from './common/job.ts'
import { Client, Constructed } from './common/library.ts'
import { defineFramework } from './define.ts'
import { isCallable } from './where.ts'

const work = native('work', (site) => {
  const name = textOf(site.args[0], site) ?? '(a queue whose name is not known)'
  const handler = site.args.slice(1).findLast(isCallable)
  addJob({ name, kind: 'worker', framework: 'pg-boss', runs: [{ handler, what: 'handler', args: [any] }] }, site)
  return any
})

const boss = (): Client => new Client('pg-boss', { work, subscribe: work, send: native('send', () => any), schedule: native('schedule', () => any) })

const constructed = new Constructed('pg-boss', boss)

export const pgBoss = defineFramework({
  id: 'pg-boss',
  title: 'pg-boss',
  packages: ['pg-boss'],
  imported: (_from, [name]) => (name === 'default' || name === 'PgBoss' ? constructed : undefined),
  typed: (_from, name) => (name === 'default' || name === 'PgBoss' ? boss() : undefined),
  examples: [
    {
      files: {
        'jobs.ts': `
import PgBoss from 'pg-boss'
import { db } from './db'
import { users } from './schema'
const boss = new PgBoss('postgres://…')
await boss.start()
await boss.work('digest', { batchSize: 5 }, async ([job]) => {
  await db.select({ email: users.email }).from(users)
})
`,
      },
      entries: { 'worker digest (jobs.ts)': 'read users.email' },
    },
    {
      files: {
        'jobs.ts': `
import PgBoss from 'pg-boss'
import { db } from './db'
import { users } from './schema'
const QUEUES = { names: 'names' } as const
const names = async () => db.select({ name: users.name }).from(users)
const register = async (boss: PgBoss) => {
  await boss.work(QUEUES.names, names)
}
await register(new PgBoss({}))
`,
      },
      entries: { 'worker names (jobs.ts)': 'read users.name' },
    },
    {
      files: {
        'index.ts': `
import PgBoss from 'pg-boss'
import { Hono } from 'hono'
const boss = new PgBoss('postgres://…')
const app = new Hono()
app.post('/digest', async (c) => c.json({ id: await boss.send('digest', {}) }))
export default app
`,
      },
      entries: { 'POST /digest': '' },
    },
  ],
})
