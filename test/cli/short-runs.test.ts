/** How many short runs of a verb follow each other in a directory is counted, and a long one ends the row. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { shortRuns } from '../../src/cli/short-runs.ts'
import { temporary } from './cli.ts'

let place: ReturnType<typeof temporary>
beforeEach(() => {
  place = temporary()
  vi.stubEnv('PGSTRATA_CACHE_DIR', place.path)
})
afterEach(() => {
  vi.unstubAllEnvs()
  place.remove()
})

test('short runs are counted, for each verb', () => {
  for (let run = 0; run < 4; run++) {
    const runs = shortRuns('lint')
    expect(runs.before).toBe(run)
    runs.note(true)
  }
  expect(shortRuns('check').before).toBe(0)
})

test('a long run ends the row', () => {
  for (const isShort of [true, true, false]) shortRuns('lint').note(isShort)
  expect(shortRuns('lint').before).toBe(0)
  expect(readdirSync(join(place.path, 'short-runs'))).toEqual([])
})

test('where nothing can be written, nothing is counted', () => {
  writeFileSync(join(place.path, 'file'), '')
  vi.stubEnv('PGSTRATA_CACHE_DIR', join(place.path, 'file'))
  shortRuns('lint').note(true)
  expect(shortRuns('lint').before).toBe(0)
})
