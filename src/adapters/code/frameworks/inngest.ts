/** Inngest: each function is a worker, whether an event or the clock calls it; its steps run in it. */
import { textOf } from '../text-of.ts'
import { any, type CallSite, native, type Value } from '../value.ts'
import { addJob } from './common/job.ts'
import { Client, Constructed } from './common/library.ts'
import { partOf } from './common/options.ts'
import { defineFramework } from './define.ts'
import { isCallable } from './where.ts'

/** `step.run('id', f, ...input)` answers what `f` does. */
const run = native('step.run', (site) => {
  const [, handler, ...args] = site.args
  return handler && site.machine.awaited(site.machine.invoke(handler, args, site), site)
})

const step = new Client('inngest step', { run })

const call = (site: CallSite): Value => site.machine.object({ step, event: any, events: any, runId: any, logger: any }, any)

/** The function is the last argument; what triggers it is one of its own, or among the options. */
const createFunction = native('createFunction', (site) => {
  const [options] = site.args
  const handler = site.args.findLast(isCallable)
  const name = textOf(options, site) ?? textOf(partOf(options, 'id', site), site) ?? textOf(partOf(options, 'name', site), site) ?? '(without a known id)'
  const failed = partOf(options, 'onFailure', site)
  const runs = [
    { handler, what: 'function', args: [call(site)] },
    { handler: failed, what: 'onFailure', args: [call(site)] },
  ]
  addJob({ name, kind: 'worker', framework: 'inngest', runs }, site)
  return new Client('inngest function', {})
})

const client = (): Client => new Client('inngest', { createFunction, send: native('send', () => any) })

const inngestClass = new Constructed('inngest', client)

const file = (body: string): string => `
import { Inngest } from 'inngest'
import { eq } from 'drizzle-orm'
import { db } from './db'
import { users } from './schema'
export const inngest = new Inngest({ id: 'app' })
${body}
`

export const inngest = defineFramework({
  id: 'inngest',
  title: 'Inngest',
  packages: ['inngest'],
  imported: (_from, [name]) => (name === 'Inngest' ? inngestClass : undefined),
  typed: (_from, name) => (name === 'Inngest' ? client() : undefined),
  examples: [
    {
      files: {
        'functions.ts': file(`
export const welcome = inngest.createFunction({ id: 'welcome' }, { event: 'user.created' }, async ({ event, step }) => {
  const found = await step.run('find', async () => db.select().from(users).where(eq(users.id, event.data.id)))
  await step.sleep('wait', '1d')
  return found.map((user) => user.email)
})
`),
      },
      entries: { 'worker welcome (functions.ts)': 'read users.email, read users.id, read users.name' },
    },
    {
      files: {
        'functions.ts': file(`
const clear = async () => db.update(users).set({ name: '' })
export const nightly = inngest.createFunction({ id: 'nightly', triggers: [{ cron: '0 0 * * *' }] }, async ({ step }) => {
  await step.run('clear', clear)
})
`),
      },
      entries: { 'worker nightly (functions.ts)': 'write users.name' },
    },
    {
      files: {
        'functions.ts': file(`
export const report = inngest.createFunction(
  { id: 'report', onFailure: async () => { await db.update(users).set({ email: '' }) } },
  { cron: '0 * * * *' },
  async () => db.select({ id: users.id }).from(users),
)
`),
        'index.ts': `
import { Hono } from 'hono'
import { inngest } from './functions'
const app = new Hono()
app.post('/users', async (c) => {
  await inngest.send({ name: 'user.created' })
  return c.body(null)
})
export default app
`,
      },
      entries: { 'POST /users': '', 'worker report (functions.ts)': 'read users.id, write users.email' },
    },
  ],
})
