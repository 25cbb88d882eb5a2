/**
 * What files do as they are loaded, where no entry reaches it: functions that they call (`startPolling()`), and functions that they give a library: hooks of a
 * server (`new Server({ onMessage })`), listeners (`bot.on('message', …)`). What is wrapped for others to call (`export const load = cache(…)`) is none.
 */
import type { CodeCall, CodeEntry, CodeFunction, CodeUse } from '../../model/code.ts'
import type { Expression, FileTree, Statement } from './tree.ts'

type Graph = readonly CodeFunction[]

/** The lines of a statement; the calls of a constant's are its own, not the file's. */
type Lines = { readonly from: number; readonly to: number; readonly isConstant: boolean }

const isNew = (e: Expression | undefined): boolean => e !== undefined && (e.k === 'new' || ((e.k === 'await' || e.k === 'cast') && isNew(e.e)))

/** Whether what comes of a statement's calls is kept by nobody, or is an object of the library. */
const isGivenAway = (statement: Statement): boolean => statement.k === 'do' || (statement.k === 'let' && isNew(statement.e))

const givenAwayIn = ({ functions }: FileTree): readonly Lines[] => {
  const body = functions[0]?.body ?? []
  return body.flatMap((one, at) => (isGivenAway(one) ? [{ from: one.at, to: body[at + 1]?.at ?? Number.POSITIVE_INFINITY, isConstant: one.k === 'let' }] : []))
}

const reachedFrom = (starts: Iterable<number>, functions: Graph): Set<number> => {
  const reached = new Set(starts)
  for (const at of reached) for (const { to } of functions[at]?.calls ?? []) reached.add(to)
  return reached
}

/** Functions that use something, or call one that does. */
const usingIn = (functions: Graph): ReadonlySet<number> => {
  const callers = new Map<number, number[]>()
  for (const [at, { calls }] of functions.entries())
    for (const { to } of calls) {
      const known = callers.get(to)
      if (known) known.push(at)
      else callers.set(to, [at])
    }
  const using = new Set<number>()
  for (const [at, { uses }] of functions.entries()) if (uses.length > 0) using.add(at)
  for (const at of using) for (const caller of callers.get(at) ?? []) using.add(caller)
  return using
}

const usesIn = (nodes: Iterable<number>, functions: Graph): readonly CodeUse[] => [...nodes].flatMap((at) => functions[at]?.uses ?? [])

/** What a use does, and where. */
const textOf = ({ file, line, table, column, access }: CodeUse): string => `${file} ${line} ${table} ${column} ${access}`

/** Calls of what a file does as it is loaded: of its own node, or of that of a constant, which has the line of its statement. */
const madeBy = ({ name, line, calls }: CodeFunction, statements: readonly Lines[]): readonly CodeCall[] => {
  const own = statements.filter(({ from, isConstant }) => (isConstant ? line === from : name === 'module'))
  return calls.filter((call) => own.some(({ from, to }) => call.line >= from && call.line < to))
}

/** A function that was followed with several kinds of arguments is one listener. */
const entriesOf = (given: readonly CodeCall[], functions: Graph): readonly CodeEntry[] => {
  const found = new Map<string, CodeEntry>()
  for (const { to, confidence } of given) {
    const listener = functions[to]
    if (!listener) continue
    const { name, file, line } = listener
    const key = `${file}:${line} ${name}`
    const runs = [...(found.get(key)?.runs ?? []), { to, what: name, confidence }]
    const what =
      confidence === 'certain' ? { name: `boot ${file} -> ${name}`, kind: 'boot' as const } : { name: `callback ${name} (${file})`, kind: 'callback' as const }
    found.set(key, { ...what, framework: 'load', file, line, runs })
  }
  return [...found.values()]
}

/** Tells whether entries do something, of uses in these files. Of all that they do, which is most of a program, nothing else is looked at. */
const doneBefore = (reached: ReadonlySet<number>, functions: Graph, files: ReadonlySet<string>): ((use: CodeUse) => boolean) => {
  const known = new Set<string>()
  for (const at of files.size > 0 ? reached : []) for (const use of functions[at]?.uses ?? []) if (files.has(use.file)) known.add(textOf(use))
  return (use) => known.has(textOf(use))
}

/** Of calls that no entry leads to and that do something: those that are worth one. What a library is given is, if it does anything; what a file starts itself, if it does what no entry does. */
const worthwhile = (loose: readonly CodeCall[], reached: ReadonlySet<number>, functions: Graph): readonly CodeCall[] => {
  const doing = loose.map((call) => ({ call, uses: call.confidence === 'certain' ? usesIn(reachedFrom([call.to], functions), functions) : [] }))
  const isDone = doneBefore(reached, functions, new Set(doing.flatMap(({ uses }) => uses.map(({ file }) => file))))
  return doing.filter(({ call, uses }) => call.confidence !== 'certain' || !uses.every(isDone)).map(({ call }) => call)
}

/** `treeOf` gives the tree of a file that others load. */
export const loadEntries = (entries: readonly CodeEntry[], functions: Graph, treeOf: (path: string) => FileTree | undefined): readonly CodeEntry[] => {
  const statements = new Map<string, readonly Lines[]>()
  const statementsOf = (file: string): readonly Lines[] => {
    const tree = statements.has(file) ? undefined : treeOf(file)
    const known = statements.get(file) ?? (tree ? givenAwayIn(tree) : [])
    statements.set(file, known)
    return known
  }
  const starts = entries.flatMap(({ runs }) => runs.map(({ to }) => to))
  const reached = reachedFrom(starts, functions)
  const using = usingIn(functions)
  const loose = functions.flatMap((one) => {
    const calls = one.calls.filter(({ to }) => using.has(to) && !reached.has(to))
    return calls.length === 0 ? [] : madeBy({ ...one, calls }, statementsOf(one.file))
  })
  return entriesOf(worthwhile(loose, reached, functions), functions)
}
