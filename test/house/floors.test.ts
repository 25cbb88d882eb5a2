import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
let house: string

const build = (files: Readonly<Record<string, string>>): void => {
  rmSync(join(house, 'src'), { recursive: true, force: true })
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(house, path)), { recursive: true })
    writeFileSync(join(house, path), text)
  }
}

const node = (script: string, ...args: readonly string[]) => spawnSync(process.execPath, [script, ...args], { cwd: house, encoding: 'utf8' })
const floors = () => node(join(house, 'scripts/check-floors.mjs'), 'src')

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'pgstrata-house-'))
  for (const path of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json', 'scripts']) cpSync(join(root, path), join(house, path), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'), 'junction')
})
afterAll(() => rmSync(house, { recursive: true, force: true }))

const leaf = 'export const a = 1\nexport type A = number\n'
const importing = (path: string): string => `import type { A } from '${path}'\nexport type B = A\n`
const using = (path: string): string => `import * as b from '${path}'\nexport const c = b\n`

/** A house where every rule is broken; each file breaks one. */
const broken: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['model-imports-nothing', 'src/model/one.ts', importing('../sql/leaf.ts')],
  ['model-imports-nothing', 'src/model/two.ts', using('dequal')],
  ['sql-drizzle-stands-on-lower-floors', 'src/sql/one.ts', importing('../changes/leaf.ts')],
  ['sql-drizzle-stands-on-lower-floors', 'src/drizzle/one.ts', importing('../rules/leaf.ts')],
  ['changes-rows-stands-on-lower-floors', 'src/changes/one.ts', importing('../rules/leaf.ts')],
  ['rules-stands-on-lower-floors', 'src/rules/one.ts', importing('../features/leaf/leaf.ts')],
  ['features-stands-on-lower-floors', 'src/features/sandbox.ts', importing('../operations/leaf.ts')],
  ['features-are-strangers', 'src/features/lint/one.ts', importing('../leaf/leaf.ts')],
  ['features-in-files-are-strangers', 'src/features/drift.ts', importing('./leaf/leaf.ts')],
  ['inside-touches-no-world', 'src/rules/two.ts', using('node:fs')],
  ['inside-uses-pure-packages', 'src/rules/three.ts', using('pg')],
  ['one-parser', 'src/changes/two.ts', using('libpg-query')],
  ['one-parser', 'src/adapters/two.ts', using('pgsql-deparser')],
  ['only-mains-use-adapters-and-renderers', 'src/operations/one.ts', importing('../adapters/leaf.ts')],
  ['only-mains-use-adapters-and-renderers', 'src/operations/two.ts', importing('../renderers/leaf.ts')],
  ['adapters-stand-on-model-sql-drizzle', 'src/adapters/one.ts', importing('../changes/leaf.ts')],
  ['renderers-know-only-the-model', 'src/renderers/one.ts', importing('../features/leaf/leaf.ts')],
  ['renderers-touch-no-world', 'src/renderers/two.ts', using('node:util')],
  ['nobody-imports-a-main', 'src/adapters/three.ts', importing('../cli/leaf.ts')],
  ['mains-are-strangers', 'src/web/one.ts', importing('../cli/leaf.ts')],
  ['everything-resolves', 'src/sql/two.ts', using('./gone.ts')],
  ['no-circles', 'src/sql/four.ts', "import type { B } from './three.ts'\nexport type A = B | 1\n"],
]
const leaves = ['sql', 'changes', 'rules', 'features/leaf', 'operations', 'adapters', 'renderers', 'cli'].map(
  (floor) => [`src/${floor}/leaf.ts`, leaf] as const,
)

describe('each rule of the floors is broken by', () => {
  let answer: ReturnType<typeof floors>
  beforeAll(() => {
    build({
      ...Object.fromEntries(leaves),
      ...Object.fromEntries(broken.map(([, file, text]) => [file, text])),
      'src/sql/three.ts': "import type { A } from './four.ts'\nexport type B = A | 2\n",
    })
    answer = floors()
  })

  test.each(broken)('%s: %s', (rule, file) => expect(answer.stdout).toContain(`${rule}: ${file} → `))

  test('which is a failure', () => expect(answer.status).toBe(1))

  test('and no rule is left unbroken', () => {
    const { forbidden } = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as { forbidden: readonly { name: string; comment?: string }[] }
    expect(new Set(broken.map(([rule]) => rule))).toEqual(new Set(forbidden.map(({ name }) => name)))
    for (const { comment } of forbidden) expect(comment).toMatch(/[.]$/)
  })
})

test('a house in order passes, and says how much was looked at', () => {
  build({ 'src/model/b.ts': leaf, 'src/rules/a.ts': importing('../model/b.ts'), 'src/cli/c.ts': using('../rules/a.ts') })
  expect(floors()).toMatchObject({ status: 0, stdout: '0 violations; 3 of 3 modules of src/ cruised\n' })
})

test('fewer modules cruised than there are is a failure', () => {
  build({ 'src/model/b.ts': leaf, 'src/rules/a.ts': leaf })
  const { status, stdout } = node(join(house, 'scripts/check-floors.mjs'), 'src/model')
  expect(stdout).toContain('not cruised: src/rules/a.ts')
  expect(status).toBe(1)
})

describe('pure inside', () => {
  const impure = [
    ['const a = process.env.X', 'process'],
    ['const a = Date.now()', 'Date.now'],
    ['const a = new Date()', 'new Date()'],
    ['const a = Math.random()', 'Math.random'],
    ['setTimeout(() => 1, 1)', 'setTimeout'],
    ['console.log(1)', 'console'],
    ['const a = { process }', 'process'],
    ['const a = import.meta.url', 'import.meta'],
    ['const a = globalThis.process', 'globalThis'],
  ] as const
  const pure = [
    'const a = { process: 1 }.process',
    'const a = new Date(0)',
    'type A = { console: string; process(): void }',
    'const f = (process: number) => process + 1',
    '// process.env',
  ]
  let answer: ReturnType<typeof node>
  beforeAll(() => {
    build(
      Object.fromEntries([
        ...impure.map(([text], index) => [`src/rules/impure${index}.ts`, `${text}\n`]),
        ...pure.map((text, index) => [`src/rules/pure${index}.ts`, `${text}\n`]),
      ]),
    )
    answer = node(join(house, 'scripts/check-pure.mjs'), join(house, 'src'))
  })

  test.each(impure.map(([text, name], index) => [text, name, index] as const))('refuses %s', (_, name, index) =>
    expect(answer.stdout).toMatch(new RegExp(`rules/impure${index}[.]ts:1:\\d+ uses ${name.replace(/[()]/g, '\\$&')}: `)),
  )
  test.each(pure.map((text, index) => [text, index] as const))('lets %s pass', (_, index) => expect(answer.stdout).not.toContain(`rules/pure${index}.ts`))
  test('and fails', () => expect(answer.status).toBe(1))
})
