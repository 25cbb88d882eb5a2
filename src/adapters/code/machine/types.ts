/** What a value of a type may be: the same values as the flow gives, where the type says as much. */
import type { Type, TypeDeclaration } from '../tree.ts'
import { any, type CallSite, literal, Model, type Scope, type Site, type Value } from '../value.ts'
import type { Core, TypeArguments } from './core.ts'
import { arrayOf, each, join, objectOf, spreadInto, tupleOf } from './join.ts'

type Of<K extends Type['k']> = Extract<Type, { readonly k: K }>

const none: TypeArguments = new Map()
const deepest = 12

/** An object of which only the type is known; its properties are looked at when they are read. */
class TypedObject extends Model {
  readonly what = 'typed object'
  readonly #parts: ReadonlyMap<string, () => Value>
  readonly #index: (() => Value) | undefined
  readonly #read = new Map<string, Value>()
  constructor(parts: ReadonlyMap<string, () => Value>, index?: () => Value) {
    super()
    this.#parts = parts
    this.#index = index
  }
  override get(name: string): Value | undefined {
    const known = this.#read.get(name)
    if (known) return known
    const part = this.#parts.get(name) ?? this.#index
    if (!part) return undefined
    this.#read.set(name, any)
    const value = part()
    this.#read.set(name, value)
    return value
  }
  override element(): Value {
    return this.#index ? this.#index() : join(...[...this.#parts.keys()].map((name) => this.get(name) ?? any))
  }
  override names(): readonly string[] | undefined {
    return this.#index ? undefined : [...this.#parts.keys()]
  }
  override without(names: readonly string[]): Value {
    return new TypedObject(new Map([...this.#parts].filter(([name]) => !names.includes(name))), this.#index)
  }
}

/** A function of which only the type is known: what it is given may be called. */
class TypedFunction extends Model {
  readonly what = 'typed function'
  readonly #returns: () => Value
  readonly #parameters: readonly (() => Value)[]
  constructor(returns: () => Value, parameters: readonly (() => Value)[]) {
    super()
    this.#returns = returns
    this.#parameters = parameters
  }
  override call(site: CallSite): Value {
    for (const one of site.args) site.machine.handOver(one, site)
    return this.#returns()
  }
  override returned(): Value {
    return this.#returns()
  }
  override parameters(): readonly Value[] {
    return this.#parameters.map((one) => one())
  }
}

const declarations = new WeakMap<object, ReadonlyMap<number, TypeDeclaration>>()

const declarationOf = (scope: Scope, binding: number): TypeDeclaration | undefined => {
  const { tree } = scope.file
  const known = declarations.get(tree) ?? new Map(tree.types.map((one) => [one.b, one]))
  declarations.set(tree, known)
  return known.get(binding)
}

/** Names of an object type's members, or of a union of literals, as texts. */
const literalsOf = (core: Core, value: Value): readonly string[] => core.strings(value)

const namesOf = (value: Value): readonly string[] =>
  each(value).flatMap((one) => (one instanceof Model ? (one.names() ?? []) : one.kind === 'object' ? [...one.props.keys()] : []))

export class Types {
  readonly #core: Core
  readonly #known = new Map<Type, Value>()
  #depth = 0
  constructor(core: Core) {
    this.#core = core
  }

  of(type: Type, scope: Scope, given: TypeArguments = none): Value {
    const known = given.size === 0 ? this.#known.get(type) : undefined
    if (known) return known
    if (this.#depth > deepest) return any
    this.#depth++
    try {
      if (given.size === 0) this.#known.set(type, any)
      const value = this.#read(type, scope, given)
      if (given.size === 0) this.#known.set(type, value)
      return value
    } finally {
      this.#depth--
    }
  }

  #read(type: Type, scope: Scope, given: TypeArguments): Value {
    const of = (inner: Type): Value => this.of(inner, scope, given)
    switch (type.k) {
      case 'name':
        return this.#named(type, scope, given)
      case 'typeof':
        return this.#queried(type, scope)
      case 'array':
        return arrayOf(of(type.e))
      case 'tuple':
        return tupleOf(type.e.map(of))
      case 'union':
        return join(...type.e.map(of))
      case 'all':
        return this.#all(type.e.map(of))
      case 'lit':
        return literal(type.v)
      case 'object':
        return this.#object(type, scope, given)
      case 'fn':
        return new TypedFunction(
          () => of(type.returns),
          type.params.map((one) => () => of(one)),
        )
      case 'at':
        return this.#indexed(of(type.o), of(type.i), scope)
      case 'keyof':
        return join(...namesOf(of(type.e)).map(literal))
      case 'any':
        return any
    }
  }

  #site(scope: Scope): Site {
    return { machine: this.#core, node: this.#core.nowhere, place: { file: scope.file.path, line: 1 } }
  }

  #all(parts: readonly Value[]): Value {
    const known = parts.filter(({ kind }) => kind !== 'any')
    const [only] = known
    if (!only) return any
    if (known.length === 1) return only
    const all = objectOf({})
    for (const part of known) spreadInto(all, part)
    return all
  }

  #object({ p, index }: Of<'object'>, scope: Scope, given: TypeArguments): Value {
    const parts = new Map(p.map(({ n, T }) => [n, () => this.of(T, scope, given)] as const))
    return new TypedObject(parts, index && (() => this.of(index, scope, given)))
  }

  #indexed(object: Value, index: Value, scope: Scope): Value {
    const site = this.#site(scope)
    const names = literalsOf(this.#core, index)
    return names.length > 0 ? join(...names.map((name) => this.#core.get(object, name, site))) : this.#core.element(object, site)
  }

  #queried({ n, b }: Of<'typeof'>, scope: Scope): Value {
    const [first, ...path] = n
    if (first === undefined) return any
    const site = this.#site(scope)
    const start = b === undefined ? this.#core.global(first, scope.file) : this.#core.lookup(b, scope)
    return path.reduce<Value>((value, name) => this.#core.get(value, name, site), start)
  }

  #named(type: Of<'name'>, scope: Scope, given: TypeArguments): Value {
    const [first = '', ...path] = type.n
    const argument = type.b === undefined && path.length === 0 ? given.get(first) : undefined
    if (argument) return argument
    const args = () => type.a?.map((one) => this.of(one, scope, given)) ?? []
    if (type.b === undefined) return this.#builtIn(first, type.a ?? [], scope, given) ?? any
    return this.#declared(type.b, path, args(), scope)
  }

  #declared(binding: number, path: readonly string[], args: readonly Value[], scope: Scope): Value {
    const declaration = declarationOf(scope, binding)
    if (declaration && path.length === 0) return join(this.#implemented(declaration, scope), this.#expanded(declaration, args, scope))
    const { tree } = scope.file
    const imported = tree.imports.find(({ b }) => b === binding)
    if (imported) {
      const names = imported.name === '*' ? path : [imported.name, ...path]
      const found = this.#core.imported(imported.from, scope.file)
      if (!found || names.length === 0) return any
      return 'package' in found ? this.#core.externalType(found.package, names.join('.'), args) : this.exported(found.file, names, args)
    }
    return this.#instance(this.#core.lookup(binding, scope))
  }

  /** Objects that hold functions are made somewhere: the type says only what they are given and give. */
  #implemented({ b, T }: TypeDeclaration, scope: Scope): Value {
    if (T.k !== 'object' || !T.p.some((one) => one.T.k === 'fn')) return any
    return this.#core.implementations(scope.file.tree.bindings[b]?.name ?? '', scope.file.path, this.#site(scope))
  }

  #instance(value: Value): Value {
    return join(...each(value).map((one) => (one.kind === 'class' ? this.#core.instance(one) : any)))
  }

  #expanded({ params, T, extends: heritage }: TypeDeclaration, args: readonly Value[], scope: Scope): Value {
    const given: TypeArguments = new Map((params ?? []).map((name, at) => [name, args[at] ?? any]))
    const own = this.of(T, scope, given)
    return heritage && heritage.length > 0 ? this.#all([own, ...heritage.map((one) => this.of(one, scope, given))]) : own
  }

  /** A type that a file exports, through re-exports. */
  exported(path: string, names: readonly string[], args: readonly Value[], seen: ReadonlySet<string> = new Set()): Value {
    const [name = '', ...rest] = names
    const scope = this.#core.scopeOf(path)
    if (!scope || seen.has(`${path} ${name}`)) return any
    const further = new Set(seen).add(`${path} ${name}`)
    this.#core.asked(name)
    for (const one of scope.file.tree.exports) {
      if (one.name !== name) continue
      if ('b' in one) return this.#declared(one.b, rest, args, scope)
      if ('import' in one) return this.#reexported(one.from, one.import === '*' ? rest : [one.import, ...rest], args, scope, further)
      return this.#instance(this.#core.exported(path, 'default') ?? any)
    }
    for (const one of scope.file.tree.exports) {
      if (one.name !== '*' || !('from' in one) || 'import' in one) continue
      const value = this.#reexported(one.from, names, args, scope, further)
      if (value.kind !== 'any') return value
    }
    return any
  }

  #reexported(from: string, names: readonly string[], args: readonly Value[], scope: Scope, seen: ReadonlySet<string>): Value {
    const found = this.#core.imported(from, scope.file)
    if (!found) return any
    return 'package' in found ? this.#core.externalType(found.package, names.join('.'), args) : this.exported(found.file, names, args, seen)
  }

  /** What a function of this type returns, called with what its parameters say. */
  #returned(type: Type, scope: Scope, given: TypeArguments): Value {
    const site = this.#site(scope)
    const types = type.k === 'typeof' ? (type.a ?? []).map((one) => this.of(one, scope, given)) : []
    return join(
      ...each(this.of(type, scope, given)).map((one) => {
        if (one instanceof Model) return one.returned(types, site) ?? any
        return one.kind === 'function' ? this.#core.result(one, site) : any
      }),
    )
  }

