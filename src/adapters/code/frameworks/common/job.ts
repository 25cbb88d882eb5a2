/** Work that a library does later or elsewhere: an entry for each registration, once. */
import { Bound, type EntryKind, type FunctionValue, type Machine, Model, type native, type Site, type Value } from '../../value.ts'
import { isCallable, whereOf } from '../where.ts'

export type Job = {
  readonly name: string
  readonly kind: EntryKind
  /** The file that its name has, where that is not the one that registers it. */
  readonly file?: string
  readonly framework: string
  /** The functions that it runs, with what each is to the library. */
  readonly runs: readonly { readonly handler: Value | undefined; readonly what: string; readonly args?: readonly Value[] }[]
}

const registered = new WeakMap<Machine, Set<string>>()

/** Whether this is the first time; a function that registers may be followed several times. */
export const isFirst = (key: string, machine: Machine): boolean => {
  const keys = registered.get(machine) ?? new Set<string>()
  registered.set(machine, keys)
  if (keys.has(key)) return false
  keys.add(key)
  return true
}

const idOf = (value: Value): string => (value.kind === 'function' || value.kind === 'model' ? String(value.id) : value.kind)

/** Functions that a handler goes on to call without having been written there: those that it is bound to, and those in the function that made it. */
const givenTo = (handler: Value): readonly FunctionValue[] => {
  if (handler instanceof Bound) return handler.given.filter((value) => value.kind === 'function')
  return handler.kind === 'function' && handler.scope.fn !== 0 ? [...handler.scope.vars.values()].filter((value) => value.kind === 'function') : []
}

/** A wrapper makes jobs of what other files give it: such a job is where the function is that was given. */
const giverOf = (handler: Value, { place }: Site): FunctionValue | undefined => {
  const [given, ...more] = givenTo(handler).filter(({ scope }) => scope.file.path !== place.file)
  return more.length === 0 ? given : undefined
}

/** A job without a function that is known has no entry. */
export const addJob = ({ runs, name, file, ...job }: Job, site: Site): void => {
  const known = runs.flatMap(({ handler, args = [], what }) => (handler !== undefined && isCallable(handler) ? [{ handler, args, what }] : []))
  const [first] = known
  const { file: from, line } = site.place
  if (first === undefined || !isFirst(`${job.kind} ${name} ${from}:${line} ${known.map(({ handler }) => idOf(handler)).join()}`, site.machine)) return
  const given = giverOf(first.handler, site)
  const place = whereOf(given ?? first.handler, site.place)
  site.machine.entry({ ...job, name: named(job.kind, name, given ? place.file : (file ?? from)), place, runs: known })
}

const named = (kind: string, name: string, file: string): string => `${kind} ${name} (${file})`

/** `worker queue (file)`, with the file that registers it. */
export const inFile = (kind: string, name: string, { place }: Site): string => named(kind, name, place.file)

/** The text that a value is, if it is known. */
export const textOf = (value: Value | undefined, { machine }: Site): string | undefined => (value === undefined ? undefined : machine.strings(value)[0])

export const partOf = (value: Value | undefined, name: string, site: Site): Value | undefined => {
  const part = value === undefined ? undefined : site.machine.get(value, name, site)
  return part?.kind === 'any' ? undefined : part
}

/** The function that a value is or that it has under one of these names. */
export const functionIn = (value: Value | undefined, names: readonly string[], site: Site): Value | undefined => {
  if (value === undefined || isCallable(value)) return value
  return names.map((name) => partOf(value, name, site)).find((part) => part !== undefined && isCallable(part))
}

/** An object of a library of which a few methods matter; the others answer nothing that is known. */
export class Client extends Model {
  readonly what: string
  readonly #methods: Readonly<Record<string, Native>>
  constructor(what: string, methods: Readonly<Record<string, Native>>) {
    super()
    this.what = what
    this.#methods = methods
  }
  override get(name: string): Value | undefined {
    return Object.hasOwn(this.#methods, name) ? this.#methods[name] : undefined
  }
}

type Native = ReturnType<typeof native>

/** A class of a library: `new X(…)`. */
export class Constructed extends Model {
  readonly what: string
  readonly #construct: (site: Parameters<Model['construct']>[0]) => Value | undefined
  readonly #statics: Readonly<Record<string, Native>>
  constructor(what: string, construct: (site: Parameters<Model['construct']>[0]) => Value | undefined, statics: Readonly<Record<string, Native>> = {}) {
    super()
    this.what = what
    this.#construct = construct
    this.#statics = statics
  }
  override construct(site: Parameters<Model['construct']>[0]): Value | undefined {
    return this.#construct(site)
  }
  override get(name: string): Value | undefined {
    return Object.hasOwn(this.#statics, name) ? this.#statics[name] : undefined
  }
}
