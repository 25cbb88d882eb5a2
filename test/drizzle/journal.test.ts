import { describe, expect, it } from 'vitest'
import { appendEntry, assertPostgres, readJournal } from '../../src/drizzle/journal.ts'
import { ToolError } from '../../src/model/error.ts'
import { journalOf } from './folders.ts'

describe('reading a journal', () => {
  it.each([
    ['5', 'pg'],
    ['6', 'postgresql'],
    ['7', 'postgresql'],
  ])('reads version %s, dialect %s, with the line of each entry', (version, dialect) => {
    const journal = readJournal(
      journalOf(
        [
          { tag: '0000_a', when: 1 },
          { tag: '0001_b', when: 2 },
        ],
        { version, dialect },
      ),
    )
    expect(journal).toEqual({
      version,
      dialect,
      faults: [],
      entries: [
        { idx: 0, version, when: 1, tag: '0000_a', breakpoints: true, line: 5 },
        { idx: 1, version, when: 2, tag: '0001_b', breakpoints: true, line: 12 },
      ],
    })
  })

  it.each([0, 1, 3])('reads %s entries as drizzle-kit writes them, and with another byte, line for line the same', (count) => {
    const text = journalOf(Array.from({ length: count }, (_, at) => ({ tag: `000${at}_é "quoted"`, when: at + 1 })))
    const plain = readJournal(text)
    expect(plain.entries).toHaveLength(count)
    for (const other of [text.replace('{', '{ '), `${text}\n`, text.replaceAll('\n', '\r\n'), text.replace(': true', ' : true')])
      expect(readJournal(other)).toEqual(plain)
  })

  it.each(['"idx": "0"', '"when": "1"', '"tag": ""', '"breakpoints": 1', '"idx": 0,\n      "idx": 0'])('looks closer at %s', (member) => {
    const key = member.slice(0, member.indexOf(':'))
    const text = journalOf([{ tag: 'a', when: 1 }]).replace(new RegExp(`${key}: [^,\n]*`), member)
    expect(readJournal(text)).toEqual(readJournal(text.replace('{', '{ ')))
  })

  it('keeps the file’s order, not idx order', () => {
    expect(
      readJournal(
        journalOf([
          { tag: 'b', when: 2, idx: 1 },
          { tag: 'a', when: 1, idx: 0 },
        ]),
      ).entries.map(({ tag }) => tag),
    ).toEqual(['b', 'a'])
  })

  it('says where invalid JSON is', () => {
    expect(readJournal('{\n  "version": "7",\n  "entries": [,]\n}')).toEqual({
      entries: [],
      faults: [{ type: 'journal-invalid', path: 'meta/_journal.json', message: 'unexpected ",]"', line: 3, column: 15, conflictMarkers: false }],
    })
    expect(readJournal('').faults).toMatchObject([{ message: 'the file ends too early', line: 1, column: 1 }])
  })

  it('knows conflict markers from other faults', () => {
    expect(readJournal('{\n  "entries": [\n<<<<<<< HEAD\n    {}\n=======\n>>>>>>> a\n  ]\n}').faults).toMatchObject([{ line: 3, conflictMarkers: true }])
  })

  it('finds a key that stands twice in one object, and reads the last as everybody does', () => {
    const journal = readJournal('{"entries": [\n{"idx":0,"when":1,"tag":"a",\n"idx":1,"when":2,\n"tag":"b"}]}')
    expect(journal.entries.map(({ tag }) => tag)).toEqual(['b'])
    expect(journal.faults).toEqual([{ type: 'journal-duplicate-key', path: 'meta/_journal.json', key: 'tag', line: 4 }])
  })

  it.each([
    ['[]', 'the journal is not an object'],
    ['{"version":"7"}', 'there is no list of "entries"'],
    ['{"entries":[{"idx":0,"when":1}]}', 'entry 0 has no "tag"'],
    ['{"entries":[{"idx":0,"when":"x","tag":"a"}]}', '"when" of a is not a number'],
    ['{"entries":[{"idx":"0","when":1,"tag":"a"}]}', '"idx" of a is not a number'],
  ])('refuses %s', (text, message) => {
    expect(readJournal(text)).toMatchObject({ entries: [], faults: [{ type: 'journal-invalid', message }] })
  })
})

describe('other dialects', () => {
  it.each([
    ['mysql', 'MySQL'],
    ['sqlite', 'SQLite'],
    ['turso', 'Turso'],
    ['singlestore', 'SingleStore'],
    ['gel', 'Gel'],
    ['oracle', 'oracle'],
  ])('%s is named and refused with exit 2', (dialect, name) => {
    try {
      assertPostgres(dialect, 'drizzle/meta/_journal.json')
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(ToolError)
      expect(error).toMatchObject({ code: 'other-dialect', exit: 2, message: expect.stringContaining(name) })
    }
  })
})

describe('writing a journal', () => {
  it('is byte for byte what drizzle-kit writes', () => {
    const before = journalOf([{ tag: '0000_a', when: 1 }])
    const after = journalOf([
      { tag: '0000_a', when: 1 },
      { tag: '0001_b', when: 2 },
    ])
    expect(appendEntry(before, { idx: 1, version: '7', when: 2, tag: '0001_b', breakpoints: true })).toBe(after)
  })

  it('keeps members that it does not know', () => {
    expect(
      JSON.parse(appendEntry('{"version":"7","x":1,"entries":[{"tag":"a","y":2}]}', { idx: 1, version: '7', when: 2, tag: 'b', breakpoints: false })),
    ).toEqual({
      version: '7',
      x: 1,
      entries: [
        { tag: 'a', y: 2 },
        { idx: 1, version: '7', when: 2, tag: 'b', breakpoints: false },
      ],
    })
  })
})