  #parameters(value: Value): Value {
    const [fn] = each(value)
    if (fn instanceof Model) return tupleOf(fn.parameters() ?? [])
    if (fn?.kind !== 'function') return any
    const params = fn.scope.file.tree.functions[fn.fn]?.params ?? []
    return tupleOf(params.map(({ to }) => ('T' in to && to.T ? this.of(to.T, fn.scope) : any)))
  }

  #builtIn(name: string, args: readonly Type[], scope: Scope, given: TypeArguments): Value | undefined {
    const [first, second] = args
    const value = (type: Type | undefined): Value => (type ? this.of(type, scope, given) : any)
    switch (name) {
      case 'Promise':
      case 'PromiseLike':
      case 'Awaited':
        return this.#core.awaited(value(first), this.#site(scope))
      case 'Partial':
      case 'Required':
      case 'Readonly':
      case 'NonNullable':
      case 'NoInfer':
        return value(first)
      case 'Array':
      case 'ReadonlyArray':
      case 'Set':
      case 'ReadonlySet':
      case 'Iterable':
      case 'AsyncIterable':
      case 'AsyncGenerator':
      case 'Generator':
        return arrayOf(value(first))
      case 'Map':
      case 'ReadonlyMap':
        return arrayOf(value(second))
      case 'Record':
        return this.#record(literalsOf(this.#core, value(first)), () => value(second))
      case 'Pick':
      case 'Extract':
        return name === 'Pick' ? this.#picked(value(first), (one) => literalsOf(this.#core, value(second)).includes(one), scope) : value(first)
      case 'Omit':
        return this.#picked(value(first), (one) => !literalsOf(this.#core, value(second)).includes(one), scope)
      case 'Exclude':
        return this.#excluded(value(first), value(second))
      case 'ReturnType':
        return first ? this.#returned(first, scope, given) : any
      case 'Parameters':
        return this.#parameters(value(first))
      case 'InstanceType':
        return this.#instance(value(first))
      default:
        return this.#core.externalType('', name, args.map(value))
    }
  }

  #record(names: readonly string[], of: () => Value): Value {
    return new TypedObject(new Map(names.map((name) => [name, of])), names.length === 0 ? of : undefined)
  }

  /** Some of an object's properties, read when they are asked for. */
  #picked(value: Value, wanted: (name: string) => boolean, scope: Scope): Value {
    const site = this.#site(scope)
    return join(
      ...each(value).map((one): Value => {
        const names = namesOf(one)
        if (names.length === 0) return one
        if (one instanceof Model)
          return one.without(
            names.filter((name) => !wanted(name)),
            site,
          )
        return new TypedObject(new Map(names.filter(wanted).map((name) => [name, () => this.#core.get(one, name, site)])))
      }),
    )
  }

  #excluded(value: Value, without: Value): Value {
    const out = new Set(literalsOf(this.#core, without))
    return join(...each(value).filter((one) => !(one.kind === 'literal' && out.has(String(one.value)))))
  }
}
