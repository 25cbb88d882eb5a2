import { expect, test } from 'vitest'
import { parseFormats } from '../../src/cli/formats.ts'
import { ToolError } from '../../src/model/error.ts'

const refused = (given: readonly string[]): ToolError => {
  try {
    parseFormats(given)
  } catch (error) {
    if (error instanceof ToolError) return error
  }
  throw new Error(`${given.join(' ')} was accepted`)
}

test('pretty on standard output when nothing else wants it', () => {
  expect(parseFormats([])).toEqual([{ format: 'pretty' }])
  expect(parseFormats(['json=a=b.json'])).toEqual([{ format: 'json', path: 'a=b.json' }, { format: 'pretty' }])
})

test('as many files as wanted beside one standard output', () => {
  expect(parseFormats(['json', 'markdown=out.md', 'ndjson=x'])).toEqual([
    { format: 'json' },
    { format: 'markdown', path: 'out.md' },
    { format: 'ndjson', path: 'x' },
  ])
})

test('two for standard output are refused', () => expect(refused(['json', 'compact'])).toMatchObject({ code: 'invalid-format', exit: 2 }))
test('an empty path is refused', () => expect(refused(['json='])).toMatchObject({ code: 'invalid-format' }))
test('a wrong name gets the nearest', () => expect(refused(['jsno']).message).toContain('Did you mean json?'))
test.each(['html'])('%s is named as not supported yet', (format) => {
  expect(refused([format])).toMatchObject({ code: 'format-not-supported', help: expect.stringContaining('pretty') })
})
