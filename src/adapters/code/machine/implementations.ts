/** What stands behind an interface, where nothing but the type is known: classes that implement it and functions that return it, in the files that are followed. */
import type { FileTree, Type } from '../tree.ts'
import { any, Model, native, type Scope, type Site, type Value } from '../value.ts'
import type { Core } from './core.ts'
import { each, join } from './join.ts'

/** With more, it is not known which one is meant. */
const most = 4

type Implementation = {
  readonly scope: Scope /** The file that declares the interface; undefined where it comes through others. */
  readonly from: string | undefined
} & ({ readonly index: number } | { readonly fn: number })

/** Of what another has made: who calls it is not known to call this one. */
class Injected extends Model {
  readonly what = 'injected'
  readonly #value: Value
  constructor(value: Value) {
    super()
    this.#value = value
  }
  override get(name: string, site: Site): Value | undefined {
    const member = site.machine.get(this.#value, name, site)
    if (member.kind === 'any') return undefined
    return join(...each(member).map((one) => (one.kind === 'function' ? native(name, (call) => call.machine.invoke(one, call.args, call, 'likely')) : one)))
  }
}

/** Functions that are no members of classes. */
const factoriesIn = (tree: FileTree): readonly (readonly [number, Type])[] => {
  const members = new Set(tree.classes.flatMap(({ members, constructor_ }) => [constructor_, ...members.map(({ fn }) => fn)]))
  return tree.functions.flatMap(({ outer, returns }, fn) => (outer === 0 && returns && !members.has(fn) ? [[fn, returns] as const] : []))
}

export class Implementations {
  readonly #core: Core
  readonly #paths: () => readonly string[]
  readonly #known = new Map<string, Implementation[]>()
  #read = 0

  /** `paths` are the files that are followed; there are more each time. */
  constructor(core: Core, paths: () => readonly string[]) {
    this.#core = core
    this.#paths = paths
  }

  /** Values of the interface that the file at `path` declares. */
  of(name: string, path: string, site: Site): Value {
    this.#readNew()
    const found = (this.#known.get(name) ?? []).filter(({ scope, from }) => (from ?? scope.file.path) === path || from === undefined)
    if (found.length > most) {
      this.#core.gap(`${found.length} implement ${name}: which of them is meant is not known, and none is followed`, site)
      return any
    }
    return join(...found.map((one) => this.#value(one, site)))
  }

  #value(one: Implementation, site: Site): Value {
    if ('index' in one) return this.#core.instance(this.#core.classOf(one.index, one.scope))
    const made = this.#core.result(this.#core.closure(one.fn, one.scope), site)
    return made.kind === 'object' ? new Injected(made) : any
  }

  #readNew(): void {
    const paths = this.#paths()
    for (const path of paths.slice(this.#read)) {
      const scope = this.#core.scopeOf(path)
      if (scope) this.#readFile(scope)
    }
    this.#read = paths.length
  }

  #readFile(scope: Scope): void {
    const { tree } = scope.file
    for (const [index, { outer, implements: types = [] }] of tree.classes.entries()) {
      if (outer === 0) for (const type of types) this.#add(type, { index, scope })
    }
    for (const [fn, returns] of factoriesIn(tree)) this.#add(returns, { fn, scope })
  }

  #add(type: Type, of: { readonly scope: Scope } & ({ readonly index: number } | { readonly fn: number })): void {
    if (type.k !== 'name' || type.b === undefined || type.n.length !== 1) return
    const { file } = of.scope
    const imported = file.tree.imports.find(({ b }) => b === type.b)
    const found = imported && this.#core.imported(imported.from, file)
    if (found && 'package' in found) return
    const name = imported?.name ?? type.n[0] ?? ''
    const from = found ? this.#declaring(found.file, name) : file.path
    this.#known.set(name, [...(this.#known.get(name) ?? []), { ...of, from }])
  }

  /** The file itself, where it declares the name; through a barrel it may be another. */
  #declaring(path: string, name: string): string | undefined {
    const tree = this.#core.scopeOf(path)?.file.tree
    return tree?.types.some(({ b }) => tree.bindings[b]?.name === name) ? path : undefined
  }
}
