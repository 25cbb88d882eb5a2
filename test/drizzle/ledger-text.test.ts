import { expect, it } from 'vitest'
import { ledgerFromText } from '../../src/drizzle/ledger-text.ts'

const name = { schema: 'drizzle', table: '__drizzle_migrations' }

it('reads what psql --csv and JSON say of a ledger, of both layouts', () => {
  expect(ledgerFromText(name, 'id,hash,created_at\n1,abc,1700000000000\n2,"d""e",\n', 'l.csv')).toEqual({
    name,
    layout: 'journal',
    rows: [
      { id: 1, hash: 'abc', createdAt: 1_700_000_000_000 },
      { id: 2, hash: 'd"e', createdAt: undefined },
    ],
  })
  expect(ledgerFromText(name, JSON.stringify([{ id: '1', hash: 'abc', created_at: '5', name: '2026_x', applied_at: null }]), 'l.json')).toMatchObject({
    layout: 'folders',
    rows: [{ id: 1, hash: 'abc', createdAt: 5, name: '2026_x' }],
  })
  expect(ledgerFromText(name, '[]', 'l.json').rows).toEqual([])
  expect(ledgerFromText(name, 'id,hash,created_at,name,applied_at\n', 'l.csv')).toEqual({ name, layout: 'folders', rows: [] })
  expect(ledgerFromText(name, 'id,hash,created_at\n', 'l.csv')).toEqual({ name, layout: 'journal', rows: [] })
})

it('refuses what is no ledger, and says how to get one', () => {
  for (const text of ['{"a":1}', '[1]', 'a,b\n1,2\n', 'a,b\n', '{', '', '\n \n'])
    expect(() => ledgerFromText(name, text, 'l.txt')).toThrow(
      expect.objectContaining({ code: 'ledger-unreadable', help: expect.stringContaining('psql --csv') }),
    )
})
