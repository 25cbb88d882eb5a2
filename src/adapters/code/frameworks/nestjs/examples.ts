/** Applications as people write them, and what their controllers, jobs and listeners do with `users`. */
import type { FrameworkExample } from '../define.ts'

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

export const examples: readonly FrameworkExample[] = [
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
]
