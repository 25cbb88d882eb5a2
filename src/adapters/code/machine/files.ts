/** Files as they are followed: their names, what they import and export. A file runs once, when something in it is first asked for. */
import type { Export, Expression, FileTree, Import, Statement } from '../tree.ts'
import { any, type CallSite, type FileScope, Model, scopeOf as newScope, type Scope, type Site, type Value } from '../value.ts'
import type { Core, Frame, Resolved } from './core.ts'
import { decorate } from './decorators.ts'
import { runEach } from './statements.ts'

/** Where the trees of files come from. */
export type Sources = {
  /** Undefined for a file that is none of the project's sources. */
  tree(path: string): FileTree | undefined
  resolve(from: string, specifier: string): Resolved | undefined
  /** Whether what a file does can matter by itself: it reaches a database or a framework, over any number of imports. Others matter only with what they are given. All do where it is not told. */
  matters?(path: string): boolean
  /** Whether a file reaches a database by its imports. All do where it is not told. */
  reaches?(path: string): boolean
}

type File = {
  readonly scope: Scope
  readonly imports: ReadonlyMap<number, Import>
  readonly exports: ReadonlyMap<string, Export>
  readonly stars: readonly string[]
  state: 'new' | 'running' | 'done'
  /** Its statements, as long as they run. */
  body?: readonly Statement[] | undefined
  default?: Value
}

/** By a call, or from what calls give. */
const isMade = (e: Expression): boolean => {
  if (e.k === 'obj') return e.p.some((one) => isMade(one.e))
  return e.k === 'call' || e.k === 'new' || ((e.k === 'await' || e.k === 'cast') && isMade(e.e))
}

/** What `import * as x` gives. */
class Namespace extends Model {
  readonly what = 'namespace'
  readonly path: string
  readonly #files: Files
  constructor(path: string, files: Files) {
    super()
    this.path = path
    this.#files = files
  }
  override get(name: string): Value | undefined {
    return this.#files.exported(this.path, name)
  }
  override names(): readonly string[] {
    return this.#files.names(this.path)
  }
  /** A program that is started: its statements run. */
  override call(site: CallSite): Value {
    this.#files.start(this.path, site)
    const inner = this.get('default') ?? any
    return site.args.length === 0 || inner === this ? any : site.machine.invoke(inner, site.args, site)
  }
  /** `module.exports = class {}`, required. */
  override construct(site: CallSite): Value {
    return site.machine.construct(this.get('default') ?? any, site.args, site)
  }
}

/** Names with the exports that they are, in this file or in one that it re-exports; and packages of which it re-exports everything. */
type Surface = { readonly names: Map<string, { readonly path: string; readonly one: Export }>; readonly packages: string[] }

const isStar = (one: Export): one is Extract<Export, { readonly name: '*' }> => one.name === '*' && !('import' in one) && 'from' in one

const none: ReadonlySet<string> = new Set()

export class Files {
  readonly #sources: Sources
  readonly #core: Core
  readonly #files = new Map<string, File | undefined>()
  /** Of those that are sources, in the order in which they were first asked for. */
  readonly #paths: string[] = []
  readonly #namespaces = new Map<string, Namespace>()
  readonly #frames = new Map<string, Frame>()
  /** By the file that names it, and the specifier. */
  readonly #resolved = new Map<string, Map<string, Resolved | undefined>>()
  readonly #surfaces = new Map<string, Surface>()
  /** Names of exports that somebody has asked for, of whatever file. */
  readonly asked = new Set<string>()
  /** Files of which somebody has asked for all exports. */
  readonly listed = new Set<string>()
  constructor(sources: Sources, core: Core) {
    this.#sources = sources
    this.#core = core
  }

  get paths(): readonly string[] {
    return this.#paths
  }

  #file(path: string): File | undefined {
    if (this.#files.has(path)) return this.#files.get(path)
    const tree = this.#sources.tree(path)
    const file = tree && this.#made(path, tree)
    this.#files.set(path, file)
    if (file) {
      this.#paths.push(path)
      this.#core.hoist(file.scope)
    }
    return file
  }

