import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { equal } from '../../src/changes/equal.ts'
import { type Finding, Lookup, withDeleted, withSet } from '../../src/changes/versioned-map.ts'

type Value = { readonly words: readonly string[] }
type Edit = { readonly key: number; readonly value: Value | undefined }

const word = fc.constantFrom('a', 'b', 'c')
/** Enough edits of enough keys that bases are made anew several times. */
const edits = fc.array(
  fc.record<Edit>({ key: fc.nat(80), value: fc.option(fc.record({ words: fc.array(word, { maxLength: 2 }) }), { nil: undefined, freq: 3 }) }),
  { minLength: 1, maxLength: 250, size: 'max' },
)

const edited = (map: ReadonlyMap<number, Value>, { key, value }: Edit): ReadonlyMap<number, Value> =>
  value === undefined ? withDeleted(map, key) : withSet(map, key, value)

const asMap = (map: ReadonlyMap<number, Value>, { key, value }: Edit): Map<number, Value> => {
  const next = new Map(map)
  if (value === undefined) next.delete(key)
  else next.set(key, value)
  return next
}

const start: ReadonlyMap<number, Value> = new Map(Array.from({ length: 60 }, (_, key) => [key, { words: key % 2 === 0 ? ['a'] : [] }]))
const keys = Array.from({ length: 81 }, (_, key) => key)
const sorted = (map: Iterable<readonly [number, Value]>): readonly (readonly [number, Value])[] => [...map].sort(([a], [b]) => a - b)

/** Each version with the plain map that it should be. */
const versions = (all: readonly Edit[]): readonly { readonly mine: ReadonlyMap<number, Value>; readonly plain: ReadonlyMap<number, Value> }[] => {
  let version = { mine: start, plain: start }
  return all.map((edit) => (version = { mine: edited(version.mine, edit), plain: asMap(version.plain, edit) }))
}

describe('a versioned map', () => {
  it('is in every version what a map would be, however many versions come after', () => {
    fc.assert(
      fc.property(edits, (all) => {
        for (const { mine, plain } of versions(all)) {
          expect(mine.size).toBe(plain.size)
          expect(sorted(mine)).toEqual(sorted(plain))
          expect(keys.filter((key) => mine.has(key) !== plain.has(key) || mine.get(key) !== plain.get(key))).toEqual([])
          expect(equal(mine, plain)).toBe(true)
          expect(equal(plain, mine)).toBe(true)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('is not equal to another one', () => {
    const mine = withSet(start, 1, { words: ['b'] })
    expect(equal(mine, start)).toBe(false)
    expect(equal(withDeleted(start, 1), start)).toBe(false)
    expect(equal(withSet(withDeleted(start, 1), 99, { words: [] }), start)).toBe(false)
  })

  it.each<[string, Finding<number, Value>]>([
    ['reading entries whole', { words: ({ words }) => new Set(words) }],
    [
      'reading what is new',
      { words: ({ words }) => new Set(words), newWords: ({ words }, _key, other) => words.filter((each) => !other.words.includes(each)) },
    ],
  ])('finds by word just what a walk finds, %s', (_how, finding) => {
    const byWord = new Lookup<number, Value>(finding)
    fc.assert(
      fc.property(edits, word, (all, wanted) => {
        for (const { mine, plain } of versions(all)) {
          expect(sorted(byWord.find(mine, wanted))).toEqual(sorted([...plain].filter(([, { words }]) => words.includes(wanted))))
        }
      }),
      { numRuns: 20 },
    )
  })

  it('keeps the order in which keys were set, and answers the same map when there is nothing to delete', () => {
    const next = withSet(withSet(start, 100, { words: [] }), 3, { words: ['c'] })
    expect([...next.keys()]).toEqual([...start.keys(), 100])
    expect(withDeleted(start, 100)).toBe(start)
  })
})
