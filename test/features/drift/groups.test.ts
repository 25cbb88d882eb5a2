import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { groupsOf, namesText, spreadOf } from '../../../src/features/drift/groups.ts'
import { ordered, parseShard, shardOf } from '../../../src/features/drift/shard.ts'

const differing = (tenants: readonly string[], ...fingerprints: readonly string[]) => ({
  tenants,
  differences: fingerprints.map((fingerprint) => ({ fingerprint })),
})

describe('groups', () => {
  test('the same differences are one group, in whatever order they were found; the largest group comes first', () => {
    const groups = groupsOf([differing(['c'], 'x'), differing(['b'], 'x', 'y'), differing(['a', 'd'], 'y', 'x')])
    expect(groups.map(({ tenants, differences }) => [tenants, differences.length])).toEqual([
      [['a', 'b', 'd'], 2],
      [['c'], 1],
    ])
  })

  test('each difference is told once, with all that have it', () => {
    const spread = spreadOf(groupsOf([differing(['c'], 'x'), differing(['b'], 'x', 'y')]))
    expect(Object.fromEntries(spread.map(({ difference, tenants }) => [difference.fingerprint, tenants]))).toEqual({ x: ['b', 'c'], y: ['b'] })
  })

  test('no database is lost or counted twice', () => {
    const some = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 30 })
    fc.assert(
      fc.property(some, fc.infiniteStream(fc.subarray(['w', 'x', 'y', 'z'], { minLength: 1 })), (tenants, kinds) => {
        const groups = groupsOf(tenants.map((tenant) => differing([tenant], ...(kinds.next().value ?? []))))
        expect(groups.flatMap((group) => group.tenants).toSorted()).toEqual(tenants.toSorted())
      }),
    )
  })

  test('names in a sentence', () => {
    expect(namesText(['a'])).toBe('a')
    expect(namesText(['a', 'b', 'c', 'd'])).toBe('a, b, c and d')
    expect(namesText(Array.from({ length: 1185 }, (_, at) => `t${at + 1}`))).toBe('t1, t2, t3 and 1,182 more')
  })
})

describe('shards', () => {
  test('all parts together have each name once, and none is more than one longer than another', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 12 }), (names, of) => {
        const all = ordered(names)
        const parts = Array.from({ length: of }, (_, at) => shardOf(all, { index: at + 1, of }))
        expect(parts.flat().toSorted()).toEqual(all)
        const sizes = parts.map(({ length }) => length)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('are the same whatever the order in which the names come', () => {
    expect(shardOf(ordered(['c', 'a', 'b', 'a']), { index: 1, of: 2 })).toEqual(['a', 'c'])
  })

  test.each(['', '0/2', '3/2', '1', '1/0', 'a/b', '1/2/3', '-1/2'])('%j is none', (text) => expect(() => parseShard(text)).toThrow('no part of a whole'))

  test('2/5 is one', () => expect(parseShard('2/5')).toEqual({ index: 2, of: 5 }))
})
