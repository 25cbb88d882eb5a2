/** What a procedure's `ctx` begins with: a context as it is declared, or as a server gives it. */
import { any, Model, type Site, type Value } from '../../value.ts'

/** What a function answers, as the type `inferAsyncReturnType<typeof createContext>` says it. */
export class Answer extends Model {
  readonly what = 'trpc context'
  readonly #of: Value
  constructor(of: Value) {
    super()
    this.#of = of
  }
  make(site: Site): Value {
    return site.machine.awaited(site.machine.invoke(this.#of, [any], site), site)
  }
  override get(name: string, site: Site): Value {
    return site.machine.get(this.make(site), name, site)
  }
}

/** A context as it is declared or given: a function that makes it, or the value itself. */
export const contextOf = (declared: Value, site: Site): Value => {
  if (declared instanceof Answer) return declared.make(site)
  return declared.kind === 'function' || declared.kind === 'model' ? calledOr(declared, site) : declared
}

const calledOr = (value: Value, site: Site): Value => {
  const made = site.machine.awaited(site.machine.invoke(value, [any], site), site)
  return made.kind === 'any' && value.kind === 'model' ? value : made
}
