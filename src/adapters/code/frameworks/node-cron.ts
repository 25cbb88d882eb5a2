/** What runs by the clock: node-cron, cron, Croner, node-schedule, Elysia's cron. */
import { any, type CallSite, Model, native, type Value } from '../value.ts'
import { addJob, Client, Constructed, functionIn, inFile, partOf, textOf } from './common/job.ts'
import { defineFramework } from './define.ts'
import { isCallable } from './where.ts'

/** The job's own name where it has one, the expression otherwise. */
const scheduled = (when: Value | undefined, handler: Value | undefined, site: CallSite): Value => {
  const named = site.args.map((value) => (value.kind === 'object' ? textOf(partOf(value, 'name', site), site) : undefined)).find((name) => name !== undefined)
  const name = named ?? textOf(when, site) ?? '(at times that are not known)'
  addJob({ name: inFile('cron', name, site), kind: 'cron', framework: 'node-cron', runs: [{ handler, what: 'job', args: [any] }] }, site)
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
  imported: (from, [name = '']) => {
    const exports = ofPackage[from] ?? {}
    return Object.hasOwn(exports, name) ? exports[name] : undefined
  },
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
  ],
})
