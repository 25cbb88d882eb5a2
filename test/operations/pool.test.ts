import { expect, test } from 'vitest'
import { pooled } from '../../src/operations/pool.ts'

const never = new AbortController().signal

test('never more than the limit run at once, and the answers keep the order', async () => {
  let running = 0
  let most = 0
  const answers = await pooled([5, 1, 4, 2, 3], 2, never, async (item) => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setTimeout(resolve, item))
    running -= 1
    return item * 10
  })
  expect(answers).toEqual([50, 10, 40, 20, 30])
  expect(most).toBe(2)
})

test('a signal stops it, and a failure is thrown', async () => {
  const stop = new AbortController()
  const done: number[] = []
  await expect(
    pooled([1, 2, 3], 1, stop.signal, async (item) => {
      done.push(item)
      stop.abort()
    }),
  ).rejects.toThrow()
  expect(done).toEqual([1])
  await expect(pooled([1], 4, never, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
})
