/**
 * What a history in memory costs: `npm run bench:replay [-- NAME …]`. The corpora are found through PGSTRATA_CORPUS (default `../shared/corpus`).
 * Each line: milliseconds of processor time, other threads of the process included, of one fresh process; the least of several, for others share the machine.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { readHistoryFolder } from '../src/adapters/folder/index.ts'
import { catalogSql } from '../src/changes/catalog-sql.ts'
import { replay } from '../src/changes/replay.ts'
import { loadSql } from '../src/sql/parser.ts'
import { readScript } from '../src/sql/script.ts'

type Costs = {
  readonly migrations: number
  readonly statements: number
  readonly parse: number
  readonly replay: number
  readonly print: number
  readonly wall: number
}

const corpus = resolve(process.env.PGSTRATA_CORPUS ?? '../shared/corpus')
const runs = Number(process.env.RUNS ?? 12)
const names = ['sim', 'ctrlplane', 'dokploy', 'claude-code-hub', 'lmnr', 'kaneo']
/** Parsing and replay together, milliseconds. */
const goals: Readonly<Record<string, number>> = { sim: 400 }

const processorTime = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const timed = <T>(work: () => T): readonly [T, number] => {
  const start = processorTime()
  const result = work()
  return [result, processorTime() - start]
}

/** One measurement, in this process: nothing may have run in it before. */
const measure = async (folder: string): Promise<Costs> => {
  const { migrations } = await readHistoryFolder(folder, { snapshots: false })
  setFlagsFromString('--liftoff-only')
  setFlagsFromString('--interrupt-budget=1000000')
  await loadSql()
  const start = performance.now()
  const [scripts, parse] = timed(() => migrations.map(({ sql }) => readScript(sql ?? '')))
  const [{ steps, catalog }, replayed] = timed(() => replay(scripts))
  const wall = performance.now() - start
  const [, print] = timed(() => catalogSql(catalog))
  return { migrations: migrations.length, statements: steps.length, parse, replay: replayed, print, wall }
}

const inFreshProcess = (folder: string): Costs => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [process.argv[1] ?? '', '--one', folder], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Costs
}

const least = (all: readonly Costs[]): Costs => all.reduce((best, next) => (next.parse + next.replay < best.parse + best.replay ? next : best))

const show = (cells: readonly (string | number)[]): void =>
  console.log(
    cells.map((cell, at) => (typeof cell === 'number' ? cell.toFixed(0) : cell)[at === 0 || at === 7 ? 'padEnd' : 'padStart'](at === 0 ? 18 : 11)).join(''),
  )

const table = (chosen: readonly string[]): void => {
  show(['history', 'migrations', 'statements', 'parse', 'replay', 'print', 'wall', '   parse and replay, goal'])
  for (const name of chosen) {
    const folder = join(corpus, name)
    if (!existsSync(folder)) throw new Error(`There is no corpus at ${folder}: set PGSTRATA_CORPUS.`)
    const costs = least(Array.from({ length: runs }, () => inFreshProcess(folder)))
    const both = costs.parse + costs.replay
    const goal = goals[name]
    show([
      name,
      costs.migrations,
      costs.statements,
      costs.parse,
      costs.replay,
      costs.print,
      costs.wall,
      `   ${both.toFixed(0)}${goal === undefined ? '' : `, ${goal} ${both <= goal ? 'met' : 'MISSED'}`}`,
    ])
  }
}

const [first, ...rest] = process.argv.slice(2)
if (first === '--one') console.log(JSON.stringify(await measure(rest[0] ?? '')))
else table(first === undefined ? names : [first, ...rest])
