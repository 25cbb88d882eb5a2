import { describe, expect, it } from 'vitest'
import { folderTime, historyUpTo } from '../../src/drizzle/history.ts'
import { readSnapshotHead } from '../../src/drizzle/snapshot.ts'
import { historyOf, journalOf, sha256 } from './folders.ts'

const snapshot = (id: string, prevId = 'p'): string => JSON.stringify({ id, prevId, version: '7', dialect: 'postgresql', tables: {} })

describe('a folder with a journal', () => {
  const files = {
    'meta/_journal.json': journalOf([
      { tag: '0000_a', when: 1 },
      { tag: '0001_b', when: 2 },
    ]),
    'meta/0000_snapshot.json': snapshot('one'),
    'meta/0001_snapshot.json': snapshot('two'),
    'meta/0007_snapshot.json': snapshot('stray'),
    '0000_a.sql': 'SELECT 1',
    '0009_stray.sql': 'SELECT 9',
    '0000_a.down.sql': 'SELECT 0',
    'README.md': '# hello',
    'seed/data.sql': 'SELECT 2',
  }

  it('joins entries with their files; the rest are orphans', () => {
    const history = historyOf(files)
    expect(history).toMatchObject({
      folder: 'drizzle',
      layout: 'journal',
      version: '7',
      ledger: { schema: 'drizzle', table: '__drizzle_migrations' },
      faults: [],
    })
    expect(history.migrations).toEqual([
      {
        tag: '0000_a',
        index: 0,
        path: '0000_a.sql',
        sql: 'SELECT 1',
        hash: sha256('SELECT 1'),
        when: 1,
        entry: expect.objectContaining({ line: 5 }),
        snapshot: { path: 'meta/0000_snapshot.json', id: 'one', prevIds: ['p'], version: '7', dialect: 'postgresql' },
      },
      {
        tag: '0001_b',
        index: 1,
        path: '0001_b.sql',
        sql: undefined,
        hash: undefined,
        when: 2,
        entry: expect.objectContaining({ line: 12 }),
        snapshot: expect.objectContaining({ id: 'two' }),
      },
    ])
    expect(history.orphans.map(({ path }) => path)).toEqual(['0009_stray.sql'])
    expect(history.orphanSnapshots.map(({ path }) => path)).toEqual(['meta/0007_snapshot.json'])
  })

  it.each([
    ['index', '0000_a', '0001_b', 'meta/0000_snapshot.json', 'meta/0001_snapshot.json'],
    ['timestamp', '20240101000000_a', '20240102000000_b', 'meta/20240101000000_snapshot.json', 'meta/20240102000000_snapshot.json'],
    ['unix', '1704067200_a', '1704153600_b', 'meta/1704067200_snapshot.json', 'meta/1704153600_snapshot.json'],
  ])('knows the snapshots of prefix %s', (_, first, second, firstPath, secondPath) => {
    const history = historyOf({
      'meta/_journal.json': journalOf([
        { tag: first, when: 1 },
        { tag: second, when: 2 },
      ]),
      [firstPath]: snapshot('one'),
      [secondPath]: snapshot('two'),
    })
    expect(history.migrations.map((migration) => migration.snapshot?.id)).toEqual(['one', 'two'])
    expect(history.orphanSnapshots).toEqual([])
  })

  it('prefix none: all migrations write one snapshot, which is the last one’s', () => {
    const history = historyOf({
      'meta/_journal.json': journalOf([
        { tag: '_a', when: 1 },
        { tag: '_b', when: 2 },
      ]),
      'meta/_snapshot.json': snapshot('last'),
    })
    expect(history.migrations.map((migration) => migration.snapshot?.id)).toEqual([undefined, 'last'])
  })

  it('makes no orphans out of a journal that cannot be read', () => {
    const history = historyOf({ ...files, 'meta/_journal.json': '{' })
    expect([history.migrations, history.orphans, history.orphanSnapshots]).toEqual([[], [], []])
    expect(history.faults).toHaveLength(1)
  })

  it('ends where it is told to', () => {
    expect(historyUpTo(historyOf(files), '0000_a').migrations.map(({ tag }) => tag)).toEqual(['0000_a'])
    expect(historyUpTo(historyOf(files), '0000').migrations).toHaveLength(1)
    expect(() => historyUpTo(historyOf(files), '0005')).toThrow(expect.objectContaining({ code: 'no-such-migration' }))
  })

  it('refuses other databases', () => {
    expect(() => historyOf({ 'meta/_journal.json': journalOf([], { version: '6', dialect: 'sqlite' }) })).toThrow(
      expect.objectContaining({ code: 'other-dialect', exit: 2 }),
    )
  })
})

