// `npm run check`: every static check of the house, two at a time; a line for each, and the output of those that failed.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = (path) => join(root, 'node_modules', path)

const checks = [
  {
    name: 'types (tsc)',
    args: [bin('typescript/bin/tsc'), '-p', '.', '--pretty', 'false', '--incremental', '--tsBuildInfoFile', 'node_modules/.cache/check.tsbuildinfo'],
  },
  { name: 'floors (dependency-cruiser)', args: ['scripts/check-floors.mjs'] },
  {
    name: 'format and lint (biome)',
    args: [bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '--max-diagnostics=50', '.'],
    help: 'npm run format',
  },
  { name: 'pure inside', args: ['scripts/check-pure.mjs'] },
  { name: 'unused (knip)', args: [bin('knip/bin/knip.js'), '--no-progress'] },
  { name: 'docs fresh', args: ['scripts/docs.mjs', '--check'], help: 'npm run docs' },
  { name: 'no registry hosts', args: ['scripts/check-lockfile.mjs'] },
]

const run = ({ args }) =>
  new Promise((resolve) => {
    const start = Date.now()
    const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, FORCE_COLOR: '0' } })
    const output = []
    child.stdout.on('data', (data) => output.push(data))
    child.stderr.on('data', (data) => output.push(data))
    child.on('close', (code) => resolve({ ok: code === 0, output: Buffer.concat(output).toString(), seconds: ((Date.now() - start) / 1000).toFixed(1) }))
  })

const queue = [...checks]
const failed = []
const worker = async () => {
  for (let check = queue.shift(); check; check = queue.shift()) {
    const { ok, output, seconds } = await run(check)
    console.log(`${ok ? '✓' : '✗'} ${check.name.padEnd(30)} ${seconds.padStart(5)} s`)
    if (!ok) failed.push({ ...check, output })
  }
}
await Promise.all([worker(), worker()])

for (const { name, output, help } of failed)
  console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 76 - name.length))}\n${output.trimEnd()}${help ? `\nTo mend: ${help}` : ''}`)
console.log(
  failed.length ? `\n${failed.length} of ${checks.length} checks failed: ${failed.map(({ name }) => name).join(', ')}` : `\nAll ${checks.length} checks passed`,
)
process.exit(failed.length ? 1 : 0)