  #made(path: string, tree: FileTree): File {
    const file: FileScope = { path, tree, id: this.#files.size, notice: { names: new Uint8Array(tree.bindings.length), isRead: false } }
    const scope = newScope(0, file)
    const exports = new Map(tree.exports.filter((one) => !isStar(one)).map((one) => [one.name, one]))
    return {
      scope,
      imports: new Map(tree.imports.map((one) => [one.b, one])),
      exports,
      stars: tree.exports.filter(isStar).map(({ from }) => from),
      state: 'new',
    }
  }

  matters(path: string): boolean {
    return this.#sources.matters?.(path) ?? true
  }

  /** Whether a name is imported from a file that has not been read and reaches no database. */
  isUnread(binding: number, scope: Scope): boolean {
    const imported = scope.vars.has(binding) ? undefined : this.#files.get(scope.file.path)?.imports.get(binding)
    const found = imported && this.imported(imported.from, scope.file)
    return found !== undefined && 'file' in found && !this.#files.has(found.file) && this.#sources.reaches?.(found.file) === false
  }

  scopeOf(path: string): Scope | undefined {
    return this.#file(path)?.scope
  }

  imported(from: string, file: FileScope): Resolved | undefined {
    const known = this.#resolved.get(file.path) ?? new Map<string, Resolved | undefined>()
    if (known.size === 0) this.#resolved.set(file.path, known)
    const before = known.get(from)
    if (before || known.has(from)) return before
    const found = this.#sources.resolve(file.path, from)
    known.set(from, found)
    return found
  }

  #frame(path: string, scope: Scope): Frame {
    const known = this.#frames.get(path)
    if (known) return known
    const frame: Frame = { scope, node: this.#core.node('module', { file: path, line: 1 }), returned: [], site: undefined }
    this.#frames.set(path, frame)
    return frame
  }

