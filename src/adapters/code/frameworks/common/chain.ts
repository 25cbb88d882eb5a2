/**
 * Middleware of procedure builders (tRPC, oRPC, server functions, safe actions): each one is called with the context so far and a `next` that takes more of it.
 */

import { join } from '../../machine/join.ts'
import { any, Model, native, type Site, type Value } from '../../value.ts'
import { isCallable } from '../where.ts'

/** A context and what middleware gave to `next`. */
class Extended extends Model {
  readonly what = 'context'
  readonly #before: Value
  readonly #given = new Set<Value>()
  constructor(before: Value) {
    super()
    this.#before = before
  }
  give(more: Value): void {
    if (more.kind !== 'any') this.#given.add(more)
  }
  override get(name: string, site: Site): Value {
    const given = [...this.#given].flatMap((more) => site.machine.entries(more, site).known.get(name) ?? [])
    const value = join(...given)
    return value.kind === 'any' ? site.machine.get(this.#before, name, site) : value
  }
}

type Step = { readonly options: Value; readonly after: Extended }

export class Chain {
  readonly #word: 'ctx' | 'context'
  readonly #before: Chain | undefined
  readonly #middleware: Value
  /** By the context before it, so that one middleware is followed once for all the procedures behind it. */
  readonly #steps = new Map<Value, Step>()

  constructor(word: 'ctx' | 'context', before?: Chain, middleware: Value = any) {
    this.#word = word
    this.#before = before
    this.#middleware = middleware
  }

  with(middleware: Value): Chain {
    return new Chain(this.#word, this, middleware)
  }

  /** This one's middleware behind another's. */
  after(first: Chain): Chain {
    if (this.#before === undefined) return first
    return new Chain(this.#word, this.#before.after(first), this.#middleware)
  }

  /** Runs the middleware in order and answers the context behind it. `more` is what else each is called with, beside the context and `next`. */
  run(start: Value, site: Site, more: Readonly<Record<string, Value>> = {}): Value {
    if (this.#before === undefined) return start
    const context = this.#before.run(start, site, more)
    const { options, after } = this.#step(context, more, site)
    if (isCallable(this.#middleware)) site.machine.invoke(this.#middleware, [options], site)
    return after
  }

  #step(context: Value, more: Readonly<Record<string, Value>>, site: Site): Step {
    const known = this.#steps.get(context) ?? this.#newStep(context, site)
    this.#steps.set(context, known)
    if (Object.keys(more).length === 0) return known
    return { ...known, options: site.machine.object({ ...Object.fromEntries(site.machine.entries(known.options, site).known), ...more }, any) }
  }

  #newStep(context: Value, site: Site): Step {
    const after = new Extended(context)
    const next = native('next', ({ args: [given = any], ...site }) => {
      after.give(site.machine.get(given, this.#word, site))
      return any
    })
    return { after, options: site.machine.object({ [this.#word]: context, next }, any) }
  }
}
