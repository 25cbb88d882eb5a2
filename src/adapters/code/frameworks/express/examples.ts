/** Apps as people write them, and what their routes do with `users`. */
import type { FrameworkExample } from '../define.ts'

export const examples: readonly FrameworkExample[] = [
  {
    // Routers below paths; route().get().post(); trailing slashes; an async wrapper; a router that is mounted twice.
    files: {
      'src/async-handler.ts': `
        import type { NextFunction, Request, Response } from 'express'
        type Handler = (req: Request, res: Response, next: NextFunction) => Promise<unknown>
        export const asyncHandler = (handler: Handler) => (req: Request, res: Response, next: NextFunction) => {
          Promise.resolve(handler(req, res, next)).catch(next)
        }
      `,
      'src/users.ts': `
        import { Router } from 'express'
        import { eq } from 'drizzle-orm'
        import { db } from '../db'
        import { users } from '../schema'
        import { asyncHandler } from './async-handler'
        const router = Router()
        router
          .route('/')
          .get(asyncHandler(async (req, res) => { res.json(await db.select({ name: users.name }).from(users)) }))
          .post(asyncHandler(async (req, res) => { await db.insert(users).values({ email: req.body.email }); res.status(201).end() }))
        router.get('/:id/', async (req, res) => { res.json(await db.select({ email: users.email }).from(users).where(eq(users.id, req.params.id))) })
        export default router
      `,
      'src/index.ts': `
        import express from 'express'
        import users from './users'
        const app = express()
        app.use(express.json())
        app.use('/v1/users', users)
        app.use('/v2/users/', users)
        app.listen(3000)
      `,
    },
    entries: {
      'GET /v1/users': 'read users.name',
      'POST /v1/users': 'write users.email',
      'GET /v1/users/:id': 'read users.email, read users.id',
      'GET /v2/users': 'read users.name',
      'POST /v2/users': 'write users.email',
      'GET /v2/users/:id': 'read users.email, read users.id',
    },
  },
  {
    // What middleware leaves in the request and in res.locals; it counts for later routes below its path only; handlers in arrays.
    files: {
      'src/app.ts': `
        import express, { type NextFunction, type Request, type Response } from 'express'
        import { eq } from 'drizzle-orm'
        import { db } from '../db'
        import { users } from '../schema'
        const app = express()
        const requireUser = async (req: Request, res: Response, next: NextFunction) => {
          const [user] = await db.select().from(users).where(eq(users.email, req.headers.email as string))
          req.user = user
          res.locals.database = db
          next()
        }
        const log = (req, res, next) => next()
        app.get('/account/login', (req, res) => res.send('login'))
        app.use('/account', requireUser)
        app.get('/account/name', [log, log], (req: Request, res: Response) => res.send(req.user.name))
        app.put('/account/name', async (req: Request, res: Response) => {
          await res.locals.database.update(users).set({ name: req.body.name })
          res.sendStatus(204)
        })
        app.get('/open', (req, res) => res.send('open'))
        export default app
      `,
    },
    entries: {
      'GET /account/login': '',
      'GET /account/name': 'read users.email, read users.id, read users.name',
      'PUT /account/name': 'read users.email, read users.id, read users.name, write users.name',
      'GET /open': '',
    },
  },
  {
    // Controllers as classes with bound methods and as objects; an app that is handed to a function; a parameter's handler.
    files: {
      'src/controller.ts': `
        import type { Request, Response } from 'express'
        import { eq } from 'drizzle-orm'
        import { db } from '../db'
        import { users } from '../schema'
        class UserService {
          names() { return db.select({ name: users.name }).from(users) }
        }
        export class UserController {
          constructor(private readonly service: UserService) {}
          async list(req: Request, res: Response) { res.json(await this.service.names()) }
          remove = async (req: Request, res: Response) => { await db.delete(users).where(eq(users.id, req.params.id)) }
        }
        export const userController = new UserController(new UserService())
        export const emailController = { async show(req, res) { res.json(await db.select({ email: users.email }).from(users)) } }
      `,
      'src/routes.ts': `
        import type { Express } from 'express'
        import { eq } from 'drizzle-orm'
        import { db } from '../db'
        import { users } from '../schema'
        import { emailController, userController } from './controller'
        export function registerRoutes(app: Express) {
          app.param('id', async (req, res, next, id) => { await db.select({ id: users.id }).from(users).where(eq(users.id, id)); next() })
          app.get('/users', userController.list.bind(userController))
          app.delete('/users/:id', userController.remove)
          app.get('/emails', (req, res) => emailController.show(req, res))
        }
      `,
      'src/server.ts': `
        import express from 'express'
        import { registerRoutes } from './routes'
        const app = express()
        registerRoutes(app)
        app.listen(3000)
      `,
    },
    entries: { 'GET /users': 'read users.name', 'DELETE /users/:id': 'delete users, read users.id', 'GET /emails': 'read users.email' },
  },
  {
    // What answers below `use` and `all`; an error handler is no route; a handler of an unknown package is a route all the same.
    files: {
      'src/app.js': `
        import express from 'express'
        import { toNodeHandler } from 'unknown-auth'
        import { db } from '../db'
        import { users } from '../schema'
        const app = express()
        app.all('/api/auth/*', toNodeHandler({}))
        app.all('/api/*', (req, res, next) => next())
        app.use('/status', async (req, res) => { res.json(await db.select({ name: users.name }).from(users)) })
        app.use(function failed(error, req, res, next) { res.status(500).end() })
      `,
    },
    entries: { 'ALL /api/auth/*': '', 'ALL /status': 'read users.name', 'express onError /': '' },
  },
]
