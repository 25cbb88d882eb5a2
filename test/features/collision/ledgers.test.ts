import { beforeAll, describe, expect, it } from 'vitest'
import { outlookOf } from '../../../src/features/collision/ledgers.ts'
import type { Move } from '../../../src/features/collision/rebase.ts'
import type { Dropped, Resolution } from '../../../src/features/collision/resolution.ts'
import type { History, Ledger, LedgerRow, Migration } from '../../../src/model/history.ts'
import { loadSql } from '../../../src/sql/parser.ts'
import { historyOf, journalOf, sha256 } from '../../drizzle/folders.ts'

beforeAll(loadSql)

const placeholder = '-- Custom SQL migration file, put your code below! --'

/** Text by tag; `when` is 1000, 2000 … */
const journalFolder = (texts: { readonly [tag: string]: string }): History =>
  historyOf({
    'meta/_journal.json': journalOf(Object.keys(texts).map((tag, at) => ({ tag, when: (at + 1) * 1000 }))),
    ...Object.fromEntries(Object.entries(texts).map(([tag, text]) => [`${tag}.sql`, text])),
  })

const timedFolder = (texts: { readonly [tag: string]: string }): History =>
  historyOf(Object.fromEntries(Object.entries(texts).map(([tag, text]) => [`${tag}/migration.sql`, text])))

const ledgerWith = (layout: Ledger['layout'], rows: readonly Omit<LedgerRow, 'id'>[]): Ledger => ({
  name: { schema: 'drizzle', table: '__drizzle_migrations' },
  layout,
  rows: rows.map((row, at) => ({ id: at + 1, ...row })),
})

const quiet: Resolution = {
  mine: [],
  commutation: { verdict: 'commutes', conflicts: [], warnings: [], unknown: [] },
  decisions: [],
  stops: [],
  rewrites: [],
  dropped: [],
}

const moved = (after: History, from: readonly Migration[], dropped: readonly Dropped[] = []): Resolution => {
  const to = after.migrations.slice(-from.length)
  const moves = from.map((each, at): Move => ({ from: each, to: to[at] as Migration, stays: false, untouched: false, snapshot: 'none' }))
  return { ...quiet, dropped, rebase: { moves, history: after, files: new Map() } }
}

const migration = (tag: string, sql: string, when: number): Migration => ({ tag, index: 0, path: `${tag}.sql`, sql, hash: sha256(sql), when })

const rowsOf = ({ migrations }: History): readonly Omit<LedgerRow, 'id'>[] => migrations.map(({ hash, when }) => ({ hash: hash ?? '', createdAt: when }))

