/** What an application does when it starts: entries for the functions that its main files call. Routes that are registered there are entries of their own. */
import type { CodeCall, CodeEntry, CodeFunction } from '../../model/code.ts'

type Graph = readonly CodeFunction[]

/** Callbacks have no name: what they call counts as called by the file itself. */
const isNameless = ({ name }: CodeFunction): boolean => name === 'function' || name === 'module'

/** The named functions that a function calls, through nameless ones of its own file; and the nameless ones that use something themselves. */
const started = (from: number, functions: Graph): readonly CodeCall[] => {
  const file = functions[from]?.file
  const found: CodeCall[] = []
  const through = new Map<number, CodeCall | undefined>([[from, undefined]])
  for (const [at, by] of through) {
    const called = functions[at]
    if (called && called.uses.length > 0) found.push(by ?? { to: at, line: called.line, confidence: 'certain' })
    for (const call of called?.calls ?? []) {
      const to = functions[call.to]
      if (to && isNameless(to) && to.file === file) through.set(call.to, through.get(call.to) ?? call)
      else found.push(call)
    }
  }
  return found
}

const reachesUses = (from: number, functions: Graph): boolean => {
  const reached = new Set([from])
  for (const at of reached) {
    if ((functions[at]?.uses.length ?? 0) > 0) return true
    for (const { to } of functions[at]?.calls ?? []) reached.add(to)
  }
  return false
}

const nameOf = ({ to }: CodeCall, functions: Graph): string => {
  const called = functions[to]
  return called && !isNameless(called) ? called.name : 'main'
}

/** One entry for each name: a function that is called in several ways is still one. */
const entriesOf = (file: string, calls: readonly CodeCall[], functions: Graph): readonly CodeEntry[] => {
  const named = new Map<string, CodeCall[]>()
  for (const call of calls) {
    const name = nameOf(call, functions)
    named.set(name, [...(named.get(name) ?? []), call])
  }
  return [...named].map(([name, [first, ...others]]) => ({
    name: `boot ${file} -> ${name}`,
    kind: 'boot',
    framework: 'boot',
    file,
    line: first?.line ?? 1,
    runs: [first, ...others].flatMap((call) => (call ? [{ to: call.to, what: name, confidence: call.confidence }] : [])),
  }))
}

/** `mains` are the files that start the application. */
export const bootEntries = (mains: readonly string[], functions: Graph): readonly CodeEntry[] =>
  mains.flatMap((file) => {
    const at = functions.findIndex((one) => one.name === 'module' && one.file === file)
    const calls = at < 0 ? [] : started(at, functions).filter(({ to }) => reachesUses(to, functions))
    return entriesOf(file, calls, functions)
  })
