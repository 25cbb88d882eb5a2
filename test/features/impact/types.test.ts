import { beforeAll, describe, expect, test } from 'vitest'
import { answerOf } from '../../../src/features/impact/answer.ts'
import { readTarget } from '../../../src/features/impact/read-target.ts'
import { removalsOf } from '../../../src/features/impact/removal.ts'
import { indexOf } from '../../../src/features/impact/search.ts'
import type { Target } from '../../../src/features/impact/target/target.ts'
import { withTypes } from '../../../src/features/impact/types.ts'
import type { TypeFound } from '../../../src/model/type-evidence.ts'
import { loadSql } from '../../../src/sql/parser.ts'
import { chat, does, entry, fn } from './facts.ts'

beforeAll(loadSql)

const facts = {
  ...chat,
  functions: [
    ...chat.functions,
    fn('guess', [], [does(0, 'title', 'write', 'set', { line: 80, confidence: 'possible' })]),
    fn('handlePut', [{ to: 8, line: 90, confidence: 'likely' }], [], [], 'app/put.ts'),
    fn('Sidebar', [], [], [], 'ui/sidebar.tsx'),
  ],
  entries: [...chat.entries, entry('PUT /api/chat', 'route', 9), entry('page /', 'page', 10)],
}
const index = indexOf(facts)
const target = (text: string): Target => readTarget({ facts, catalog: undefined }, text)
const found = (file: string, line: number, more: Partial<TypeFound> = {}): TypeFound => ({
  file,
  line,
  code: 2339,
  message: 'Property title does not exist',
  how: 'drop',
  statement: [line, line],
  functions: [],
  ...more,
})
const ask = (text: string, ...all: readonly TypeFound[]) =>
  withTypes(index, answerOf(index, undefined, target(text)), { compiler: { engine: 'typescript-7', version: '7.0.2' }, found: all, notes: ['a note'] })

describe('evidence', () => {
  test('makes the rest of a way certain; what lies before stays as it is', () => {
    const { entries } = ask('column:Chat.title', found('db/queries.ts', 81, { statement: [79, 82] }))
    const reach = entries.find((one) => one.entry.name === 'PUT /api/chat')
    expect(reach).toMatchObject({ confidence: 'likely', byCompiler: true })
    expect(reach?.path.map(({ confidence }) => confidence)).toEqual(['certain', 'likely', 'certain'])
  })

  test('on a call makes all behind it certain', () => {
    const { entries } = ask('column:Chat.title', found('app/put.ts', 90))
    expect(entries.find((one) => one.entry.name === 'PUT /api/chat')).toMatchObject({ confidence: 'certain', byCompiler: true })
  })

  test('says nothing of rows that carry the column along, and of tables everything', () => {
    const row = (text: string) => ask(text, found('db/queries.ts', 40)).entries.filter(({ via, byCompiler }) => via === 'implicit' && byCompiler)
    expect(row('column:Chat.title')).toEqual([])
    expect(row('table:Chat').length).toBeGreaterThan(0)
  })

  test('beside the ways is told with the entries that reach the function around it', () => {
    const { types } = ask('column:Chat.title', found('ui/sidebar.tsx', 40, { functions: [30, 5] }), found('db/queries.ts', 30))
    expect(types.found.map(({ file, onPath, entries }) => [file, onPath, entries.map(({ name }) => name)])).toEqual([
      ['ui/sidebar.tsx', false, ['page /']],
      ['db/queries.ts', true, []],
    ])
    expect(types).toMatchObject({ compiler: { engine: 'typescript-7' }, notes: ['a note'] })
  })
})

describe('the parts of the schema that a target is', () => {
  const place = { file: 'db/schema.ts', line: 1 }
  test.each([
    ['column:Message_v2.text', [{ kind: 'column', ...place, symbol: 'message', key: 'kind' }]],
    ['table:Chat', [{ kind: 'table', ...place, symbol: 'chat' }]],
    ['enumValue:kind.code', [{ kind: 'value', file: 'db/schema.ts', line: 2, symbol: 'kindEnum', value: 'code' }]],
    ["enumValue:Chat.visibility.'public'", [{ kind: 'value', ...place, symbol: 'chat', key: 'visibility', value: 'public' }]],
    ['enum:kind', [{ kind: 'column', ...place, symbol: 'message', key: 'kind' }]],
  ])('%s', (text, removals) => expect(removalsOf(facts, target(text))).toEqual(removals))
})
