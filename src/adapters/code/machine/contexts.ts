/** Which kinds of arguments a function is followed with: once for each, within bounds, so that every program ends. */
import type { CodePlace } from '../../../model/code.ts'
import type { FunctionTree } from '../tree.ts'
import type { FunctionValue, Model, Site, Value } from '../value.ts'
import * as access from './access.ts'
import { keyOf } from './join.ts'

/** A function with one kind of arguments; `result` is missing while it is being followed. */
export type Context = { readonly node: number; readonly returned: Value[]; result?: Value }

/** By what is told apart of the arguments. */
type ByArguments = Map<string, Context>

/** What is known of a function of the text, whichever of its closures is called. */
type Known = {
  /** Kinds of arguments that it was followed with. */
  count: number
  /** How often it is being followed within itself. */
  running: number
  /** It makes something that grows. */
  isFactory: boolean
  /** It declares something. */
  declares: boolean
  /** Where its closures are not told apart. */
  contexts?: ByArguments
}

/** A context that is to be followed. */
export type Fresh = {
  readonly context: Context
  /** What is known of the arguments: nothing where they are not told apart. */
  readonly args: readonly Value[]
  readonly known: Known
  /** The contexts that it is among, and its key there. */
  readonly among: ByArguments
  readonly key: string
}

/** What contexts ask of the analysis. */
export type Surroundings = {
  node(name: string, place: CodePlace): number
  inBrowser(node: number): boolean
  gap(why: string, site: Site): void
}

/** Kinds of arguments that one function is followed with; with more, only the functions among them are told apart, and where there are none it is followed once without knowing them. */
const mostContexts = 32
/** Beyond it functions of one place in the text are one, unless they were made where a function was handed in. `withHandler(handler)` is called once for each route, and a handler must not be lost. */
const mostClosures = 256
const mostContextsWithFunctions = 2048
/** In all; beyond it a function is followed with fewer kinds of arguments, and only functions that are near among them are told apart. */
const mostContextsInAll = 12_000
const mostContextsOfLarge = 1
/** A function that calls itself is told apart by its arguments this often. */
const mostRunning = 3

const calledFrom = ({ node, place }: Site): string => `@${node}:${place.line}`

/** All of the arguments, and where a function that makes something that grows is called from. */
const exactKey = (args: readonly Value[], { isFactory }: Known, site: Site): string => {
  let key = ''
  for (const one of args) key += `${keyOf(one)},`
  return isFactory ? key + calledFrom(site) : key
}

/** Those of a closure. */
const among = (contexts: Map<number, ByArguments>, id: number): ByArguments => {
  const known = contexts.get(id)
  if (known) return known
  const made: ByArguments = new Map()
  contexts.set(id, made)
  return made
}

export class Contexts {
  readonly #surroundings: Surroundings
  /** By the numbers of the file and of the function in it. */
  readonly #known = new Map<number, Known[]>()
  /** By the closure: those where all of the arguments is told apart, and the others. */
  readonly #exact = new Map<number, ByArguments>()
  readonly #coarse = new Map<number, ByArguments>()
  /** How many there are. */
  #size = 0
  #isLarge = false

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  /** Whether a function was followed, with whatever arguments. `file` is the number of its file. */
  has(file: number, fn: number): boolean {
    return this.#known.get(file)?.[fn] !== undefined
  }

  /** The context of a call: one that is known, or a fresh one. */
  of(callee: FunctionValue, tree: FunctionTree, args: readonly Value[], site: Site): Context | Fresh {
    const known = this.#knownOf(callee)
    const exact = this.#exact.get(callee.id)
    // The key is long. A closure that has no such context may do without it.
    const key = exact && exactKey(args, known, site)
    const one = key === undefined ? undefined : exact?.get(key)
    if (one) return one
    const coarse = this.#keyOfMany(known, args, site)
    if (coarse === undefined) {
      const all = exact ?? among(this.#exact, callee.id)
      return this.#fresh(callee, tree, { args, known, among: all, key: key ?? exactKey(args, known, site) })
    }
    const isOne = known.count >= mostContexts && this.#surroundings.inBrowser(site.node)
    const others = isOne ? (known.contexts ??= new Map()) : among(this.#coarse, callee.id)
    return others.get(coarse) ?? this.#fresh(callee, tree, { args: coarse === '' ? [] : args, known, among: others, key: coarse })
  }

  #knownOf({ scope, fn }: FunctionValue): Known {
    const inFile = this.#known.get(scope.file.id) ?? []
    if (inFile.length === 0) this.#known.set(scope.file.id, inFile)
    inFile[fn] ??= { count: 0, running: 0, isFactory: false, declares: false }
    return inFile[fn]
  }

  #fresh({ scope }: FunctionValue, { name, at }: FunctionTree, as: Omit<Fresh, 'context'>): Fresh {
    const context: Context = { node: this.#surroundings.node(name || 'function', { file: scope.file.path, line: at }), returned: [] }
    as.known.count++
    as.among.set(as.key, context)
    this.#size++
    return { context, ...as }
  }

  /** Follows it; `run` may come by the same function again. */
  within<T>({ known }: Fresh, run: () => T): T {
    known.running++
    try {
      return run()
    } finally {
      known.running--
    }
  }

  /** Takes note of what libraries' models were made by following it. */
  learn(fresh: Fresh, made: readonly Model[], site: Site): void {
    const { known } = fresh
    known.declares ||= made.some(({ declares }) => declares)
    if (!known.isFactory && made.some(({ grows }) => grows)) this.#isFactory(fresh, site)
  }

  /** From now on each place that calls it gets a thing of its own; the first one keeps what it was given. */
  #isFactory({ known, among, key, context }: Fresh, site: Site): void {
    known.isFactory = true
    among.delete(key)
    among.set(key + calledFrom(site), context)
  }

  /** What is told apart of arguments where a function was called with many kinds of them: nothing of what is no function. Undefined where all is told apart. */
  #keyOfMany({ count, running, declares }: Known, args: readonly Value[], site: Site): string | undefined {
    if (running >= mostRunning) return ''
    const isLarge = this.#size >= mostContextsInAll
    const inBrowser = this.#surroundings.inBrowser(site.node)
    const most = declares ? mostContextsWithFunctions : isLarge || inBrowser ? mostContextsOfLarge : mostContexts
    if (count < most) return undefined
    if (isLarge && !this.#isLarge)
      this.#surroundings.gap('the program is large: from here on a function is followed with few of the values that it is called with', site)
    this.#isLarge ||= isLarge
    // What a component is handed answers events there; no handler of the server's is among it.
    if (count >= (inBrowser ? mostContexts : mostContextsWithFunctions)) return ''
    const functions = args.flatMap((one) => access.functionsIn(one, isLarge ? 1 : undefined))
    const isCrowded = isLarge || inBrowser || count >= mostClosures
    return functions.map((one) => (isCrowded && (inBrowser || !one.scope.handed) ? `f${one.scope.file.id}:${one.fn}` : `f${one.id}`)).join()
  }
}
