import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { makePlace, type Place } from '../operations/place.ts'
import { build, pgstrata } from './cli.ts'

beforeAll(build)

let place: Place
beforeEach(() => {
  place = makePlace()
  place.git('init', '-q')
  place.migrations([{ tag: '0000_m', sql: 'CREATE TABLE t (id integer);' }], 'packages/db/drizzle')
})
afterEach(() => place.remove())

const target = () => join(place.path, 'packages/db/drizzle/0000_m.sql')
const staged = () => join(place.path, 'packages/db/drizzle/.0000_m.sql.1.tmp')
const intent = () => join(place.path, '.pgstrata/write-intent.json')

/** What a killed run leaves: the new text beside the old one, and what was to happen. */
const interrupted = (phase: 'staging' | 'commit', pid = spawnSync('true').pid): void => {
  mkdirSync(join(place.path, '.pgstrata'))
  writeFileSync(staged(), 'CREATE TABLE other (id integer);')
  writeFileSync(intent(), JSON.stringify({ id: '1', phase, pid, files: [{ target: target(), staged: staged() }], directories: [] }))
}
const run = (cwd: string) => pgstrata(['version'], { cwd: join(place.path, cwd) })

test.each([
  ['commit', 'was finished', 'other'],
  ['staging', 'was taken back', 't '],
] as const)('a write that was interrupted in %s %s at the next start, from any directory, and that is said once', (phase, says, name) => {
  interrupted(phase)
  const { status, stderr } = run('packages/db')
  expect({ status, lines: stderr.split('\n').length }).toEqual({ status: 0, lines: 2 })
  expect(stderr).toMatch(new RegExp(`^pgstrata: A write .* ${says}[.]\n$`))
  expect(readFileSync(target(), 'utf8')).toContain(`CREATE TABLE ${name}`)
  expect([staged(), intent()].filter(existsSync)).toEqual([])
  expect(run('.')).toMatchObject({ status: 0, stderr: '' })
})

test('while another run writes, it is waited for, and then said', () => {
  interrupted('staging', process.pid)
  expect(run('packages/db')).toMatchObject({ status: 3, stdout: '', stderr: expect.stringContaining('[write-busy]') })
  expect(existsSync(staged())).toBe(true)
})
