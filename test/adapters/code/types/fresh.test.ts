import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CompilerError } from '../../../../src/adapters/code/types/compiler.ts'
import { fresh } from '../../../../src/adapters/code/types/fresh.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pgstrata-fresh-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const error = (message: string, more: Partial<CompilerError> = {}): CompilerError => ({ file: '/a.ts', start: 10, code: 2353, message, ...more })

test('an error at a new place, or of another kind', () => {
  const all = [error('old'), error('new', { start: 20 }), error('new', { code: 2339 }), error('new', { file: '/b.ts' })]
  expect(fresh(['title'], [error('old')], all, {})).toEqual(all.slice(1))
})

test('an old one with other words is none, but one that names the part as it did not', () => {
  const before = [error("'other' does not exist in type '{ title: string }'")]
  expect(fresh(['title'], before, [error("'other' does not exist in type '{}'")], {})).toEqual([])
  expect(fresh(['title'], before, [error("'title' does not exist in type '{}'")], {})).toHaveLength(1)
  expect(fresh(['title'], [error("'title' is wrong")], [error("'title' is wrong")], {})).toEqual([])
})

test('what is only unused now is none', () => expect(fresh(['title'], [], [error("'text' is declared but never used", { code: 6133 })], {})).toEqual([]))

test('in the edited file places move, lines do not', () => {
  const file = join(root, 'schema.ts')
  writeFileSync(file, 'short\nwrong\nwrong\n')
  const texts = { [file]: 'much longer\nwrong\nwrong\n' }
  const found = fresh(['title'], [error('old', { file, start: 6 })], [error('old', { file, start: 12 }), error('new', { file, start: 18 })], texts)
  expect(found.map(({ message }) => message)).toEqual(['new'])
})
