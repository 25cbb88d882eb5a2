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

const passed = { numTotalTests: 3, numPassedTests: 3, numFailedTests: 0, testResults: [{ status: 'passed', assertionResults: [{}] }] }
const failed = { ...passed, numPassedTests: 1, numFailedTests: 2, testResults: [{ status: 'failed', assertionResults: [{}] }] }

test('adds the runs up', () => expect(summary(passed, passed)).toEqual({ status: 0, stdout: '6 passed, 0 failed\n' }))
test('a failed test fails', () => expect(summary(passed, failed)).toEqual({ status: 1, stdout: '4 passed, 2 failed\n' }))
test('a file that could not be loaded fails', () =>
  expect(summary({ ...passed, testResults: [{ status: 'failed', assertionResults: [] }] })).toEqual({ status: 1, stdout: '3 passed, 1 failed\n' }))
test('a run without results fails', () => expect(summary(passed, undefined)).toEqual({ status: 1, stdout: '3 passed, 1 failed\n' }))
test('a run without tests fails', () =>
  expect(summary({ ...passed, numTotalTests: 0, numPassedTests: 0 })).toEqual({ status: 1, stdout: '0 passed, 1 failed\n' }))
