/** What runs by the clock: node-cron, cron, Croner, node-schedule, Elysia's cron. */
import { ownValue } from '../own-value.ts'
import { textOf } from '../text-of.ts'
import { any, type CallSite, Model, native, type Value } from '../value.ts'
import { addJob } from './common/job.ts'
import { Client, Constructed } from './common/library.ts'
import { functionIn, partOf } from './common/options.ts'
import { defineFramework } from './define.ts'
import { isCallable } from './where.ts'

/** The job's own name where it has one, the expression otherwise. */
const scheduled = (when: Value | undefined, handler: Value | undefined, site: CallSite): Value => {
  const named = site.args.map((value) => (value.kind === 'object' ? textOf(partOf(value, 'name', site), site) : undefined)).find((name) => name !== undefined)
  const name = named ?? textOf(when, site)?.trim() ?? '(at times that are not known)'
  addJob({ name, kind: 'cron', framework: 'node-cron', runs: [{ handler, what: 'job', args: [any] }] }, site)
  return new Client('scheduled job', {})
}

const functionOf = (site: CallSite): Value | undefined => site.args.find(isCallable)

const schedule = native('cron.schedule', (site) => scheduled(site.args[0], functionOf(site), site))

/** `new CronJob('0 0 * * *', f)`, `CronJob.from({ cronTime, onTick })`. */
const byOptions = native('CronJob.from', (site) => {
  const [options] = site.args
  return scheduled(partOf(options, 'cronTime', site) ?? partOf(options, 'pattern', site), functionIn(options, ['onTick', 'run'], site), site)
})

const cronJob = new Constructed('cron job', (site) => scheduled(site.args[0], functionOf(site), site), { from: byOptions })
/** Croner is called with `new` or without. */
class Croner extends Model {
  readonly what = 'croner'
  override call(site: CallSite): Value {
    return scheduled(site.args[0], functionOf(site), site)
  }
  override construct(site: CallSite): Value {
    return this.call(site)
  }
}

const croner = new Croner()

/** `schedule.scheduleJob('nightly', '0 0 * * *', f)`: the name may be left out. */
const scheduleJob = native('scheduleJob', (site) => scheduled(site.args[0], functionOf(site), site))

const nodeCron = new Client('node-cron', { schedule, createTask: schedule })
const nodeSchedule = new Client('node-schedule', { scheduleJob })

const ofPackage: Readonly<Record<string, Readonly<Record<string, Value>>>> = {
  'node-cron': { default: nodeCron, '*': nodeCron, schedule, createTask: schedule },
  'node-schedule': { default: nodeSchedule, '*': nodeSchedule, scheduleJob },
  cron: { CronJob: cronJob },
  croner: { Cron: croner, default: croner },
  '@elysiajs/cron': { cron: byOptions, default: byOptions },
}

export const nodeCronFamily = defineFramework({
  id: 'node-cron',
  title: 'node-cron',
  packages: Object.keys(ofPackage),
  imported: (from, [name = '']) => ownValue(ofPackage[from] ?? {}, name),
  examples: [
    {
      files: {
        'cron.ts': `
import * as cron from 'node-cron'
import { db } from './db'
import { users } from './schema'
const clean = () => db.update(users).set({ name: '' })
export const start = () => {
  cron.schedule('0 3 * * *', clean)
  cron.schedule('* * * * *', async () => db.select({ email: users.email }).from(users), { name: 'digest' })
}
start()
start()
`,
      },
      entries: { 'cron 0 3 * * * (cron.ts)': 'write users.name', 'cron digest (cron.ts)': 'read users.email' },
    },
    {
      files: {
        'jobs.ts': `
import { CronJob } from 'cron'
import { db } from './db'
import { users } from './schema'
new CronJob('0 0 * * *', () => db.select({ name: users.name }).from(users), null, true)
CronJob.from({ cronTime: '0 1 * * *', onTick: async () => { await db.select({ id: users.id }).from(users) }, start: true })
`,
      },
      entries: { 'cron 0 0 * * * (jobs.ts)': 'read users.name', 'cron 0 1 * * * (jobs.ts)': 'read users.id' },
    },
    {
      files: {
        'jobs.ts': `
import { Cron } from 'croner'
import { db } from './db'
import { users } from './schema'
const list = async () => db.select({ email: users.email }).from(users)
export const job = new Cron('@hourly', { name: 'hourly', protect: true }, list)
export const idle = new Cron('@daily')
`,
      },
      entries: { 'cron hourly (jobs.ts)': 'read users.email' },
    },
    {
      // A class of the program schedules what other files give it.
      files: {
        'jobs/builder.ts': `
import cron from 'node-cron'
export class Jobs {
  private jobs: { when: string; run: () => Promise<void> }[] = []
  constructor(readonly name: string) {}
  add(when: string, run: () => Promise<void>): this {
    this.jobs.push({ when, run })
    return this
  }
  schedule() {
    for (const { when, run } of this.jobs) cron.schedule(when, this.guarded.bind(this, run))
  }
  private async guarded(run: () => Promise<void>) {
    try { await run() } catch (error) { console.error(error) }
  }
}
export const every = (when: string, run: () => Promise<unknown>) => cron.schedule(when, async () => { await run() })
`,
        'jobs/clean.ts': `
import { db } from '../db'
import { users } from '../schema'
import { Jobs } from './builder'
export const clean = new Jobs('clean').add('0 3 * * *', async () => { await db.update(users).set({ name: '' }) })
`,
        'jobs/digest.ts': `
import { db } from '../db'
import { users } from '../schema'
import { every, Jobs } from './builder'
export const digest = new Jobs('digest').add('0 3 * * *', async () => { await db.select({ email: users.email }).from(users) })
every('0 4 * * *', () => db.select({ id: users.id }).from(users))
`,
        'main.ts': `
import { clean } from './jobs/clean'
import { digest } from './jobs/digest'
clean.schedule()
digest.schedule()
`,
      },
      entries: {
        'cron 0 3 * * * (jobs/clean.ts)': 'write users.name',
        'cron 0 3 * * * (jobs/digest.ts)': 'read users.email',
        'cron 0 4 * * * (jobs/digest.ts)': 'read users.id',
      },
    },
    {
      // Tables of jobs: each has its own time.
      files: {
        'main.ts': `
import cron from 'node-cron'
import { db } from './db'
import { users } from './schema'
const clean = async () => { await db.update(users).set({ name: '' }) }
const list = async () => { await db.select({ email: users.email }).from(users) }
const jobs = [{ at: '0 1 * * *', run: clean }, { at: '0 2 * * *', run: list }]
for (const { at, run } of jobs) {
  const guarded = async () => { try { await run() } catch (error) { console.error(at, error) } }
  cron.schedule(at, guarded)
}
const byTime = { '0 3 * * *': clean, '0 4 * * *': list }
export function start() {
  for (const [at, run] of Object.entries(byTime)) cron.schedule(at, run)
  let count = 0
  jobs.forEach((job) => { count += 1; cron.schedule(\`*/5 \${job.at}\`, () => job.run()) })
}
start()
`,
      },
      entries: {
        'cron 0 1 * * * (main.ts)': 'write users.name',
        'cron 0 2 * * * (main.ts)': 'read users.email',
        'cron 0 3 * * * (main.ts)': 'write users.name',
        'cron 0 4 * * * (main.ts)': 'read users.email',
        'cron */5 0 1 * * * (main.ts)': 'write users.name',
        'cron */5 0 2 * * * (main.ts)': 'read users.email',
      },
    },
  ],
})
