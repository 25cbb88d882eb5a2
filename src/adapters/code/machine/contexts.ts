/** Which kinds of arguments a function is followed with: once for each, within bounds, so that every program ends. */
import type { CodePlace } from '../../../model/code.ts'
import type { FunctionTree } from '../tree.ts'
import type { FunctionValue, Model, Site, Value } from '../value.ts'
import * as access from './access.ts'
import { keyOf } from './join.ts'

/** A function with one kind of arguments; `result` is missing while it is being followed. */
export type Context = { readonly node: number; readonly returned: Value[]; result?: Value }

/** A context that is to be followed. */
export type Fresh = {
  readonly context: Context
  /** What is known of the arguments: nothing where they are not told apart. */
  readonly args: readonly Value[]
  readonly counted: string
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

const countedAs = (file: number, fn: number): string => `${file}:${fn}`

export class Contexts {
  readonly #surroundings: Surroundings
  readonly #known = new Map<string, Context>()
  readonly #counts = new Map<string, number>()
  /** How often a function is being followed within itself. */
  readonly #running = new Map<string, number>()
  /** Functions that make something that grows. */
  readonly #factories = new Set<string>()
  /** Functions that declare something. */
  readonly #declarers = new Set<string>()
  #isLarge = false

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  /** Whether a function was followed, with whatever arguments. `file` is the number of its file. */
  has(file: number, fn: number): boolean {
    return this.#counts.has(countedAs(file, fn))
  }

  /** The context of a call: one that is known, or a fresh one. */
  of({ id, scope, fn }: FunctionValue, tree: FunctionTree, args: readonly Value[], site: Site): Context | Fresh {
    const counted = countedAs(scope.file.id, fn)
    const count = this.#counts.get(counted) ?? 0
    const exact = `${id}(${args.map((one) => keyOf(one)).join(',')})${this.#factories.has(counted) ? calledFrom(site) : ''}`
    const one = this.#known.get(exact)
    if (one) return one
    const coarse = this.#coarse(counted, count, args, site)
    const isOne = count >= mostContexts && this.#surroundings.inBrowser(site.node)
    const key = coarse === undefined ? exact : `${isOne ? counted : id}(${coarse}…)`
    const known = this.#known.get(key)
    if (known) return known
    this.#counts.set(counted, count + 1)
    const context: Context = { node: this.#surroundings.node(tree.name || 'function', { file: scope.file.path, line: tree.at }), returned: [] }
    this.#known.set(key, context)
    return { context, args: coarse === '' ? [] : args, counted, key }
  }

  /** Follows it; `run` may come by the same function again. */
  within<T>({ counted }: Fresh, run: () => T): T {
    const running = this.#running.get(counted) ?? 0
    this.#running.set(counted, running + 1)
    try {
      return run()
    } finally {
      this.#running.set(counted, running)
    }
  }

  /** Takes note of what libraries' models were made by following it. */
  learn(fresh: Fresh, made: readonly Model[], site: Site): void {
    const { counted } = fresh
    if (made.some(({ declares }) => declares)) this.#declarers.add(counted)
    if (!this.#factories.has(counted) && made.some(({ grows }) => grows)) this.#isFactory(fresh, site)
  }

  /** From now on each place that calls it gets a thing of its own; the first one keeps what it was given. */
  #isFactory({ counted, key, context }: Fresh, site: Site): void {
    this.#factories.add(counted)
    this.#known.delete(key)
    this.#known.set(key + calledFrom(site), context)
  }

  /** What is told apart of arguments where a function was called with many kinds of them: nothing of what is no function. Undefined where all is told apart. */
  #coarse(counted: string, count: number, args: readonly Value[], site: Site): string | undefined {
    if ((this.#running.get(counted) ?? 0) >= mostRunning) return ''
    const isLarge = this.#known.size >= mostContextsInAll
    const inBrowser = this.#surroundings.inBrowser(site.node)
    const most = this.#declarers.has(counted) ? mostContextsWithFunctions : isLarge || inBrowser ? mostContextsOfLarge : mostContexts
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
