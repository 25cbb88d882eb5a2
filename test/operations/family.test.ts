import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { commonFlags, kebab } from '../../src/cli/flags.ts'
import { manifestOf } from '../../src/cli/manifest.ts'
import { isServer, servers } from '../../src/cli/servers.ts'
import { isVerb, operations } from '../../src/operations/index.ts'

const helpers = [
  'define.ts',
  'index.ts',
  'source-ref.ts',
  'kept-catalog.ts',
  'landed.ts',
  'analysed.ts',
  'once.ts',
  'text-at.ts',
  'examine.ts',
  'named-source.ts',
  'only-project.ts',
  'pool.ts',
  'follow-up.ts',
  'lock-file.ts',
]
const files = readdirSync(new URL('../../src/operations/', import.meta.url)).filter((file) => file.endsWith('.ts') && !helpers.includes(file))
const verbs = await manifestOf()

test('every operation has its file and is listed under its own name; servers come after them', () => {
  expect(verbs.map(({ name }) => name)).toEqual([...Object.keys(operations), ...Object.keys(servers)])
  expect(files.map((file) => file.replace(/[.]ts$/, '')).sort()).toEqual(Object.keys(operations).sort())
})

test('an inherited property is no verb', () => {
  expect(isVerb('constructor')).toBe(false)
  expect(isServer('constructor')).toBe(false)
})

test('the manifest is data: it survives JSON', () => expect(JSON.parse(JSON.stringify(verbs))).toEqual(verbs))

describe.each(verbs)('$name', ({ name, summary, description, flags, examples, arguments: given }) => {
  test('has a summary that fits a line, and a description', () => {
    expect(summary).toMatch(/^[A-Z].{10,78}[.?]$/)
    expect(description.length).toBeGreaterThan(summary.length)
  })

  test('has an example of itself', () => {
    expect(examples.length).toBeGreaterThan(0)
    for (const { command, shows } of examples) {
      expect(command).toMatch(new RegExp(`^pgstrata ${name}\\b`))
      expect(shows).not.toBe('')
    }
  })

  test('describes its arguments and flags; in help a character is a column', () => {
    for (const { description: text } of [...Object.values(flags), ...given]) expect(text).toMatch(/^[A-Z`][\u0020-\u007e\u2010-\u2027]+[.?]$/)
    expect(summary + description).toMatch(/^[\u0020-\u007e\u2010-\u2027\n]*$/)
  })

  test('takes no name of a common flag for something of another kind', () => {
    const common: Readonly<Record<string, { readonly type: string }>> = commonFlags
    for (const [flag, { type }] of Object.entries(flags)) {
      expect(kebab(flag)).toMatch(/^[a-z][a-z-]*$/)
      if (common[flag]) expect(common[flag].type).toBe(type)
    }
  })
})
