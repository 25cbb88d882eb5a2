/** A text that is wrapped by our own short way comes out as the package wraps it. */

import fc from 'fast-check'
import stringWidth from 'fast-string-width'
import { wrapAnsi } from 'fast-wrap-ansi'
import { expect, test } from 'vitest'
import { widthOf, wrap } from '../../src/renderers/terminal.ts'

const narrow = [...'a b’→…─✗▲●✓○│├└“”‘–—· ']

test('narrow texts, words that must be broken and runs of blanks too', () => {
  const texts = fc.array(fc.constantFrom(...narrow), { maxLength: 60 }).map((characters) => characters.join(''))
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 30 }), (text, width) => {
      expect(widthOf(text)).toBe(stringWidth(text))
      expect(wrap(text, width)).toEqual(wrapAnsi(text, width, { hard: true }).split('\n'))
    }),
    { numRuns: 5000 },
  )
})

test('each character up to U+3000 is as wide as the package says', () => {
  for (let code = 0x20; code < 0x3000; code++) {
    const text = String.fromCharCode(code)
    expect([code, widthOf(text)]).toEqual([code, stringWidth(text)])
  }
})
