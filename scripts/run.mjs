// Runs one TypeScript file of the repository with Node: `node scripts/run.mjs bench/replay.ts [arguments]`. Node 20 cannot strip types by itself.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const [entry, ...rest] = process.argv.slice(2)
if (!entry) {
  console.error('usage: node scripts/run.mjs FILE.ts [arguments]')
  process.exit(2)
}
const cache = fileURLToPath(new URL('../node_modules/.cache/run/', import.meta.url))
mkdirSync(cache, { recursive: true })
const library = fileURLToPath(new URL('../dist/index.js', import.meta.url))
const outfile = `${cache}${entry.replaceAll(/[^\w.-]/g, '_')}.${process.pid}.mjs`
await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  packages: 'external',
  // Examples import the package by its name, as its users do.
  alias: { pgstrata: library },
  external: [library],
  loader: { '.sql': 'text' },
  sourcemap: 'inline',
  logLevel: 'error',
})
const { status } = spawnSync(process.execPath, ['--enable-source-maps', outfile, ...rest], { stdio: 'inherit' })
rmSync(outfile, { force: true })
process.exit(status ?? 1)
