import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DiscoverOptions, findProjects } from '../../../src/adapters/project/index.ts'
import type { Project } from '../../../src/model/config.ts'

let root = ''
const journal = '{"version":"7","dialect":"postgresql","entries":[]}'
/** Writes files; a path that ends in `/` is a migrations folder. */
const layout = (files: { readonly [path: string]: string }): void => {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path.endsWith('/') ? `${path}meta/_journal.json` : path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, path.endsWith('/') ? journal : text)
  }
}
const find = (options: DiscoverOptions = {}, cwd = '.'): Promise<readonly Project[]> => findProjects(join(root, cwd), { env: {}, ...options })
const only = async (options: DiscoverOptions = {}, cwd = '.'): Promise<Project> => {
  const [first, ...others] = await find(options, cwd)
  if (!first || others.length > 0) throw new Error(`${others.length + 1} projects`)
  return first
}
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'pgstrata-project-')))
  layout({ '.git/HEAD': '' })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('a config, read without running it', () => {
  it('says everything that Drizzle’s config can say', async () => {
    layout({
      'db/out/': '',
      'drizzle.config.ts': `
        import 'dotenv/config'
        import type { Config } from 'drizzle-kit'
        if (!process.env.DATABASE_URL) throw new Error('DATABASE_URL is not set')
        const base = { dialect: 'postgresql', casing: 'snake_case' } as const
        const folder = 'out'
        export default {
          ...base,
          schema: ['./src/schema.ts', \`./src/\${'auth'}/*.ts\`],
          out: \`./db/\${folder}\`,
          dbCredentials: { url: process.env.DATABASE_URL! },
          migrations: { table: 'applied', schema: 'meta', prefix: 'timestamp' },
          schemaFilter: ['public', 'auth'], tablesFilter: 'app_*', extensionsFilters: ['postgis'],
          entities: { roles: { provider: 'neon', exclude: ['admin'] } },
          breakpoints: false,
        } satisfies Config
      `,
    })
    expect(await only()).toEqual({
      name: expect.stringContaining('pgstrata-project-'),
      config: 'drizzle.config.ts',
      folder: 'db/out',
      schema: ['src/schema.ts', 'src/auth/*.ts'],
      ledger: { schema: 'meta', table: 'applied' },
      schemaFilter: ['public', 'auth'],
      tablesFilter: ['app_*', '!geography_columns', '!geometry_columns', '!spatial_ref_sys'],
      casing: 'snake_case',
      entities: { roles: { provider: 'neon', exclude: ['admin'] } },
      breakpoints: false,
      prefix: 'timestamp',
      read: 'static',
      notes: [],
    })
  })

  it('has drizzle-kit’s defaults', async () => {
    layout({ 'drizzle/': '', 'drizzle.config.ts': "import { defineConfig } from 'drizzle-kit'\nexport default defineConfig({ dialect: 'postgresql' })" })
    expect(await only()).toMatchObject({
      folder: 'drizzle',
      schema: [],
      ledger: { schema: 'drizzle', table: '__drizzle_migrations' },
      prefix: 'index',
      breakpoints: true,
      notes: [],
    })
  })

  it.each([
    ['drizzle.config.js', "const config = { dialect: 'postgresql', out: './m' }\nmodule.exports = config"],
    ['drizzle.config.cjs', "const { join } = require('path')\nmodule.exports = { dialect: 'postgresql', out: join('.', 'm') }"],
    ['drizzle.config.mjs', "import path from 'node:path'\nexport default { dialect: 'postgresql', out: path.resolve('m') }"],
    ['drizzle.config.json', '{ "dialect": "postgresql", "out": "./m" }'],
    ['drizzle.config.ts', "import path from 'path'\nexport default { dialect: 'postgresql', out: path.join(__dirname, 'm') }"],
    ['drizzle.config.ts', "export default { driver: 'pg', out: process.env.OUT ?? './m' } as Config"],
    ['drizzle.config.ts', "const isDev = process.env.NODE_ENV === 'development'\nexport default { dialect: 'postgresql', out: isDev ? './dev' : './m' }"],
    ['drizzle.config.ts', "import { fileURLToPath } from 'url'\nexport default { dialect: 'postgresql', out: fileURLToPath(new URL('./m', import.meta.url)) }"],
    ['drizzle.config.ts', "const paths = { out: './m' }\nexport const config = { dialect: 'postgresql', out: paths.out }\nexport default config"],
    ['drizzle.config.ts', "export default { dialect: 'postgresql', out: './' + 'm', ...(process.env.CI && { verbose: true }) }"],
  ])('%s: %s', async (name, text) => {
    layout({ 'm/': '', [name]: text })
    expect(await only()).toMatchObject({ config: name, folder: 'm', read: 'static', notes: [] })
  })

  it('takes variables from the environment that it is given', async () => {
    layout({ 'm/': '', 'x/': '', 'drizzle.config.ts': "export default { dialect: 'postgresql', out: process.env['OUT'] || './m' }" })
    expect((await only({ env: { OUT: './x' } })).folder).toBe('x')
  })

  it('names what it cannot tell, and finds the folder by its journal', async () => {
    layout({
      'src/db/migrations/': '',
      'drizzle.config.ts':
        "import { env } from './env'\nimport { paths } from './paths'\nexport default { dialect: 'postgresql', out: paths.out, schemaFilter: [...env.SCHEMAS], dbCredentials: { url: env.URL } }",
    })
    const { folder, notes } = await only()
    expect(folder).toBe('src/db/migrations')
    expect(notes).toEqual([
      'out could not be read without running the config (paths.out)',
      'schemaFilter[0] could not be read without running the config (env.SCHEMAS)',
      'the folder src/db/migrations was found by its journal',
    ])
  })

  it('follows constants into other files of the project, JSON and the usual aliases too', async () => {
    layout({
      'm/': '',
      'src/lib/constants.ts': "const PREFIX = 'app'\nexport { PREFIX as DATABASE_PREFIX }\nexport const schemas = ['public', 'auth']",
      'paths.json': '{ "db": { "out": "./m" } }',
      'names.ts': `import { DATABASE_PREFIX } from '@/lib/constants'\nexport default \`\${DATABASE_PREFIX}_*\``,
      'drizzle.config.ts': `
        import paths from './paths.json'
        import pattern from './names.js'
        import * as constants from './src/lib/constants'
        import { nothing } from './absent'
        export default { dialect: 'postgresql', out: paths.db.out, tablesFilter: [pattern], schemaFilter: constants.schemas, casing: nothing }
      `,
    })
    expect(await only()).toMatchObject({
      folder: 'm',
      tablesFilter: ['app_*'],
      schemaFilter: ['public', 'auth'],
      notes: ['casing could not be read without running the config (nothing)'],
    })
  })

  it('ends where files import each other', async () => {
    layout({
      'drizzle/': '',
      'a.ts': "import { b } from './b'\nexport const a = b",
      'b.ts': "import { a } from './a'\nexport const b = a",
      'drizzle.config.ts': "import { a } from './a'\nexport default { dialect: 'postgresql', out: a }",
    })
    expect((await only()).notes[0]).toContain('out could not be read')
  })

  it('never mistakes a list’s join for a path’s', async () => {
    layout({ 'drizzle/': '', 'drizzle.config.ts': "export default { dialect: 'postgresql', out: ['a', 'b'].join('/') }" })
    expect((await only()).notes[0]).toContain("['a', 'b'].join('/')")
  })

  it('ends where constants go in a circle', async () => {
    layout({ 'drizzle/': '', 'drizzle.config.ts': "const a = b\nconst b = a\nexport default { dialect: 'postgresql', out: a }" })
    expect((await only()).notes.join()).toContain('out could not be read')
  })

  it('reads several configs of one file', async () => {
    layout({
      'a/': '',
      'b/': '',
      'drizzle.config.ts': "export default [{ dialect: 'postgresql', out: './a' }, { dialect: 'postgresql', out: './b' }, { dialect: 'sqlite', out: './c' }]",
    })
    expect((await find()).map(({ folder }) => folder)).toEqual(['a', 'b'])
  })

  it('says what is wrong with one that does not parse', async () => {
    layout({ 'drizzle.config.ts': 'export default {' })
    await expect(find()).rejects.toMatchObject({ code: 'config-unreadable', exit: 2 })
  })
})

