import { describe, expect, it } from 'vitest'
import { appendMigration, type NewMigration } from '../../src/drizzle/append.ts'
import { readHistory } from '../../src/drizzle/history.ts'
import type { History } from '../../src/model/history.ts'
import { judgeHistory } from '../../src/rules/run.ts'
import { folderFiles, journalOf, sha256 } from './folders.ts'

type Files = { readonly [path: string]: string }
const origin = '00000000-0000-0000-0000-000000000000'
const v7 = (id: string, prevId: string): string => JSON.stringify({ id, prevId, version: '7', dialect: 'postgresql', tables: {} }, null, 2)
const read = (files: Files): History => readHistory('db/drizzle', folderFiles(files))

/** The folder after the edits. */
const append = (files: Files, migration: Omit<NewMigration, 'journal'>): { readonly files: Files; readonly history: History } => {
  const journal = files['meta/_journal.json']
  const edits = appendMigration(read(files), { ...migration, ...(journal === undefined ? {} : { journal }) })
  const written = edits.map(
    (edit) => ['bytes' in edit ? edit.path.replace('db/drizzle/', '') : 'removed', 'bytes' in edit ? new TextDecoder().decode(edit.bytes) : ''] as const,
  )
  const after = { ...files, ...Object.fromEntries(written) }
  return { files: after, history: read(after) }
}

const folder = (first: string, snapshotPath: string, when: number): Files => ({
  'meta/_journal.json': journalOf([{ tag: first, when }]),
  [snapshotPath]: v7('one', origin),
  [`${first}.sql`]: 'SELECT 1',
})
const now = Date.UTC(2026, 4, 6, 7, 8, 9, 123)

describe('adding a migration to a journal folder', () => {
  it.each([
    ['0000_a', 'meta/0000_snapshot.json', '0001_new', 'meta/0001_snapshot.json'],
    ['20240101000000_a', 'meta/20240101000000_snapshot.json', '20260506070809_new', 'meta/20260506070809_snapshot.json'],
    ['1704067200_a', 'meta/1704067200_snapshot.json', `${Math.floor(now / 1000)}_new`, `meta/${Math.floor(now / 1000)}_snapshot.json`],
  ])('goes on as %s began', (first, firstSnapshot, tag, snapshotPath) => {
    const { history, files } = append(folder(first, firstSnapshot, 1000), { name: 'new', sql: 'SELECT 2', snapshot: { text: v7('x', 'y'), id: 'two' }, now })
    expect(history.migrations[1]).toMatchObject({
      tag,
      when: now,
      hash: sha256('SELECT 2'),
      snapshot: { path: snapshotPath, id: 'two', prevIds: ['one'] },
      entry: { idx: 1, version: '7', breakpoints: true },
    })
    expect(files['meta/_journal.json']).toBe(
      journalOf([
        { tag: first, when: 1000 },
        { tag, when: now },
      ]),
    )
    expect(judgeHistory({ history, edited: [], now, statementsInChunk: () => [1] }).filter(({ migration }) => migration === tag)).toEqual([])
  })

  it('takes a second of its own, later than all others', () => {
    for (const last of [now, now + 1, now - 1, now + 5_000_000]) {
      const { history } = append(folder('0000_a', 'meta/0000_snapshot.json', last), { name: 'new', sql: '', now })
      const when = history.migrations[1]?.when ?? 0
      expect(when).toBeGreaterThan(last)
      expect(Math.floor(when / 1000)).toBeGreaterThan(Math.floor(last / 1000))
    }
  })

  it('never takes a number that a stray file has', () => {
    const files = { ...folder('0000_a', 'meta/0000_snapshot.json', 1000), '0001_stray.sql': '', 'meta/0002_snapshot.json': v7('stray', 'x') }
    expect(append(files, { name: 'new', sql: '', now }).history.migrations[1]?.tag).toBe('0003_new')
  })

  it('begins an empty folder with the prefix that the config wants', () => {
    const files = { 'meta/_journal.json': journalOf([]) }
    expect(append(files, { name: 'new', sql: '', now }).history.migrations[0]?.tag).toBe('0000_new')
    expect(append(files, { name: 'new', sql: '', now, prefix: 'timestamp' }).history.migrations[0]?.tag).toBe('20260506070809_new')
    expect(append(files, { name: 'new', sql: '', now, snapshot: { text: v7('x', 'y'), id: 'a' } }).history.migrations[0]?.snapshot?.prevIds).toEqual([origin])
  })

  it('leaves a damaged journal alone', () => {
    const files = { 'meta/_journal.json': '{' }
    expect(() => append(files, { name: 'new', sql: '', now })).toThrow(expect.objectContaining({ code: 'journal-unreadable' }))
  })
})

describe('adding a migration to v1 folders', () => {
  const v8 = (id: string, prevIds: readonly string[]): string => JSON.stringify({ version: '8', dialect: 'postgres', id, prevIds, ddl: [] })
  it('follows all open leaves, the newest first', () => {
    const files = {
      '20260101000000_a/migration.sql': '',
      '20260101000000_a/snapshot.json': v8('a', [origin]),
      '20260102000000_b/migration.sql': '',
      '20260102000000_b/snapshot.json': v8('b', ['a']),
      '20260103000000_c/migration.sql': '',
      '20260103000000_c/snapshot.json': v8('c', ['a']),
    }
    const { history } = append(files, { name: 'new', sql: 'SELECT 1', snapshot: { text: v8('x', []), id: 'd' }, now })
    expect(history.migrations.at(-1)).toMatchObject({ tag: '20260506070809_new', snapshot: { id: 'd', prevIds: ['c', 'b'] } })
  })
})
