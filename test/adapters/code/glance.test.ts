import { expect, it } from 'vitest'
import { glanceAt } from '../../../src/adapters/code/glance.ts'
import { hashesIn, mayHave } from '../../../src/adapters/code/vocabulary.ts'

const glance = (text: string) => glanceAt(Buffer.from(text))

it.each([
  ["import a from './a'", ['./a']],
  ['import \'./a\'; export * from "./b"', ['./a', './b']],
  ["const { a } = await import(/* webpackChunkName: 'x' */ './a')", ['./a']],
  ["const a = require ( './a' ), b = a.require('b')", ['./a', 'b']],
  ["import {\n  a,\n} from\n  './a'", ['./a']],
  ["import a from/* why */'./a'\nimport b from './a'", ['./a']],
  ["// import a from './a'", ['./a']],
  ["const a = 'из'; import ж from './ж'", ['./ж']],
  ["import a from './from'; const b = 'c'", ['./from']],
  ["import a from 'a\n'; FROM 'b'; afrom 'c'; require 'd'; import(`./e`)", []],
  ['import /* without an end', []],
])('%j imports %j', (text, links) => {
  expect(glance(text).links).toEqual(links)
})

it.each([
  ["import type { A } from './a'\nimport { b } from './b'", ['./b']],
  ["export type { A } from './a'; export type B = string; export * from './b'", ['./b']],
  ["import { type A } from './a'", ['./a']],
  ["import type { A } from './a'; import './a'", ['./a']],
  ["export type A = B | 'x'\nimport { b } from './b'", ['./b']],
])('%j imports %j when it runs', (text, imports) => {
  expect(glance(text).imports).toEqual(imports)
})

it.each([
  ["export const users = pgTable('users', {})", true],
  ["import { pgTableCreator } from 'drizzle-orm/pg-core'", true],
  ["auth.table('users', {})", true],
  ['auth.materializedView(name)', true],
  ['table(a); a.tables(b); a.table; mypgTable(c)', false],
])('%j declares tables: %s', (text, declares) => {
  expect(glance(text).declares).toBe(declares)
})

it('specifiers behind from are told apart', () => {
  expect([...glance("import a from 'a'\nimport 'b'\nconst c = require('c')").from]).toEqual(['a'])
})

it('words are those of the text, whatever stands around them', () => {
  const { vocabulary } = glance('a.userId="ключ";$user_name/* été */')
  expect(['userId', 'USERID', '$user_name', 't'].map((word) => mayHave(word)(vocabulary))).toEqual([true, true, true, true])
  expect(['user', 'été et', 'name'].map((word) => mayHave(word)(vocabulary))).toEqual([false, false, false])
  expect(hashesIn('a B, c')).toHaveLength(3)
})

it('a text with very many comments that never end is read once', () => {
  expect(glance('from /* '.repeat(100_000)).links).toEqual([])
})
