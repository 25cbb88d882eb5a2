/**
 * How much is lost where everything is followed at once: there are bounds, so that every program ends, and an entry that is followed alone meets none of them. Needs no labels, and shows what
 * the labelled repositories are too small for.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chooseProgram, openProgram, type Program, type Starts } from '../../src/adapters/code/program.ts'
import { createCache } from '../../src/adapters/store/cache.ts'
import type { CodeFacts } from '../../src/model/code.ts'

/** What each entry does, by its name and file: `read users.email`. */
const usesByEntry = ({ entries, functions, tables }: CodeFacts): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>()
  for (const { name, file, runs } of entries) {
    const uses = found.get(`${file} ${name}`) ?? new Set()
    found.set(`${file} ${name}`, uses)
    const reached = new Set(runs.map(({ to }) => to))
    for (const at of reached) {
      for (const { access, table, column } of functions[at]?.uses ?? []) if (column !== undefined) uses.add(`${access} ${tables[table]?.name}.${column}`)
      for (const { to } of functions[at]?.calls ?? []) reached.add(to)
    }
  }
  return found
}

/** Files that frameworks call by their place and that reach a database, evenly over the repository. */
const sampleOf = ({ chosen: { roots, related } }: Program, count: number): readonly Starts[] => {
  const files = [...new Set(roots.map(({ path }) => path))].filter((path) => related.has(path))
  const taken = Array.from({ length: Math.min(count, files.length) }, (_, at) => files[Math.floor(((at + 0.5) * files.length) / Math.min(count, files.length))])
  return taken.map((file) => ({ registering: [], roots: roots.filter(({ path }) => path === file), uncalled: new Set() }))
}

export type Lost = { readonly files: number; readonly entries: number; readonly right: number; readonly missed: number; readonly more: number }

export const measureLost = async (root: string, count: number): Promise<Lost> => {
  const directory = mkdtempSync(join(tmpdir(), 'pgstrata-alone-'))
  try {
    const opened = await openProgram(root, createCache({ directory, build: 'bench' }), root)
    await using _trees = opened.trees
    const program = await chooseProgram(opened)
    const whole = usesByEntry(program.follow(program.chosen).facts)
    const sample = sampleOf(program, count)
    let [entries, right, missed, more] = [0, 0, 0, 0]
    for (const starts of sample) {
      const alone = [...usesByEntry(program.follow(starts).facts)].filter(([name]) => name.startsWith(`${starts.roots[0]?.path} `))
      for (const [name, uses] of alone) {
        const found = whole.get(name) ?? new Set()
        const both = [...uses].filter((use) => found.has(use)).length
        entries++
        right += both
        missed += uses.size - both
        more += found.size - both
      }
    }
    return { files: sample.length, entries, right, missed, more }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
