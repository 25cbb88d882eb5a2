import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { formatsToCome, renderers } from '../../src/renderers/index.ts'
import { finding, options, report } from './report.ts'

const helpers = ['define.ts', 'index.ts', 'text.ts', 'terminal.ts', 'blocks.ts', 'detail.ts', 'plain.ts']
const files = readdirSync(new URL('../../src/renderers/', import.meta.url)).filter((file) => !helpers.includes(file))

test('every renderer has its file and is listed under its own name', () => {
  expect(files.map((file) => file.replace(/[.]ts$/, '')).sort()).toEqual(Object.keys(renderers).sort())
  for (const [name, renderer] of Object.entries(renderers)) expect(renderer.name).toBe(name)
})

test('a format is either here or to come', () => {
  for (const name of formatsToCome) expect(Object.keys(renderers)).not.toContain(name)
})

describe.each(Object.values(renderers))('$name', (renderer) => {
  test('has words of its own', () => expect(renderer.summary).toMatch(/^[A-Z`].{15,}[.]$/))

  test('says every live finding and ends with a newline', () => {
    const text = renderer.render(report, options)
    expect(text.endsWith('\n')).toBe(true)
    for (const rule of ['journal-order', 'several-statements', 'same-second']) expect(text).toContain(rule)
  })

  test('says what is unknown', () => expect(renderer.render(report, options)).toContain('the server did not answer'))

  test('lets no escape sequence of a message through', () => {
    const hostile = { ...report, findings: [finding({ message: 'a\u001b]0;owned\u0007b\u001b[2Jc\u202ed', help: 'x\u001b[31my' })] }
    expect(renderer.render(hostile, options)).not.toMatch(/[\u001b\u0007]/)
    // JSON keeps every character of a message, escaped where JSON says so.
    if (!['json', 'ndjson'].includes(renderer.name)) expect(renderer.render(hostile, options)).not.toContain('\u202e')
  })

  test('is the same text for the same report', () => expect(renderer.render(report, options)).toBe(renderer.render(structuredClone(report), options)))
})
