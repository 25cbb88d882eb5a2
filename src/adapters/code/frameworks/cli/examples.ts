/** Programs as people write them, and what their commands do with `users`. */
import type { FrameworkExample } from '../define.ts'

export const examples: readonly FrameworkExample[] = [
  {
    // Scripts and bins that run a source file; what starts the application is no command, nor is a test. What it does as it starts is told by function.
    files: {
      'package.json': `{
        "name": "@acme/tool",
        "bin": { "acme": "./dist/acme.js" },
        "scripts": {
          "dev": "tsx watch src/server.ts",
          "db:seed": "NODE_ENV=test dotenv -- tsx --env-file .env scripts/seed.ts --all",
          "clean": "rimraf dist && node ./scripts/clean.mjs",
          "test": "vitest run"
        }
      }`,
      'src/acme.ts': `
        import { db } from '../db'
        import { users } from '../schema'
        console.log(await db.select({ name: users.name }).from(users))
      `,
      'src/server.ts': `
        import express from 'express'
        import { db } from '../db'
        import { users } from '../schema'
        const app = express()
        app.get('/users', async (request, response) => { response.json(await db.select({ id: users.id }).from(users)) })
        async function clear() { await db.delete(users) }
        const prepare = async () => { await db.select({ name: users.name }).from(users) }
        const wait = async () => 1
        prepare().then(async () => {
          await clear()
          await wait()
          await db.update(users).set({ email: null })
          app.listen(3000)
        })
      `,
      'scripts/seed.ts': `
        import { db } from '../db'
        import { users } from '../schema'
        async function main() {
          await db.insert(users).values({ id: 1, email: 'ada@example.com' })
        }
        main().then(() => process.exit(0)).catch(() => process.exit(1))
      `,
      'scripts/clean.mjs': `
        import { db } from '../db'
        import { users } from '../schema'
        await db.delete(users)
      `,
    },
    entries: {
      'GET /users': 'read users.id',
      'boot src/server.ts -> clear': 'delete users',
      'boot src/server.ts -> main': 'delete users, write users.email',
      'boot src/server.ts -> prepare': 'read users.name',
      'cli acme': 'read users.name',
      'cli clean': 'delete users',
      'cli db:seed': 'write users.email, write users.id',
    },
  },
  {
    // Commands of commander within commands, made here and added; a hook that runs before each.
    files: {
      'src/cli.ts': `
        import { Command } from 'commander'
        import { db } from '../db'
        import { users } from '../schema'
        const list = new Command('list').description('names').option('-a, --all').action(async (options) => {
          console.log(await db.select({ name: users.name }).from(users))
        })
        const program = new Command()
        program.name('acme').version('1.0.0').hook('preAction', async () => { await db.select({ id: users.id }).from(users) })
        const group = program.command('users').description('people')
        group.addCommand(list)
        group
          .command('rename <id> <name>')
          .option('--dry')
          .action(async (id, name) => { await db.update(users).set({ name }) })
        program.parseAsync()
      `,
    },
    entries: { 'cli users list': 'read users.id, read users.name', 'cli users rename': 'read users.id, write users.name' },
  },
  {
    // yargs: in one call, as a module, within a builder.
    files: {
      'src/cli.ts': `
        import yargs from 'yargs'
        import { hideBin } from 'yargs/helpers'
        import { db } from '../db'
        import { users } from '../schema'
        import * as clear from './clear'
        yargs(hideBin(process.argv))
          .command('names', 'lists', (y) => y.option('all', { type: 'boolean' }), async () => { await db.select({ name: users.name }).from(users) })
          .command(clear)
          .command('mail', 'of people', (y) => y.command('list', 'lists', {}, async () => { await db.select({ email: users.email }).from(users) }))
          .demandCommand()
          .parse()
      `,
      'src/clear.ts': `
        import { db } from '../db'
        import { users } from '../schema'
        export const command = 'clear [name]'
        export const handler = async () => { await db.delete(users) }
      `,
    },
    entries: { 'cli names': 'read users.name', 'cli clear': 'delete users', 'cli mail list': 'read users.email' },
  },
  {
    // cac, and citty with a command that is loaded when it is asked for.
    files: {
      'src/one.ts': `
        import cac from 'cac'
        import { db } from '../db'
        import { users } from '../schema'
        const cli = cac('one')
        cli.command('seed [file]', 'fills').option('--fast', 'fast').action(async (file) => { await db.insert(users).values({ name: file }) })
        cli.help()
        cli.parse()
      `,
      'src/two.ts': `
        import { defineCommand, runMain } from 'citty'
        const main = defineCommand({ meta: { name: 'two' }, subCommands: { emails: () => import('./emails').then((file) => file.default) } })
        runMain(main)
      `,
      'src/emails.ts': `
        import { defineCommand } from 'citty'
        import { db } from '../db'
        import { users } from '../schema'
        export default defineCommand({ meta: { name: 'emails' }, async run({ args }) { await db.select({ email: users.email }).from(users) } })
      `,
    },
    entries: { 'cli seed': 'write users.name', 'cli emails': 'read users.email' },
  },
  {
    // Scripts of the whole repository that run in one of its packages.
    files: {
      'package.json': '{ "scripts": { "db:seed": "pnpm --filter=@acme/db with-env tsx scripts/seed.ts", "db:clear": "npm -w tools/db exec tsx clear.ts" } }',
      'packages/db/package.json': '{ "name": "@acme/db" }',
      'packages/db/scripts/seed.ts': `
        import { db } from '../../../db'
        import { users } from '../../../schema'
        await db.insert(users).values({ name: 'ada' })
      `,
      'tools/db/package.json': '{ "name": "@acme/tools" }',
      'tools/db/clear.ts': `
        import { db } from '../../db'
        import { users } from '../../schema'
        await db.delete(users)
      `,
    },
    entries: { 'cli db:seed': 'write users.name', 'cli db:clear': 'delete users' },
  },
]
