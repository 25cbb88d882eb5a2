/** Runs `pgstrata impact` as its users do and reads the answer. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Reported } from './truth.ts'

const cli = resolve('dist/cli.cjs')

export type Answer = {
  readonly targets: readonly { readonly target: unknown; readonly entries: readonly Reported[] }[]
  readonly seconds: number
  /** The most that the process with its threads had in memory, in MB. */
  readonly memory: number
}

/** Each process that loads it leaves the most memory that it took. */
const gauge = `import { appendFileSync } from 'node:fs'
process.on('exit', () => appendFileSync(process.env.BENCH_MEMORY, process.resourceUsage().maxRSS + '\\n'))
`

const largest = (file: string): number => Math.max(...readFileSync(file, 'utf8').trim().split('\n').map(Number)) / 1024

/** All targets in one run. Throws what the command says where it does not answer. */
export const ask = (root: string, targets: readonly string[], cache?: string): Answer => {
  const directory = mkdtempSync(join(tmpdir(), 'pgstrata-bench-'))
  const memory = join(directory, 'memory')
  const preload = join(directory, 'gauge.mjs')
  try {
    writeFileSync(memory, '0\n')
    writeFileSync(preload, gauge)
    const start = performance.now()
    const { stdout, stderr, status } = spawnSync(process.execPath, [cli, 'impact', ...targets, '--root', root, '--format', 'json', '--fail-on', 'never'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1 << 30,
      env: {
        ...process.env,
        BENCH_MEMORY: memory,
        NODE_OPTIONS: `--import=${pathToFileURL(preload)}`,
        ...(cache && { PGSTRATA_CACHE_DIR: cache }),
      },
    })
    const seconds = (performance.now() - start) / 1000
    if (status === null || status === 2 || status === 4 || stdout === '') throw new Error(`impact ${targets.join(' ')} in ${root}: ${stderr || stdout}`)
    const { data } = JSON.parse(stdout) as { readonly data: { readonly targets: Answer['targets'] } }
    if (data.targets.length !== targets.length) throw new Error(`impact answered ${data.targets.length} targets of ${targets.length}`)
    return { targets: data.targets, seconds, memory: largest(memory) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
