/** Folders that drizzle-kit 1.0 made of the corpora with its own `up`: their snapshots of version 9 say what those of version 7 said. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { readHistoryFolder } from '../../src/adapters/folder/index.ts'
import { replay } from '../../src/changes/replay.ts'
import { judgeSnapshots, type SnapshotJudgement } from '../../src/features/snapshots.ts'
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
