/** What lowering a file builds up, and which declaration a name means where. */
import type { Node } from 'oxc-parser'
import type { Binding, BindingId, ClassTree, Export, Expression, FileTree, FunctionTree, Import, Statement, TypeDeclaration } from '../tree.ts'

type Own = NonNullable<FunctionTree['own']>[number]

/** Expressions hold functions and functions hold statements: the files of this folder call what is further up through these. */
export type Knots = {
  expression(node: Node, scope: Scope, name?: string): Expression
  /** The body of a function: its `var`s are declared first. */
  body(nodes: readonly Node[], scope: Scope): Statement[]
}

const lineStartsOf = (text: string): readonly number[] => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** A tree that is being made. */
export class Draft {
  readonly text: string
  readonly bindings: Binding[] = []
  readonly functions: FunctionTree[] = []
  readonly classes: ClassTree[] = []
  readonly types: TypeDeclaration[] = []
  readonly imports: Import[] = []
  readonly exports: Export[] = []
  /** Files that are imported for what they do. */
  readonly effects: string[] = []
  /** What is declared in a namespace: a type in it is named from outside. */
  readonly namespaces = new Map<BindingId, Scope>()
  readonly knots: Knots
  readonly #own = new Map<number, Own[]>()
  readonly #lineStarts: readonly number[]
  /** The line that was asked for last: its neighbours on it are next. */
  #last = 0

  constructor(text: string, knots: Knots) {
    this.text = text
    this.knots = knots
    this.#lineStarts = lineStartsOf(text)
  }

  /** The line of a node's start, or of any other position. */
  at(node: { readonly start: number } | number): number {
    const offset = typeof node === 'number' ? node : node.start
    const starts = this.#lineStarts
    const last = this.#last
    if (offset >= (starts[last] ?? 0) && offset < (starts[last + 1] ?? Number.POSITIVE_INFINITY)) return last + 1
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    this.#last = low
    return low + 1
  }

  bind(name: string, fn: number): BindingId {
    return this.bindings.push({ name, fn }) - 1
  }

  /** Functions are numbered as they are met, so that one comes before those inside it. */
  reserveFunction(name: string, at: number, outer?: number): number {
    return this.functions.push({ name, at, params: [], body: [], ...(outer !== undefined && { outer }) }) - 1
  }

  reserveClass(name: string, at: number, outer: number): number {
    return this.classes.push({ name, at, outer, members: [] }) - 1
  }

  own(fn: number, own: Own): void {
    const list = this.#own.get(fn)
    if (list) list.push(own)
    else this.#own.set(fn, [own])
  }

  tree(directives: readonly string[], broken?: FileTree['broken']): FileTree {
    const functions = this.functions.map((made, index) => {
      const own = this.#own.get(index)
      return own ? { ...made, own } : made
    })
    const { bindings, classes, types, imports, exports, effects } = this
    return { bindings, functions, classes, types, imports, exports, effects, directives, ...(broken && { broken }) }
  }
}

/** The names of a block, a function or the file. Values and types share one table: where both have one name, they share a binding. */
export class Scope {
  readonly draft: Draft
  readonly fn: number
  readonly #outer: Scope | undefined
  readonly #names = new Map<string, BindingId>()
  /** Type parameters: they hide a type further out, but no value. */
  #hidden: ReadonlySet<string> | undefined

  constructor(draft: Draft, fn: number, outer?: Scope) {
    this.draft = draft
    this.fn = fn
    this.#outer = outer
  }

  inner(fn = this.fn): Scope {
    return new Scope(this.draft, fn, this)
  }

  declare(name: string): BindingId {
    const known = this.#names.get(name)
    if (known !== undefined) return known
    const made = this.draft.bind(name, this.fn)
    this.#names.set(name, made)
    return made
  }

  hide(names: readonly string[]): void {
    if (names.length > 0) this.#hidden = new Set([...(this.#hidden ?? []), ...names])
  }

  own(name: string): BindingId | undefined {
    return this.#names.get(name)
  }

  value(name: string): BindingId | undefined {
    return this.#names.get(name) ?? this.#outer?.value(name)
  }

  type(name: string): BindingId | undefined {
    if (this.#hidden?.has(name)) return undefined
    return this.#names.get(name) ?? this.#outer?.type(name)
  }
}
