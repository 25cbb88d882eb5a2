/** Methods of arrays, sets and maps: the callbacks that they call, and what comes out. A map is the array of its values. */
import { type ArrayValue, any, type CallSite, Model, native, type Site, type Value } from '../value.ts'
import type { Core } from './core.ts'
import { arrayOf, each, isNothing, join, objectOf, tupleOf } from './join.ts'

type Method = (of: ArrayValue, site: CallSite, core: Core) => Value

const callback = (core: Core, site: CallSite, ...args: readonly Value[]): Value => {
  const [given] = site.args
  return given && !isNothing(given) ? core.invoke(given, args, site) : any
}

const withEach: Method = (of, site, core) => callback(core, site, of.element, any, of)
const itself: Method = (of) => of
const elementOf: Method = (of) => of.element

const flattened = (core: Core, value: Value, site: Site): Value => join(...each(value).map((one) => (one.kind === 'array' ? core.element(one, site) : one)))

/** A known position keeps its own function: `[a, b].map(f)` in the order of the text. */
const mapped: Method = (of, site, core) =>
  of.items ? tupleOf(of.items.map((item) => callback(core, site, item, any, of))) : arrayOf(callback(core, site, of.element, any, of))

/** Longer lists are no tables that somebody wrote by hand. */
const mostApart = 64

const isFunction = (value: Value): boolean => each(value).some(({ kind }) => kind === 'function')

const holdsFunction = (value: Value, site: Site, core: Core): boolean => {
  if (isFunction(value)) return true
  if (value.kind === 'array') return value.items?.some(isFunction) ?? false
  return value.kind === 'object' && [...core.entries(value, site).known.values()].some(isFunction)
}

/** The rows of a table of routes or jobs, that are looked at one by one: each has a function of its own, which belongs to its own path and name. */
export const rowsApart = (items: readonly Value[] | undefined, site: Site, core: Core): readonly Value[] | undefined =>
  items !== undefined && items.length > 1 && items.length <= mostApart && items.some((item) => holdsFunction(item, site, core)) ? items : undefined

const eachApart: Method = (of, site, core) => {
  const rows = rowsApart(of.items, site, core)
  if (rows === undefined) return withEach(of, site, core)
  for (const row of rows) callback(core, site, row, any, of)
  return any
}

const kept: Method = (of, site, core) => {
  callback(core, site, of.element, any, of)
  return of
}

const found: Method = (of, site, core) => {
  callback(core, site, of.element, any, of)
  return of.element
}

/** The accumulator is what the callback gave before: two rounds show it. */
const reduced: Method = (of, site, core) => {
  const start = site.args[1] ?? of.element
  const once = callback(core, site, start, of.element, any, of)
  return join(start, callback(core, site, join(start, once), of.element, any, of))
}

const added: Method = (of, site) => {
  delete of.items
  of.element = join(of.element, ...site.args)
  return of
}

const put: Method = (of, site) => {
  of.element = join(of.element, site.args[1] ?? any)
  return of
}

const sorted: Method = (of, site, core) => {
  callback(core, site, of.element, of.element)
  return of
}

const concatenated: Method = (of, site, core) => arrayOf(join(of.element, ...site.args.map((one) => flattened(core, one, site))))

const includes: Method = (of, site) => {
  const [other] = site.args
  for (const one of other ? each(other) : []) if (one instanceof Model) one.compared(of.element, site)
  for (const one of each(of.element)) if (one instanceof Model && other) one.compared(other, site)
  return any
}

const methods: Readonly<Record<string, Method>> = {
  map: mapped,
  flatMap: (of, site, core) => arrayOf(flattened(core, callback(core, site, of.element, any, of), site)),
  flat: (of, site, core) => arrayOf(flattened(core, of.element, site)),
  filter: kept,
  find: found,
  findLast: found,
  forEach: eachApart,
  some: withEach,
  every: withEach,
  findIndex: withEach,
  findLastIndex: withEach,
  reduce: reduced,
  reduceRight: reduced,
  sort: sorted,
  toSorted: sorted,
  slice: itself,
  splice: itself,
  toSpliced: itself,
  reverse: itself,
  toReversed: itself,
  values: itself,
  at: elementOf,
  pop: elementOf,
  shift: elementOf,
  get: elementOf,
  next: (of) => objectOf({ value: of.element }),
  push: added,
  unshift: added,
  add: added,
  fill: added,
  set: put,
  concat: concatenated,
  includes,
  has: includes,
  indexOf: includes,
  keys: () => arrayOf(any),
  entries: (of) => arrayOf(tupleOf([any, of.element])),
}

/** Undefined where arrays have no such method that matters. */
export const arrayMethod = (core: Core, of: ArrayValue, name: string): Value | undefined => {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined
  return method && native(`array ${name}`, (site) => method(of, site, core))
}