describe('one row stands for one migration', () => {
  const folder = journalFolder({
    '0000_a': 'SELECT 0',
    '0001_b': 'SELECT 1',
    '0002_c': placeholder,
    '0003_d': 'SELECT 3',
    '0004_e': 'SELECT 4',
    '0005_f': placeholder,
  })
  it('a pending placeholder is not taken for one that has run', () => {
    const outlook = outlookOf(folder, ledgerWith('journal', rowsOf(folder).slice(0, 4)), quiet)
    expect(outlook).toEqual({ rows: 4, runs: ['0004_e', '0005_f'], again: [], skips: [], unknown: [] })
  })
  it('a moved one is known by where it stood, and a placeholder that has landed keeps its own row', () => {
    const after = journalFolder({ '0000_a': 'SELECT 0', '0001_theirs': placeholder, '0002_mine': placeholder })
    const mine = migration('0001_mine', placeholder, 1500)
    const outlook = outlookOf(
      after,
      ledgerWith('journal', [...rowsOf(after).slice(0, 2), { hash: sha256(placeholder), createdAt: 1500 }]),
      moved(after, [mine]),
    )
    expect(outlook.unknown).toEqual([])
    expect(outlook.repair?.match(/UPDATE .*/g)).toEqual([expect.stringMatching(/created_at = 3000 WHERE .*created_at = 1500;$/)])
  })
  it('a dropped one takes no row of another of the same text', () => {
    const after = journalFolder({ '0000_a': 'SELECT 0', '0001_theirs': 'SELECT 1' })
    const dropped: Dropped = { migration: migration('0001_mine', 'SELECT 1', 1500), why: 'given-up' }
    expect(outlookOf(after, ledgerWith('journal', rowsOf(after)), { ...quiet, dropped: [dropped] })).toMatchObject({ runs: [], again: [], skips: [] })
    expect(outlookOf(after, ledgerWith('journal', rowsOf(after)), { ...quiet, dropped: [dropped] }).repair).toBeUndefined()
  })
  it('mine that landed under another number is that one', () => {
    const after = journalFolder({ '0000_a': 'SELECT 0', '0001_first': 'SELECT 1', '0002_picked': 'SELECT 2' })
    const dropped: Dropped = { migration: migration('0001_picked', 'SELECT 2', 1500), why: 'same', as: '0002_picked' }
    const rows = [...rowsOf(after).slice(0, 1), { hash: sha256('SELECT 2'), createdAt: 1500 }]
    const outlook = outlookOf(after, ledgerWith('journal', rows), { ...quiet, dropped: [dropped] })
    expect(outlook).toMatchObject({ runs: ['0001_first'], again: ['0002_picked'], unknown: [] })
    expect(outlook.repair).toMatch(/created_at = 3000 WHERE .*created_at = 1500;/)
  })
})

describe('what is right stays as it is', () => {
  const folder = timedFolder({ '20260101000000_a': 'SELECT 0', '20260102000000_b': 'SELECT 1' })
  const day = (number: number): number => Date.UTC(2026, 0, number)
  const named = (text: string, at: number): Omit<LedgerRow, 'id'> => ({ hash: sha256(text), createdAt: day(at + 1), name: folder.migrations[at]?.tag })

  it('a 1.0 folder beside the ledger that 0.x wrote: their times agree by the second', () => {
    const rows = rowsOf(folder).map((row) => ({ ...row, createdAt: (row.createdAt ?? 0) + 123 }))
    expect(outlookOf(folder, ledgerWith('journal', rows), quiet)).toEqual({ rows: 2, runs: [], again: [], skips: [], unknown: [] })
  })
  it('a file that was edited after it had run, in a 1.0 ledger and in one of 0.x', () => {
    expect(outlookOf(folder, ledgerWith('folders', [named('older', 0), named('SELECT 1', 1)]), quiet).repair).toBeUndefined()
    const journal = journalFolder({ '0000_a': 'SELECT 0', '0001_b': 'SELECT 1' })
    const [, second] = rowsOf(journal)
    expect(
      outlookOf(journal, ledgerWith('journal', [{ hash: sha256('older'), createdAt: 1000 }, second as Omit<LedgerRow, 'id'>]), quiet).repair,
    ).toBeUndefined()
  })
  it('one that was edited and has moved gets its place, and keeps its text', () => {
    const mine = { ...migration('20260101120000_b', 'SELECT 1', day(1) + 43_200_000), path: '20260101120000_b/migration.sql' }
    const rows = [named('SELECT 0', 0), { hash: sha256('older'), createdAt: mine.when, name: mine.tag }]
    const { repair } = outlookOf(folder, ledgerWith('folders', rows), moved(folder, [mine]))
    expect(repair).toMatch(/UPDATE "drizzle"."__drizzle_migrations" SET created_at = \d+, name = '20260102000000_b' WHERE /)
  })
})

it('a statement whose last line is a comment still ends', () => {
  const folder = journalFolder({ '0000_a': 'SELECT 0 -- why\n', '0001_b': 'SELECT 1;' })
  const { repair } = outlookOf(folder, ledgerWith('journal', rowsOf(folder).slice(1)), quiet)
  expect(repair).toContain('SELECT 0 -- why\n;\n')
})
