/** What databases that have run some of either side are told, behind a resolution that changed mine. */
import { beforeAll, expect, it } from 'vitest'
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