describe('one folder per migration', () => {
  const head = (id: string, prevIds: readonly string[], version = '8'): string => JSON.stringify({ version, dialect: 'postgres', id, prevIds, ddl: [] })
  const files = {
    '20260102000000_b/migration.sql': 'SELECT 2',
    '20260102000000_b/snapshot.json': head('b', ['a']),
    '20260101123456_a/migration.sql': 'SELECT 1',
    '20260101123456_a/snapshot.json': head('a', ['0']),
    '20260103000000_gone/snapshot.json': head('c', ['b']),
  }

  it('orders by name and dates by the first 14 digits, UTC', () => {
    const history = historyOf(files)
    expect(history).toMatchObject({ layout: 'folders', version: '8' })
    expect(history.migrations.map(({ tag, when, path }) => ({ tag, when, path }))).toEqual([
      { tag: '20260101123456_a', when: Date.UTC(2026, 0, 1, 12, 34, 56), path: '20260101123456_a/migration.sql' },
      { tag: '20260102000000_b', when: Date.UTC(2026, 0, 2), path: '20260102000000_b/migration.sql' },
    ])
    expect(history.orphanSnapshots.map(({ path }) => path)).toEqual(['20260103000000_gone/snapshot.json'])
  })

  it('recognises version 9, several parents, and other databases', () => {
    expect(historyOf({ 'x/migration.sql': '', 'x/snapshot.json': head('x', ['a', 'b'], '9') })).toMatchObject({
      version: '9',
      migrations: [{ snapshot: { prevIds: ['a', 'b'] } }],
    })
    const mysql = head('x', []).replace('postgres', 'mysql')
    expect(() => historyOf({ '20260101000000_x/migration.sql': '', '20260101000000_x/snapshot.json': mysql })).toThrow(
      expect.objectContaining({ code: 'other-dialect' }),
    )
  })

  it('reads a time, or none', () => {
    expect(folderTime('20240229235959_x')).toBe(Date.UTC(2024, 1, 29, 23, 59, 59))
    expect(folderTime('add_users')).toBe(0)
  })
})

describe('what is no history', () => {
  it('names folders of drizzle-kit before 0.17', () => {
    expect(() => historyOf({ '20230101000000/migration.sql': 'SELECT 1', '20230101000000/snapshot.json': '{}' })).toThrow(
      expect.objectContaining({ code: 'old-folder' }),
    )
  })
  it.each([[{}], [{ '0000_a.sql': 'SELECT 1' }], [{ 'README.md': '' }]])('says that there is no journal: %j', (files) => {
    expect(() => historyOf(files)).toThrow(expect.objectContaining({ code: 'no-journal', exit: 2 }))
  })
})

describe('a snapshot’s head', () => {
  it('is found wherever it stands in the file', () => {
    expect(readSnapshotHead('x', '{"version":"5","dialect":"pg","tables":{"id":"no"},"id":"yes","prevId":"p"}')).toEqual({
      path: 'x',
      id: 'yes',
      prevIds: ['p'],
      version: '5',
      dialect: 'pg',
    })
  })
  it('says what is wrong with the file, and where', () => {
    expect(readSnapshotHead('x', '{\n  "id": "a",\n}').fault).toEqual({ message: 'unexpected "}"', line: 3, column: 1, conflictMarkers: false })
    expect(readSnapshotHead('x', '{\n<<<<<<< a\n').fault).toMatchObject({ line: 2, conflictMarkers: true })
  })
})
