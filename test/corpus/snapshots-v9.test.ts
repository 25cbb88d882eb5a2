/** Folders that drizzle-kit 1.0 made of the corpora with its own `up`: their snapshots of version 9 say what those of version 7 said, and what is missing of them is rebuilt. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { readHistoryFolder } from '../../src/adapters/folder/index.ts'
import { replay } from '../../src/changes/replay.ts'
import { createWorld } from '../../src/cli/world.ts'
import { judgeSnapshots, type SnapshotJudgement } from '../../src/features/snapshots.ts'
import { doctor } from '../../src/operations/doctor.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'
import { drizzleKitV1 } from '../support/drizzle-v1.ts'

const corpus = process.env.PGSTRATA_CORPUS ?? fileURLToPath(new URL('../../../shared/corpus', import.meta.url))

let place = ''
beforeAll(async () => {
  if (!existsSync(corpus)) throw new Error(`There are no migration histories in ${corpus}; set PGSTRATA_CORPUS.`)
  await loadSql()
})
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'pgstrata-v9-'))
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

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
  cpSync(join(corpus, name), join(place, 'drizzle'), { recursive: true })
  const before = await judged(join(place, 'drizzle'))
  expect(drizzleKitV1(place, 'up')).toMatchObject({ status: 0 })
  const after = await judged(join(place, 'drizzle'))
  expect(after.unknown).toEqual([])
  expect(after.compared).toHaveLength(snapshots)
  expect(after.differences.map(({ object }) => object)).toEqual(before.differences.map(({ object }) => object))
})

it.each([
  ['musubi', [4, 20, 36]],
  ['zero', [0, 12]],
] as const)('of %s some are missing: `doctor --write` writes what drizzle-kit 1.0 takes for its own', async (name, missing) => {
  const folder = join(place, 'drizzle')
  cpSync(join(corpus, name), folder, { recursive: true })
  expect(drizzleKitV1(place, 'up')).toMatchObject({ status: 0 })
  const tags = (await readHistoryFolder(folder, { name: 'drizzle' })).migrations.map(({ tag }) => tag)
  const before = await judged(folder)
  for (const at of missing) rmSync(join(folder, tags[at] ?? '', 'snapshot.json'))
  expect(drizzleKitV1(place, 'check')).toMatchObject({ status: 1 })
  await using world = await createWorld({ cwd: place, config: {}, folder: 'drizzle' })
  const { findings } = await doctor.run(world, { arguments: [], flags: { write: true, ledgerSql: undefined } })
  expect(findings.filter(({ rule }) => rule === 'missing-snapshot' || rule === 'broken-snapshot-chain')).toEqual([])
  expect(drizzleKitV1(place, 'check')).toMatchObject({ status: 0 })
  const after = await judged(folder)
  expect([after.unknown, after.compared.length]).toEqual([[], tags.length])
  expect(after.differences.length).toBeLessThanOrEqual(before.differences.length)
})
