/** How much longer than bare Node the command line takes to start: wall time, medians of alternating runs. Usage: npm run bench:startup [-- runs] */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../dist/cli.cjs', `file://${process.cwd()}/bench/`))
const runs = Math.max(20, Number(process.argv[2] ?? 40))
const budget = 20

const programs: Readonly<Record<string, readonly string[]>> = {
  'node -e 0': ['-e', '0'],
  '--version': [cli, '--version'],
  '--help': [cli, '--help'],
  'check --help': [cli, 'check', '--help'],
}

const time = (args: readonly string[]): number => {
  const start = performance.now()
  const { status } = spawnSync(process.execPath, [...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`)
  return performance.now() - start
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const times = new Map(Object.keys(programs).map((name) => [name, [] as number[]]))
for (let run = 0; run < runs + 2; run++) {
  for (const [name, args] of Object.entries(programs)) {
    const spent = time(args)
    // The first two rounds warm the disk cache.
    if (run >= 2) times.get(name)?.push(spent)
  }
}

const base = median(times.get('node -e 0') ?? [])
let failed = false
for (const [name, values] of times) {
  const over = median(values) - base
  failed ||= over > budget
  console.log(`${name.padEnd(14)} ${median(values).toFixed(1).padStart(7)} ms   ${name === 'node -e 0' ? '' : `+${over.toFixed(1)} ms (budget ${budget})`}`)
}
if (failed) process.exitCode = 1
