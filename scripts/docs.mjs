// Writes docs/changes/, docs/commands/ and docs/rules/ from the code itself; scripts/readme.mjs does the README's blocks. `--check` writes nothing and fails when a page is not fresh.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadModule } from './load.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { pages } = await loadModule(join(root, 'scripts/docs-pages.ts'))
const wanted = await pages()
const folders = ['docs/changes', 'docs/commands', 'docs/rules']

const existing = folders.flatMap((folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((file) => `${folder}/${file}`) : []))
const stale = [...wanted].filter(([path, text]) => !existing.includes(path) || readFileSync(join(root, path), 'utf8') !== text).map(([path]) => path)
const superfluous = existing.filter((path) => !wanted.has(path))

if (process.argv.includes('--check')) {
  for (const path of stale) console.log(`${path} is not what the code says now; run npm run docs`)
  for (const path of superfluous) console.log(`${path} belongs to nothing; run npm run docs`)
  console.log(`${wanted.size} pages, ${stale.length + superfluous.length} not fresh`)
  process.exit(stale.length + superfluous.length ? 1 : 0)
}
for (const folder of folders) mkdirSync(join(root, folder), { recursive: true })
for (const path of stale) writeFileSync(join(root, path), wanted.get(path))
for (const path of superfluous) rmSync(join(root, path))
console.log(`${wanted.size} pages, ${stale.length} written, ${superfluous.length} removed`)
