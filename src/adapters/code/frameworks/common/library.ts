/** What libraries export: objects with methods, and classes. */
import { ownValue } from '../../own-value.ts'
import { type CallSite, Model, type Native, type Value } from '../../value.ts'

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
    return ownValue(this.#methods, name)
  }
}

/** A class of a library: `new X(…)`. */
export class Constructed extends Model {
  readonly what: string
  readonly #construct: (site: CallSite) => Value | undefined
  readonly #statics: Readonly<Record<string, Native>>
  constructor(what: string, construct: (site: CallSite) => Value | undefined, statics: Readonly<Record<string, Native>> = {}) {
    super()
    this.what = what
    this.#construct = construct
    this.#statics = statics
  }
  override construct(site: CallSite): Value | undefined {
    return this.#construct(site)
  }
  override get(name: string): Value | undefined {
    return ownValue(this.#statics, name)
  }
}
