/** What middleware puts on a request for those behind it: `event.locals.user = …`. */

import { join } from '../../machine/join.ts'
import { any, Model, type Site, type Value } from '../../value.ts'
import { perMachine } from './per-machine.ts'

export class Locals extends Model {
  readonly what = 'locals'
  readonly #held = new Map<string, Value>()
  override get(name: string): Value | undefined {
    return this.#held.get(name)
  }
  override set(name: string, value: Value): void {
    const before = this.#held.get(name)
    this.#held.set(name, before ? join(before, value) : value)
  }
  override names(): readonly string[] {
    return [...this.#held.keys()]
  }
}

/** What a request carries in one framework: its locals, which middleware has set, and more of which nothing is known. */
export const withLocals = (): ((site: Site) => Value) => {
  const locals = perMachine(() => new Locals())
  return ({ machine }) => machine.object({ locals: locals(machine) }, any)
}
