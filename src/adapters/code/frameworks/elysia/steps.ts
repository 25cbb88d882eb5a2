/** What runs before a handler of Elysia: hooks, and functions whose result becomes part of the context. */
import { any, type CallSite, Model, type Site, type Value } from '../../value.ts'
import { flat, nameOf } from '../routing/values.ts'
import { ElysiaContext } from './context.ts'

/** `derive`, `resolve`: the function's result is merged into the context. */
export class Merging extends Model {
  readonly what: string
  readonly #given: Value
  constructor(given: Value) {
    super()
    this.what = nameOf(given)
    this.#given = given
  }

  override call({ args: [context = any], ...site }: CallSite): Value {
    const { machine } = site
    const given = machine.awaited(machine.invoke(this.#given, [context], site), site)
    if (context instanceof ElysiaContext) context.merge(given, site)
    return any
  }
}

/** Hooks of a route or a guard, in the order of a request's life; `derive` and `resolve` give to the context. */
const hookNames: readonly string[] = ['parse', 'transform', 'derive', 'beforeHandle', 'resolve', 'afterHandle', 'mapResponse', 'afterResponse']
const merging: ReadonlySet<string> = new Set(['derive', 'resolve'])

export const stepOf = (name: string, handler: Value): Value => (merging.has(name) ? new Merging(handler) : handler)

const isCode = ({ kind }: Value): boolean => kind === 'function' || kind === 'model'

export const hookSteps = (options: Value, site: Site): readonly Value[] =>
  hookNames.flatMap((name) =>
    flat([site.machine.get(options, name, site)])
      .filter(isCode)
      .map((handler) => stepOf(name, handler)),
  )

/** `macro({ auth: { resolve() {} } })`, `macro({ role: (name) => ({ beforeHandle() {} }) })` */
export type Macros = Map<string, Value>

/** The steps of the macros that the options of a route switch on. */
export const macroSteps = (macros: Macros, options: Value, site: Site): readonly Value[] => {
  const { machine } = site
  return [...machine.entries(options, site).known].flatMap(([name, value]) => {
    const macro = macros.get(name)
    if (macro === undefined || (value.kind === 'literal' && value.value === false)) return []
    return hookSteps(macro.kind === 'function' ? machine.invoke(macro, [value], site) : macro, site)
  })
}
