/** What a function of an unknown package gives back: perhaps what it was given, or a function around it. */
import { type CallSite, Model, type Site, type Value } from '../value.ts'
import { each, join, keyOf } from './join.ts'

/** More than this much is not told apart. */
const mostHeld = 12

export class Passed extends Model {
  readonly what = 'passed through'
  readonly held: readonly Value[]
  constructor(held: readonly Value[]) {
    super()
    this.held = held
  }
  /** Of what is held, only what knows the name: a row's column, an object's property, a list's `map`. */
  override get(name: string, site: Site): Value | undefined {
    const lists = this.held.filter(({ kind }) => kind === 'array' && ofLists.has(name))
    if (lists.length > 0) return join(...lists.map((one) => site.machine.get(one, name, site)))
    const known = this.held.filter((one) => one instanceof Model && one.names()?.includes(name))
    const read = join(
      ...known.map((one) => site.machine.get(one, name, site)),
      ...this.held.map((one) => (one.kind === 'object' ? (one.props.get(name) ?? ignored) : ignored)),
    )
    return read.kind === 'any' ? undefined : read
  }
  override call(site: CallSite): Value | undefined {
    const functions = this.held.filter(({ kind }) => kind === 'function')
    for (const one of site.args) site.machine.handOver(one, site)
    return functions.length === 0 ? undefined : join(...functions.map((one) => site.machine.invoke(one, site.args, site, 'likely')))
  }
  override element(site: Site): Value {
    return join(...this.held.map((one) => (one.kind === 'array' ? site.machine.element(one, site) : one)))
  }
}

const opened = (value: Value): readonly Value[] => each(value).flatMap((one) => (one instanceof Passed ? one.held : [one]))

/** The same for the same values, however often and through however many calls they are passed. */
export const passed = (values: readonly Value[], known: Map<string, Passed>): Passed => {
  const held = new Map<string, Value>()
  for (const one of values.flatMap(opened)) if (held.size < mostHeld) held.set(one.kind === 'object' || one.kind === 'array' ? `o${one.id}` : keyOf(one), one)
  const key = [...held.keys()].join()
  const made = known.get(key) ?? new Passed([...held.values()])
  known.set(key, made)
  return made
}

/** `_.chain(scopes).map((scope) => …)`: what calls a function with each element. */
const ofLists = new Set(['map', 'flatMap', 'filter', 'forEach', 'find', 'some', 'every', 'reduce'])

const ignored: Value = { kind: 'any' }
