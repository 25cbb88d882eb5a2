/** Trigger.dev: each task is a worker, each scheduled one a cron job; what a route triggers runs there. */

import { textOf } from '../text-of.ts'
import { schemaOf } from '../validators/schema.ts'
import { any, type CallSite, native, type Value } from '../value.ts'
import { addJob } from './common/job.ts'
import { Client } from './common/library.ts'
import { partOf } from './common/options.ts'
import { defineFramework } from './define.ts'

const hooks = ['init', 'onStart', 'onSuccess', 'onFailure', 'onComplete', 'handleError', 'catchError', 'cleanup'] as const

const task = (kind: 'worker' | 'cron', site: CallSite): Value => {
  const [options] = site.args
  const name = textOf(partOf(options, 'id', site), site) ?? '(without a known id)'
  const payload = schemaOf(partOf(options, 'schema', site))?.parsed(site, 'type') ?? any
  const runs = ['run', ...hooks].map((what) => ({ handler: partOf(options, what, site), what, args: [payload, any] }))
  addJob({ name, kind, framework: 'trigger', runs }, site)
  return new Client('trigger.dev task', {})
}

const worker = native('task', (site) => task('worker', site))
const schedules = new Client('trigger.dev schedules', { task: native('schedules.task', (site) => task('cron', site)) })

export const trigger = defineFramework({
  id: 'trigger',
  title: 'Trigger.dev',
  packages: ['@trigger.dev/sdk', '@trigger.dev/sdk/*'],
  imported: (_from, [name]) => (name === 'schedules' ? schedules : name === 'task' || name === 'schemaTask' ? worker : undefined),
  examples: [
    {
      files: {
        'tasks.ts': `
import { schedules, task } from '@trigger.dev/sdk/v3'
import { eq } from 'drizzle-orm'
import { db } from './db'
import { users } from './schema'
export const welcome = task({
  id: 'welcome',
  retry: { maxAttempts: 3 },
  run: async (payload: { id: string }) => {
    await db.select({ email: users.email }).from(users).where(eq(users.id, payload.id))
  },
})
export const nightly = schedules.task({ id: 'nightly', cron: '0 0 * * *', run: async () => { await db.update(users).set({ name: '' }) } })
`,
      },
      entries: { 'cron nightly (tasks.ts)': 'write users.name', 'worker welcome (tasks.ts)': 'read users.email, read users.id' },
    },
    {
      files: {
        'tasks.ts': `
import { schemaTask } from '@trigger.dev/sdk'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { db } from './db'
import { users } from './schema'
export const rename = schemaTask({
  id: 'rename',
  schema: z.object({ id: z.string(), name: z.string() }),
  run: async ({ id, ...changes }) => {
    await db.update(users).set(changes).where(eq(users.id, id))
  },
})
`,
      },
      entries: { 'worker rename (tasks.ts)': 'read users.id, write users.name' },
    },
    {
      files: {
        'tasks.ts': `
import { task } from '@trigger.dev/sdk'
import { db } from './db'
import { users } from './schema'
export const list = task({ id: 'list', run: async () => db.select({ name: users.name }).from(users) })
`,
        'index.ts': `
import { Hono } from 'hono'
import { list } from './tasks'
const app = new Hono()
app.post('/list', async (c) => c.json(await list.trigger({})))
export default app
`,
      },
      entries: { 'POST /list': '', 'worker list (tasks.ts)': 'read users.name' },
    },
  ],
})
