import { beforeAll, describe, expect, it } from 'vitest'
import { sidesOf } from '../../../src/features/collision/sides.ts'
import type { History } from '../../../src/model/history.ts'
import { loadSql } from '../../../src/sql/parser.ts'
import { folderOf } from '../../support/merge-cases.ts'
import { emptyFolder, merged, withMigrations } from '../../support/random-team.ts'

beforeAll(loadSql)

const day = 86_400_000
const one = (name: string, ...statements: readonly string[]) => [
  { name, statements: statements.length > 0 ? statements : [`CREATE TABLE ${name} (id integer)`] },
]
const base = withMigrations(emptyFolder(), one('start'), day)
const tags = (migrations: readonly { readonly tag: string }[]): readonly string[] => migrations.map(({ tag }) => tag)

describe('sidesOf', () => {
  it('tells what each side added', () => {
    const sides = sidesOf({
      base: base.history,
      landed: withMigrations(base, one('a'), 2 * day).history,
      mine: withMigrations(base, one('b'), 3 * day).history,
    })
    expect([tags(sides.common), tags(sides.landed), tags(sides.mine)]).toEqual([['0000_start'], ['0001_a'], ['0001_b']])
  })
  it('a migration that was picked from the other side under another number has landed already', () => {
    const landed = withMigrations(withMigrations(base, one('first'), 2 * day), one('picked'), 3 * day)
    const sides = sidesOf({ base: base.history, landed: landed.history, mine: withMigrations(base, one('picked'), 3 * day).history })
    expect(sides.twins.map(({ mine, landed: twin }) => [mine.tag, twin.tag])).toEqual([['0001_picked', '0002_picked']])
    expect([tags(sides.common), tags(sides.landed), tags(sides.mine)]).toEqual([['0000_start', '0002_picked'], ['0001_first'], []])
  })
  it('two migrations to which both sides gave one name are two', () => {
    const [landed, mine] = [
      withMigrations(base, one('update', 'CREATE TABLE a (id integer)'), 2 * day),
      withMigrations(base, one('update', 'CREATE TABLE b (id integer)'), 3 * day),
    ]
    const sides = sidesOf({ base: base.history, landed: landed.history, mine: mine.history })
    expect([tags(sides.common), tags(sides.landed), tags(sides.mine), sides.edited]).toEqual([['0000_start'], ['0001_update'], ['0001_update'], []])
    const { folder, found } = merged(base, landed, mine, new Map())
    expect(found.stops).toEqual([])
    expect(folder.history.migrations.map(({ tag, sql }) => [tag, sql])).toEqual([
      ['0000_start', 'CREATE TABLE start (id integer);'],
      ['0001_update', 'CREATE TABLE a (id integer);'],
      ['0002_update', 'CREATE TABLE b (id integer);'],
    ])
    for (const path of ['0001_update.sql', 'meta/0001_snapshot.json']) expect(folder.texts.get(path)).toBe(landed.texts.get(path))
    // One whose file is missing is told as before: nobody knows what it was.
    const missing = folderOf(new Map([...mine.texts].filter(([path]) => path !== '0001_update.sql')))
    expect(sidesOf({ base: base.history, landed: landed.history, mine: missing.history })).toMatchObject({ mine: [], edited: [{ tag: '0001_update' }] })
    // Without a base nobody knows whether they were one once.
    expect(sidesOf({ base: undefined, landed: landed.history, mine: mine.history }).edited).toMatchObject([{ tag: '0001_update', by: 'both' }])
  })
  it('a text is the same where git checks its lines out with CR', () => {
    const crlf = (history: History): History => ({
      ...history,
      migrations: history.migrations.map((each) => ({ ...each, sql: each.sql?.replaceAll('\n', '\r\n'), hash: `crlf ${each.hash}` })),
    })
    const two = withMigrations(base, one('picked', 'CREATE TABLE picked\n(id integer)'), 3 * day)
    const landed = withMigrations(withMigrations(base, one('first'), 2 * day), one('picked', 'CREATE TABLE picked\n(id integer)'), 3 * day)
    expect(sidesOf({ base: two.history, landed: two.history, mine: crlf(two.history) }).edited).toEqual([])
    expect(sidesOf({ base: base.history, landed: landed.history, mine: crlf(two.history) }).twins.map(({ mine }) => mine.tag)).toEqual(['0001_picked'])
  })
  it('two migrations that only do the same are two', () => {
    const landed = withMigrations(base, one('x', 'DROP TABLE start'), 2 * day)
    const sides = sidesOf({ base: base.history, landed: landed.history, mine: withMigrations(base, one('y', 'DROP TABLE start'), 3 * day).history })
    expect(sides.twins).toEqual([])
  })
  it('tells who removed and who edited what both had, and needs no base to tell what was added', () => {
    const two = withMigrations(base, one('second'), 2 * day)
    const without = sidesOf({ base: two.history, landed: two.history, mine: base.history })
    expect(without.removed.map(({ migration, by }) => [migration.tag, by])).toEqual([['0001_second', 'mine']])
    const edited = withMigrations(base, one('second', 'CREATE TABLE other (id integer)'), 2 * day)
    expect(sidesOf({ base: two.history, landed: two.history, mine: edited.history }).edited.map(({ tag, by }) => [tag, by])).toEqual([['0001_second', 'mine']])
    expect(tags(sidesOf({ base: undefined, landed: base.history, mine: two.history }).mine)).toEqual(['0001_second'])
  })
})
