/** `doctor --write` makes 14 of 14 journal corpora acceptable to drizzle-kit 1.0.0-rc.5 `up`. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makePlace, type Place } from '../operations/place.ts'
import { copyHistory, needCorpus } from '../support/corpus.ts'
import { doctored } from '../support/doctored.ts'
import { drizzleKitV1, useDrizzleV1 } from '../support/drizzle-v1.ts'

let place: Place
beforeAll(needCorpus)
beforeEach(() => {
  place = makePlace()
  useDrizzleV1(place.path)
})
afterEach(() => place.remove())

const hashes = (folder: string, wanted: (name: string) => boolean): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(wanted)
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ]),
  )

/** What it repairs; the rest stays with its advice. */
const repaired = ['missing-snapshot', 'broken-snapshot-chain', 'snapshot-fork', 'duplicate-snapshot-id', 'journal-when-not-monotonic', 'same-second-when']

/** What is done to each folder: snapshots rebuilt, linked and completed; times moved. */
const expected: { readonly [folder: string]: readonly [rebuilt: number, relinked: number, completed: number, times: number] } = {
  'ai-chatbot': [0, 0, 0, 0],
  zero: [0, 0, 0, 0],
  llmgateway: [0, 0, 0, 0],
  musubi: [0, 0, 0, 0],
  'gh-next': [0, 0, 56, 0],
  kaneo: [6, 5, 0, 4],
  forge: [0, 0, 0, 28],
  munin: [41, 5, 0, 0],
  tambo: [1, 0, 0, 0],
  lmnr: [0, 4, 6, 9],
  'claude-code-hub': [1, 2, 0, 2],
  dokploy: [0, 1, 0, 0],
  ctrlplane: [0, 0, 0, 0],
  sim: [1, 7, 0, 1],
}

describe('drizzle-kit 1.0.0-rc.5 takes the folder', () => {
  it.each(Object.entries(expected))('%s', async (name, [rebuilt, relinked, completed, times]) => {
    const folder = copyHistory(name, place.path)
    const [sql, all] = [hashes(folder, (file) => file.endsWith('.sql')), hashes(folder, (file) => file.includes('.'))]
    const plan = await doctored(place.path, false)
    expect(hashes(folder, (file) => file.includes('.'))).toEqual(all)
    const report = await doctored(place.path, true)
    const [{ repairs }] = (report.data as { projects: [{ repairs: Record<string, unknown[]> }] }).projects
    expect(report.findings.filter(({ rule }) => repaired.includes(rule))).toEqual([])
    expect(report.unknown).toEqual([])
    expect(hashes(folder, (file) => file.endsWith('.sql'))).toEqual(sql)
    expect([repairs.rebuilt, repairs.relinked, repairs.completed, repairs.times].map((done) => done?.length)).toEqual([rebuilt, relinked, completed, times])
    expect((plan.data as { projects: [{ repairs: object }] }).projects[0].repairs).toEqual({ ...repairs, written: false })
    expect(drizzleKitV1(place.path, 'up')).toMatchObject({ status: 0, said: expect.stringContaining('Everything') })
    expect(readdirSync(folder).filter((file) => existsSync(join(folder, file, 'migration.sql'))).length).toBeGreaterThan(8)
  })
})
