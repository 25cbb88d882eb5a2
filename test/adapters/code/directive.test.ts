import { expect, it } from 'vitest'
import { directiveIn } from '../../../src/adapters/code/directive.ts'

it.each([
  ["'use client'\nexport const a = 1", 'use client'],
  ['#!/usr/bin/env node\n/* a */ // b\n"use server"', 'use server'],
  ["import 'x'\n'use client'", undefined],
  ['', undefined],
])('%j begins with %s', (text, directive) => {
  expect(directiveIn(text)).toBe(directive)
})

it('a text that begins with very many comments is read once', () => {
  expect(directiveIn(`${'/* a */ // b\n'.repeat(20_000)}const a = 1`)).toBeUndefined()
})
