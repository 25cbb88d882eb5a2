import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const script = fileURLToPath(new URL('../../scripts/ci-summary.mjs', import.meta.url))
let place: string
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'pgstrata-ci-'))
})
afterAll(() => rmSync(place, { recursive: true, force: true }))

type Result = { readonly numTotalTests: number; readonly numPassedTests: number; readonly numFailedTests: number; readonly testResults: readonly unknown[] }
const summary = (...results: readonly (Result | undefined)[]) => {
  const files = results.map((result, index) => {
    const file = join(place, `${index}.json`)
    if (result) writeFileSync(file, JSON.stringify(result))
    else rmSync(file, { force: true })
    return file
  })
  const { status, stdout } = spawnSync(process.execPath, [script, ...files], { encoding: 'utf8' })
  return { status, stdout }
}

const name = join(process.cwd(), 'test/a.test.ts')
const passed = { numTotalTests: 3, numPassedTests: 3, numFailedTests: 0, testResults: [{ name, status: 'passed', assertionResults: [{ status: 'passed' }] }] }
const fault = { status: 'failed', fullName: 'sums are right', failureMessages: ['expected 3 to be 4'] }
const failed = { ...passed, numPassedTests: 1, numFailedTests: 2, testResults: [{ name, status: 'failed', assertionResults: [fault, fault] }] }

test('adds the runs up', () => expect(summary(passed, passed)).toEqual({ status: 0, stdout: '6 passed, 0 failed\n' }))
test('a failed test fails', () => expect(summary(passed, failed)).toMatchObject({ status: 1, stdout: expect.stringMatching(/4 passed, 2 failed\n$/) }))
test('a failed test is named, with what it says', () =>
  expect(summary(failed).stdout).toContain('FAILED test/a.test.ts > sums are right\n    expected 3 to be 4\n'))
test('a file that could not be loaded fails', () =>
  expect(summary({ ...passed, testResults: [{ name, status: 'failed', message: 'no such import', assertionResults: [] }] })).toEqual({
    status: 1,
    stdout: 'FAILED test/a.test.ts\n    no such import\n\n3 passed, 1 failed\n',
  }))
test('a run without results fails', () =>
  expect(summary(passed, undefined)).toMatchObject({ status: 1, stdout: expect.stringMatching(/3 passed, 1 failed\n$/) }))
test('a run without tests fails', () =>
  expect(summary({ ...passed, numTotalTests: 0, numPassedTests: 0 })).toMatchObject({ status: 1, stdout: expect.stringMatching(/0 passed, 1 failed\n$/) }))
