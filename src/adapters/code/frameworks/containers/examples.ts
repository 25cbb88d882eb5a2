/** Applications whose classes are given what they need, and what their routes do with `users`. */
import type { FrameworkExample } from '../define.ts'

const repository = `
  import { users } from '../schema'
  export interface Names { all(): Promise<unknown> }
  export class UserNames implements Names {
    constructor(private readonly db: any) {}
    all() { return this.db.select({ name: users.name }).from(users) }
  }
`

export const examples: readonly FrameworkExample[] = [
  {
    files: {
      'src/app.ts': `
          import { Hono } from 'hono'
          import { container, inject, injectable } from 'tsyringe'
          import { eq } from 'drizzle-orm'
          import { db } from '../db'
          import { users } from '../schema'
          interface Emails { of(id: number): Promise<unknown> }
          @injectable()
          class UserEmails implements Emails {
            constructor(@inject('Database') private readonly database: any) {}
            of(id: number) { return this.database.select({ email: users.email }).from(users).where(eq(users.id, id)) }
          }
          container.register('Database', { useValue: db })
          container.register<Emails>('Emails', { useClass: UserEmails })
          @injectable()
          class Service {
            constructor(@inject('Emails') private readonly emails: Emails) {}
            find(id: number) { return this.emails.of(id) }
          }
          export const app = new Hono().get('/emails/:id', async (c) => c.json(await container.resolve(Service).find(Number(c.req.param('id')))))
        `,
    },
    entries: { 'GET /emails/:id': 'read users.email, read users.id' },
  },
  {
    files: {
      'src/names.ts': repository,
      'src/app.ts': `
          import { Hono } from 'hono'
          import { Container, inject, injectable } from 'inversify'
          import { db } from '../db'
          import { type Names, UserNames } from './names'
          const TYPES = { Names: Symbol.for('Names') }
          @injectable()
          class Service {
            constructor(@inject(TYPES.Names) private readonly names: Names) {}
            list() { return this.names.all() }
          }
          const container = new Container()
          container.bind<Names>(TYPES.Names).toDynamicValue(() => new UserNames(db)).inSingletonScope()
          container.bind(Service).toSelf()
          export const app = new Hono().get('/names', async (c) => c.json(await container.get(Service).list()))
        `,
    },
    entries: { 'GET /names': 'read users.name' },
  },
  {
    files: {
      'src/names.ts': repository,
      'src/app.ts': `
          import { asClass, asFunction, asValue, createContainer } from 'awilix'
          import { Hono } from 'hono'
          import { db } from '../db'
          import { type Names, UserNames } from './names'
          const makeNames = ({ db }: any) => new UserNames(db)
          class Service {
            private readonly names: Names
            constructor({ names }: { names: Names }) { this.names = names }
            list() { return this.names.all() }
          }
          const container = createContainer().register({ db: asValue(db), names: asFunction(makeNames).singleton(), service: asClass(Service) })
          export const app = new Hono()
          app.get('/names', async (c) => c.json(await container.cradle.service.list()))
          app.get('/again', async (c) => c.json(await container.resolve('service').list()))
        `,
    },
    entries: { 'GET /names': 'read users.name', 'GET /again': 'read users.name' },
  },
  {
    files: {
      'src/app.ts': `
          import { Hono } from 'hono'
          import { Container, Inject, Service } from 'typedi'
          import { db } from '../db'
          import { users } from '../schema'
          Container.set('database', db)
          @Service()
          class Names {
            constructor(@Inject('database') private readonly database: any) {}
            all() { return this.database.select({ name: users.name }).from(users) }
          }
          @Service()
          class Lists {
            constructor(private readonly names: Names) {}
            names_() { return this.names.all() }
          }
          export const app = new Hono().get('/names', async (c) => c.json(await Container.get(Lists).names_()))
        `,
    },
    entries: { 'GET /names': 'read users.name' },
  },
]
