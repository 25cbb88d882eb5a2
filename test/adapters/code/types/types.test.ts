import { afterEach, describe, expect, test } from 'vitest'
import { type TypesLimits, typeEvidence } from '../../../../src/adapters/code/types/index.ts'
import { installedFor } from '../../../../src/adapters/code/types/installed.ts'
import type { Removal, TypeEvidence } from '../../../../src/model/type-evidence.ts'
import { files, makeProject, olderConfig, type Project, repository } from './project.ts'

const made: Project[] = []
afterEach(() => {
  for (const project of made.splice(0)) project.remove()
})

const project = (own: Readonly<Record<string, string>>, installed: boolean): string => {
  const one = makeProject(own, { installed })
  made.push(one)
  return one.root
}

const place = { file: 'db/schema.ts', line: 4, symbol: 'orders' } as const
const column = (key: string): readonly Removal[] => [{ kind: 'column', ...place, key }]
const ask = (root: string, targets: readonly (readonly Removal[])[], limits: Partial<TypesLimits> = {}): Promise<readonly TypeEvidence[]> =>
  typeEvidence(root, targets, { signal: new AbortController().signal, progress: () => undefined, ...limits })

const told = ({ found }: TypeEvidence): readonly string[] => found.map(({ how, file, line }) => `${how} ${file}:${line}`).sort()

const targets: readonly (readonly Removal[])[] = [
  column('title'),
  column('createdAt'),
  [{ kind: 'table', ...place }],
  [{ kind: 'value', file: 'db/schema.ts', line: 2, symbol: 'statusEnum', value: 'gone' }],
]

const expected: readonly (readonly string[])[] = [
  ['brand db/queries.ts:9', 'drop db/queries.ts:6', 'drop db/queries.ts:8', 'drop ui/row.ts:6'],
  ['drop ui/row.ts:5'],
  [
    'brand db/queries.ts:10',
    'brand db/queries.ts:6',
    'brand db/queries.ts:7',
    'brand db/queries.ts:8',
    'brand db/queries.ts:9',
    'brand ui/row.ts:5',
    'brand ui/row.ts:6',
    'drop db/queries.ts:3',
  ],
  ['drop ui/row.ts:6'],
]

describe('both compilers find the same', () => {
  test('TypeScript 7: reads, writes, what a brand alone shows, columns that a helper makes, a table, a value', async () => {
    const compilers = installedFor([repository]).filter(({ engine }) => engine === 'typescript-7')
    const evidence = await ask(project(files, true), targets, { compilers })
    expect(evidence.map(told)).toEqual(expected)
    expect(evidence.map(({ compiler }) => compiler)).toEqual(targets.map(() => ({ engine: 'typescript-7', version: '7.0.2' })))
    expect(evidence.flatMap(({ notes }) => notes)).toEqual([])
    expect(evidence[0]?.found.find(({ line }) => line === 6)).toMatchObject({
      file: 'db/queries.ts',
      code: 2339,
      message: expect.stringContaining("Property 'title' does not exist"),
      statement: [6, 6],
      functions: [5],
    })
  })

  test('TypeScript 6, where the project has options that 7 has no more', async () => {
    const evidence = await ask(project({ ...files, 'tsconfig.json': olderConfig }, true), targets.slice(0, 2))
    expect(evidence.map(told)).toEqual(expected.slice(0, 2))
    expect(evidence[0]?.compiler).toEqual({ engine: 'typescript', version: expect.stringMatching(/^6\./) })
  })
})

describe('what cannot be asked is said, and stops nothing', () => {
  const notes = async (...given: Parameters<typeof ask>): Promise<readonly string[]> => (await ask(...given)).flatMap((one) => one.notes)

  test('packages that are not installed', async () => {
    const [evidence] = await ask(project(files, false), [column('title')])
    expect(evidence).toEqual({
      found: [],
      notes: [
        expect.stringMatching(
          /^types not available: db\/schema\.ts: Cannot find module 'drizzle-orm\/pg-core'[\s\S]*Install the packages of the project first\.$/,
        ),
      ],
    })
  })

  test('no tsconfig.json', async () => {
    const { 'tsconfig.json': _, ...others } = files
    expect(await notes(project(others, false), [column('title')])).toEqual([
      'types not available: no tsconfig.json holds db/schema.ts, db/queries.ts, ui/row.ts',
    ])
  })

  test('no compiler', async () => {
    expect(await notes(project(files, false), [column('title')], { compilers: [] })).toEqual([expect.stringContaining('no TypeScript is installed')])
  })

  test('a compiler that takes too long is stopped', async () => {
    expect(await notes(project(files, false), [column('title')], { patience: 1 })).toEqual([
      expect.stringContaining('was not done in 0.001 s, and was stopped'),
    ])
  })

  test('a compiler that does not start', async () => {
    const compilers = [{ engine: 'typescript', version: '6.0.0', module: '/nowhere/typescript.js' }] as const
    expect(await notes(project(files, false), [column('title')], { compilers })).toEqual([
      expect.stringMatching(/^types not available: TypeScript 6\.0\.0.*nowhere/),
    ])
  })

  test('the user stops it', async () => {
    const stopping = new AbortController()
    const asked = ask(project(files, false), [column('title')], { signal: stopping.signal })
    stopping.abort(new Error('stopped by the user'))
    await expect(asked).rejects.toThrow('stopped by the user')
  })

  test('a part that the schema does not show', async () => {
    expect(await notes(project({ ...files, 'db/schema.ts': 'export const orders = makeOrders()\n' }, false), [column('title')])).toEqual([
      'types not available: db/schema.ts does not show the part as a text of its own, so the compiler was not shown the file without it',
    ])
  })
})
