// dependency-cruiser over src/, test/ and bench/ by .dependency-cruiser.cjs. It says "no violations" also when it could not read TypeScript and cruised
// nothing, so the modules it saw are counted against the files that exist.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
const targets = process.argv.length > 2 ? process.argv.slice(2) : ['src', 'test', 'bench']
const { stdout, stderr, error } = spawnSync(
  process.execPath,
  [cruiser, '--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json', ...targets],
  {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  },
)
if (error || !stdout.startsWith('{')) {
  console.error(stderr || error || 'dependency-cruiser gave no JSON')
  process.exit(1)
}

const { modules, summary } = JSON.parse(stdout)
const cruised = new Set(modules.map(({ source }) => source))
const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
const missed = sources.filter((file) => !cruised.has(file))

for (const { rule, from, to, cycle } of summary.violations) {
  const { comment } = summary.ruleSetUsed.forbidden.find(({ name }) => name === rule.name) ?? {}
  console.log(`${rule.name}: ${from} → ${cycle ? cycle.map(({ name }) => name).join(' → ') : to}\n    ${comment ?? ''}`)
}
for (const file of missed) console.log(`not cruised: ${file}\n    dependency-cruiser did not read this file; is its TypeScript supported?`)
console.log(`${summary.violations.length} violations; ${sources.length - missed.length} of ${sources.length} modules of src/ cruised`)
process.exit(summary.violations.length + missed.length > 0 ? 1 : 0)
