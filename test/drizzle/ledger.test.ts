import { describe, expect, it } from 'vitest'
import { decodeLedger, ledgerColumnsQuery, ledgerLayout, ledgerRowsQuery, type Reconciliation, reconcile } from '../../src/drizzle/ledger.ts'
import { judgeLedger } from '../../src/features/ledger.ts'
import type { History, Ledger, LedgerRow } from '../../src/model/history.ts'
import { historyOf, journalOf, sha256 } from './folders.ts'

const name = { schema: 'drizzle', table: '__drizzle_migrations' }

/** A journal folder whose nth file holds the nth text; `when` is 1000, 2000 … */
const journalFolder = (...texts: readonly string[]): History =>
  historyOf({
    'meta/_journal.json': journalOf(texts.map((_, index) => ({ tag: `000${index}_m`, when: (index + 1) * 1000 }))),
    ...Object.fromEntries(texts.map((text, index) => [`000${index}_m.sql`, text])),
  })

const timedFolder = (...texts: readonly string[]): History =>
  historyOf(Object.fromEntries(texts.map((text, index) => [`2026010${index + 1}000000_m${index}/migration.sql`, text])))

const ledger = (rows: readonly Omit<LedgerRow, 'id'>[], layout: Ledger['layout'] = 'journal'): Ledger => ({
  name,
  layout,
  rows: rows.map((row, index) => ({ id: index + 1, ...row })),
})
const row = (text: string, createdAt: number | undefined, more: Partial<LedgerRow> = {}): Omit<LedgerRow, 'id'> => ({ hash: sha256(text), createdAt, ...more })
const states = ({ migrations }: Reconciliation): readonly string[] => migrations.map(({ state }) => state)

describe('joining a journal folder with its ledger', () => {
  const history = journalFolder('A', 'B', 'C')

  it.each<[string, readonly Omit<LedgerRow, 'id'>[], Reconciliation['state'], readonly string[]]>([
    ['all applied', [row('A', 1000), row('B', 2000), row('C', 3000)], 'up-to-date', ['applied', 'applied', 'applied']],
    ['the last is missing', [row('A', 1000), row('B', 2000)], 'behind', ['applied', 'applied', 'pending']],
    ['an empty ledger', [], 'behind', ['pending', 'pending', 'pending']],
    ['a hole below the newest time: v0 never fills it', [row('A', 1000), row('C', 3000)], 'skipped-by-watermark', ['applied', 'skipped', 'applied']],
    ['a row that no file explains', [row('A', 1000), row('B', 2000), row('C', 3000), row('X', 9000)], 'ahead', ['applied', 'applied', 'applied']],
    ['a file that was edited', [row('A', 1000), row('old B', 2000), row('C', 3000)], 'edited', ['applied', 'applied-edited', 'applied']],
    [
      'rows older than the folder, which is applied',
      [row('X', 10), row('Y', 20), row('A', 1000), row('B', 2000), row('C', 3000)],
      'baseline',
      ['applied', 'applied', 'applied'],
    ],
    ['a foreign row and pending ones', [row('A', 1000), row('X', 1500)], 'diverged', ['applied', 'pending', 'pending']],
    ['a renumbered file: hash joins', [row('A', 1000), row('B', 77), row('C', 3000)], 'up-to-date', ['applied', 'applied', 'applied']],
  ])('%s', (_, rows, state, expected) => {
    const answer = reconcile(history, ledger(rows))
    expect([answer.state, states(answer)]).toEqual([state, expected])
  })

  it('tells rows from before a squash from rows that nothing explains, whatever is pending', () => {
    const [old, stranger] = [row('X', 10), row('Y', 1_500)]
    const squashed = reconcile(history, ledger([old, row('A', 1000)]))
    expect([squashed.state, judgeLedger(history, squashed)]).toEqual(['behind', []])
    const both = reconcile(history, ledger([old, row('A', 1000), stranger]))
    expect(both.squashed.map(({ createdAt }) => createdAt)).toEqual([10])
    expect([both.state, judgeLedger(history, both).length]).toEqual(['diverged', 1])
    // Without the first migration nothing says that the folder was squashed.
    expect(reconcile(history, ledger([old])).squashed).toEqual([])
  })

  it('has no ledger: unmanaged', () => {
    expect(reconcile(history, ledger([], 'absent')).state).toBe('unmanaged')
  })

  it('counts the prefix without a hole, and what lies beyond it', () => {
    const answer = reconcile(history, ledger([row('A', 1000), row('C', 3000)]))
    expect([answer.prefix, answer.outOfOrder]).toEqual([1, 1])
  })

  it('joins equal files (empty custom ones) by their time, each row once', () => {
    const empty = journalFolder('A', '-- custom', '-- custom', '-- custom')
    const answer = reconcile(empty, ledger([row('A', 1000), row('-- custom', 2000), row('-- custom', 3000)]))
    expect(states(answer)).toEqual(['applied', 'applied', 'applied', 'pending'])
    expect(answer.migrations.map(({ row: joined }) => joined?.id)).toEqual([1, 2, 3, undefined])
  })

  it('says what Drizzle itself would run: everything, when a NULL time sorts first', () => {
    const answer = reconcile(history, ledger([row('A', 1000), row('B', undefined)]))
    expect(answer.migrations.map(({ willRun }) => willRun)).toEqual([true, true, true])
  })

  it('leaves a migration whose file is missing unjoined', () => {
    const gone = historyOf({ 'meta/_journal.json': journalOf([{ tag: '0000_m', when: 1000 }]) })
    expect(states(reconcile(gone, ledger([])))).toEqual(['pending'])
  })
})

