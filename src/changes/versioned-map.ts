/** A map of which every version stays alive: a base that versions share, and the few entries that one version has otherwise. */

/** What stands for an entry of the base that this version does not have. */
const gone: unique symbol = Symbol('gone')

type Own<K, V> = ReadonlyMap<K, V | typeof gone>

/** Below this size a copy costs no more than a layer. */
const small = 16
/** A version with more entries of its own than this becomes a base: a change copies at most these, and a base every so many changes. */
const most = 32

/** All versions that came from one map, and every entry that any of them was given, in the order of giving. */
class Lineage<K, V> {
  readonly given: (readonly [K, V])[]
  newest: VersionedMap<K, V> | undefined

  constructor(first: ReadonlyMap<K, V>) {
    this.given = [...first]
  }
}

/** Immutable. Entries stand in the order in which their keys were first set. */
class VersionedMap<K, V> implements ReadonlyMap<K, V> {
  readonly base: ReadonlyMap<K, V>
  readonly own: Own<K, V>
  readonly size: number
  readonly lineage: Lineage<K, V>
  #whole: ReadonlyMap<K, V> | undefined

  constructor(base: ReadonlyMap<K, V>, own: Own<K, V>, size: number, lineage: Lineage<K, V>) {
    this.base = base
    this.own = own
    this.size = size
    this.lineage = lineage
    lineage.newest = this
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
    if (this.own.size === 0) return this.base
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

const asBase = <K, V>(map: ReadonlyMap<K, V>, lineage: Lineage<K, V>): VersionedMap<K, V> => new VersionedMap(map, new Map(), map.size, lineage)

const versioned = <K, V>(map: ReadonlyMap<K, V>): VersionedMap<K, V> => (map instanceof VersionedMap ? map : asBase(map, new Lineage(map)))

const next = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V | typeof gone, size: number): ReadonlyMap<K, V> => {
  if (size < small && map.size < small) {
    const copy = new Map(map)
    if (value === gone) copy.delete(key)
    else copy.set(key, value)
    return copy
  }
  const { base, own, lineage } = versioned(map)
  if (value !== gone) lineage.given.push([key, value])
  const layered = new VersionedMap(base, new Map(own).set(key, value), size, lineage)
  return layered.own.size > most ? asBase(layered.whole(), lineage) : layered
}

/** The map with one entry set; `value` is never undefined. */
export const withSet = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> => next(map, key, value, map.has(key) ? map.size : map.size + 1)

/** The map without one key; the same map when it has none. */
export const withDeleted = <K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> => (map.has(key) ? next(map, key, gone, map.size - 1) : map)

/** `entries` as the next version of `map`, for a change of many entries at once. */
export const asNext = <K, V>(map: ReadonlyMap<K, V>, entries: ReadonlyMap<K, V>): ReadonlyMap<K, V> => {
  if (!(map instanceof VersionedMap)) return entries
  for (const [key, value] of entries) if (map.get(key) !== value) map.lineage.given.push([key, value])
  return asBase(entries, map.lineage as Lineage<K, V>)
}

/** What an entry is found by: a set, or the keys of a map. */
type Words = { has(word: string): boolean; keys(): Iterable<string> }

export type Finding<K, V> = {
  /** The words that an entry is found by; they must depend on nothing but the entry. */
  readonly words: (value: V, key: K) => Words
  /** At least those words of an entry that another value under the same key does not have. Versions of a value have most of their words in common. */
  readonly newWords?: (value: V, key: K, other: V) => Iterable<string>
}

/** Keys of a lineage by the words that their entries had in any version that was looked at. */
class Index<K, V extends object> {
  readonly byWord = new Map<string, Set<K>>()
  /** Of each key, the value that was looked at last: its words are all in. */
  readonly last = new Map<K, V>()
  /** How many of the lineage's entries were looked at. */
  read = 0
  /** Entries that were gone when they were looked at: only older versions have them. */
  passed: (readonly [K, V])[] = []
}

/**
 * Finds the entries of a map by something that their values say. All versions of a map share one index, which knows what any of them was given; whether a
 * version's own entry has the word, that entry says.
 */
export class Lookup<K, V extends object> {
  readonly #finding: Finding<K, V>
  readonly #known = new WeakMap<V, { readonly key: K; readonly words: Words }>()
  readonly #indexes = new WeakMap<object, Index<K, V>>()

  constructor(finding: Finding<K, V>) {
    this.#finding = finding
  }

  /** The entries that have the word. */
  find(map: ReadonlyMap<K, V>, word: string): readonly (readonly [K, V])[] {
    const found: (readonly [K, V])[] = []
    const candidates = map instanceof VersionedMap ? this.#ofVersion(map).byWord.get(word) : map.size < small ? map.keys() : this.#ofPlain(map).byWord.get(word)
    if (candidates === undefined) return found
    for (const key of candidates) {
      const value = map.get(key)
      if (value !== undefined && this.#wordsOf(value, key).has(word)) found.push([key, value])
    }
    return found
  }

  #wordsOf(value: V, key: K): Words {
    const known = this.#known.get(value)
    if (known && known.key === key) return known.words
    const words = this.#finding.words(value, key)
    this.#known.set(value, { key, words })
    return words
  }

  #ofPlain(map: ReadonlyMap<K, V>): Index<K, V> {
    const known = this.#indexes.get(map)
    if (known) return known
    const index = new Index<K, V>()
    this.#indexes.set(map, index)
    for (const [key, value] of map) this.#add(index, key, value)
    return index
  }

  /** The index of a version's lineage, with all that this version has. What came and went between two questions is read when an older version asks. */
  #ofVersion(map: VersionedMap<K, V>): Index<K, V> {
    const { lineage } = map
    let index = this.#indexes.get(lineage)
    if (index === undefined) {
      index = new Index()
      this.#indexes.set(lineage, index)
    }
    for (; index.read < lineage.given.length; index.read++) {
      const entry = lineage.given[index.read] as readonly [K, V]
      if (map.get(entry[0]) === entry[1]) this.#add(index, ...entry)
      else index.passed.push(entry)
    }
    if (lineage.newest !== map) {
      for (const [key, value] of index.passed) this.#add(index, key, value)
      index.passed = []
    }
    return index
  }

  #add({ byWord, last }: Index<K, V>, key: K, value: V): void {
    const { words, newWords } = this.#finding
    const other = last.get(key)
    last.set(key, value)
    for (const word of other !== undefined && newWords ? newWords(value, key, other) : words(value, key).keys()) {
      const others = byWord.get(word)
      if (others) others.add(key)
      else byWord.set(word, new Set([key]))
    }
  }
}
