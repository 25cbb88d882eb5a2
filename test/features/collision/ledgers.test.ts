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
