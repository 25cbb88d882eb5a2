/** Properties and elements of values. */
import { type ArrayValue, any, Bound, type ClassValue, type FunctionValue, Model, native, type ObjectValue, type Site, type Value } from '../value.ts'
import { arrayMethod } from './arrays.ts'
import { contractOf, fieldNames, memberOf, staticOf } from './classes.ts'
import type { Core } from './core.ts'
import { arrayOf, each, isNothing, join, mostMembers } from './join.ts'
import { read, readSome, Unread } from './unread.ts'

const isLoose = (value: Value): boolean => value.kind === 'function' && !value.self

const isAnyLoose = (value: Value): boolean => (value.kind === 'union' ? value.of.some(isLoose) : isLoose(value))

const bound = (core: Core, value: Value, self: ObjectValue): Value =>
  !isAnyLoose(value) ? value : join(...each(value).map((one) => (one.kind === 'function' && !one.self ? core.closure(one.fn, one.scope, self) : one)))

const spreadProperty = (core: Core, { spreads }: ObjectValue, name: string, site: Site): Value | undefined => {
  for (const one of spreads) {
    const value = core.get(one, name, site)
    if (value.kind !== 'any') return value
  }
  return undefined
}

const objectProperty = (core: Core, object: ObjectValue, name: string, site: Site): Value => {
  const own = object.props.get(name)
  if (own) return bound(core, read(own), object)
  const inherited = object.class && memberOf(core, object.class, name, object, site)
  return inherited ?? spreadProperty(core, object, name, site) ?? object.rest ?? any
}

const functionProperty = (core: Core, fn: FunctionValue, name: string): Value => {
  const on = (self: Value | undefined): FunctionValue => (self && !isNothing(self) && !fn.self ? core.closure(fn.fn, fn.scope, self) : fn)
  if (name === 'call') return native('call', (site) => core.invoke(on(site.args[0]), site.args.slice(1), site))
  if (name === 'apply')
    return native('apply', (site) => {
      const [self, list] = site.args
      const items = list?.kind === 'array' && list.items ? list.items : [core.element(list ?? any, site)]
      return core.invoke(on(self), items, site)
    })
  if (name === 'bind')
    return native('bind', ({ args: [self, ...given] }) => {
      const of = on(self)
      return given.length === 0 ? of : new Bound(given, (site) => core.invoke(of, [...given, ...site.args], site))
    })
  return any
}

const arrayProperty = (core: Core, of: ArrayValue, name: string): Value => {
  const at = Number(name)
  if (of.items && Number.isInteger(at)) return of.items[at] ?? any
  return Number.isInteger(at) ? of.element : (arrayMethod(core, of, name) ?? any)
}

export const promiseMethods = new Set(['then', 'catch', 'finally'])

/** Promises are what they hold: `then` goes on with it, `catch` may give something else, `finally` runs. */
const promiseMethod = (core: Core, value: Value, name: string): Value | undefined => {
  if (name === 'then')
    return native('then', (site) => {
      const [onto, otherwise] = site.args
      const failed = otherwise ? core.invoke(otherwise, [any], site) : any
      return join(onto ? core.invoke(onto, [core.awaited(value, site)], site) : value, failed)
    })
  if (name === 'catch') return native('catch', (site) => join(core.awaited(value, site), core.invoke(site.args[0] ?? any, [any], site)))
  if (name === 'finally')
    return native('finally', (site) => {
      core.invoke(site.args[0] ?? any, [], site)
      return value
    })
  return undefined
}

const classProperty = (core: Core, of: ClassValue, name: string, site: Site): Value => of.statics.get(name) ?? staticOf(core, of, name, site) ?? any

const own = (core: Core, value: Value, name: string, site: Site): Value => {
  switch (value.kind) {
    case 'object':
      return objectProperty(core, value, name, site)
    case 'array':
      return arrayProperty(core, value, name)
    case 'function':
      return functionProperty(core, value, name)
    case 'class':
      return classProperty(core, value, name, site)
    case 'external':
      return core.external(value.from, [...value.path, name])
    case 'model':
      return value.get(name, site) ?? any
    case 'union':
      return join(...value.of.map((one) => get(core, one, name, site)))
    default:
      return any
  }
}

/** What is mapped is a list, though nothing is known of it: `input.items.map((item) => ({ … }))`. */
const listMethod = (core: Core, value: Value, name: string): Value | undefined =>
  value.kind === 'any' && (name === 'map' || name === 'flatMap') ? arrayMethod(core, arrayOf(any), name) : undefined

/** `value.name`. */
export const get = (core: Core, value: Value, name: string, site: Site): Value => {
  const property = own(core, value, name, site)
  if (property.kind !== 'any') return property
  return (promiseMethods.has(name) ? promiseMethod(core, value, name) : listMethod(core, value, name)) ?? any
}

/** An object that says itself what iterating over it gives. */
const iterated = (core: Core, object: ObjectValue, site: Site): Value | undefined => {
  if (!object.class && !object.props.has('[Symbol.iterator]') && !object.props.has('[Symbol.asyncIterator]')) return undefined
  const iterator = join(...['[Symbol.iterator]', '[Symbol.asyncIterator]'].map((name) => objectProperty(core, object, name, site)))
  return isNothing(iterator) ? undefined : element(core, core.invoke(iterator, [], site), site)
}

/** What iterating over a value, or indexing it with something unknown, gives. */
export const element = (core: Core, value: Value, site: Site): Value => {
  switch (value.kind) {
    case 'array':
      return value.element
    case 'object':
      return (
        iterated(core, value, site) ??
        join(
          ...readSome([...value.props.values()], mostMembers).map((one) => bound(core, one, value)),
          ...value.spreads.map((one) => element(core, one, site)),
          value.rest ?? any,
        )
      )
    case 'model':
      return value.element(site) ?? any
    case 'union':
      return join(...value.of.map((one) => element(core, one, site)))
    default:
      return any
  }
}

