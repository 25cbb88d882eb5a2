/** A map of which every version stays alive: a base that versions share, and the few entries that one version has otherwise. */

/** What stands for an entry of the base that this version does not have. */
const gone: unique symbol = Symbol('gone')

type Own<K, V> = ReadonlyMap<K, V | typeof gone>

/** Below this size a copy costs no more than a layer. */
const small = 16
/** A version with more entries of its own than this becomes a base: a change copies at most these, and a base every so many changes. */
const most = 32

/** Immutable. Entries stand in the order in which their keys were first set. */
class VersionedMap<K, V> implements ReadonlyMap<K, V> {
  readonly base: ReadonlyMap<K, V>
  readonly own: Own<K, V>
  readonly size: number
  #whole: ReadonlyMap<K, V> | undefined

  constructor(base: ReadonlyMap<K, V>, own: Own<K, V>, size: number) {
    this.base = base
    this.own = own
    this.size = size
  }

  get(key: K): V | undefined {
    const value = this.own.get(key)
    return value === undefined ? this.base.get(key) : value === gone ? undefined : value
  }

  has(key: K): boolean {
    const value = this.own.get(key)
    return value === undefined ? this.base.has(key) : value !== gone
  }

  /** All entries in one plain map, made when somebody walks over them. */
  whole(): ReadonlyMap<K, V> {
    if (this.#whole) return this.#whole
    const whole = new Map(this.base)
    for (const [key, value] of this.own) {
      if (value === gone) whole.delete(key)
      else whole.set(key, value)
    }
    this.#whole = whole
    return whole
  }

  forEach(visit: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    this.whole().forEach(visit)
  }

  entries(): MapIterator<[K, V]> {
    return this.whole().entries()
  }

  keys(): MapIterator<K> {
    return this.whole().keys()
  }

  values(): MapIterator<V> {
    return this.whole().values()
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.whole().entries()
  }
}

const layers = <K, V>(map: ReadonlyMap<K, V>): { readonly base: ReadonlyMap<K, V>; readonly own: Own<K, V> } =>
  map instanceof VersionedMap ? map : { base: map, own: new Map() }

const none: readonly never[] = []

const plain = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V | typeof gone): ReadonlyMap<K, V> => {
  const copy = new Map(map)
  if (value === gone) copy.delete(key)
  else copy.set(key, value)
  return copy
}

const next = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V | typeof gone, size: number): ReadonlyMap<K, V> => {
  if (size < small && !(map instanceof VersionedMap)) return plain(map, key, value)
  const { base, own } = layers(map)
  const layered = new VersionedMap(base, new Map(own).set(key, value), size)
  return layered.own.size > most || size < small ? layered.whole() : layered
}

/** The map with one entry set; `value` is never undefined. */
export const withSet = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> => next(map, key, value, map.has(key) ? map.size : map.size + 1)

/** The map without one key; the same map when it has none. */
export const withDeleted = <K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> => (map.has(key) ? next(map, key, gone, map.size - 1) : map)

/** What an entry is found by: a set, or the keys of a map. */
type Words = { has(word: string): boolean; keys(): Iterable<string> }

/**
 * Finds the entries of a map by something that their values say. A base is sorted once for all its versions, and what a version has otherwise is few enough
 * to ask one by one.
 */
export class Lookup<K, V extends object> {
  readonly #words: (value: V, key: K) => Words
  readonly #known = new WeakMap<V, { readonly key: K; readonly words: Words }>()
  readonly #sorted = new WeakMap<ReadonlyMap<K, V>, ReadonlyMap<string, readonly K[]>>()

  /** `words` are what an entry is found by; they must depend on nothing but the entry. */
  constructor(words: (value: V, key: K) => Words) {
    this.#words = words
  }

  /** The entries that have the word. */
  find(map: ReadonlyMap<K, V>, word: string): readonly (readonly [K, V])[] {
    const { base, own } = layers(map)
    const candidates = (this.#sorted.get(base) ?? this.#sort(base)).get(word) ?? none
    const found: (readonly [K, V])[] = []
    for (const key of candidates) {
      const value = own.get(key) ?? base.get(key)
      if (value !== undefined && value !== gone && (!own.has(key) || this.#wordsOf(value, key).has(word))) found.push([key, value])
    }
    for (const [key, value] of own) if (value !== gone && this.#wordsOf(value, key).has(word) && !candidates.includes(key)) found.push([key, value])
    return found
  }

  #wordsOf(value: V, key: K): Words {
    const known = this.#known.get(value)
    if (known && known.key === key) return known.words
    const words = this.#words(value, key)
    this.#known.set(value, { key, words })
    return words
  }

  #sort(base: ReadonlyMap<K, V>): ReadonlyMap<string, readonly K[]> {
    const sorted = new Map<string, K[]>()
    for (const [key, value] of base) {
      for (const word of this.#wordsOf(value, key).keys()) {
        const others = sorted.get(word)
        if (others) others.push(key)
        else sorted.set(word, [key])
      }
    }
    this.#sorted.set(base, sorted)
    return sorted
  }
}
