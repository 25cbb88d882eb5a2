/**
 * NestJS: controllers, resolvers, gateways, processors, consumers of messages, scheduled methods. Decorators leave marks on their classes; when all files have been
 * followed the marks become entries, and the container gives each class what its constructor asks for.
 */
import { any, type CallSite, Model, native, type Value } from '../value.ts'
import { defineFramework, type ProjectFiles } from './define.ts'
import { givenFor, instance } from './nestjs/container.ts'
import { enter } from './nestjs/entries.ts'
import { applied, decorator, marksOf } from './nestjs/marks.ts'

const worthFollowing = /@(?:Module|Controller|Injectable|Resolver|Processor|WebSocketGateway|Command|CommandHandler|QueryHandler|EventsHandler)\(|NestFactory\b/

const nestFiles = (project: ProjectFiles): readonly string[] =>
  project.paths.filter((path) => /(?<!\.d)\.[mc]?ts$/.test(path) && project.depends(path, '@nestjs/common') && worthFollowing.test(project.read(path) ?? ''))

const everywhere: ReadonlySet<string> = new Set(['useGlobalGuards', 'useGlobalInterceptors', 'useGlobalPipes', 'useGlobalFilters'])

const versioned = (site: CallSite): void => {
  const { machine, args } = site
  const texts = (name: string): readonly string[] => (args[0] === undefined ? [] : machine.strings(machine.get(args[0], name, site)))
  const [usual] = texts('defaultVersion')
  marksOf(machine).versions = { prefix: texts('prefix')[0] ?? 'v', ...(usual !== undefined && { usual }) }
}

const prefixed = ({ machine, args }: CallSite): void => {
  marksOf(machine).prefix = machine.strings(args[0] ?? any)[0] ?? ''
}

/** What `NestFactory.create` gives, and what the application is told with it. */
class Application extends Model {
  readonly what = 'nest application'
  override get(name: string): Value {
    return native(`nest ${name}`, (site) => {
      if (name === 'setGlobalPrefix') prefixed(site)
      else if (name === 'enableVersioning') versioned(site)
      else if (everywhere.has(name)) marksOf(site.machine).everywhere.push(...site.args)
      else if (name === 'get' || name === 'resolve') return injected(site)
      return this
    })
  }
}

const injected = (site: CallSite): Value | undefined => {
  const [token] = site.args
  return token?.kind === 'class' ? instance(token, site) : any
}

class Factory extends Model {
  readonly what = 'nest factory'
  override get(): Value {
    return native('create', () => new Application())
  }
}

class ModuleRef extends Model {
  readonly what = 'nest module ref'
  override get(name: string): Value | undefined {
    return name === 'get' || name === 'resolve' || name === 'create' ? native(`module ref ${name}`, injected) : undefined
  }
}

/** `commandBus.execute(new CreateUser())` calls the handler that is marked with the command's class. */
class Bus extends Model {
  readonly what = 'nest bus'
  override get(name: string): Value | undefined {
    return name === 'execute' || name === 'publish' ? native(`bus ${name}`, dispatched) : undefined
  }
}

const handlers: ReadonlySet<string> = new Set(['CommandHandler', 'QueryHandler', 'EventsHandler'])

const dispatched = (site: CallSite): Value | undefined => {
  const [message] = site.args
  const of = message?.kind === 'object' ? message.class : undefined
  if (of === undefined) return undefined
  const found = marksOf(site.machine).all.filter(({ name, args }) => handlers.has(name) && args.some((one) => one.kind === 'class' && one.id === of.id))
  const results = found.map((mark) => {
    const member = mark.name === 'EventsHandler' ? 'handle' : 'execute'
    return site.machine.invoke(site.machine.get(instance(mark.of, site), member, site), site.args, site, 'likely')
  })
  return results[0]
}

/** `PartialType(CreateUser)` and its like: at most the properties of the classes. */
const ofClasses = native('mapped type', ({ args }) => args.find(({ kind }) => kind === 'class'))
const mapped: ReadonlySet<string> = new Set(['PartialType', 'PickType', 'OmitType', 'IntersectionType'])

/** Tokens of global guards and their like stay names, by which providers are told. */
const tokens = /^[A-Z_]+$/

const imported = ([name = '']: readonly string[]): Value | undefined => {
  if (name === 'applyDecorators') return applied
  if (name === 'NestFactory' || name === 'CommandFactory') return new Factory()
  if (name === 'forwardRef') return native('forwardRef', ({ machine, args, ...site }) => machine.invoke(args[0] ?? any, [], { machine, ...site }))
  if (mapped.has(name)) return ofClasses
  return /^[A-Z]/.test(name) && !tokens.test(name) && !classes.has(name) ? decorator(name) : undefined
}

/** Exports that are no decorators. */
const classes: ReadonlySet<string> = new Set([
  'Logger',
  'ConfigService',
  'ConfigModule',
  'JwtService',
  'JwtModule',
  'WorkerHost',
  'Reflector',
  'HttpService',
  'HttpModule',
])

const typed = (name: string): Value | undefined => {
  if (name === 'ModuleRef') return new ModuleRef()
  if (name === 'CommandBus' || name === 'QueryBus' || name === 'EventBus') return new Bus()
  return name === 'INestApplication' || name === 'NestExpressApplication' || name === 'NestFastifyApplication' ? new Application() : undefined
}

const packageJson = '{ "dependencies": { "@nestjs/common": "11" } }'

const service = `
import { Injectable } from '@nestjs/common'
import { db } from './db'
import { users } from './schema'
@Injectable()
export class UsersService {
  list() {
    return db.select({ name: users.name }).from(users)
  }
  emails() {
    return db.select({ email: users.email }).from(users)
  }
}
`

export const nestjs = defineFramework({
  id: 'nestjs',
  title: 'NestJS',
  packages: ['@nestjs/*', 'nest-commander'],
  imported: (_from, path) => imported(path),
  typed: (_from, name) => typed(name),
  provided: givenFor,
  roots: (project) => nestFiles(project).map((path) => ({ path, enter: () => {} })),
  finish: enter,
  examples: [
    {
      files: {
        'package.json': packageJson,
        'main.ts': `
import { NestFactory } from '@nestjs/core'
import { AppModule } from './app.module'
async function bootstrap() {
  const app = await NestFactory.create(AppModule)
  app.setGlobalPrefix('api')
  await app.listen(3000)
}
bootstrap()
`,
        'app.module.ts': `
import { Module } from '@nestjs/common'
import { UsersController } from './users.controller'
import { UsersService } from './users.service'
@Module({ controllers: [UsersController], providers: [UsersService] })
export class AppModule {}
`,
        'users.service.ts': service,
        'users.controller.ts': `
import { Controller, Get, Param, Post } from '@nestjs/common'
import { UsersService } from './users.service'
@Controller('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}
  @Get()
  list() {
    return this.users.list()
  }
  @Get(':id/email')
  email(@Param('id') id: string) {
    return this.users.emails()
  }
  @Post()
  create() {}
}
`,
      },
      entries: { 'GET /api/users': 'read users.name', 'GET /api/users/:id/email': 'read users.email', 'POST /api/users': '' },
    },
    {
      files: {
        'package.json': packageJson,
        'app.module.ts': `
import { Module } from '@nestjs/common'
import { APP_GUARD } from '@nestjs/core'
import { db } from './db'
import { AuthGuard, UsersController } from './users.controller'
import { DrizzleUsers, Users } from './repository'
@Module({
  controllers: [UsersController],
  providers: [
    { provide: 'DB', useFactory: async () => db },
    { provide: Users, useClass: DrizzleUsers },
    { provide: APP_GUARD, useClass: AuthGuard },
  ],
})
export class AppModule {}
`,
        'repository.ts': `
import { Inject, Injectable } from '@nestjs/common'
import { users } from './schema'
export abstract class Users {
  abstract list(): Promise<unknown>
}
@Injectable()
export class DrizzleUsers extends Users {
  constructor(@Inject('DB') private readonly database: any) {
    super()
  }
  list() {
    return this.database.select({ name: users.name }).from(users)
  }
}
`,
        'users.controller.ts': `
import { Controller, Get, Inject, Injectable, UseGuards } from '@nestjs/common'
import { users } from './schema'
import { Users } from './repository'
@Injectable()
export class AuthGuard {
  constructor(@Inject('DB') private db: any) {}
  async canActivate() {
    return (await this.db.select({ id: users.id }).from(users)).length > 0
  }
}
class EmailGuard {
  @Inject('DB') private readonly db: any
  async canActivate() {
    return (await this.db.select({ email: users.email }).from(users)).length > 0
  }
}
@Controller({ path: 'users' })
export class UsersController {
  constructor(private readonly repository: Users) {}
  @Get()
  list() {
    return this.repository.list()
  }
  @UseGuards(EmailGuard)
  @Get('closed')
  closed() {}
}
`,
      },
      entries: { 'GET /users': 'read users.id, read users.name', 'GET /users/closed': 'read users.email, read users.id' },
    },
    {
      files: {
        'package.json': packageJson,
        'users.service.ts': service,
        'tasks.ts': `
import { Injectable } from '@nestjs/common'
import { Cron } from '@nestjs/schedule'
import { OnEvent } from '@nestjs/event-emitter'
import { Processor, WorkerHost } from '@nestjs/bullmq'
import { Query, Resolver } from '@nestjs/graphql'
import { UsersService } from './users.service'
@Injectable()
export class Tasks {
  constructor(private users: UsersService) {}
  @Cron('0 0 * * *', { name: 'nightly' })
  nightly() {
    return this.users.emails()
  }
  @OnEvent('user.created')
  created() {}
}
@Processor('mail')
export class MailProcessor extends WorkerHost {
  constructor(private users: UsersService) {
    super()
  }
  async process() {
    return this.users.emails()
  }
}
@Resolver()
export class UsersResolver {
  constructor(private users: UsersService) {}
  @Query(() => [String], { name: 'names' })
  all() {
    return this.users.list()
  }
}
`,
      },
      entries: {
        'cron nightly (tasks.ts)': 'read users.email',
        'graphql Query.names': 'read users.name',
        'worker mail (tasks.ts)': 'read users.email',
        'worker user.created (tasks.ts)': '',
      },
    },
  ],
})
