/** Follows a program without running it: every branch, each function once for each kind of arguments, with models for the libraries that it calls. */
import type { CodeEntry, CodeFunction, CodeGap, CodeInsert, CodePlace, CodeUse, Confidence } from '../../../model/code.ts'
import type { Expression, FunctionTree, Target, Type } from '../tree.ts'
import {
  any,
  type CallSite,
  type ClassValue,
  type External,
  type FileScope,
  type FunctionValue,
  keeperOf,
  type Machine,
  type NewEntry,
  type Notice,
  scopeOf as newScope,
  nextId,
  noticeName,
  type Scope,
  type Site,
  type Value,
} from '../value.ts'
import * as access from './access.ts'
import { bind } from './bind.ts'
import { Boundary } from './boundary.ts'
import { construct } from './classes.ts'
import { type Context, Contexts, type Fresh } from './contexts.ts'
import type { Core, Frame, Resolved, TypeArguments } from './core.ts'
import { evaluate } from './evaluate.ts'
import { Files, type Sources } from './files.ts'
import { makeGlobals } from './globals.ts'
import { Graph } from './graph.ts'
import { Implementations } from './implementations.ts'
import { arrayOf, each, isNothing, join, keyOf, objectOf } from './join.ts'
import { type Passed, passed } from './passed.ts'
import { runAll } from './statements.ts'
import { Types } from './types.ts'
import { Unread } from './unread.ts'

/** What is known of packages. */
export type Models = {
  imported(from: string, path: readonly string[]): Value | undefined
  typed(from: string, name: string, args: readonly Value[]): Value | undefined
  /** A name that nothing in the file declares: where it comes from, if a framework imports it. */
  global?(name: string, path: string): Found | undefined
  /** What a container of dependencies gives where a class is asked for. */
  provided?(of: ClassValue, machine: Machine): Value | undefined
  /** A function with a directive at its top comes into being. */
  directed?(directive: string, fn: FunctionValue, machine: Machine, site: Site): void
}

/** An export of a file of the project, or of a package. */
type Found = { readonly name: string } & Resolved

/** What was noticed of a file. */
export type FollowedFile = Notice & {
  readonly path: string
  /** Functions that were never followed. */
  readonly idle: readonly number[]
  /** Somebody has asked for all that it exports. */
  readonly isListed: boolean
}

/** Calls within calls: deeper ones are followed later, and what they give is not known to the caller. */
const deepestCall = 120

/** The place of a call, with what it is called with. */
const isCall = (site: Site & Partial<CallSite>, args: readonly Value[]): site is CallSite => site.args === args && site.types !== undefined

const callSite = (site: Site & Partial<CallSite>, args: readonly Value[]): CallSite => {
  if (isCall(site, args)) return site
  const { machine, node, place, types = [], quasis } = site
  return quasis ? { machine, node, place, args, types, quasis } : { machine, node, place, args, types }
}

/** What a generator gives is the list of what it yields; a library that runs it gets what it returns. */
const generatorOf = (yielded: readonly Value[], returned: readonly Value[]): Value => {
  const element = join(...yielded)
  return join(element.kind === 'any' ? any : arrayOf(element), ...returned)
}

export class Following implements Core {
  readonly #models: Models
  readonly #graph = new Graph()
  readonly #files: Files
  readonly #types: Types
  readonly #implementations = new Implementations(this, () => this.#files.paths)
  readonly #globals: (name: string) => Value | undefined
  readonly #contexts: Contexts
  readonly #instances = new Map<string, Value>()
  readonly #injected = new WeakSet<Value>()
  readonly #externals = new Map<string, Value>()
  readonly #passed = new Map<string, Passed>()
  readonly #boundary = new Boundary()
  /** Nodes of what runs while files are loaded. */
  readonly #loading = new Set<number>()
  readonly #entries: CodeEntry[] = []
  readonly #waiting: NewEntry[] = []
  readonly #gaps = new Map<string, CodeGap>()
  #ends: (() => void)[] = []
  /** Calls that were met too deep within others, to be followed when these have been. */
  readonly #postponed: (() => void)[] = []
  #depth = 0
  readonly nowhere: number

