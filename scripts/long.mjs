// Everything, one proof after the other, and a table of it in docs/long-tests.md. What has passed for these sources is not run again, so a run that was cut off goes on where it was.
// `node scripts/long.mjs [NAME …]` runs only the proofs of those names. The histories are found through PGSTRATA_CORPUS (default ../shared/corpus).
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const kept = join(root, 'node_modules/.cache/long')
const page = join(root, 'docs/long-tests.md')
process.env.PGSTRATA_CORPUS ??= join(root, '../shared/corpus')

const vitest = (...args) => [process.execPath, join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...args]
const proofs = [
  { name: 'tests', what: 'npm test', command: vitest() },
  { name: 'corpus', what: 'npm run test:corpus', command: vitest('--config', 'vitest.corpus.config.ts') },
  ...readdirSync(join(root, 'test/long'))
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .map((file) => ({
      name: file.replace('.test.ts', ''),
      what: `test/long/${file}`,
      command: vitest('--config', 'vitest.long.config.ts', `test/long/${file}`),
    })),
]

const filesBelow = (folder) =>
  readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

const sources = () => {
  const hash = createHash('sha256').update(process.version)
  for (const file of [...filesBelow('src'), ...filesBelow('test'), join(root, 'package-lock.json')]) hash.update(file).update(readFileSync(file))
  return hash.digest('hex').slice(0, 16)
}

/** What tests say of themselves: `seed 7: 200 histories …`. */
const spoken = (output) => {
  const plain = output.replaceAll(/\u001b\[[\d;]*m/g, '')
  return [...plain.matchAll(/^stdout \| .*\n([\s\S]*?)\n\n/gm)].flatMap(([, text]) => text.split('\n')).filter((line) => line.trim() !== '')
}

const run = ({ name, command }) =>
  new Promise((resolve) => {
    const results = join(tmpdir(), `pgstrata-long-${process.pid}-${name}.json`)
    const [program, ...args] = command
    const child = spawn(program, [...args, '--reporter=default', '--reporter=json', `--outputFile.json=${results}`], { cwd: root })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part) => {
        output += part
        process.stderr.write(part)
      })
    const start = Date.now()
    child.on('close', (code) => {
      const result = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : {}
      rmSync(results, { force: true })
      const { numPassedTests: passed = 0, numTotalTests: total = 0 } = result
      resolve({ passed, total, held: code === 0 && total > 0 && passed === total, seconds: Math.round((Date.now() - start) / 1000), says: spoken(output) })
    })
  })

const cell = (text) => text.replaceAll('|', '\\|')

const table = (results) => `# The long tests

Written by \`npm run test:long\`, which runs all there is: last on ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${process.platform}-${process.arch}, ${cpus().length} cores.

| Proof | Result | Seconds | What it says |
|---|---|---:|---|
${results.map(({ what, passed, total, held, seconds, says }) => `| \`${what}\` | ${held ? `${passed} passed` : `**${total - passed} of ${total} did not pass**`} | ${seconds} | ${cell(says.join('<br>'))} |`).join('\n')}
`

const named = process.argv.slice(2)
const unknown = named.filter((name) => !proofs.some((proof) => proof.name === name))
if (unknown.length > 0) {
  console.error(`No proof is called ${unknown.join(', ')}. There are: ${proofs.map(({ name }) => name).join(', ')}.`)
  process.exit(2)
}

const state = sources()
mkdirSync(kept, { recursive: true })
const results = []
for (const proof of proofs) {
  const file = join(kept, `${proof.name}.json`)
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
  if (before?.state === state && before.held) {
    results.push({ ...before, what: proof.what })
    continue
  }
  if (named.length > 0 && !named.includes(proof.name)) continue
  console.error(`\n── ${proof.name}`)
  const result = { state, ...(await run(proof)) }
  writeFileSync(file, JSON.stringify(result))
  results.push({ ...result, what: proof.what })
}
const failed = results.filter(({ held }) => !held)
if (results.length === proofs.length) writeFileSync(page, table(results))
for (const { what, passed, total, seconds } of results) console.log(`${what.padEnd(36)} ${passed} of ${total}   ${seconds} s`)
if (results.length < proofs.length) console.log(`${proofs.length - results.length} proofs were not asked for: docs/long-tests.md stays as it is.`)
process.exit(failed.length > 0 ? 1 : 0)
