/** Resolvers become entries when all files have been followed: by then the servers have said what their context is. */
import { any, type Machine, Model, type Site, type Value } from '../../value.ts'
import { idOf, isFirst } from '../common/first.ts'
import { perMachine } from '../common/per-machine.ts'
import { isCallable, whereOf } from '../where.ts'

export type Resolved = {
  readonly framework: string
  /** `Query.users`. */
  readonly field: string
  readonly resolver: Value
  readonly what?: string
  /** Where the resolver is given more or less than parent, arguments, context, info. */
  readonly args?: (context: Value) => readonly Value[]
}

const contexts = perMachine<Value[]>(() => [])

/** `context: async ({ req }) => ({ db, user })`. */
export const withContext = (context: Value | undefined, { machine }: Site): void => {
  if (context !== undefined && context.kind !== 'any' && !contexts(machine).includes(context)) contexts(machine).push(context)
}

/** What the context functions answer, asked when a resolver reads it. */
class Context extends Model {
  readonly what = 'graphql context'
  readonly #makers: readonly Value[]
  constructor(makers: readonly Value[]) {
    super()
    this.#makers = makers
  }
  override get(name: string, site: Site): Value | undefined {
    const { machine } = site
    const found = this.#makers.map((maker) => {
      const made = isCallable(maker) ? machine.awaited(machine.invoke(maker, [any], site), site) : maker
      return machine.get(made, name, site)
    })
    return found.find((value) => value.kind !== 'any')
  }
}

const run = (one: Resolved, machine: Machine, site: Site): void => {
  const { field, resolver, framework, what = 'resolver', args } = one
  const makers = contexts(machine)
  const context = makers.length > 0 ? new Context(makers) : any
  const before = makers.filter(isCallable).map((handler) => ({ handler, args: [any, any], what: 'context' }))
  const runs = [...before, { handler: resolver, args: args?.(context) ?? [any, any, context, any], what }]
  machine.entry({ name: `graphql ${field}`, kind: 'resolver', framework, place: whereOf(resolver, site.place), runs })
}

export const addField = (one: Resolved, site: Site): void => {
  if (!isCallable(one.resolver) || !isFirst(`${one.framework} ${one.field} ${idOf(one.resolver)}`, site.machine)) return
  site.machine.atEnd(() => run(one, site.machine, site))
}

/** A resolver, or an object with `resolve`, `subscribe`, `load`. */
export const addFunctions = (one: Omit<Resolved, 'resolver'>, value: Value, site: Site): void => {
  if (value.kind === 'function') {
    addField({ ...one, resolver: value }, site)
    return
  }
  for (const what of ['resolve', 'subscribe', 'load']) addField({ ...one, what, resolver: site.machine.get(value, what, site) }, site)
}