  /** A constant that is made by calls has a node of its own: who sends the statement that it is uses that, and nothing else of the file. */
  #frameOf(statement: Statement, path: string, frame: Frame): Frame {
    if (statement.k !== 'let' || !statement.e || !isMade(statement.e)) return frame
    const name = statement.to.k === 'name' ? frame.scope.file.tree.bindings[statement.to.b]?.name : undefined
    const node = this.#core.node(name ?? 'module', { file: path, line: statement.at })
    this.#core.connect(this.#core.site(frame, statement.at), node, 'certain')
    return { ...frame, node, site: undefined }
  }

  /** Runs the statements of a file, if they have not run. */
  run(path: string): void {
    const file = this.#file(path)
    if (!file || file.state !== 'new') return
    file.state = 'running'
    const { tree } = file.scope.file
    const frame = this.#frame(path, file.scope)
    for (const from of tree.effects) {
      const found = this.imported(from, file.scope.file)
      if (found && 'file' in found) this.run(found.file)
    }
    file.body = tree.functions[0]?.body ?? []
    runEach(this.#core, file.body, (statement) => this.#frameOf(statement, path, frame))
    decorate(this.#core, file.scope, frame)
    const one = file.exports.get('default')
    if (one && 'e' in one) file.default = this.#core.evaluate(one.e, frame)
    file.body = undefined
    file.state = 'done'
  }

  /** The statements at the top of a file are run from here. */
  start(path: string, site: Site): void {
    this.run(path)
    const file = this.#file(path)
    if (file) this.#core.connect(site, this.#frame(path, file.scope).node, 'certain')
  }

  /** A name of the file's own scope that has no value yet: an import, or a variable whose statement has not run. */
  demand(binding: number, scope: Scope): Value {
    const { path } = scope.file
    const file = this.#file(path)
    const imported = file?.imports.get(binding)
    if (imported) return this.#import(imported, scope)
    if (file?.state === 'new') {
      this.run(path)
      return scope.vars.get(binding) ?? any
    }
    if (file?.state !== 'running') return any
    const statement = file.body?.find((one) => one.k === 'let' && one.to.k === 'name' && one.to.b === binding)
    if (statement?.k !== 'let' || !statement.e) return any
    scope.vars.set(binding, any)
    const frame = this.#frameOf(statement, path, this.#frame(path, scope))
    this.#core.bind(statement.to, this.#core.evaluate(statement.e, frame), frame, 'declare')
    return scope.vars.get(binding) ?? any
  }

  #import({ from, name, b }: Import, scope: Scope): Value {
    const found = this.imported(from, scope.file)
    if (!found) return any
    const value = 'package' in found ? this.#core.external(found.package, [name]) : this.exported(found.file, name)
    if (value && value.kind !== 'any') scope.vars.set(b, value)
    return value ?? any
  }

  names(path: string): readonly string[] {
    this.#list(path)
    return [...this.#surface(path).names.keys()]
  }

  /** With what it hands on. */
  #list(path: string): void {
    if (this.listed.has(path)) return
    this.listed.add(path)
    const file = this.#file(path)
    for (const from of file?.stars ?? []) {
      const found = file && this.imported(from, file.scope.file)
      if (found && 'file' in found) this.#list(found.file)
    }
  }

  /** All that a file exports, and where each is declared. Barrels are large and read often: they are gone through once. */
  #surface(path: string): Surface {
    const known = this.#surfaces.get(path)
    if (known) return known
    const surface: Surface = { names: new Map(), packages: [] }
    this.#surfaces.set(path, surface)
    const file = this.#file(path)
    if (!file) return surface
    for (const [name, one] of file.exports) surface.names.set(name, { path, one })
    for (const from of file.stars) {
      const found = this.imported(from, file.scope.file)
      if (found && 'package' in found) surface.packages.push(found.package)
      if (!found || 'package' in found) continue
      const starred = this.#surface(found.file)
      for (const [name, origin] of starred.names) if (name !== 'default' && !surface.names.has(name)) surface.names.set(name, origin)
      surface.packages.push(...starred.packages)
    }
    return surface
  }

  exported(path: string, name: string, seen: ReadonlySet<string> = none): Value | undefined {
    if (name === '*') return this.#file(path) && this.#namespace(path)
    this.asked.add(name)
    const { names, packages } = this.#surface(path)
    const origin = names.get(name)
    const file = origin && this.#file(origin.path)
    if (file) return this.#value(origin.one, file, seen)
    // Of CommonJS and of transpiled modules: the default export is the namespace. Of a component of Astro it is what runs its script.
    if (name === 'default') return names.size > 0 || path.endsWith('.astro') ? this.#namespace(path) : undefined
    const [from] = packages
    return from === undefined ? undefined : this.#core.external(from, [name])
  }

  #namespace(path: string): Namespace {
    const known = this.#namespaces.get(path) ?? new Namespace(path, this)
    this.#namespaces.set(path, known)
    return known
  }

  #value(one: Export, file: File, seen: ReadonlySet<string>): Value | undefined {
    if ('b' in one) return this.#core.lookup(one.b, file.scope)
    if ('import' in one) return this.#from(one, file, seen)
    if (!('e' in one)) return undefined
    this.run(file.scope.file.path)
    return file.default ?? this.#core.evaluate(one.e, this.#frame(file.scope.file.path, file.scope))
  }

  /** Files can hand a name on to each other, round and round. */
  #from(one: Extract<Export, { readonly import: string }>, file: File, seen: ReadonlySet<string>): Value | undefined {
    const place = `${file.scope.file.path} ${one.name}`
    const found = seen.has(place) ? undefined : this.imported(one.from, file.scope.file)
    if (!found) return undefined
    return 'package' in found ? this.#core.external(found.package, [one.import]) : this.exported(found.file, one.import, new Set(seen).add(place))
  }
}
