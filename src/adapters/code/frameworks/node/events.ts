/** Emitters of events: who emits a name calls the listeners of that name, in whatever order the two are met. */
import { any, type CallSite, Model, native, type Site, type Value } from '../../value.ts'
import { perMachine } from '../common/per-machine.ts'

type Listener = { readonly names: readonly string[]; readonly handler: Value }
type Emission = { readonly names: readonly string[]; readonly args: readonly Value[]; readonly site: Site }

/** A name that is not known may be any. */
const meets = (a: readonly string[], b: readonly string[]): boolean => a.length === 0 || b.length === 0 || a.some((name) => b.includes(name) || name === '*')

const listening = new Set(['on', 'once', 'addListener', 'prependListener', 'prependOnceListener'])

class Emitter extends Model {
  readonly what = 'event emitter'
  readonly #listeners: Listener[] = []
  readonly #emissions: Emission[] = []

  override get(name: string): Value | undefined {
    if (listening.has(name)) return native(name, (site) => this.#listen(site))
    return name === 'emit' ? native('emit', (site) => this.#emit(site)) : undefined
  }

  #listen({ args: [name = any, handler = any], ...site }: CallSite): Value {
    const listener: Listener = { names: site.machine.strings(name), handler }
    this.#listeners.push(listener)
    for (const emission of this.#emissions) this.#deliver(emission, listener)
    // Who emits is not among what is followed: a stream, a server.
    site.machine.atEnd(() => {
      if (!this.#emissions.some(({ names }) => meets(names, listener.names))) site.machine.handOver(handler, site)
    })
    return this
  }

  #emit({ args: [name = any, ...args], ...site }: CallSite): Value {
    const emission: Emission = { names: site.machine.strings(name), args, site }
    this.#emissions.push(emission)
    for (const listener of this.#listeners) this.#deliver(emission, listener)
    return any
  }

  #deliver({ names, args, site }: Emission, listener: Listener): void {
    if (meets(names, listener.names)) site.machine.invoke(listener.handler, args, site, 'likely')
  }
}

const emitters = perMachine(() => new Map<string, Emitter>())

/** One for each place: functions that make one are followed once for each kind of arguments. */
const emitterAt = ({ machine, place }: Site): Emitter => {
  const key = `${place.file}:${place.line}`
  const emitter = emitters(machine).get(key) ?? new Emitter()
  emitters(machine).set(key, emitter)
  return emitter
}

class EmitterClass extends Model {
  readonly what = 'event emitter class'
  override construct(site: CallSite): Value {
    return emitterAt(site)
  }
  /** `mitt()`. */
  override call(site: CallSite): Value {
    return emitterAt(site)
  }
  override get(name: string): Value | undefined {
    return name === 'EventEmitter' ? this : undefined
  }
}

export const emitterClass = new EmitterClass()
