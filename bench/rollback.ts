/**
 * What `rollback --all` costs on a long history: `npm run bench:rollback [-- NAME …]` (default sim). The whole command each time, Node's start included: without proof, with
 * the proof over nothing kept, and once more with all proofs kept. The histories are those of PGSTRATA_CORPUS (default `../shared/corpus`).
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const corpus = resolve(process.env.PGSTRATA_CORPUS ?? '../shared/corpus')
const cli = resolve('dist/cli.cjs')
const names = process.argv.length > 2 ? process.argv.slice(2) : ['sim']
const cache = mkdtempSync(join(tmpdir(), 'pgstrata-bench-'))

const seconds = (folder: string, ...flags: readonly string[]): number => {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [cli, 'rollback', '--all', '--folder', folder, '--format', 'json', ...flags], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, PGSTRATA_CACHE_DIR: cache },
  })
  if (status !== 0) throw new Error(stderr)
  return (performance.now() - start) / 1000
}

const say = (name: string, what: string, took: number, most: number | undefined): void => {
  const verdict = most === undefined ? '' : `goal ${most} ${took <= most ? 'met' : 'MISSED'}`
  if (most !== undefined && took > most) process.exitCode = 1
  console.log(`${name.padEnd(18)}${what.padEnd(28)}${took.toFixed(1).padStart(8)} s   ${verdict}`)
}

try {
  for (const name of names) {
    const folder = join(corpus, name)
    if (!existsSync(folder)) throw new Error(`There is no corpus at ${folder}: set PGSTRATA_CORPUS.`)
    const goal = (most: number): number | undefined => (name === 'sim' ? most : undefined)
    seconds(folder, '--unproven')
    say(name, 'without proof', seconds(folder, '--unproven'), goal(3))
    say(name, 'with proof, nothing kept', seconds(folder), goal(240))
    say(name, 'with proof, all kept', seconds(folder), goal(2))
  }
} finally {
  rmSync(cache, { recursive: true, force: true })
}
