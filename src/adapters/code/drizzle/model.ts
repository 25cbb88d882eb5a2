/** The base of Drizzle's models: methods by name, each one value for as long as its object lives. */
import { ownValue } from '../own-value.ts'
import { type CallSite, Model, type Native, native, type Site, type Value } from '../value.ts'

/** What `x.name(…)` gives. */
export type Methods = Readonly<Record<string, (site: CallSite) => Value | undefined>>

export abstract class DrizzleModel extends Model {
  #methods: Methods | undefined
  readonly #natives = new Map<string, Native>()

  protected methods(): Methods {
    return {}
  }

  override get(name: string, _site: Site): Value | undefined {
    const known = this.#natives.get(name)
    if (known !== undefined) return known
    this.#methods ??= this.methods()
    const run = ownValue(this.#methods, name)
    if (run === undefined) return undefined
    const made = native(name, run)
    this.#natives.set(name, made)
    return made
  }
}

/** Values by name: `({ one, many }) => …`, `(t) => …`. */
export class Namespace extends Model {
  readonly what: string
  readonly members: Readonly<Record<string, Value>>
  constructor(what: string, members: Readonly<Record<string, Value>>) {
    super()
    this.what = what
    this.members = members
  }

  override get(name: string): Value | undefined {
    return ownValue(this.members, name)
  }

  override names(): readonly string[] {
    return Object.keys(this.members)
  }
}
