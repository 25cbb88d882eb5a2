/** What databases that have run some of either side are told, behind a resolution that changed mine. */
import { beforeAll, describe, expect, it } from 'vitest'
import { type LedgerOutlook, ledgerOf, outlookOf } from '../../../src/features/collision/ledgers.ts'
import type { Migration } from '../../../src/model/history.ts'
import { loadSql } from '../../../src/sql/parser.ts'
import { type DraftMigration, emptyFolder, merged, withMigrations } from '../../support/random-team.ts'

beforeAll(loadSql)

const day = 86_400_000
const base = withMigrations(emptyFolder(), [{ name: 'start', statements: ['CREATE TABLE users (id integer PRIMARY KEY, note text)'] }], day)

type Team = { readonly landed: readonly DraftMigration[]; readonly mine: readonly DraftMigration[]; readonly choices?: readonly (readonly [string, string])[] }

/** What the database is told that has run the base, and these of the sides' migrations. */
const told = ({ landed, mine, choices = [] }: Team, ran: (landed: readonly Migration[], mine: readonly Migration[]) => readonly Migration[]): LedgerOutlook => {
  const [theirs, ours] = [withMigrations(base, landed, 2 * day), withMigrations(base, mine, 3 * day)]
  const { found } = merged(base, theirs, ours, new Map(choices))
  expect(found.stops.map(({ key }) => key)).toEqual([])
  const migrations = [...base.history.migrations, ...ran(theirs.history.migrations.slice(1), ours.history.migrations.slice(1))]
  return outlookOf(found.rebase?.history ?? theirs.history, ledgerOf({ ...ours.history, migrations }), found)
}

it('a migration of mine is not taken for run because a landed one has its name', () => {
  const outlook = told(
    {
      landed: [
        { name: 'update', statements: ['CREATE TABLE a (id integer)'] },
        { name: 'x', statements: ['ALTER TABLE users ADD COLUMN x text'] },
      ],
      mine: [{ name: 'update', statements: ['ALTER TABLE users ADD COLUMN x text', 'CREATE TABLE b (id integer)'] }],
    },
    (landed) => landed.slice(0, 1),
  )
  expect(outlook).toEqual({ rows: 2, runs: ['0002_x', '0003_update'], again: [], skips: [], unknown: [] })
})

describe('a database that has run mine as it was', () => {
  const other = 'CREATE TABLE b (id integer)'
  const outlook = (landed: string, mine: string, way?: string): LedgerOutlook =>
    told(
      { landed: [{ name: 'a', statements: [landed] }], mine: [{ name: 'b', statements: [mine, other] }], choices: way === undefined ? [] : [['*', way]] },
      (_, own) => own,
    )

  it('gets no SQL where what it has run is in the way of what has landed, and is told so', () => {
    const [mine, landed] = ['ALTER TABLE users ADD COLUMN nick varchar', 'ALTER TABLE users ADD COLUMN nick text']
    const { repair, unrepaired, givenUp } = outlook(landed, mine, 'drop-mine')
    expect(repair).toBeUndefined()
    expect(unrepaired).toBe(`it has run ${mine} (0001_b), behind which 0001_a does not run or ends otherwise`)
    expect(givenUp).toEqual([{ tag: '0001_b', sql: mine }])
    expect(outlook(landed, mine, 'regenerate-mine')).toMatchObject({ unrepaired: expect.stringContaining('0001_b') })
  })
  it('nor where both orders run, and mine was to run last', () => {
    const [landed, mine] = [`COMMENT ON TABLE users IS 'a'`, `COMMENT ON TABLE users IS 'b'`]
    expect(outlook(landed, mine, 'keep')).toMatchObject({ unrepaired: expect.stringContaining(mine) })
    expect(outlook(landed, mine, 'drop-mine')).toMatchObject({ repair: expect.stringContaining(landed), givenUp: [{ tag: '0001_b', sql: mine }] })
  })
  it('nor where it has renamed what has landed calls by its old name', () => {
    const found = outlook('CREATE INDEX i ON users (note)', 'ALTER TABLE users RENAME COLUMN note TO remark')
    expect([found.repair, found.givenUp]).toEqual([undefined, undefined])
    expect(found.unrepaired).toContain('RENAME COLUMN')
    // The other way round mine follows, there as here.
    const follows = outlook('ALTER TABLE users RENAME COLUMN note TO remark', 'CREATE INDEX i ON users (note)')
    expect(follows).toMatchObject({ repair: expect.stringContaining('RENAME COLUMN') })
    expect([follows.unrepaired, follows.givenUp]).toEqual([undefined, undefined])
  })
  it('is told what it keeps of what was given up', () => {
    const mine = 'CREATE INDEX i ON users (note)'
    const found = outlook('ALTER TABLE users DROP COLUMN note', mine, 'drop-mine')
    expect(found).toMatchObject({ repair: expect.stringContaining('DROP COLUMN note'), givenUp: [{ tag: '0001_b', sql: mine }] })
    expect(found.unrepaired).toBeUndefined()
  })
  it('is told nothing where both sides did the same', () => {
    const sql = 'ALTER TABLE users ADD COLUMN x text'
    const found = outlook(sql, sql)
    expect(found.repair).toBeDefined()
    expect([found.unrepaired, found.givenUp]).toEqual([undefined, undefined])
  })
})

it('a database that has run only what has landed has nothing of mine in its way', () => {
  const landed = [{ name: 'a', statements: ['ALTER TABLE users DROP COLUMN note'] }]
  const mine = [{ name: 'b', statements: ['CREATE INDEX i ON users (note)', 'CREATE TABLE b (id integer)'] }]
  const found = told({ landed, mine, choices: [['*', 'drop-mine']] }, (theirs) => theirs)
  expect([found.unrepaired, found.givenUp, found.repair]).toEqual([undefined, undefined, undefined])
})
