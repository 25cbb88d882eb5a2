/**
 * What a request carries after each middleware. Routes behind the same middleware share it, so that a middleware is followed once however many routes it guards.
 */
import type { Value } from '../../value.ts'

/** The context of the next step; `settled` for handlers, which share one. */
type Behind<Context> = (before: Context, settled: boolean) => Context

export class Chain<Context> {
  readonly context: Context
  readonly #next = new Map<unknown, Chain<Context>>()
  readonly #behind: Behind<Context>
  #shared: Context | undefined
  constructor(context: Context, behind: Behind<Context>) {
    this.context = context
    this.#behind = behind
  }

  /** The step itself runs with this context too: what it sets is there for those after it. */
  after(step: Value): Chain<Context> {
    const key = 'id' in step ? step.id : step
    const known = this.#next.get(key)
    if (known !== undefined) return known
    const next = new Chain(this.#behind(this.context, false), this.#behind)
    this.#next.set(key, next)
    return next
  }

  /** What handlers are given. */
  get last(): Context {
    this.#shared ??= this.#behind(this.context, true)
    return this.#shared
  }
}
