import { expect, test } from 'vitest'
import { usesOf } from './follow.ts'
import { idioms } from './idioms.ts'

test.each(idioms)('$name', ({ code, uses }) => {
  expect(usesOf(code)).toBe(uses)
})