describe('a config, run', () => {
  it('is run in a process of its own when asked for, TypeScript too', async () => {
    layout({
      'paths.ts': "export const out: string = './made'",
      'made/': '',
      'drizzle.config.ts':
        "import { out } from './paths'\nconsole.log('noise')\nexport default { dialect: 'postgresql', out, dbCredentials: { url: 'postgres://u:secret@h/d' } }",
    })
    expect(await only({ run: true })).toMatchObject({ folder: 'made', read: 'run', notes: [] })
  })
  it('that throws says so', async () => {
    layout({ 'drizzle.config.mjs': "throw new Error('DATABASE_URL is not set')" })
    await expect(find({ run: true })).rejects.toMatchObject({ code: 'config-unreadable', message: expect.stringContaining('DATABASE_URL is not set') })
  })
})

describe('other databases', () => {
  it.each([
    ['mysql', 'MySQL'],
    ['sqlite', 'SQLite'],
    ['turso', 'Turso'],
    ['singlestore', 'SingleStore'],
    ['gel', 'Gel'],
  ])('%s alone is refused by name', async (dialect, name) => {
    layout({ 'drizzle/': '', 'drizzle.config.ts': `export default { dialect: '${dialect}' }` })
    await expect(find()).rejects.toMatchObject({ code: 'other-dialect', exit: 2, message: expect.stringContaining(name) })
  })
  it('an old config’s driver tells as well', async () => {
    layout({ 'drizzle.config.ts': "export default { driver: 'mysql2' }" })
    await expect(find()).rejects.toMatchObject({ code: 'other-dialect' })
  })
  it('beside PostgreSQL it is left out, and said', async () => {
    layout({
      'drizzle/': '',
      'drizzle.config.ts': "export default { dialect: 'postgresql' }",
      'package.json': '{"scripts":{"g":"drizzle-kit generate --config=lite.config.ts"}}',
      'lite.config.ts': "export default { dialect: 'sqlite', out: './lite' }",
    })
    expect((await only()).notes).toEqual([expect.stringMatching(/^lite.config.ts was left out: .*SQLite/)])
  })
})

