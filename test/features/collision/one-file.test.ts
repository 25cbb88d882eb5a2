import { describe, expect, it } from 'vitest'
import { folderOf, oneFile } from '../../../src/features/collision/one-file.ts'

describe('one file of a merge', () => {
  const entry = (idx: number, tag: string, when = 1000 * idx) => ({ idx, version: '7', when, tag, breakpoints: true })
  const journal = (...entries: readonly ReturnType<typeof entry>[]) => JSON.stringify({ version: '7', dialect: 'postgresql', entries }, null, 2)
  const merged = (path: string, base: string, ours: string, theirs: string) => oneFile(path, { base, ours, theirs })
  const [a, b, c] = [entry(0, '0000_a'), entry(1, '0001_b'), entry(1, '0001_c', 1500)] as const
  const path = 'drizzle/meta/_journal.json'

  it('takes the journal that holds all of the other’s', () => {
    const longer = journal(a, b, entry(2, '0002_d'))
    expect(merged(path, journal(a), journal(a, b), longer)).toMatchObject({ clean: true, text: longer })
    expect(merged(path, journal(a), longer, journal(a, b))).toMatchObject({ clean: true, text: longer })
    expect(merged(path, '', journal(a), journal(a, b))).toMatchObject({ clean: true, text: journal(a, b) })
  })
  it('leaves a conflict where both added, with a journal that holds ours and then theirs', () => {
    expect(merged(path, journal(a), journal(a, b), journal(a, c))).toMatchObject({ clean: false, text: journal(a, b, c) })
    // One tag of two times stands once, so that tools do not stumble over it.
    expect(merged(path, journal(a), journal(a, b), journal(a, entry(1, '0001_b', 9)))).toMatchObject({ clean: false, text: journal(a, b) })
  })
  it('leaves a conflict where one side took away or moved what the other one stands on', () => {
    expect(merged(path, journal(a, b), journal(a), journal(a, b, entry(2, '0002_d')))).toMatchObject({ clean: false })
    expect(merged(path, journal(a, b), journal(a, b, entry(2, '0002_d')), journal(a))).toMatchObject({ clean: false })
    expect(merged(path, journal(a), journal(entry(0, '0000_a', 7)), journal(a, b))).toMatchObject({ clean: false })
    expect(merged(path, journal(a), journal(a, b).replace('"7"', '"6"'), journal(a).replace('"7"', '"5"'))).toMatchObject({ clean: false })
  })
  it('leaves the file as git gave it where a side cannot be read', () => {
    for (const [ours, theirs] of [
      [journal(a, b), '<<<<<<< HEAD'],
      ['{', journal(a, b)],
      ['', journal(a, b)],
    ] as const)
      expect(merged(path, journal(a), ours, theirs)).toMatchObject({ clean: false, text: ours })
    expect(merged('meta/0001_snapshot.json', '{}', '{"a":1}', '{"a"')).toMatchObject({ clean: false, text: '{"a":1}' })
  })
  it('never mixes two snapshots, and never passes a lock', () => {
    expect(merged('drizzle/meta/0001_snapshot.json', '{}', '{"a":1}', '{ "a": 1 }')).toMatchObject({ clean: true, text: '{"a":1}' })
    expect(merged('drizzle/0001_x/snapshot.json', '{}', '{"a":1}', '{"a":2}')).toMatchObject({ clean: false, text: '{"a":1}' })
    expect(merged('drizzle/pgstrata.lock', 'x', 'y', 'z')).toMatchObject({ clean: false, text: 'y' })
  })
  it('knows the folder that a file belongs to, and leaves other files alone', () => {
    expect(oneFile('docs/journal.json', { base: '', ours: '', theirs: '' })).toBeUndefined()
    const paths = [
      'db/drizzle/meta/_journal.json',
      'db/drizzle/meta/0001_snapshot.json',
      'db/drizzle/20260101000000_x/snapshot.json',
      'db/drizzle/pgstrata.lock',
    ]
    for (const path of paths) expect(folderOf(path)).toBe('db/drizzle')
    expect(folderOf('meta/_journal.json')).toBe('.')
  })
})
