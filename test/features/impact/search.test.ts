import { describe, expect, test } from 'vitest'
import { indexOf, waysTo } from '../../../src/features/impact/search.ts'
import type { CodeFacts, Confidence } from '../../../src/model/code.ts'
import { call, entry, fn, noFacts } from './facts.ts'

/** What an entry reaches, as function numbers and how sure that is. */
const ways = (facts: CodeFacts, ...sources: readonly (readonly [number, Confidence])[]): readonly string[] =>
  waysTo(
    indexOf(facts),
    sources.map(([at, confidence]) => ({ at, confidence })),
  ).map(({ entry: at, run, steps, confidence }) => `${facts.entries[at]?.name}: ${[run.to, ...steps.map(({ to }) => to)].join(' ')} ${confidence}`)

describe('the best way', () => {
  test('a sure one goes before a short one', () => {
    const functions = [fn('a', [call(3, 'possible'), call(1)]), fn('b', [call(2)]), fn('c', [call(3)]), fn('query')]
    expect(ways({ ...noFacts, functions, entries: [entry('e', 'route', 0)] }, [3, 'certain'])).toEqual(['e: 0 1 2 3 certain'])
  })

  test('among equally sure ones it is the shortest, though a surer one leads to its middle', () => {
    // Into `middle` a certain way of three calls and a likely one of one call; behind it everything is likely.
    const functions = [fn('a', [call(1), call(3, 'likely')]), fn('b', [call(2)]), fn('c', [call(3)]), fn('middle', [call(4, 'likely')]), fn('query')]
    expect(ways({ ...noFacts, functions, entries: [entry('e', 'route', 0)] }, [4, 'certain'])).toEqual(['e: 0 3 4 likely'])
  })

  test('it is as sure as its weakest part: the use, a call, or what the entry runs', () => {
    const functions = [fn('a', [call(1)]), fn('query')]
    const facts = (sure: Confidence): CodeFacts => ({ ...noFacts, functions, entries: [entry('e', 'route', 0, sure)] })
    expect(ways(facts('certain'), [1, 'high'])).toEqual(['e: 0 1 high'])
    expect(ways(facts('possible'), [1, 'high'])).toEqual(['e: 0 1 possible'])
  })

  test('circles end, and what no entry runs is not reached', () => {
    const functions = [fn('a', [call(1)]), fn('b', [call(0), call(1)]), fn('lonely', [call(1)])]
    expect(ways({ ...noFacts, functions, entries: [entry('e', 'route', 0)] }, [1, 'certain'])).toEqual(['e: 0 1 certain'])
    expect(ways({ ...noFacts, functions, entries: [entry('e', 'route', 0)] }, [2, 'certain'])).toEqual([])
  })

  test('a middleware that an entry runs counts, and an entry stands once', () => {
    const functions = [fn('auth', [call(2)]), fn('handler', [call(2)]), fn('query')]
    const both = {
      ...entry('e', 'route', 1),
      runs: [
        { to: 0, what: 'middleware auth', confidence: 'likely' as const },
        { to: 1, what: 'handler', confidence: 'certain' as const },
      ],
    }
    expect(ways({ ...noFacts, functions, entries: [both] }, [2, 'certain'])).toEqual(['e: 1 2 certain'])
    expect(ways({ ...noFacts, functions, entries: [both] }, [0, 'certain'])).toEqual(['e: 0 likely'])
  })
})

test('a question over 50,000 functions and 200,000 calls looks at each function at most once for each of the four grades', () => {
  const count = 50_000
  let looked = 0
  const functions = Array.from({ length: count }, (_, at) =>
    fn(
      `f${at}`,
      [1, 7, 31, 127].flatMap((step) => (at + step < count ? [call(at + step, step === 1 ? 'certain' : 'likely')] : [])),
    ),
  )
  const facts: CodeFacts = { ...noFacts, functions, entries: [entry('first', 'route', 0), entry('late', 'route', count - 200)] }
  const index = indexOf(facts)
  // Where the calls of a function begin and end is asked whenever it is looked at.
  const start = new Proxy(index.callers.start, {
    get: (target, key) => {
      if (typeof key === 'string' && /^\d+$/.test(key)) looked++
      return Reflect.get(target, key)
    },
  })
  const found = waysTo({ ...index, callers: { ...index.callers, start } }, [{ at: count - 1, confidence: 'certain' }])
  expect(found.map(({ entry: at, confidence, steps }) => [at, confidence, steps.length])).toEqual([
    [1, 'certain', 199],
    [0, 'certain', count - 1],
  ])
  expect(looked).toBeLessThanOrEqual(4 * 2 * count)
  expect(looked).toBeGreaterThan(0)
})