type Entries = { readonly known: ReadonlyMap<string, Value>; readonly open: boolean }

const objectEntries = (core: Core, object: ObjectValue, site: Site): Entries => {
  const known = new Map<string, Value>()
  const spreads = object.spreads.map((one) => entries(core, one, site))
  const take = (value: Value, name: string): unknown => known.set(name, value)
  for (const spread of [...spreads].reverse()) spread.known.forEach(take)
  // What the class declares is there, though nobody has set it.
  for (const name of object.class ? fieldNames(core, object.class, site) : []) if (!known.has(name)) known.set(name, objectProperty(core, object, name, site))
  object.props.forEach(take)
  return { known, open: object.rest !== undefined || spreads.some(({ open }) => open) }
}

const modelEntries = (model: Model, site: Site): Entries => {
  const names = model.names()
  return { known: new Map(names?.map((name) => [name, model.get(name, site) ?? any])), open: names === undefined }
}

/** The properties of a value by name; of several values all of them. */
export const entries = (core: Core, value: Value, site: Site): Entries => {
  if (value.kind === 'object') return objectEntries(core, value, site)
  if (value instanceof Model) return modelEntries(value, site)
  if (value.kind !== 'union') return { known: new Map(), open: value.kind === 'any' }
  const all = value.of.map((one) => entries(core, one, site))
  const known = new Map<string, Value>()
  for (const one of all)
    one.known.forEach((of, name) => {
      known.set(name, join(known.get(name) ?? any, of))
    })
  return { known, open: all.some(({ open }) => open) }
}

export const awaited = (core: Core, value: Value, site: Site): Value => {
  if (value instanceof Model) return value.awaited(site)
  if (value.kind === 'union') return join(...value.of.map((one) => awaited(core, one, site)))
  return value
}

/** What is larger is not searched to its end. */
const mostSearched = 300

/** Nothing that acts is in it, as far as is known without reading a file. */
const isQuiet = (value: Value): boolean => value.kind === 'any' || value.kind === 'literal' || value instanceof Unread

/** What a value is made of, without what is quiet: most of what programs hold is that. */
const addParts = (value: Value, to: Value[]): void => {
  const add = (one: Value): void => {
    if (!isQuiet(one)) to.push(one)
  }
  if (value.kind === 'union') value.of.forEach(add)
  else if (value.kind === 'array') (value.items ?? [value.element]).forEach(add)
  else if (value.kind === 'object' && !value.class) {
    value.props.forEach(add)
    value.spreads.forEach(add)
    if (value.rest) add(value.rest)
  }
}

const acts = (value: Value, instances: boolean): value is Acting =>
  value.kind === 'function' || value instanceof Model || (instances && value.kind === 'object' && value.class !== undefined)

/**
 * Looks at what a value is or holds that can act, each once and what is near before what is deep, until `found` says that it is enough; `instances` of classes too,
 * if they are asked for.
 */
const search = (value: Value, found: (one: Acting) => boolean, { instances = false, deepest = 5 }: Reach = {}): void => {
  if (acts(value, instances)) {
    found(value)
    return
  }
  let level: Value[] = []
  addParts(value, level)
  if (level.length === 0) return
  const seen = new Set<Value>([value])
  for (let depth = 1; depth <= deepest && level.length > 0; depth++) {
    const below: Value[] = []
    for (const one of level) {
      if (seen.has(one)) continue
      if (seen.size > mostSearched) return
      seen.add(one)
      if (!acts(one, instances)) addParts(one, below)
      else if (found(one)) return
    }
    level = below
  }
}

type Acting = FunctionValue | Model | ObjectValue
type Reach = { readonly instances?: boolean; readonly deepest?: number }

const mostFound = 64

const none: readonly Acting[] = []

const gathered = (value: Value, reach?: Reach): readonly Acting[] => {
  if (isQuiet(value)) return none
  const all: Acting[] = []
  search(value, (one) => all.push(one) > mostFound, reach)
  return all
}

/** The functions that a value is or holds, at most so many steps below it (a union is one). */
export const functionsIn = (value: Value, deepest?: number): readonly FunctionValue[] =>
  gathered(value, deepest === undefined ? {} : { deepest }).filter((one) => one.kind === 'function')

/** The functions that a library may call of a value: also the methods of an instance that is made for it. */
export const handedOver = (core: Core, value: Value, site: Site): readonly Value[] =>
  gathered(value, { instances: true }).flatMap((one) => (one.kind === 'object' ? contractOf(core, one, site) : one.kind === 'function' ? [one] : []))

const holds = (value: Value, wanted: (one: Acting) => boolean, reach?: Reach): boolean => {
  if (isQuiet(value)) return false
  let isHeld = false
  search(
    value,
    (one) => {
      isHeld = wanted(one)
      return isHeld
    },
    reach,
  )
  return isHeld
}

/** Whether a function is near: the value itself, or what it has at hand. */
export const holdsFunction = (value: Value): boolean => holds(value, ({ kind }) => kind === 'function', { deepest: 1 })

/** Whether a value is or holds something that a library's model knows: a row, a table. */
export const holdsModel = (value: Value): boolean => holds(value, (one) => one instanceof Model)

/** What of libraries' models a value is or holds. */
export const modelsIn = (value: Value): readonly Model[] => gathered(value).filter((one) => one instanceof Model)

/** Whether a value is or holds something that is worth following through code that is not known. */
export const carries = (value: Value): boolean => holds(value, () => true)
