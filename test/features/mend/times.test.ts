import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mendedTimes } from '../../../src/features/mend/times.ts'

const s = 1_700_000_000
const at = (seconds: number, ms = 0): number => (s + seconds) * 1000 + ms
const offsets = (...whens: readonly number[]): readonly number[] => mendedTimes(whens).map((when) => when - s * 1000)

describe('times of a journal', () => {
  it('that rise second by second stay', () => {
    const whens = [at(1, 7), at(2), at(9, 999)]
    expect(mendedTimes(whens)).toEqual(whens)
    expect(mendedTimes([])).toEqual([])
  })

  it('in one second: the later stays, for a database may stand there, and the earlier moves back', () => {
    expect(offsets(at(1), at(5, 100), at(5, 101))).toEqual([1000, 4100, 5101])
    expect(offsets(at(5, 100), at(5, 101))).toEqual([4100, 5101])
    expect(offsets(at(5, 1), at(5, 2), at(5, 3))).toEqual([3001, 4002, 5003])
  })

  it('without room before them move on', () => {
    expect(offsets(at(4, 500), at(5, 100), at(5, 101), at(9))).toEqual([4500, 5100, 6101, 9000])
    expect(offsets(at(1), at(2), at(3), at(2, 5), at(9))).toEqual([1000, 2000, 3000, 4005, 9000])
  })

  it('out of order: as few as can be move, and as near as can be', () => {
    expect(offsets(at(10), at(20), at(5, 7), at(30))).toEqual([10_000, 20_000, 21_007, 30_000])
    expect(offsets(at(10), at(99, 7), at(20), at(30))).toEqual([10_000, 19_007, 20_000, 30_000])
  })

  it('always rise in seconds of their own, the whole ones untouched', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 30 }), (drawn) => {
        const whens = drawn.map((ms) => s * 1000 + ms)
        const times = mendedTimes(whens)
        const seconds = times.map((when) => Math.floor(when / 1000))
        for (const [position, second] of seconds.entries()) if (position > 0) expect(second).toBeGreaterThan(seconds[position - 1] ?? 0)
        for (const [position, when] of times.entries()) if (when !== whens[position]) expect(whens).not.toContain(when)
        expect(mendedTimes(times)).toEqual(times)
      }),
    )
  })
})
