/** next-safe-action: server actions behind a client with middleware, named by the constants that hold them. */
import { any, type CallSite, Model, native, type Site, type Value } from '../value.ts'
import { Chain } from './common/chain.ts'
import { nameAt } from './common/named.ts'
import { validated } from './common/validated.ts'
import { defineFramework, type FrameworkExample } from './define.ts'
import { Served } from './routing/served.ts'
import { isCallable } from './where.ts'

const framework = 'safe-action'

/** `createSafeActionClient()` with what was added to it. */
class Client extends Model {
  readonly what = 'safe action client'
  readonly #chain: Chain
  readonly #input: Value
  constructor(chain: Chain, input: Value) {
    super()
    this.#chain = chain
    this.#input = input
  }
  override get(name: string): Value | undefined {
    if (name === 'use') return native(name, ({ args: [middleware = any] }) => new Client(this.#chain.with(middleware), this.#input))
    if (name === 'schema' || name === 'inputSchema')
      return native(name, ({ args: [schema = any], ...site }) => new Client(this.#chain, validated(schema, site)))
    if (name === 'action' || name === 'stateAction')
      return native(name, ({ args: [handler = any], ...site }) => enter(new Action(this.#chain, this.#input, handler), site))
    return native(name, () => this)
  }
}

/** An entry of its own, also where a file of server actions exports it. */
class Action extends Served {
  readonly handler: Value
  readonly #chain: Chain
  readonly #input: Value
  constructor(chain: Chain, input: Value, handler: Value) {
    super('safe action')
    this.#chain = chain
    this.#input = input
    this.handler = handler
  }
  override call(site: CallSite): Value {
    const { machine } = site
    const ctx = this.#chain.run(any, site)
    const given = machine.object({ ctx, parsedInput: this.#input, clientInput: any }, any)
    const data = isCallable(this.handler) ? machine.invoke(this.handler, [given], site) : any
    return machine.object({ data: machine.awaited(data, site) }, any)
  }
}

const enter = (action: Action, site: Site): Action => {
  const name = `action ${nameAt(site, action.handler) ?? 'safe action'}`
  site.machine.entry({ name, kind: 'action', framework, place: site.place, runs: [{ what: 'action', handler: action, args: [] }] })
  if (!isCallable(action.handler)) site.machine.gap(`The handler of ${name} was not followed.`, site)
  return action
}

const examples: readonly FrameworkExample[] = [
  {
    // Middleware of the client belongs to each action, and hands context on.
    files: {
      'lib/safe-action.ts': `
        import { createSafeActionClient } from 'next-safe-action'
        import { db } from '../db'
        import { users } from '../schema'
        export const actionClient = createSafeActionClient({ handleServerError: (error) => error.message })
        export const authed = actionClient.use(async ({ next }) => {
          const [user] = await db.select({ id: users.id }).from(users)
          return next({ ctx: { user, db } })
        })`,
      'actions.ts': `
        'use server'
        import { z } from 'zod'
        import { actionClient, authed } from './lib/safe-action'
        import { db } from './db'
        import { users } from './schema'
        export const rename = authed
          .metadata({ name: 'rename' })
          .schema(z.object({ name: z.string() }))
          .action(async ({ parsedInput: { name }, ctx }) => {
            await ctx.db.update(users).set({ name })
          })
        export const emails = actionClient.action(async () => db.select({ email: users.email }).from(users))`,
    },
    entries: { 'action rename': 'read users.id, write users.name', 'action emails': 'read users.email' },
  },
  {
    // In Next.js the file's directive makes the same entries; an action that another calls is part of that one.
    files: {
      'package.json': '{ "dependencies": { "next": "16.0.0", "next-safe-action": "8.0.0" } }',
      'app/actions.ts': `
        'use server'
        import { createSafeActionClient } from 'next-safe-action'
        import { db } from '../db'
        import { users } from '../schema'
        const client = createSafeActionClient()
        export const remove = client.action(async () => { await db.delete(users) })
        export const reset = client.inputSchema({}).action(async () => {
          await remove()
          await db.insert(users).values({ email: '' })
        })`,
    },
    entries: { 'action remove': 'delete users', 'action reset': 'delete users, write users.email' },
  },
]

export const safeAction = defineFramework({
  id: framework,
  title: 'next-safe-action',
  packages: ['next-safe-action'],
  imported: (_, path) =>
    path.length === 1 && path[0] === 'createSafeActionClient' ? native('createSafeActionClient', () => new Client(new Chain('ctx'), any)) : undefined,
  examples,
})
