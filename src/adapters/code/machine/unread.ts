/** What a file gives that has not been read: a table of thousands of tools names files that reach no database, and few of them are ever asked for. */
import { any, type CallSite, Model, type Site, type Value } from '../value.ts'

export class Unread extends Model {
  readonly what = 'name of a file that was not read'
  readonly #read: () => Value
  #value: Value | undefined
  constructor(read: () => Value) {
    super()
    this.#read = read
  }
  /** The value itself; the file is read now. */
  get value(): Value {
    if (this.#value) return this.#value
    this.#value = any
    this.#value = this.#read()
    return this.#value
  }
  override get(name: string, site: Site): Value {
    return site.machine.get(this.value, name, site)
  }
  override call(site: CallSite): Value {
    return site.machine.invoke(this.value, site.args, site)
  }
  override construct(site: CallSite): Value {
    return site.machine.construct(this.value, site.args, site)
  }
  override element(site: Site): Value {
    return site.machine.element(this.value, site)
  }
  override awaited(site: Site): Value {
    return site.machine.awaited(this.value, site)
  }
}

/** The value, if need be of a file that is read now. */
export const read = (value: Value): Value => (value instanceof Unread ? value.value : value)

/** Values of which no more than so many are read for it; those that are there come first. */
export const readSome = (values: readonly Value[], most: number): readonly Value[] => {
  const ready = values.filter((one) => !(one instanceof Unread))
  const rest = values.filter((one) => one instanceof Unread).slice(0, Math.max(0, most - ready.length))
  return [...ready, ...rest.map(read)]
}
