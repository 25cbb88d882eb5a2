/** What routers ask of the values that they are given: the handlers among them, their names, the paths they may be. */
import { type ArrayValue, any, type FunctionValue, type Machine, Model, nextId, type Site, type Value } from '../../value.ts'

/** What a value may be, one by one. */
export const parts = (value: Value): readonly Value[] => (value.kind === 'union' ? value.of : [value])

/** One of several. */
export const either = (values: readonly Value[]): Value => {
  const known = [...new Set(values.flatMap(parts))].filter((value) => value.kind !== 'any')
  if (known.length === 0) return any
  const [first] = known
  return known.length === 1 && first !== undefined ? first : { kind: 'union', of: known as Exclude<Value, { kind: 'union' }>[] }
}

/** An array whose positions are known. */
export const listOf = (items: readonly Value[]): ArrayValue => ({ kind: 'array', id: nextId(), element: either(items), items })

const taken = (value: Value): readonly Value[] =>
  parts(value).flatMap((part) => (part.kind === 'array' ? (part.items ?? [part.element]).flatMap(taken) : [part]))

/** Arrays taken apart, however deep, and alternatives one by one, each once: what an API takes as `handler | handler[]`. */
export const flat = (values: readonly Value[]): readonly Value[] => [...new Set(values.flatMap(taken))]

export const isFunction = (value: Value): value is FunctionValue => value.kind === 'function'

/** A value that can be called and whose body, or model, is known. */
export const isFollowed = (value: Value): boolean => value.kind === 'function' || value.kind === 'model'

const treeOf = (value: FunctionValue) => value.scope.file.tree.functions[value.fn]

/** How many parameters it declares: one that takes no `next` answers by itself. */
export const arity = (value: FunctionValue): number => treeOf(value)?.params.length ?? 0

export const nameOf = (value: Value): string =>
  value.kind === 'function' ? treeOf(value)?.name || 'anonymous function' : value.kind === 'model' ? value.what : 'unknown'

/** The strings that a path, a method, or an array of them may be; `unknown` where they are not known. */
export const stringsOf = (value: Value, machine: Machine, unknown: string): readonly string[] => {
  const known = flat([value]).flatMap((part) => machine.strings(part))
  return known.length === 0 ? [unknown] : [...new Set(known)]
}

/** Whether a value may be a string, as far as is known of it. */
export const isText = (value: Value, machine: Machine): boolean => machine.strings(value).length > 0

/** Functions that a value is, or holds in its properties: callbacks among the options of a library's middleware. */
export const callbacksOf = (values: readonly Value[], site: Site): readonly Value[] =>
  flat(values).flatMap((value) => {
    if (value.kind === 'function') return [value]
    return value.kind === 'object' ? [...site.machine.entries(value, site).known.values()].flatMap(parts).filter(isFunction) : []
  })

/** A middleware of a library that calls the functions it was given for each request. */
export class LibraryMiddleware extends Model {
  readonly what: string
  readonly callbacks: readonly Value[]
  constructor(what: string, callbacks: readonly Value[]) {
    super()
    this.what = what
    this.callbacks = callbacks
  }
}
