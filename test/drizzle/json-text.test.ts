import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conflictMarkerLine, JsonFault, memberOf, parsedValue, placeOf, scanJson } from '../../src/drizzle/json-text.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const scans = (text: string): boolean => {
  try {
    scanJson(bytes(text), 2)
    return true
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error
    return false
  }
}
const parses = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('scanning JSON', () => {
  it('agrees with JSON.parse on every value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        const node = scanJson(bytes(text), 3)
        expect(parsedValue(bytes(text), node)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('agrees with JSON.parse on what is no JSON: one character changed, removed or added', () => {
    const text = JSON.stringify({ a: [1, -2.5e3, true, null, { b: 'x\n"\\\u0001é😀' }, [], {}], c: '' }, null, 2)
    const letters = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '0', '.', '-', 'e', 't', '\n', '\u0001', ' ', 'ü', '')
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(1), letters, (at, length, letter) => {
        const changed = text.slice(0, at) + letter + text.slice(at + length)
        expect(scans(changed), changed).toBe(parses(changed))
      }),
      { numRuns: 3000 },
    )
  })

  it.each([
    '',
    ' ',
    '{',
    '[1,]',
    '{"a":1,}',
    '01',
    '1.',
    '-',
    '"\\x"',
    '"\\u12g4"',
    'tru',
    'nul',
    '{"a" 1}',
    '[1 2]',
    '"a',
    '\uFEFF{}',
    '{}x',
    'NaN',
    "{'a':1}",
  ])('refuses %j', (text) => {
    expect(scans(text)).toBe(false)
    expect(parses(text)).toBe(false)
  })

  it('goes as deep as a file does, without a stack', () => {
    expect(scans('['.repeat(200_000) + ']'.repeat(200_000))).toBe(true)
  })

  it('says where a fault is, in lines and UTF-16 columns', () => {
    const text = '{\n  "ü": "😀", x\n}'
    try {
      scanJson(bytes(text), 1)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(JsonFault)
      if (error instanceof JsonFault) expect(placeOf(bytes(text), error.offset)).toEqual({ line: 2, column: 14 })
    }
  })

  it('takes the last of two members with one name, as JSON.parse does', () => {
    const text = bytes('{"a":1,"b":2,"a":3}')
    const member = memberOf(scanJson(text, 1), 'a')
    expect(member && parsedValue(text, member)).toBe(3)
  })
})

describe('conflict markers', () => {
  it('finds the first, with its line', () => {
    expect(conflictMarkerLine('a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n')).toBe(2)
    expect(conflictMarkerLine('a\r\n<<<<<<< HEAD\r\nb')).toBe(2)
    expect(conflictMarkerLine('a\n>>>>>>> 1234567')).toBe(2)
  })
  it.each(['-- =======\nSELECT 1', '=======', 'SELECT 1 <<<<<<<< 2', "SELECT '<<<<<<< HEAD'", ''])('leaves %j alone', (text) => {
    expect(conflictMarkerLine(text)).toBeUndefined()
  })
})
