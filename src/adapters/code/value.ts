/** What an expression may be, as far as it matters: tables, rows, routers, functions and what holds them. Everything else is `any`. */
import type { Access, CodeInsert, CodePlace, CodeUse, Confidence, EntryKind } from '../../model/code.ts'
import type { FileTree, Type } from './tree.ts'

/** Nothing is known of it. */
export type Any = { readonly kind: 'any' }
export type Literal = { readonly kind: 'literal'; readonly value: string | number | boolean | null }
/** One of several; never nested, never with `any` alone. */
export type Union = { readonly kind: 'union'; readonly of: readonly Exclude<Value, Union>[] }

/** An object literal, an instance of a class, a namespace. Its properties grow while the program is followed. */
export type ObjectValue = {
  readonly kind: 'object'
  readonly id: number
  readonly props: Map<string, Value>
  /** What may stand under any name: a spread of something unknown, a dynamic key. */
  rest?: Value
  /** Spread values whose properties it has, the last first, with names that come after them and win. */
  readonly spreads: Value[]
  readonly class?: ClassValue
  /** Ids of the objects that were merged into it. */
  parts?: Set<number>
}

/** Also sets, and the values of maps. `items` where each position is known, which ends when something is pushed. */
export type ArrayValue = { readonly kind: 'array'; readonly id: number; element: Value; items?: readonly Value[]; parts?: Set<number> }

/** The variables of one call of a function. */
export type Scope = {
  readonly fn: number
  readonly file: FileScope
  readonly vars: Map<number, Value>
  /** Of names declared with a type and no value. */
  types?: Map<number, Type> | undefined
  readonly outer: Scope | undefined
  readonly self: Value | undefined
  /** One round of a loop: it has only what is declared there, and the rest is of the scope around it. */
  readonly round?: true
  /** Functions and classes that were made in it, so that each is made once; by their number, and `this` if they have one. */
  closures?: Map<number | string, FunctionValue>
  classes?: Map<number, ClassValue>
  /** Functions were among the arguments of this call, or of one around it: what is made in it does what nothing else of the same text does. */
  handed?: boolean
}

export const scopeOf = (fn: number, file: FileScope, outer?: Scope, self?: Value): Scope => ({ fn, file, vars: new Map(), outer, self })

export const roundOf = (outer: Scope): Scope => ({ fn: outer.fn, file: outer.file, vars: new Map(), outer, self: outer.self, round: true })

/** Where a name of a function is kept: in that function's call, or in a round of a loop there. */
export const keeperOf = (binding: number, from: Scope): Scope => {
  const owner = from.file.tree.bindings[binding]?.fn
  let scope = from
  while (scope.outer && (scope.fn !== owner || (scope.round && !scope.vars.has(binding) && !scope.types?.has(binding)))) scope = scope.outer
  return scope
}

/** What is noticed of a file while it is followed. */
export type Notice = {
  /** What each of its names was found to be: the sum of `was`. */
  readonly names: Uint8Array
  /** Something was told from its tree, and not from what it does. */
  isRead: boolean
}

/** Unknown, a literal, anything else. */
export const was = { unknown: 1, literal: 2, loud: 4 } as const

/** A name of a file is bound to a value, or gives it. */
export const noticeName = (binding: number, { kind }: Value, file: FileScope): void =>
  noticeAs(kind === 'any' ? was.unknown : kind === 'literal' ? was.literal : was.loud, binding, file)

export const noticeAs = (found: number, binding: number, { notice: { names } }: FileScope): void => {
  names[binding] = (names[binding] ?? 0) | found
}

/** A file that is being followed. */
export type FileScope = { readonly path: string; readonly tree: FileTree; readonly id: number; readonly notice: Notice }

export type FunctionValue = { readonly kind: 'function'; readonly id: number; readonly fn: number; readonly scope: Scope; readonly self?: Value }
export type ClassValue = { readonly kind: 'class'; readonly id: number; readonly index: number; readonly scope: Scope; readonly statics: Map<string, Value> }

/** What a package exports, or a part of it: `{ from: 'hono', path: ['Hono'] }`; a namespace or a default import has `*` or `default` first. */
export type External = { readonly kind: 'external'; readonly from: string; readonly path: readonly string[] }

/**
 * An object whose behaviour is known to a library's or framework's model: a Drizzle table, a router, a request's context. What a method leaves out is `any`, and
 * functions among the arguments of an unknown method are called with unknown arguments.
 */