describe('joining v1 folders', () => {
  const history = timedFolder('A', 'B')
  const tags = history.migrations.map(({ tag }) => tag)

  it('takes names; holes are pending, never skipped', () => {
    const answer = reconcile(history, ledger([row('B', Date.UTC(2026, 0, 2), { name: tags[1] })], 'folders'))
    expect([answer.state, states(answer)]).toEqual(['diverged', ['pending', 'applied']])
  })

  it('joins a v0 table by second, whatever the milliseconds', () => {
    const answer = reconcile(history, ledger([row('A', Date.UTC(2026, 0, 1) + 123), row('B', Date.UTC(2026, 0, 2) + 456)]))
    expect([answer.state, answer.migrations.map(({ willRun }) => willRun)]).toEqual(['up-to-date', [false, false]])
  })

  it('knows that a renamed folder runs again', () => {
    const answer = reconcile(history, ledger([row('A', 1, { name: 'old' }), row('B', 2, { name: tags[1] })], 'folders'))
    expect(answer.migrations.map(({ state, willRun }) => [state, willRun])).toEqual([
      ['applied', true],
      ['applied', false],
    ])
  })

  it('finds an edited file by its name', () => {
    expect(states(reconcile(history, ledger([row('old A', 1, { name: tags[0] }), row('B', 2, { name: tags[1] })], 'folders')))).toEqual([
      'applied-edited',
      'applied',
    ])
  })

  it('does not give a row to a file of the same text when its own is there', () => {
    const same = timedFolder('A changed', 'A')
    const [first] = same.migrations
    const answer = reconcile(same, ledger([row('A', 1, { name: first?.tag })], 'folders'))
    expect(states(answer)).toEqual(['applied-edited', 'pending'])
  })
})

describe('asking for the ledger', () => {
  it('quotes names', () => {
    expect(ledgerColumnsQuery({ schema: 'My "S', table: 't' }).parameters).toEqual(['"My ""S"."t"'])
    expect(ledgerRowsQuery(name, 'journal').sql).toBe('SELECT id, hash, created_at FROM "drizzle"."__drizzle_migrations" ORDER BY id')
    expect(ledgerRowsQuery(name, 'folders').sql).toContain('name, applied_at')
  })

  it('knows the migrator by the columns', () => {
    expect(ledgerLayout([])).toBe('absent')
    expect(ledgerLayout([{ column: 'id' }, { column: 'hash' }, { column: 'created_at' }])).toBe('journal')
    expect(ledgerLayout([{ column: 'id' }, { column: 'name' }])).toBe('folders')
  })

  it('reads a bigint as text or number, and NULLs', () => {
    expect(
      decodeLedger(name, 'journal', [
        { id: 1, hash: 'a', created_at: '1700000000123' },
        { id: '2', hash: 'b', created_at: null },
      ]).rows,
    ).toEqual([
      { id: 1, hash: 'a', createdAt: 1700000000123 },
      { id: 2, hash: 'b', createdAt: undefined },
    ])
    expect(decodeLedger(name, 'folders', [{ id: 1, hash: 'a', created_at: 5, name: null, applied_at: '2026-01-01 00:00:00+00' }]).rows).toEqual([
      { id: 1, hash: 'a', createdAt: 5, name: undefined, appliedAt: '2026-01-01 00:00:00+00' },
    ])
  })
})
