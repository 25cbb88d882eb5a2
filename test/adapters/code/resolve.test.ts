import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { listFiles, whyNotRead } from '../../../src/adapters/code/files.ts'
import { createResolver, type Resolved } from '../../../src/adapters/code/resolve/index.ts'

const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

/** A directory with these files; objects are written as JSON. */
const directory = (files: Readonly<Record<string, unknown>>): string => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'pgstrata-resolve-')))
  made.push(root)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return root
}

type Ask = readonly [from: string, specifier: string, expected: string | undefined]

/** A guess is written with a question mark, a package with a colon. */
const said = (resolved: Resolved | undefined): string | undefined => {
  if (!resolved) return undefined
  if ('package' in resolved) return `package:${resolved.package}`
  return resolved.guess === undefined ? resolved.file : `${resolved.file}?`
}

const check = async (files: Readonly<Record<string, unknown>>, asks: readonly Ask[]): Promise<void> => {
  const root = directory(files)
  const { sources, others } = await listFiles(root)
  const resolver = createResolver(root, [...sources, ...others])
  expect(asks.map(([from, specifier]) => [from, specifier, said(resolver.resolve(from, specifier))])).toEqual(asks)
}

describe('imports', () => {
  it('beside the file: endings, folders, compiled names', () =>
    check(
      { 'a/a.ts': '', 'a/b.tsx': '', 'a/c/index.ts': '', 'd.js': '', 'a/e.mts': '', 'a/f.vue': '', 'p/package.json': { main: 'lib/m.js' }, 'p/lib/m.js': '' },
      [
        ['a/a.ts', './b', 'a/b.tsx'],
        ['a/a.ts', './b.js', 'a/b.tsx'],
        ['a/a.ts', './b.ts', undefined],
        ['a/a.ts', './c', 'a/c/index.ts'],
        ['a/c/index.ts', '..', undefined],
        ['a/a.ts', '../d', 'd.js'],
        ['a/a.ts', './e.mjs', 'a/e.mts'],
        ['a/a.ts', './f.vue?raw', 'a/f.vue'],
        ['a/a.ts', '../p', 'p/lib/m.js'],
        ['a/a.ts', './none', undefined],
        ['a/a.ts', '../../outside', undefined],
      ],
    ))

  it('packages and what Node has', () =>
    check({ 'a.ts': '', 'package.json': {} }, [
      ['a.ts', 'react', 'package:react'],
      ['a.ts', '@hono/zod/x', 'package:@hono/zod/x'],
      ['a.ts', 'node:fs', 'package:node:fs'],
      ['a.ts', 'drizzle-orm/pg-core', 'package:drizzle-orm/pg-core'],
    ]))

  it('paths of the nearest tsconfig, with comments, extends, references', () =>
    check(
      {
        'tsconfig.base.json': '{ /* base */ "compilerOptions": { "paths": { "#shared/*": ["./shared/*"] } } }',
        'tsconfig.json': '{ // root\n "extends": "./tsconfig.base.json", }',
        'shared/x.ts': '',
        'r.ts': '',
        'web/tsconfig.json': { files: [], references: [{ path: './tsconfig.app.json' }] },
        'web/tsconfig.app.json': { include: ['src'], compilerOptions: { paths: { '@/*': ['./src/*'] } } },
        'web/src/x.ts': '',
        'web/src/y.ts': '',
        'api/tsconfig.json': { compilerOptions: { baseUrl: '.', paths: { '@/*': ['lib/*'] } } },
        'api/lib/x.ts': '',
        'api/y.ts': '',
      },
      [
        ['r.ts', '#shared/x', 'shared/x.ts'],
        ['web/src/y.ts', '@/x', 'web/src/x.ts'],
        ['api/y.ts', '@/x', 'api/lib/x.ts'],
        ['api/y.ts', 'lib/x', 'api/lib/x.ts'],
      ],
    ))

  it('packages of the repository, without node_modules and without a build', () =>
    check(
      {
        'package.json': { workspaces: ['packages/*'] },
        'apps/web/package.json': { name: 'web', dependencies: { '@s/db': 'workspace:*' } },
        'apps/web/a.ts': '',
        'packages/db/package.json': {
          name: '@s/db',
          exports: {
            '.': { types: './dist/index.d.ts', default: './dist/index.js' },
            './schema': './dist/schema/index.js',
            './q/*': { import: './dist/queries/*.mjs' },
          },
        },
        'packages/db/src/index.ts': '',
        'packages/db/src/schema/index.ts': '',
        'packages/db/src/queries/users.ts': '',
        'packages/main/package.json': { name: 'main', main: './dist/main.cjs' },
        'packages/main/src/main.ts': '',
        'packages/bare/package.json': { name: 'bare' },
        'packages/bare/src/index.ts': '',
        'packages/bare/src/sub.ts': '',
        'packages/direct/package.json': { name: '@s/direct', exports: { './*': './src/*.ts' } },
        'packages/direct/src/x/y.ts': '',
      },
      [
        ['apps/web/a.ts', '@s/db', 'packages/db/src/index.ts'],
        ['apps/web/a.ts', '@s/db/schema', 'packages/db/src/schema/index.ts'],
        ['apps/web/a.ts', '@s/db/q/users', 'packages/db/src/queries/users.ts'],
        ['apps/web/a.ts', 'main', 'packages/main/src/main.ts'],
        ['apps/web/a.ts', 'bare', 'packages/bare/src/index.ts'],
        ['apps/web/a.ts', 'bare/sub', 'packages/bare/src/sub.ts'],
        ['apps/web/a.ts', '@s/direct/x/y', 'packages/direct/src/x/y.ts'],
      ],
    ))

  it('paths of a tsconfig that extends what is not installed', () =>
    check(
      {
        'tsconfig.json': '{ "extends": "@s/config/x.json", /* own */ "compilerOptions": { "paths": { "@/*": ["./lib/*"], "~db": ["./lib/a"] } }, }',
        'lib/a.ts': '',
        'app/a.ts': '',
      },
      [['app/a.ts', '@/a', 'lib/a.ts']],
    ))

  it('the imports field', () =>
    check({ 'package.json': { imports: { '#db': './dist/db.js', '#u/*': './src/u/*.ts' } }, 'src/db.ts': '', 'src/u/a.ts': '', 'src/b.ts': '' }, [
      ['src/b.ts', '#db', 'src/db.ts'],
      ['src/b.ts', '#u/a', 'src/u/a.ts'],
      ['src/b.ts', '#imports', 'package:#imports'],
      ['src/b.ts', '#nothing', undefined],
    ]))

  it('aliases that no configuration names are guessed, and said to be', () =>
    check(
      {
        'package.json': {},
        'tsconfig.json': '{ "extends": "./.svelte-kit/tsconfig.json" }',
        'src/lib/db.ts': '',
        'src/x.ts': '',
        'nuxt/package.json': {},
        'nuxt/app/y.ts': '',
        'nuxt/server/z.ts': '',
        'broken/package.json': {},
        'broken/tsconfig.json': '{ "compilerOptions": ',
        'broken/src/w.ts': '',
      },
      [
        ['src/x.ts', '$lib/db', 'src/lib/db.ts?'],
        ['src/x.ts', '@/x', 'src/x.ts?'],
        ['nuxt/server/z.ts', '~/y', 'nuxt/app/y.ts?'],
        ['nuxt/server/z.ts', '~~/server/z', 'nuxt/server/z.ts?'],
        ['broken/src/w.ts', '~/w', 'broken/src/w.ts?'],
        ['broken/src/w.ts', './w', 'broken/src/w.ts'],
        ['broken/src/w.ts', 'src/w', 'broken/src/w.ts?'],
        ['broken/src/w.ts', '@/none', undefined],
      ],
    ))
})

describe('files', () => {
  it('are source, without what tools make, and no link leads in a circle', async () => {
    const root = directory({
      'src/a.ts': '',
      'src/b.txt': '',
      'node_modules/x/index.js': '',
      'dist/a.js': '',
      '.next/c.js': '',
      'big.js': 'a;\n'.repeat(400_000),
    })
    symlinkSync(root, join(root, 'src/circle'))
    symlinkSync(join(root, 'src/a.ts'), join(root, 'src/again.ts'))
    symlinkSync(join(root, 'nowhere.ts'), join(root, 'src/dangling.ts'))
    const { looks, ...listed } = await listFiles(root)
    expect([...looks.keys()]).toEqual(['src/a.ts'])
    expect(listed).toEqual({
      sources: ['src/a.ts'],
      others: ['src/b.txt', 'src/circle'],
      gaps: [{ file: 'big.js', why: 'not read: larger than 1024 KiB' }],
    })
  })

  it('that a program wrote are not read', () => {
    expect(whyNotRead(Buffer.from(`const a = 1\nconst b = "${'x'.repeat(20_001)}"`))).toMatch(/generated or minified/)
    expect(whyNotRead(Buffer.from('const a = 1\n'.repeat(10_000)))).toBeUndefined()
  })
})