describe('where configs are', () => {
  it('other names come from package scripts; paths go from the package', async () => {
    layout({
      'package.json': JSON.stringify({
        name: '@acme/db',
        scripts: { gen: 'dotenv -- drizzle-kit generate --config ./config/dev.config.ts && echo', up: "drizzle-kit migrate --config='config/other.ts'" },
      }),
      'config/dev.config.ts': "export default { dialect: 'postgresql', out: './migrations' }",
      'migrations/': '',
      'config/other.ts': "export default { dialect: 'postgresql', out: './second' }",
      'second/': '',
    })
    const projects = await find()
    expect(projects.map(({ config, folder }) => [config, folder])).toEqual([
      ['config/dev.config.ts', 'migrations'],
      ['config/other.ts', 'second'],
    ])
    expect(new Set(projects.map(({ name }) => name)).size).toBe(2)
  })

  it('workspaces of npm and pnpm are looked through', async () => {
    const config = "export default { dialect: 'postgresql' }"
    layout({
      'package.json': JSON.stringify({ workspaces: { packages: ['packages/*', '!packages/no'] } }),
      'pnpm-workspace.yaml': 'packages:\n  - "apps/**"\n  - tools/cli\n',
      'packages/db/package.json': '{"name":"@acme/db"}',
      'packages/db/drizzle.config.ts': config,
      'packages/db/drizzle/': '',
      'packages/no/drizzle.config.ts': config,
      'packages/no/drizzle/': '',
      'apps/deep/web/drizzle.config.ts': config,
      'apps/deep/web/drizzle/': '',
      'tools/cli/drizzle.config.ts': config,
      'tools/cli/drizzle/': '',
      'apps/deep/web/node_modules/x/drizzle.config.ts': config,
    })
    expect((await find()).map(({ name, folder }) => [name, folder])).toEqual([
      ['web', 'apps/deep/web/drizzle'],
      ['@acme/db', 'packages/db/drizzle'],
      ['cli', 'tools/cli/drizzle'],
    ])
    expect((await only({}, 'packages/db')).folder).toBe('drizzle')
  })

  it('the nearest one upward is used from a directory below', async () => {
    layout({ 'drizzle/': '', 'drizzle.config.ts': "export default { dialect: 'postgresql', schema: './src/schema.ts' }", 'src/deep/x.ts': '' })
    expect(await only({}, 'src/deep')).toMatchObject({ folder: '../../drizzle', config: '../../drizzle.config.ts' })
  })

  it('configs below are found where there is no workspace', async () => {
    layout({ 'server/drizzle/': '', 'server/drizzle.config.ts': "export default { dialect: 'postgresql' }" })
    expect((await only()).folder).toBe('server/drizzle')
  })

  it('two configs for one folder are one project', async () => {
    layout({
      'drizzle/': '',
      'drizzle.config.ts': "export default { dialect: 'postgresql' }",
      'package.json': '{"scripts":{"p":"drizzle-kit push --config prod.ts"}}',
      'prod.ts': "export default { dialect: 'postgresql', out: 'drizzle' }",
    })
    expect((await only()).notes).toEqual(['prod.ts names the same folder'])
  })

  it('a project without a folder is left out where others have one', async () => {
    layout({
      'drizzle/': '',
      'drizzle.config.ts': "export default { dialect: 'postgresql' }",
      'package.json': '{"scripts":{"p":"drizzle-kit push --config push.ts"}}',
      'push.ts': "export default { dialect: 'postgresql', out: 'none' }",
    })
    expect((await only()).notes).toEqual(['push.ts was left out: its folder none does not exist'])
  })

  it('names come from the configuration when it gives them', async () => {
    layout({ 'a/drizzle.config.ts': "export default { dialect: 'postgresql' }", 'a/drizzle/': '' })
    expect(await only({ projects: { main: { drizzle: 'a/drizzle.config.ts' } } })).toMatchObject({ name: 'main', folder: 'a/drizzle' })
  })
})

describe('no config at all', () => {
  it.each(['drizzle/', 'migrations/', 'src/db/migrations/', 'very/own/place/'])('the folder %s is found by its journal', async (folder) => {
    layout({ [folder]: '', 'node_modules/pkg/drizzle/': '' })
    expect(await only()).toMatchObject({ folder: folder.slice(0, -1), read: 'none' })
  })
  it('nothing there: it is said', async () => {
    await expect(find()).rejects.toMatchObject({ code: 'no-project', exit: 2, help: expect.stringContaining('--folder') })
  })
})

describe('a folder that is named', () => {
  it('keeps what its config says of it', async () => {
    layout({ 'p/drizzle/': '', 'p/drizzle.config.ts': "export default { dialect: 'postgresql', migrations: { table: 'applied' } }" })
    expect(await only({ folder: 'p/drizzle' })).toMatchObject({ folder: 'p/drizzle', config: 'p/drizzle.config.ts', ledger: { table: 'applied' } })
  })
  it('needs no config and need not exist', async () => {
    expect(await only({ folder: 'some/where' })).toMatchObject({
      name: 'where',
      folder: 'some/where',
      read: 'none',
      ledger: { schema: 'drizzle', table: '__drizzle_migrations' },
    })
  })
})
