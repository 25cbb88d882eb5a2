/** Folders that drizzle-kit 1.0 made of the corpora with its own `up`: their snapshots of version 9 say what those of version 7 said, and what is missing of them is rebuilt. */
import { rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { readHistoryFolder } from '../../src/adapters/folder/index.ts'
import { replay } from '../../src/changes/replay.ts'
import { judgeSnapshots, type SnapshotJudgement } from '../../src/features/snapshots.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'
import { makePlace, type Place } from '../operations/place.ts'
import { copyHistory, needCorpus } from '../support/corpus.ts'
import { doctored } from '../support/doctored.ts'
import { drizzleKitV1 } from '../support/drizzle-v1.ts'

let place: Place
beforeAll(async () => {
  needCorpus()
  await loadSql()
})
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.remove())

const judged = async (folder: string): Promise<SnapshotJudgement> => {
  const history = await readHistoryFolder(folder, { name: 'drizzle' })
  return judgeSnapshots({
    history,
    catalogs: replay(history.migrations.map(({ sql }) => readScript(sql ?? ''))).catalogs,
    prefixes: 'all',
    loadSnapshot: (path) => readFile(join(folder, path), 'utf8'),
  })
}

it.each([
  ['ai-chatbot', 9],
  ['zero', 26],
  ['llmgateway', 20],
  ['musubi', 50],
])('%s', async (name, snapshots) => {
  const folder = copyHistory(name, place.path)
  const before = await judged(folder)
  expect(drizzleKitV1(place.path, 'up')).toMatchObject({ status: 0 })
  const after = await judged(folder)
  expect(after.unknown).toEqual([])
  expect(after.compared).toHaveLength(snapshots)
  expect(after.differences.map(({ object }) => object)).toEqual(before.differences.map(({ object }) => object))
})

it.each([
  ['musubi', [4, 20, 36]],
  ['zero', [0, 12]],
] as const)('of %s some are missing: `doctor --write` writes what drizzle-kit 1.0 takes for its own', async (name, missing) => {
  const folder = copyHistory(name, place.path)
  expect(drizzleKitV1(place.path, 'up')).toMatchObject({ status: 0 })
  const tags = (await readHistoryFolder(folder, { name: 'drizzle' })).migrations.map(({ tag }) => tag)
  const before = await judged(folder)
  for (const at of missing) rmSync(join(folder, tags[at] ?? '', 'snapshot.json'))
  expect(drizzleKitV1(place.path, 'check')).toMatchObject({ status: 1 })
  const { findings } = await doctored(place.path, true)
  expect(findings.filter(({ rule }) => rule === 'missing-snapshot' || rule === 'broken-snapshot-chain')).toEqual([])
  expect(drizzleKitV1(place.path, 'check')).toMatchObject({ status: 0 })
  const after = await judged(folder)
  expect([after.unknown, after.compared.length]).toEqual([[], tags.length])
  expect(after.differences.length).toBeLessThanOrEqual(before.differences.length)
})
