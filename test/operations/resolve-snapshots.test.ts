import { expect, it } from 'vitest'
import type { Tree } from '../../src/model/json.ts'
import { snapshotsOf } from '../../src/operations/resolve/snapshots.ts'
import { historyOf } from '../drizzle/folders.ts'

const column = (name: string, type = 'text'): Tree => ({ entityType: 'columns', schema: 'public', table: 'users', name, type })

/** Version 8, as drizzle-kit 1.0 wrote it up to rc.4. */
const snapshot = (id: string, prevIds: readonly string[], ...ddl: readonly Tree[]): string =>
  JSON.stringify({ version: '8', dialect: 'postgres', id, prevIds, ddl, renames: [] })

const namesIn = (tree: Tree | undefined): readonly unknown[] => ((tree?.ddl ?? []) as readonly Tree[]).map(({ name, type }) => `${name} ${type}`)

it('open ends of version 8 are merged from what they come from: what one of them dropped or changed does not come back', () => {
  const files = {
    '20260101000000_start/snapshot.json': snapshot('start', ['origin'], column('id'), column('old'), column('age')),
    '20260102000000_drops/snapshot.json': snapshot('drops', ['start'], column('id'), column('age', 'int4')),
    '20260103000000_adds/snapshot.json': snapshot('adds', ['start'], column('id'), column('old'), column('age'), column('new')),
    '20260104000000_mine/snapshot.json': snapshot('mine', ['adds', 'drops'], column('id'), column('age', 'int4'), column('new'), column('mine')),
  }
  const sql = Object.fromEntries(Object.keys(files).map((path) => [path.replace('snapshot.json', 'migration.sql'), 'SELECT 1']))
  const mine = historyOf({ ...files, ...sql })
  const landed = { ...mine, migrations: mine.migrations.slice(0, 3) }
  const texts = new Map(Object.entries(files))
  const { newest, beforeOf, snapshotOf } = snapshotsOf(landed, mine, { landed: texts, mine: texts })
  const together = ['id text', 'age int4', 'new text']
  expect(namesIn(newest)).toEqual(together)
  const [last] = mine.migrations.slice(-1)
  expect(last && namesIn(beforeOf(last))).toEqual(together)
  expect(last && namesIn(snapshotOf(last))).toEqual([...together, 'mine text'])
})
