import { describe, expect, test } from 'vitest'
import { ToolError } from '../../src/model/error.ts'
import type { SourceRef } from '../../src/model/source.ts'
import { named } from '../../src/operations/named-source.ts'
import { displaySource, parseSource } from '../../src/operations/source-ref.ts'

const config = { environments: { production: { url: { from: 'env', name: 'PROD' } } } } as const

describe('parseSource', () => {
  test.each<[string, SourceRef]>([
    ['production', { type: 'environment', name: 'production' }],
    ['postgres://u:p@h/db', { type: 'url', url: 'postgres://u:p@h/db' }],
    ['postgresql://h/db', { type: 'url', url: 'postgresql://h/db' }],
    ['folder', { type: 'folder' }],
    ['folder@0012_x', { type: 'folder', upTo: '0012_x' }],
    ['./drizzle', { type: 'folder', path: './drizzle' }],
    ['packages/db/drizzle@0012_x', { type: 'folder', path: 'packages/db/drizzle', upTo: '0012_x' }],
    ['node_modules/@scope/db', { type: 'folder', path: 'node_modules/@scope/db' }],
    ['node_modules/@scope', { type: 'folder', path: 'node_modules/@scope' }],
    ['staging', { type: 'folder', path: 'staging' }],
    ['git:origin/main', { type: 'git', ref: 'origin/main' }],
    ['schema', { type: 'schema' }],
    ['src/db/schema.ts', { type: 'schema', path: 'src/db/schema.ts' }],
    ['src/db/*.mts', { type: 'schema', path: 'src/db/*.mts' }],
    ['dump.sql', { type: 'sql', path: 'dump.sql' }],
    ['drizzle/meta/0001_snapshot.json', { type: 'snapshot', path: 'drizzle/meta/0001_snapshot.json' }],
  ])('%s', (text, source) => expect(parseSource(text, config)).toEqual(source))

  test.each(['', ' ', 'git:', 'folder@', './drizzle@', 'mysql://u:hunter2@h/db'])('refuses %j and repeats no secret', (text) => {
    try {
      parseSource(text, config)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(ToolError)
      expect(error).toMatchObject({ code: 'invalid-source', exit: 2 })
      expect(String(error)).not.toContain('hunter2')
    }
  })

  test('an environment may have the name of an inherited property', () =>
    expect(parseSource('constructor', config)).toEqual({ type: 'folder', path: 'constructor' }))
})

test('a URL is never shown', () => {
  expect(displaySource(parseSource('postgres://u:hunter2@h/db'))).not.toContain('hunter2')
  for (const text of ['folder', 'folder@0012_x', 'git:main', 'schema', 'dump.sql']) expect(displaySource(parseSource(text))).toBe(text)
})

describe('a source that somebody named', () => {
  const config = { environments: { staging: { url: { from: 'env', name: 'STAGING' } } } } as const
  const missing = (code = 'no-folder') => Promise.reject(new ToolError(code, 'There is none.'))
  const read = (text: string, reading: Promise<string>) => named({ config }, parseSource(text, config), text, reading)

  test('is read', async () => expect(await read('drizzle', Promise.resolve('read'))).toBe('read'))

  test.each(['stagign', 'shcema', 'somewhere'])('%s: what there is, is said', async (text) => {
    await expect(read(text, missing())).rejects.toMatchObject({
      code: 'no-such-source',
      message: expect.stringContaining(text),
      help: expect.stringContaining('Environments: staging. Other sources: folder,'),
    })
  })

  test('the nearest word is offered', () =>
    expect(read('stagign', missing())).rejects.toMatchObject({ help: expect.stringMatching(/^Did you mean staging[?]/) }))

  test.each([
    ['./drizzle', 'no-folder'],
    ['git:main', 'no-folder'],
    ['drizzle@0001', 'no-folder'],
    ['drizzle', 'no-journal'],
  ])('%s: %s stays what it is', (text, code) => expect(read(text, missing(code))).rejects.toMatchObject({ code }))
})
