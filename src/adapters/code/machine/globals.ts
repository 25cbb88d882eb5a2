/** JavaScript's own objects, as far as values pass through them. */
import { any, type CallSite, literal, Model, native, type Site, type Value } from '../value.ts'
import { rowsApart } from './arrays.ts'
import type { Core } from './core.ts'

import { arrayOf, each, isNothing, join, objectOf, spreadInto, tupleOf } from './join.ts'

type Function_ = (site: CallSite, core: Core) => Value | undefined

const first: Function_ = ({ args }) => args[0] ?? any

const awaitedAll: Function_ = (site, core) => {
  const [list] = site.args
  if (!list) return any
  return join(
    ...each(list).map((one): Value => {
      if (one.kind !== 'array') return arrayOf(core.awaited(core.element(one, site), site))
      return one.items ? tupleOf(one.items.map((item) => core.awaited(item, site))) : arrayOf(core.awaited(one.element, site))
    }),
  )
}

const anyAwaited: Function_ = (site, core) => core.awaited(core.element(site.args[0] ?? any, site), site)

/** `new Promise((resolve) => …)`: what resolve is called with. */
const promised: Function_ = (site, core) => {
  let settled: Value = any
  const resolve = native('resolve', ({ args }) => {
    settled = join(settled, args[0] ?? any)
    return any
  })
  core.invoke(site.args[0] ?? any, [resolve, any], site)
  return settled
}

const settledAll: Function_ = (site, core) => {
  const all = awaitedAll(site, core) ?? any
  const result = (value: Value): Value => objectOf({ value })
  return join(...each(all).map((one): Value => (one.kind === 'array' ? (one.items ? tupleOf(one.items.map(result)) : arrayOf(result(one.element))) : any)))
}

const assigned: Function_ = (site) => {
  const [target, ...sources] = site.args
  for (const one of target ? each(target) : []) if (one.kind === 'object') for (const source of sources) spreadInto(one, source)
  // What is no plain object, a database, keeps its own members beside those that it is given.
  return target?.kind === 'object' ? target : join(...site.args)
}

const valuesOf: Function_ = (site, core) => {
  const { known, open } = core.entries(site.args[0] ?? any, site)
  const rows = open ? undefined : rowsApart([...known.values()], site, core)
  return rows ? tupleOf(rows) : arrayOf(join(...known.values(), ...(open ? [core.element(site.args[0] ?? any, site)] : [])))
}

const entriesOf: Function_ = (site, core) => {
  const { known, open } = core.entries(site.args[0] ?? any, site)
  const rows = open ? undefined : rowsApart([...known.values()], site, core)
  return rows
    ? tupleOf([...known].map(([name, value]) => tupleOf([literal(name), value])))
    : arrayOf(tupleOf([any, core.element(valuesOf(site, core) ?? any, site)]))
}

const fromEntries: Function_ = (site, core) => {
  const entry = core.element(site.args[0] ?? any, site)
  return objectOf({}, join(...each(entry).map((one) => (one.kind === 'array' ? (one.items?.[1] ?? one.element) : any))))
}

const arrayFrom: Function_ = (site, core) => {
  const [list, each_] = site.args
  const element = core.element(list ?? any, site)
  return arrayOf(each_ ? core.invoke(each_, [element, any], site) : element)
}

/** A map is the array of its values; of pairs, the second. */
const collected =
  (pairs: boolean): Function_ =>
  (site, core) => {
    const [list] = site.args
    const element = list ? core.element(list, site) : any
    return arrayOf(pairs ? join(...each(element).map((one) => (one.kind === 'array' ? (one.items?.[1] ?? one.element) : any))) : element)
  }

const handedOver: Function_ = (site, core) => {
  for (const one of site.args) core.handOver(one, site)
  return any
}

/** A symbol is a name that no other is: of the place that makes it. */
const symbol: Function_ = ({ place }) => literal(`@@${place.file}:${place.line}`.slice(-40))

const sharedSymbol: Function_ = ({ args: [name = any] }) => (name.kind === 'literal' ? literal(`@@${name.value}`) : any)

