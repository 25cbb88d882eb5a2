/** `AsyncLocalStorage`: what `run` is given is what `getStore` gives within it. */

import { join } from '../../machine/join.ts'
import { any, type CallSite, Model, native, type Value } from '../../value.ts'
import { perMachine } from '../common/per-machine.ts'

class Storage extends Model {
  readonly what = 'async storage'
  readonly #type: Value
  #store: Value = any
  constructor(type: Value) {
    super()
    this.#type = type
  }

  override get(name: string): Value | undefined {
    switch (name) {
      case 'run':
        return native('run', ({ args: [store = any, work = any, ...args], ...site }) => {
          this.#keep(store)
          return site.machine.invoke(work, args, site)
        })
      case 'enterWith':
        return native('enterWith', ({ args: [store = any] }) => {
          this.#keep(store)
          return any
        })
      case 'exit':
        return native('exit', ({ args: [work = any, ...args], ...site }) => site.machine.invoke(work, args, site))
      case 'getStore':
        return native('getStore', () => (this.#store.kind === 'any' ? this.#type : this.#store))
      default:
        return undefined
    }
  }

  #keep(store: Value): void {
    this.#store = join(this.#store, store)
  }
}

const storages = perMachine(() => new Map<string, Storage>())

class StorageClass extends Model {
  readonly what = 'async storage class'
  override construct({ machine, place, types: [type = any] }: CallSite): Value {
    const key = `${place.file}:${place.line}`
    const storage = storages(machine).get(key) ?? new Storage(type)
    storages(machine).set(key, storage)
    return storage
  }
}

export const storageClass = new StorageClass()
