/** BullMQ and Bull: a worker is an entry. What a route adds to a queue runs in the worker, which has uses of its own; the route does not get them. */
import { textOf } from '../text-of.ts'
import { any, type CallSite, Model, native, type Site, type Value } from '../value.ts'
import { addJob } from './common/job.ts'
import { Client, Constructed } from './common/library.ts'
import { defineFramework } from './define.ts'
import { isCallable } from './where.ts'

/** What a processor is called with; its data is what the worker's or the job's type says. */
class BullJob extends Model {
  readonly what = 'bullmq job'
  readonly #data: Value
  constructor(data: Value) {
    super()
    this.#data = data
  }
  override get(name: string): Value | undefined {
    return name === 'data' ? this.#data : undefined
  }
}

const jobOf = (data: Value | undefined): Value => (data === undefined ? any : new BullJob(data))

const process = (queue: Value | undefined, processor: Value | undefined, site: CallSite): void => {
  const name = textOf(queue, site) ?? '(a queue whose name is not known)'
  if (processor?.kind === 'literal') {
    site.machine.gap(`the worker of the queue ${name} runs a file by its path, which is not followed`, site)
    return
  }
  addJob(
    {
      name,
      kind: 'worker',
      framework: 'bullmq',
      runs: [{ handler: processor, what: 'processor', args: [jobOf(site.types[0]), any] }],
    },
    site,
  )
}

/** `worker.on('completed', f)`: it runs where the worker does. */
const listening = (queue: Value | undefined, site: Site): Model => {
  const self: Model = new Client('bullmq worker', {
    on: native('on', ({ args, ...at }) => {
      const name = textOf(queue, site) ?? ''
      addJob(
        {
          name,
          kind: 'worker',
          file: site.place.file,
          framework: 'bullmq',
          runs: [{ handler: args[1], what: `on ${textOf(args[0], at) ?? ''}`, args: [jobOf(undefined)] }],
        },
        at,
      )
      return self
    }),
  })
  return self
}

const worker = new Constructed('bullmq worker', (site) => {
  process(site.args[0], site.args[1], site)
  return listening(site.args[0], site)
})

/** Bull registers the processor on the queue itself: `queue.process([name], [concurrency], f)`. */
const queue = new Constructed('bullmq queue', (site) => {
  const [name] = site.args
  const processing = native('process', (call) => {
    process(name, call.args.findLast(isCallable), { ...call, place: call.place })
    return any
  })
  return new Client('bullmq queue', { process: processing, add: native('add', () => any), addBulk: native('addBulk', () => any) })
})

export const bullmq = defineFramework({
  id: 'bullmq',
  title: 'BullMQ',
  packages: ['bullmq', 'bull'],
  imported: (from, [name]) => {
    if (name === 'Worker' || name === 'WorkerPro') return worker
    return name === 'Queue' || (from === 'bull' && (name === 'default' || name === '*')) ? queue : undefined
  },
  typed: (_from, name, args) => (name === 'Job' || name === 'SandboxedJob' ? jobOf(args[0]) : undefined),
  examples: [
    {
      files: {
        'workers/mail.ts': `
import { type Job, Worker } from 'bullmq'
import { eq } from 'drizzle-orm'
import { db } from '../db'
import { users } from '../schema'
export const worker = new Worker(
  'mail',
  async (job: Job<{ id: string }>) => {
    await db.select({ email: users.email }).from(users).where(eq(users.id, job.data.id))
  },
  { connection: {} },
)
`,
        'index.ts': `
import { Queue } from 'bullmq'
import { Hono } from 'hono'
import './workers/mail'
const queue = new Queue('mail')
const app = new Hono()
app.post('/mail', async (c) => {
  await queue.add('welcome', { id: '1' })
  return c.body(null)
})
export default app
`,
      },
      entries: { 'POST /mail': '', 'worker mail (workers/mail.ts)': 'read users.email, read users.id' },
    },
    {
      files: {
        'queues.ts': `
import { Worker } from 'bullmq'
import { db } from './db'
import { users } from './schema'
const handlers: Record<string, () => Promise<unknown>> = {
  names: () => db.select({ name: users.name }).from(users),
  clear: () => db.delete(users),
}
const start = (name: string, processor: any) => new Worker(name, processor)
start('names', handlers.names)
start('both', async (job: any) => {
  switch (job.name) {
    case 'email':
      return db.update(users).set({ email: '' })
  }
})
`,
      },
      entries: { 'worker both (queues.ts)': 'write users.email', 'worker names (queues.ts)': 'read users.name' },
    },
    {
      files: {
        'queue.ts': `
import Queue from 'bull'
import { db } from './db'
import { users } from './schema'
const queue = new Queue('reports')
queue.process(5, async () => db.select({ name: users.name }).from(users))
export { queue }
`,
      },
      entries: { 'worker reports (queue.ts)': 'read users.name' },
    },
  ],
})
