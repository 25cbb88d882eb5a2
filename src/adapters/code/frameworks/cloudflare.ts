/**
 * Cloudflare Workers: what the `main` file of a wrangler configuration exports answers requests, messages of queues, and the clock; classes that the configuration
 * names are durable objects and workflows. The routes of an app that a worker's `fetch` serves are entries of their own.
 */

import { any, type EntryKind, type Machine, type Site, type Value } from '../value.ts'
import { enterWith } from './common/enter.ts'
import { inFile } from './common/job.ts'
import { unknowns } from './common/module.ts'
import { defineFramework, type ProjectFiles, type Root } from './define.ts'
import { joinedPath, parentOf } from './routing/folders.ts'
import { isCallable, whereOf } from './where.ts'

const configuration = /(^|\/)wrangler(?:\.[\w-]+)?\.(?:toml|jsonc?)$/

type Worker = { readonly main: string; readonly crons: readonly string[]; readonly queues: readonly string[]; readonly classes: readonly string[] }

const all = (text: string, pattern: RegExp): readonly string[] => [...new Set([...text.matchAll(pattern)].map(([, found = '']) => found))]

/** TOML and JSON name the same things: `main = "src/index.ts"`, `"main": "src/index.ts"`. */
const workerOf = (path: string, text: string): Worker | undefined => {
  const said = text.replaceAll(/^\s*(?:#|\/\/).*$/gm, '')
  const main = /^[\s{]*"?main"?\s*[=:]\s*["']([^"']+)["']/m.exec(said)?.[1]
  if (main === undefined) return undefined
  const crons = all(said, /"?crons"?\s*[=:]\s*\[([^\]]*)\]/g).flatMap((list) => all(list, /["']([^"']+)["']/g))
  const consumers = all(said, /consumers\]\]([^[]*)/g).concat(all(said, /"consumers"\s*:\s*\[([^\]]*)\]/g))
  return {
    main: joinedPath(parentOf(path), main),
    crons,
    queues: consumers.flatMap((list) => all(list, /"?\bqueue"?\s*[=:]\s*["']([^"']+)["']/g)),
    classes: all(said, /"?class_name"?\s*[=:]\s*["'](\w+)["']/g),
  }
}

const workersIn = (project: ProjectFiles): readonly Worker[] =>
  project.paths.filter((path) => configuration.test(path)).flatMap((path) => workerOf(path, project.read(path) ?? '') ?? [])

type Handler = { readonly method: string; readonly kind: EntryKind; name(worker: Worker, site: Site): string }

const listed = (names: readonly string[], otherwise: string): string => (names.length > 0 ? names.join(', ') : otherwise)

const handlers: readonly Handler[] = [
  { method: 'fetch', kind: 'route', name: () => 'ALL /*' },
  { method: 'scheduled', kind: 'cron', name: ({ crons }, site) => inFile('cron', listed(crons, 'scheduled'), site) },
  { method: 'queue', kind: 'worker', name: ({ queues }, site) => inFile('worker', listed(queues, 'queue'), site) },
  { method: 'email', kind: 'worker', name: (_worker, site) => inFile('worker', 'email', site) },
]

/** Of a durable object and of a workflow. */
const methods = ['fetch', 'alarm', 'webSocketMessage', 'run'] as const

const enter = (name: string, kind: EntryKind, handler: Value, site: Site): void => {
  if (isCallable(handler))
    enterWith({ name, kind, framework: 'cloudflare', place: whereOf(handler, site.place), runs: [{ handler, args: unknowns, what: name }] }, site)
}

/** The default export is an object of handlers, or a class of which the runtime makes one. */
const instanceOf = (value: Value, machine: Machine, site: Site): Value => (value.kind === 'class' ? machine.construct(value, [any, any], site) : value)

const root = (worker: Worker): Root => ({
  path: worker.main,
  enter: (module, machine, site) => {
    const worked = instanceOf(machine.get(module, 'default', site), machine, site)
    for (const { method, kind, name } of handlers) enter(name(worker, site), kind, machine.get(worked, method, site), site)
    for (const named of worker.classes) {
      const object = instanceOf(machine.get(module, named, site), machine, site)
      for (const method of methods) enter(inFile('worker', `${named}.${method}`, site), 'worker', machine.get(object, method, site), site)
    }
  },
})

export const cloudflare = defineFramework({
  id: 'cloudflare',
  title: 'Cloudflare Workers',
  packages: ['cloudflare:workers'],
  starts: [],
  roots: (project) => workersIn(project).map(root),
  examples: [
    {
      // The app is given its database by the worker that serves it; the worker takes messages, and what the clock says.
      files: {
        'apps/api/wrangler.toml': `
          name = "api"
          main = "src/worker.ts"
          [triggers]
          crons = ["0 3 * * *"]
          [[queues.producers]]
          queue = "mails"
          binding = "MAILS"
          [[queues.consumers]]
          queue = "mails"
          max_batch_size = 10
        `,
        'apps/api/src/worker.ts': `
          import { drizzle } from 'drizzle-orm/postgres-js'
          import * as schema from '../../../schema'
          import { app } from './app'
          import { createUsers } from './users'
          const connect = (env: any) => drizzle(env.HYPERDRIVE.connectionString, { schema })
          export default {
            async fetch(request: Request, env: any, ctx: any) {
              return app.fetch(request, { ...env, users: createUsers(connect(env)) }, ctx)
            },
            async scheduled(_event: unknown, env: any, ctx: any) {
              ctx.waitUntil(createUsers(connect(env)).clear())
            },
            async queue(batch: any, env: any) {
              for (const message of batch.messages) {
                switch (message.body.type) {
                  case 'renamed':
                    await createUsers(connect(env)).rename(message.body.id, message.body.name)
                }
                message.ack()
              }
            },
          }
        `,
        'apps/api/src/app.ts': `
          import { Hono } from 'hono'
          export const app = new Hono().get('/names', async (c) => c.json(await c.env.users.names()))
        `,
        'apps/api/src/users.ts': `
          import { eq } from 'drizzle-orm'
          import { users } from '../../../schema'
          export const createUsers = (db: any) => ({
            names: () => db.select({ name: users.name }).from(users),
            rename: (id: number, name: string) => db.update(users).set({ name }).where(eq(users.id, id)),
            clear: () => db.update(users).set({ email: null }),
          })
        `,
      },
      entries: {
        'ALL /*': '',
        'GET /names': 'read users.name',
        'cron 0 3 * * * (apps/api/src/worker.ts)': 'write users.email',
        'worker mails (apps/api/src/worker.ts)': 'read users.id, write users.name',
      },
    },
    {
      // wrangler.jsonc; the default export is the app itself; a workflow’s class runs its steps.
      files: {
        'wrangler.jsonc': `{
          // the worker
          "main": "src/index.ts",
          "workflows": [{ "name": "welcome", "binding": "WELCOME", "class_name": "Welcome" }]
        }`,
        'src/index.ts': `
          import { WorkflowEntrypoint } from 'cloudflare:workers'
          import { Hono } from 'hono'
          import { db } from '../db'
          import { users } from '../schema'
          export class Welcome extends WorkflowEntrypoint {
            async run(event: any, step: any) {
              await step.do('mark', async () => db.update(users).set({ name: event.payload.name }))
            }
          }
          const app = new Hono()
          app.get('/emails', async (c) => c.json(await db.select({ email: users.email }).from(users)))
          export default app
        `,
      },
      entries: { 'GET /emails': 'read users.email', 'worker Welcome.run (src/index.ts)': 'write users.name' },
    },
  ],
})