export abstract class Model {
  declare readonly kind: 'model'
  declare readonly id: number
  constructor() {
    // Not as fields: the engine sets these in a call of their own, and there are many of them.
    this.kind = 'model'
    this.id = nextId()
  }
  /** For messages and tests: `drizzle table`, `hono router`. */
  abstract readonly what: string
  /** It is changed by what is called on it (a router): a factory makes another one with each call. */
  get grows(): boolean {
    return false
  }
  /** Its maker was told what it is (a table, a column): functions that make one are told apart however many kinds of arguments they are called with. */
  get declares(): boolean {
    return false
  }
  /** `x.name`, destructured too. Undefined: the model does not know it. */
  get(_name: string, _site: Site): Value | undefined {
    return undefined
  }
  /** `x(...)`, a tagged template too. */
  call(_site: CallSite): Value | undefined {
    return undefined
  }
  construct(_site: CallSite): Value | undefined {
    return undefined
  }
  /** What it gives when it is called, for `ReturnType<typeof x<A>>`. */
  returned(_types: readonly Value[], _site: Site): Value | undefined {
    return undefined
  }
  /** What it is called with, for `Parameters<typeof x>`. */
  parameters(): readonly Value[] | undefined {
    return undefined
  }
  /** `x[i]`, iteration, `await`ed streams: what each element is. */
  element(_site: Site): Value | undefined {
    return undefined
  }
  /** `x === other`, `switch (x) { case other: }`, `[other].includes(x)`. */
  compared(_other: Value, _site: Site): void {}
  /** `x.name = value`. */
  set(_name: string, _value: Value, _site: Site): void {}
  /** It is bound to a name of a file's own scope: `export const users = pgTable(...)`. */
  named(_name: string): void {}
  /** The names that a spread or `Object.keys` gives, where they are known. */
  names(): readonly string[] | undefined {
    return undefined
  }
  /** What is left when these properties are taken out: `const { password, ...rest } = x`. */
  without(_names: readonly string[], _site: Site): Value {
    return this
  }
  /** What `await` gives; itself where it is no promise. */
  awaited(_site: Site): Value {
    return this
  }
}

export type Value = Any | Literal | Union | ObjectValue | ArrayValue | FunctionValue | ClassValue | External | Model

/** Where something happens: the function that is being followed (its number in the graph), the line, and the machine. */
export type Site = { readonly machine: Machine; readonly place: CodePlace; readonly node: number }

export type CallSite = Site & {
  readonly args: readonly Value[]
  /** Type arguments, as values of these types. */
  readonly types: readonly Value[]
  /** The texts of a tagged template; its holes are `args`. */
  readonly quasis?: readonly string[]
}

export type NewRun = {
  readonly handler: Value
  readonly args: readonly Value[]
  readonly what: string
  readonly confidence?: Confidence
  /** It renders what the browser shows. */
  readonly browser?: true
}

export type NewEntry = {
  readonly name: string
  readonly kind: EntryKind
  readonly framework: string
  readonly place: CodePlace
  /** Called with these arguments; middleware runs before the handler. */
  readonly runs: readonly NewRun[]
}

/** What models may ask of the analysis. */
export interface Machine {
  /** A node that no entry reaches: calls from it are no calls of the program. */
  readonly nowhere: number
  /** Calls a value; the call is an edge of the graph. `confidence` is that of the edge, `certain` by default. */
  invoke(callee: Value, args: readonly Value[], site: Site, confidence?: Confidence): Value
  construct(callee: Value, args: readonly Value[], site: Site): Value
  /** Calls every function that the value is or holds, with unknown arguments: a closure that a library will call. Edges are `likely`. */
  handOver(value: Value, site: Site, args?: readonly Value[]): void
  get(value: Value, name: string, site: Site): Value
  element(value: Value, site: Site): Value
  awaited(value: Value, site: Site): Value
  /** The literal strings that a value may be; none where it is not known. */
  strings(value: Value): readonly string[]
  /** The names of an object's properties with their values; `open` where there may be others. */
  entries(value: Value, site: Site): { readonly known: ReadonlyMap<string, Value>; readonly open: boolean }
  use(use: Omit<CodeUse, 'file' | 'line'>, site: Site): void
  insert(insert: Omit<CodeInsert, 'file' | 'line'>, site: Site): void
  entry(entry: NewEntry): void
  /** Something that was not followed, and why. */
  gap(why: string, site: Site, table?: number): void
  /** What was made at a node is run here: a statement that is prepared while files are loaded is sent later, from elsewhere. */
  ran(made: number, site: Site): void
  /** Runs when all files have been followed: routers that nobody mounted are entries then. */
  atEnd(then: () => void): void
  object(props: Readonly<Record<string, Value>>, rest?: Value): ObjectValue
  array(element: Value): ArrayValue
}

let ids = 0
export const nextId = (): number => ++ids

export const any: Any = { kind: 'any' }
export const literal = (value: Literal['value']): Literal => ({ kind: 'literal', value })

/** A function that a model gives: `get: () => native('json', ({ args }) => …)`. */
export class Native extends Model {
  readonly what: string
  readonly #run: (site: CallSite) => Value | undefined
  constructor(what: string, run: (site: CallSite) => Value | undefined) {
    super()
    this.what = what
    this.#run = run
  }
  override call(site: CallSite): Value | undefined {
    return this.#run(site)
  }
}

/** What `f.bind(self, …given)` gives. */
export class Bound extends Native {
  readonly given: readonly Value[]
  constructor(given: readonly Value[], run: (site: CallSite) => Value | undefined) {
    super('bound', run)
    this.given = given
  }
}

export const native = (what: string, run: (site: CallSite) => Value | undefined): Native => new Native(what, run)

export type { Access, CodePlace, Confidence, EntryKind }
