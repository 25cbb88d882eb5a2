/** How long `pgstrata impact` takes on a repository: nothing kept, after one edit, nothing changed, and what one more question costs. */
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { ask } from './ask.ts'

export type Limits = { readonly cold: number; readonly memory: number; readonly edited: number; readonly query: number }

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const times = <T>(runs: number, measure: () => T): readonly T[] => Array.from({ length: runs }, measure)

const show = (what: string, value: number, unit: string, limit: number): void => {
  const met = value <= limit
  if (!met) process.exitCode = 1
  console.log(`${what.padEnd(44)} ${value.toFixed(unit === 'MB' ? 0 : 2).padStart(8)} ${unit}   goal ${limit} ${unit} ${met ? 'met' : 'MISSED'}`)
}

const withoutInstalled = (path: string): boolean => !['node_modules', '.git'].includes(basename(path))

/** Files that are edited: one that is followed, and a test. */
export type Edited = { readonly code: string; readonly test: string | undefined }

/** Medians. The edits are made in a copy; one more question is the time that many targets take beyond one, by their number. */
export const measureSpeed = (repository: string, targets: readonly string[], edited: Edited, limits: Limits, runs: number): void => {
  const directory = mkdtempSync(join(tmpdir(), 'pgstrata-speed-'))
  try {
    const root = join(directory, 'copy')
    cpSync(repository, root, { recursive: true, filter: withoutInstalled })
    const one = targets.slice(0, 1)
    let number = 0
    const primed = join(directory, 'primed')
    ask(root, one, primed)
    // A cache that knows the program's own bytecode, as after any run on the machine, and nothing of any code.
    const empty = (): string => {
      const cache = join(directory, `cache-${number++}`)
      cpSync(join(primed, 'code'), join(cache, 'code'), { recursive: true })
      return cache
    }
    const cold = times(runs, () => ask(root, one, empty()))
    const cache = empty()
    ask(root, one, cache)
    const afterEdit = (file: string, line: () => string) =>
      times(runs, () => {
        appendFileSync(join(root, file), `\n${line()}\n`)
        return ask(root, one, cache)
      })
    const comment = (): string => `// ${number++}`
    const statement = (): string => `export const added${number++} = ${number}`
    const newFunction = (): string => `export const added${number++} = async (id) => [id, ${number}]`
    const afterComment = afterEdit(edited.code, comment)
    const inTest = edited.test === undefined ? [] : afterEdit(edited.test, statement)
    const afterQuiet = afterEdit(edited.code, statement)
    const afterCode = afterEdit(edited.code, newFunction)
    const unchanged = times(runs, () => ask(root, one, cache))
    const many = times(runs, () => ask(root, targets, cache))
    const seconds = (answers: readonly { readonly seconds: number }[]): number => median(answers.map((answer) => answer.seconds))
    show('cold', seconds(cold), 's', limits.cold)
    show('most memory, cold', Math.max(...cold.map(({ memory }) => memory)), 'MB', limits.memory)
    console.log(`edited: ${edited.code}, ${edited.test ?? 'no test'}`)
    show('a comment more in one file', seconds(afterComment), 's', limits.edited)
    if (inTest.length > 0) show('a statement more in a test', seconds(inTest), 's', limits.edited)
    show('a constant more in code that is followed', seconds(afterQuiet), 's', limits.edited)
    show('a function more in code that is followed', seconds(afterCode), 's', limits.edited)
    console.log(`${'nothing changed'.padEnd(44)} ${seconds(unchanged).toFixed(2).padStart(8)} s`)
    if (targets.length > 1) show('one more question', ((seconds(many) - seconds(unchanged)) / (targets.length - 1)) * 1000, 'ms', limits.query)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
