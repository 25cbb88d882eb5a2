/** What reading a migrations folder costs: without a cache, and once its snapshots are known. Usage: node scripts/run.mjs bench/folder.ts [folder…] */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readHistoryFolder } from '../src/adapters/folder/index.ts'
import { createCache } from '../src/adapters/store/cache.ts'

const corpus = process.env.PGSTRATA_CORPUS ?? '../shared/corpus'
const folders =
  process.argv.length > 2 ? process.argv.slice(2) : ['sim', 'ctrlplane', 'dokploy', 'latitude-llm-v1', 'ai-chatbot'].map((name) => join(corpus, name))
const directory = mkdtempSync(join(tmpdir(), 'pgstrata-bench-'))
const cache = createCache({ directory, build: 'bench' })

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).reduce((sum, path) => sum + statSync(join(folder, path)).size, 0)

const measure = async (work: () => Promise<unknown>): Promise<string> => {
  const [start, before] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(before)
  return `${(performance.now() - start).toFixed(0).padStart(6)} ms ${((user + system) / 1000).toFixed(0).padStart(5)} CPU`
}

for (const folder of folders) {
  const plain = await measure(() => readHistoryFolder(folder))
  await readHistoryFolder(folder, { cache })
  const known = await measure(() => readHistoryFolder(folder, { cache }))
  console.log(`${folder.padEnd(40)} ${(sizeOf(folder) / 1e6).toFixed(1).padStart(6)} MB   plain ${plain}   known ${known}`)
}
rmSync(directory, { recursive: true })
