/** The one argument of Elysia's handlers: what `decorate`, `derive`, `resolve` put in it, the store, the validated body. */
import { any, type Site, type Value } from '../../value.ts'
import { Bag } from '../routing/bag.ts'

export class ElysiaContext extends Bag {
  readonly store: Bag
  readonly #body: Value
  constructor(before?: ElysiaContext, settled = false, body: Value = any) {
    super('elysia context', before, settled)
    this.store = before ? before.store : new Bag('elysia store')
    this.#body = body
  }

  override get(name: string, site: Site): Value | undefined {
    if (name === 'store') return this.store
    return name === 'body' && this.#body.kind !== 'any' ? this.#body : super.get(name, site)
  }

  /** The context of one route. */
  withBody(body: Value): ElysiaContext {
    return body.kind === 'any' ? this : new ElysiaContext(this, false, body)
  }

  /** What a function gave: its properties are those of the context from now on. */
  merge(given: Value, site: Site): void {
    for (const [name, value] of site.machine.entries(given, site).known) this.put(name, value)
  }
}
