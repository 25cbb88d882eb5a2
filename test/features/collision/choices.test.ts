import { beforeAll, describe, expect, it } from 'vitest'
import { replay } from '../../../src/changes/replay.ts'
import { chosenWay, conflictKeys } from '../../../src/features/collision/choices.ts'
import { type Conflict, commute } from '../../../src/features/collision/commute.ts'
import { loadSql } from '../../../src/sql/parser.ts'
import { readScript } from '../../../src/sql/script.ts'
import { emptyFolder, merged, withMigrations } from '../../support/random-team.ts'

beforeAll(loadSql)

/** Class 7, which settles by itself, and class 10, which somebody has to decide. */
const conflicts = (): readonly Conflict[] => {
  const line = (tag: string, sql: string) => [{ tag, script: readScript(sql) }]
  const { catalog } = replay([readScript('CREATE TABLE users (id integer PRIMARY KEY)')])
  const shared = 'ALTER TABLE users ADD COLUMN x text;'
  return commute(catalog, line('0001_a', `${shared} COMMENT ON TABLE users IS 'a'`), line('0001_b', `${shared} COMMENT ON TABLE users IS 'b'`)).conflicts
}

const ways = (choices: readonly (readonly [string, string])[]): readonly (string | undefined)[] => {
  const found = conflicts()
  const keys = conflictKeys(found)
  return found.map((conflict, at) => chosenWay(conflict, keys[at] ?? '', new Map(choices))?.id)
}

describe('the way that is taken', () => {
  it('settles what settles by itself, also where `*` names a way that it has not', () => {
    expect(ways([])).toEqual(['drop-mine', undefined])
    expect(ways([['*', 'keep']])).toEqual(['drop-mine', 'keep'])
  })
  it('is that of the key, before that of `*`', () => {
    expect(
      ways([
        ['*', 'drop-mine'],
        ['changed-twice:table-users', 'keep'],
      ]),
    ).toEqual(['drop-mine', 'keep'])
  })
})

const day = 86_400_000
const base = withMigrations(emptyFolder(), [{ name: 'start', statements: ['CREATE TABLE users (id integer PRIMARY KEY, note text)'] }], day)

/** The keys that are still to be decided when landed and mine each add one migration. */
const open = (landed: readonly string[], mine: readonly string[], choices: readonly (readonly [string, string])[]): readonly string[] => {
  const [theirs, ours] = [withMigrations(base, [{ name: 'a', statements: landed }], 2 * day), withMigrations(base, [{ name: 'b', statements: mine }], 3 * day)]
  return merged(base, theirs, ours, new Map(choices)).found.stops.map(({ key }) => key)
}

describe('a key', () => {
  it('is of one decision: what stands on something that was given up is shown statement by statement', () => {
    const landed = ['ALTER TABLE users DROP COLUMN note']
    const mine = ['CREATE VIEW v AS SELECT note FROM users', 'CREATE VIEW w AS SELECT note FROM v', 'CREATE VIEW x AS SELECT note FROM v']
    const choices = [
      ['dropped-and-used:column-users.note', 'drop-mine'],
      ['dropped-and-used:0001_b#2', 'drop-mine'],
      ['dropped-and-used:0001_b#3', 'drop-mine'],
    ] as const
    expect(open(landed, mine, [])).toEqual([choices[0][0]])
    expect(open(landed, mine, choices.slice(0, 1))).toEqual([choices[1][0], choices[2][0]])
    expect(open(landed, mine, choices.slice(0, 2))).toEqual([choices[2][0]])
    expect(open(landed, mine, choices)).toEqual([])
    expect(open(landed, mine, [['*', 'drop-mine']])).toEqual([])
  })
  it('names the statement where one object has several', () => {
    const landed = [`COMMENT ON TABLE users IS 'a'`]
    const mine = [`COMMENT ON TABLE users IS 'b'`, `COMMENT ON TABLE users IS 'c'`]
    expect(open(landed, mine, [])).toEqual(['changed-twice:table-users:0001_b#1', 'changed-twice:table-users:0001_b#2'])
    expect(open(landed, mine, [['changed-twice:table-users:0001_b#1', 'drop-mine']])).toEqual(['changed-twice:table-users:0001_b#2'])
  })
})