  constructor(sources: Sources, models: Models) {
    this.#models = models
    this.#files = new Files(sources, this)
    this.#types = new Types(this)
    this.#globals = makeGlobals(this)
    this.#contexts = new Contexts({
      node: (name, place) => this.#graph.add(name, place),
      inBrowser: (node) => this.#boundary.inBrowser(node),
      gap: (why, site) => this.gap(why, site),
    })
    this.nowhere = this.#graph.add('types', { file: '', line: 0 })
  }

  // What the analysis asks.

  /** Runs a file, and the entries that it made. */
  follow(path: string): void {
    this.#bounded({ file: path, line: 1 }, () => this.#files.run(path))
    this.#runEntries()
  }

  /** Values can be nested deeper than the machine's own stack is: what was being followed then is said, and the rest goes on. */
  #bounded(place: CodePlace, follow: () => void): void {
    try {
      follow()
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.gap('what is made here is nested too deep to be followed to its end', { place, node: this.nowhere, machine: this })
    }
  }

  /** Runs the entries that were made meanwhile. */
  settle(): void {
    this.#runEntries()
  }

  module(path: string): Value {
    return this.#files.exported(path, '*') ?? any
  }

  /** The file's own statements as a place from which a convention's functions are called. */
  siteOf(path: string): Site {
    return { machine: this, node: this.nowhere, place: { file: path, line: 1 } }
  }

  /** Functions of the followed files that nothing has called: followed as they are declared, so that what they use is known, though no entry reaches it. */
  followRest(wanted: (path: string) => boolean): void {
    for (const path of [...this.#files.paths]) {
      if (!wanted(path)) continue
      const scope = this.#files.scopeOf(path)
      if (scope) this.#followUncalled(scope)
    }
    this.#runEntries()
  }

  /** A file of the browser's side by itself: functions that nothing has called are followed with what their types say. */
  followInBrowser(path: string): void {
    this.follow(path)
    const scope = this.#files.scopeOf(path)
    if (!scope) return
    const node = this.#graph.add('browser', { file: path, line: 1 })
    this.#boundary.cross(node)
    this.#followUncalled(scope, { ...this.siteOf(path), node })
  }

  /** Lets routers be composed, until nothing new comes of it. */
  end(): void {
    this.#runEntries()
    while (this.#ends.length > 0) {
      const ends = this.#ends
      this.#ends = []
      for (const end of ends) end()
      this.#runEntries()
    }
  }

  get functions(): readonly CodeFunction[] {
    return this.#graph.functions()
  }
  /** How many there are by now. */
  get size(): number {
    return this.#graph.count
  }
  /** What functions use by now, of those that are wanted. */
  usesOf(wanted: (node: number) => boolean): readonly CodeUse[] {
    const found: CodeUse[] = []
    for (let node = 0; node < this.size; node++) if (wanted(node)) found.push(...this.#graph.usesOf(node))
    return found
  }
  get found(): readonly CodeEntry[] {
    return this.#entries
  }
  /** Whether a function runs in the browser. */
  inBrowser(node: number): boolean {
    return this.#boundary.inBrowser(node)
  }
  get gaps(): readonly CodeGap[] {
    return [...this.#gaps.values()]
  }
  get followed(): readonly string[] {
    return this.#files.paths
  }

  /** What was noticed of the files that were followed. */
  *noticed(): Iterable<FollowedFile> {
    for (const path of this.#files.paths) {
      const file = this.#files.scopeOf(path)?.file
      if (!file) continue
      const { id, tree, notice } = file
      const idle = [...tree.functions.keys()].filter((fn) => fn > 0 && !this.#contexts.has(id, fn))
      yield { path, ...notice, idle, isListed: this.#files.listed.has(path) }
    }
  }
  /** Names that exports were asked for by, of whatever file. */
  get askedNames(): ReadonlySet<string> {
    return this.#files.asked
  }

  #followUncalled(scope: Scope, site: Site = this.siteOf(scope.file.path)): void {
    const { functions, classes } = scope.file.tree
    for (const [fn, { outer }] of functions.entries()) {
      if (outer !== 0 || this.#contexts.has(scope.file.id, fn)) continue
      const owner = classes.findIndex((one) => one.constructor_ === fn || one.members.some((member) => member.fn === fn))
      const self = owner < 0 ? undefined : this.instance(this.classOf(owner, scope))
      if (!this.#contexts.has(scope.file.id, fn)) this.invoke(this.closure(fn, scope, self), [], site)
    }
  }

  #runEntries(): void {
    this.#runPostponed()
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      this.#runEntry(next)
      this.#runPostponed()
    }
  }

  #runEntry({ runs, place, ...entry }: NewEntry): void {
    const nodes = runs.map(({ handler, args, what, confidence = 'certain', browser }) => {
      const node = this.#graph.add(what, place)
      if (browser) this.#boundary.cross(node)
      this.#bounded(place, () => this.invoke(handler, args, { machine: this, node, place }))
      return { to: node, what, confidence }
    })
    this.#entries.push({ ...entry, ...place, runs: nodes })
  }

  // What models ask.

  use(use: Omit<CodeUse, 'file' | 'line'>, { node, place }: Site): void {
    this.#graph.use(node, use, place)
  }
  insert(insert: Omit<CodeInsert, 'file' | 'line'>, { node, place }: Site): void {
    this.#graph.insert(node, { ...insert, ...place })
  }
  entry(entry: NewEntry): void {
    this.#waiting.push(entry)
  }
  gap(why: string, { place }: Site, table?: number): void {
    this.#gaps.set(`${place.file}:${place.line} ${why}`, { ...place, why, ...(table !== undefined && { table }) })
  }
  atEnd(then: () => void): void {
    this.#ends.push(then)
  }
  object(props: Readonly<Record<string, Value>>, rest?: Value) {
    return objectOf(props, rest)
  }
  array(element: Value) {
    return arrayOf(element)
  }
  strings(value: Value): readonly string[] {
    return each(value).flatMap((one) => (one.kind === 'literal' && typeof one.value === 'string' ? [one.value] : []))
  }
  get(value: Value, name: string, site: Site): Value {
    return access.get(this, value, name, site)
  }
  element(value: Value, site: Site): Value {
    return access.element(this, value, site)
  }
  entries(value: Value, site: Site) {
    return access.entries(this, value, site)
  }
  awaited(value: Value, site: Site): Value {
    return access.awaited(this, value, site)
  }
  handOver(value: Value, site: Site, args: readonly Value[] = []): void {
    for (const one of access.handedOver(this, value, site)) this.invoke(one, args, site, 'likely')
  }

  invoke(callee: Value, args: readonly Value[], site: Site, confidence: Confidence = 'certain'): Value {
    switch (callee.kind) {
      case 'union':
        return join(...callee.of.map((one) => this.invoke(one, args, site, confidence)))
      case 'function':
        return this.#call(callee, args, site, confidence)
      case 'model': {
        return callee.call(callSite(site, args)) ?? this.#unknown(args, site)
      }
      default:
        return this.#unknown(args, site)
    }
  }

  construct(callee: Value, args: readonly Value[], site: Site): Value {
    if (callee.kind === 'union') return join(...callee.of.map((one) => this.construct(one, args, site)))
    const call = callSite(site, args)
    if (callee.kind === 'model') return callee.construct(call) ?? this.#unknown(args, site)
    if (callee.kind !== 'class') return this.#unknown(args, site)
    const key = `${callee.id}(${args.map((one) => keyOf(one)).join(',')})`
    const known = this.#instances.get(key)
    if (known) return known
    const made = construct(this, callee, args, call)
    this.#instances.set(key, made)
    return made
  }

  /** Code that is not known may call what it is given, and give it back. */
  #unknown(args: readonly Value[], site: Site): Value {
    for (const one of args) this.handOver(one, site)
    const carried = args.filter((one) => access.carries(one))
    return carried.length === 0 ? any : passed(carried, this.#passed)
  }

  #call(callee: FunctionValue, given: readonly Value[], site: Site, confidence: Confidence): Value {
    const tree = callee.scope.file.tree.functions[callee.fn]
    if (!tree) return any
    const args = given.length <= tree.params.length || tree.params.some(({ rest }) => rest) ? given : given.slice(0, tree.params.length)
    const side = this.#boundary.between(site, callee)
    // A function within one holds what that was called with: `withAuth(handler)` gives one.
    const isIdle = side === 'into the browser' || (callee.scope.fn === 0 && !this.#files.matters(callee.scope.file.path))
    if (isIdle && !args.some((one) => access.carries(one)) && !callee.self) return any
    const context = this.#context(callee, tree, args, site)
    if (this.#loading.has(site.node)) this.#loading.add(context.node)
    if (side === 'same' && site.node !== this.nowhere && !this.#boundary.inBrowser(site.node))
      this.#boundary.back(context.node, (node) => this.#graph.callsOf(node))
    if (side === 'same') this.connect(site, context.node, callee.self && this.#injected.has(callee.self) ? 'likely' : confidence)
    return context.result ?? join(...context.returned)
  }

  #context(callee: FunctionValue, tree: FunctionTree, args: readonly Value[], site: Site): Context {
    const found = this.#contexts.of(callee, tree, args, site)
    if (!('context' in found)) return found
    this.#boundary.made(found.context.node, site, callee)
    if (this.#depth < deepestCall) this.#enter(found, callee, tree, site)
    else this.#postponed.push(() => this.#enter(found, callee, tree, site))
    return found.context
  }

  #enter(fresh: Fresh, callee: FunctionValue, tree: FunctionTree, site: Site): void {
    const before = nextId()
    this.#depth++
    try {
      fresh.context.result = this.#contexts.within(fresh, () => this.#run(callee, tree, fresh.args, fresh.context))
    } finally {
      this.#depth--
    }
    const made = access.modelsIn(fresh.context.result).filter(({ id }) => id > before)
    this.#contexts.learn(fresh, made, site)
  }

  /** Calls that were too deep, from here. */
  #runPostponed(): void {
    for (let enter = this.#postponed.pop(); enter; enter = this.#postponed.pop()) enter()
  }

  #run(callee: FunctionValue, tree: FunctionTree, args: readonly Value[], { node, returned }: Context): Value {
    const outer = callee.scope
    const self = tree.arrow ? undefined : (callee.self ?? any)
    const scope = newScope(callee.fn, outer.file, outer, self)
    const yielded: Value[] = []
    if (outer.handed || args.some(access.holdsFunction)) scope.handed = true
    const frame: Frame = { scope, node, returned, yielded, site: undefined }
    this.hoist(scope)
    for (const [at, { to, e, rest }] of tree.params.entries()) {
      const value = rest ? arrayOf(join(...args.slice(at))) : (args[at] ?? any)
      this.bind(to, e && isNothing(value) ? join(value, this.evaluate(e, frame)) : value, frame, 'declare')
    }
    runAll(this, tree.body, frame)
    return this.orTyped(tree.generator ? generatorOf(yielded, returned) : join(...returned), tree.returns, scope)
  }

  // What the parts of the machine ask of each other.

  render(component: Value, props: Value, site: Site): void {
    const worth = access.holdsModel(props)
    for (const one of each(component)) {
      if (one.kind !== 'function') this.invoke(one, [props], site)
      else if (worth || (!this.#boundary.inBrowser(site.node) && this.#files.matters(one.scope.file.path))) this.#call(one, [props], site, 'certain')
    }
  }

  node(name: string, place: CodePlace): number {
    const node = this.#graph.add(name, place)
    this.#loading.add(node)
    return node
  }
  ran(made: number, site: Site): void {
    if (made !== site.node && this.#loading.has(made)) this.connect(site, made, 'certain')
  }
  connect({ node, place }: Site, to: number, confidence: Confidence): void {
    if (node !== this.nowhere) this.#graph.call(node, to, place.line, confidence)
  }
  site(frame: Frame, line: number): Site {
    const last = frame.site
    if (last?.place.line === line) return last
    frame.site = { machine: this, node: frame.node, place: { file: frame.scope.file.path, line } }
    return frame.site
  }
  evaluate(expression: Expression, frame: Frame): Value {
    return evaluate(this, expression, frame)
  }
  bind(target: Target, value: Value, frame: Frame, how: 'declare' | 'assign'): void {
    bind(this, target, value, frame, how)
  }

  /** Declarations are there before the body runs. */
  hoist(scope: Scope): void {
    for (const { b, fn, class: of } of scope.file.tree.functions[scope.fn]?.own ?? []) {
      if (fn !== undefined) scope.vars.set(b, this.closure(fn, scope))
      else if (of !== undefined) scope.vars.set(b, this.classOf(of, scope))
    }
  }

  lookup(binding: number, from: Scope): Value {
    const scope = keeperOf(binding, from)
    const value = scope.vars.get(binding) ?? this.#unbound(binding, scope)
    noticeName(binding, value, from.file)
    return value
  }

  #unbound(binding: number, scope: Scope): Value {
    const type = scope.types?.get(binding)
    if (type) return this.typed(type, scope)
    return scope.fn === 0 ? this.#files.demand(binding, scope) : any
  }

  lookupLater(binding: number, scope: Scope): Value {
    return this.#files.isUnread(binding, scope) ? new Unread(() => this.lookup(binding, scope)) : this.lookup(binding, scope)
  }

  typed(type: Type, scope: Scope, given?: TypeArguments): Value {
    return this.#types.of(type, scope, given)
  }
  orTyped(value: Value, type: Type | undefined, scope: Scope): Value {
    return type && isNothing(value) ? this.typed(type, scope) : value
  }
  result(of: FunctionValue, site: Site): Value {
    return this.#call(of, [], site, 'possible')
  }

  implementations(name: string, path: string, site: Site): Value {
    return this.#implementations.of(name, path, site)
  }

  instance(of: ClassValue): Value {
    const made = this.#models.provided?.(of, this) ?? this.construct(of, [], this.siteOf(of.scope.file.path))
    this.#injected.add(made)
    return made
  }

  closure(fn: number, scope: Scope, self?: Value): FunctionValue {
    scope.closures ??= new Map()
    const known = scope.closures
    const key = self ? `${fn} ${keyOf(self)}` : fn
    const before = known.get(key)
    if (before) return before
    const closure: FunctionValue = { kind: 'function', id: nextId(), fn, scope, ...(self && { self }) }
    known.set(key, closure)
    for (const directive of scope.file.tree.functions[fn]?.directives ?? []) this.#models.directed?.(directive, closure, this, this.siteOf(scope.file.path))
    return closure
  }

  classOf(index: number, scope: Scope): ClassValue {
    scope.classes ??= new Map()
    const known = scope.classes
    const made: ClassValue = known.get(index) ?? { kind: 'class', id: nextId(), index, scope, statics: new Map() }
    known.set(index, made)
    return made
  }

  exported(path: string, name: string): Value | undefined {
    return this.#files.exported(path, name)
  }
  asked(name: string): void {
    this.#files.asked.add(name)
  }
  exportNames(path: string): readonly string[] {
    return this.#files.names(path)
  }
  imported(from: string, file: FileScope): Resolved | undefined {
    return this.#files.imported(from, file)
  }
  scopeOf(path: string): Scope | undefined {
    return this.#files.scopeOf(path)
  }

  external(from: string, path: readonly string[]): Value {
    const key = `${from} ${path.join('.')}`
    const known = this.#externals.get(key)
    if (known) return known
    const external: External = { kind: 'external', from, path }
    const [first, ...rest] = path
    const inNamespace = first === '*' && rest.length > 0 ? this.#models.imported(from, rest) : undefined
    const value = this.#models.imported(from, path) ?? inNamespace ?? external
    this.#externals.set(key, value)
    return value
  }
  externalType(from: string, name: string, args: readonly Value[]): Value {
    return this.#models.typed(from, name, args) ?? any
  }

  global(name: string, file: FileScope): Value {
    const found = this.#globals(name)
    if (found) return found
    const from = this.#models.global?.(name, file.path)
    if (!from) return any
    return 'package' in from ? this.external(from.package, [from.name]) : (this.exported(from.file, from.name) ?? any)
  }
}
