import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ImportGraph } from '../../../../src/adapters/code/import-graph.ts'
import { typeEvidence } from '../../../../src/adapters/code/types/index.ts'
import { installedFor } from '../../../../src/adapters/code/types/installed.ts'
import { configsAmong, projectsOf } from '../../../../src/adapters/code/types/projects.ts'
import { files, makeProject, repository, schema } from './project.ts'

const alone: ImportGraph = {
  packages: () => [],
  files: () => [],
  importersOf: (paths) => new Set(paths),
  closureOf: (paths) => new Set(paths),
  isImported: () => false,
  linked: () => [],
}

test('what is a configuration of a project', () => {
  expect(configsAmong(['tsconfig.json', 'apps/web/tsconfig.app.json', 'jsconfig.json', 'tsconfig.ts', 'my-tsconfig.json', 'package.json'])).toEqual([
    'tsconfig.json',
    'apps/web/tsconfig.app.json',
    'jsconfig.json',
  ])
})

test('a file belongs to the nearest project around it, and to tsconfig.json before its variants', () => {
  const importers = new Set(['apps/web/page.ts', 'apps/web/page.test.ts', 'apps/api/main.ts', 'scripts/seed.ts', 'loose.js'])
  const named = new Map([
    ['tsconfig.json', ['apps/web/page.ts', 'apps/api/main.ts', 'scripts/seed.ts']],
    ['apps/web/tsconfig.build.json', ['apps/web/page.ts']],
    ['apps/web/tsconfig.json', ['apps/web/page.ts']],
    ['apps/web/tsconfig.test.json', ['apps/web/page.test.ts']],
    ['tools/deep/down/tsconfig.json', ['apps/api/main.ts']],
  ])
  const { projects, outside } = projectsOf(alone, importers, named)
  expect(Object.fromEntries(projects.map(({ config, files: own }) => [config, own]))).toEqual({
    'tsconfig.json': ['apps/api/main.ts', 'scripts/seed.ts'],
    'apps/web/tsconfig.json': ['apps/web/page.ts'],
    'apps/web/tsconfig.test.json': ['apps/web/page.test.ts'],
  })
  expect(outside).toEqual(['loose.js'])
})

describe('a repository of several packages', () => {
  const limits = { signal: new AbortController().signal, progress: () => undefined, compilers: installedFor([repository]).slice(0, 1) }
  const title = [[{ kind: 'column', file: 'packages/db/schema.ts', line: 4, symbol: 'orders', key: 'title' }]] as const
  const config = files['tsconfig.json'].replace('["db","ui"]', '["."]')
  const app = "import { orders } from '@orders/db'\nexport const title = orders.title\n"

  const make = (entry: string, more: Readonly<Record<string, string>> = {}) => {
    const project = makeProject(
      {
        'packages/db/package.json': `{ "name": "@orders/db", "exports": "./${entry}" }`,
        'packages/db/tsconfig.json': config,
        'packages/db/schema.ts': schema,
        'apps/web/package.json': '{ "name": "web", "dependencies": { "@orders/db": "workspace:*" } }',
        'apps/web/tsconfig.json': config,
        'apps/web/page.ts': app,
        ...more,
      },
      { installed: true },
    )
    mkdirSync(join(project.root, 'apps/web/node_modules/@orders'), { recursive: true })
    symlinkSync(join(project.root, 'packages/db'), join(project.root, 'apps/web/node_modules/@orders/db'), 'junction')
    return project
  }

  test('the projects that import the schema are asked too', async () => {
    const project = make('schema.ts')
    const [evidence] = await typeEvidence(project.root, title, limits)
    project.remove()
    expect(evidence?.found.map(({ file, line }) => `${file}:${line}`)).toEqual(['apps/web/page.ts:2'])
    expect(evidence?.notes).toEqual([])
  })

  test('one that imports what was built of it cannot be shown another schema, and this is said', async () => {
    const project = make('dist/schema.js', { 'packages/db/dist/schema.d.ts': 'export declare const orders: { title: string }' })
    const [evidence] = await typeEvidence(project.root, title, limits)
    project.remove()
    expect(evidence?.notes).toEqual([expect.stringContaining('apps/web/tsconfig.json does not load packages/db/schema.ts: it imports what was built of it')])
  })
})