/** What stands before an object: its `get` is asked for each property, or the object itself. */
class Proxied extends Model {
  readonly what = 'proxy'
  readonly #target: Value
  readonly #traps: Value
  constructor(target: Value, traps: Value) {
    super()
    this.#target = target
    this.#traps = traps
  }
  override get(name: string, site: Site): Value | undefined {
    const { machine } = site
    const trap = machine.get(this.#traps, 'get', site)
    const given = isNothing(trap) ? any : machine.invoke(trap, [this.#target, literal(name), this], site)
    return isNothing(given) ? machine.get(this.#target, name, site) : given
  }
  override call(site: CallSite): Value {
    const { machine } = site
    const trap = machine.get(this.#traps, 'apply', site)
    return isNothing(trap) ? machine.invoke(this.#target, site.args, site) : machine.invoke(trap, [this.#target, any, machine.array(join(...site.args))], site)
  }
  override element(site: Site): Value {
    return site.machine.element(this.#target, site)
  }
}

const proxied: Function_ = ({ args: [target = any, traps = any] }) => new Proxied(target, traps)

const functions: Readonly<Record<string, Function_>> = {
  'Promise.all': awaitedAll,
  'Promise.allSettled': settledAll,
  'Promise.race': anyAwaited,
  'Promise.any': anyAwaited,
  'Promise.resolve': first,
  'new Promise': promised,
  'Object.assign': assigned,
  'Object.values': valuesOf,
  'Object.entries': entriesOf,
  'Object.fromEntries': fromEntries,
  'Object.freeze': first,
  'Object.seal': first,
  'Array.from': arrayFrom,
  'Array.of': (site) => arrayOf(join(...site.args)),
  'new Map': collected(true),
  'new WeakMap': collected(true),
  'new Set': collected(false),
  'Reflect.get': (site, core) => {
    const names = core.strings(site.args[1] ?? any)
    const target = site.args[0] ?? any
    return names.length > 0 ? join(...names.map((name) => core.get(target, name, site))) : target
  },
  structuredClone: first,
  Symbol: symbol,
  'Symbol.for': sharedSymbol,
  'new Proxy': proxied,
  setTimeout: handedOver,
  setInterval: handedOver,
  setImmediate: handedOver,
  queueMicrotask: handedOver,
  'process.on': handedOver,
  'process.once': handedOver,
}

/** As members of classes are named whose key is written so. */
const wellKnown = new Set(['Symbol.iterator', 'Symbol.asyncIterator', 'Symbol.dispose', 'Symbol.asyncDispose'])

class Global extends Model {
  readonly what: string
  readonly #core: Core
  readonly #members = new Map<string, Global>()
  constructor(what: string, core: Core) {
    super()
    this.what = what
    this.#core = core
  }
  override get(name: string): Value {
    const what = `${this.what}.${name}`
    if (wellKnown.has(what)) return literal(`[${what}]`)
    if (!Object.hasOwn(functions, what)) return any
    const member = this.#members.get(name) ?? new Global(what, this.#core)
    this.#members.set(name, member)
    return member
  }
  override call(site: CallSite): Value | undefined {
    return functions[this.what]?.(site, this.#core)
  }
  override construct(site: CallSite): Value | undefined {
    return functions[`new ${this.what}`]?.(site, this.#core)
  }
}

const names = new Set(Object.keys(functions).map((name) => name.replace('new ', '').split('.')[0] ?? ''))

/** Names of which nothing is known: what is read from them and what calling them gives is unknown. */
export const quietGlobals: ReadonlySet<string> = new Set([
  ...['console', 'JSON', 'Math', 'Date', 'Intl', 'Number', 'String', 'Boolean', 'BigInt', 'RegExp', 'NaN', 'Infinity', 'performance', 'crypto'],
  ...['Error', 'TypeError', 'RangeError', 'SyntaxError', 'parseInt', 'parseFloat', 'isNaN', 'isFinite', 'encodeURIComponent', 'decodeURIComponent'],
  ...['URL', 'URLSearchParams', 'Buffer', 'TextEncoder', 'TextDecoder', 'AbortController', 'Headers', 'Request', 'Response', 'FormData'],
])

/** Whether nothing is known of a member of a name of which something is: `Object.keys`, `process.env`. */
export const isQuietMember = (name: string, member: string): boolean =>
  quietGlobals.has(name) || (names.has(name) && !Object.hasOwn(functions, `${name}.${member}`) && !wellKnown.has(`${name}.${member}`))

/** What `Promise`, `Object` … are; one for each machine. */
export const makeGlobals = (core: Core): ((name: string) => Value | undefined) => {
  const known = new Map<string, Value>([...names].map((name) => [name, new Global(name, core)]))
  const shared = objectOf({})
  for (const name of ['globalThis', 'global', 'window', 'self']) known.set(name, shared)
  return (name) => known.get(name)
}
