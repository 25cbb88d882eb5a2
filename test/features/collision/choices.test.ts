import { beforeAll, describe, expect, it } from 'vitest'
import { replay } from '../../../src/changes/replay.ts'
import { chosenWay, conflictKey } from '../../../src/features/collision/choices.ts'
import { type Conflict, commute } from '../../../src/features/collision/commute.ts'
import { loadSql } from '../../../src/sql/parser.ts'
import { readScript } from '../../../src/sql/script.ts'

beforeAll(loadSql)

/** Class 7, which settles by itself, and class 10, which somebody has to decide. */
const conflicts = (): readonly Conflict[] => {
  const line = (tag: string, sql: string) => [{ tag, script: readScript(sql) }]
  const { catalog } = replay([readScript('CREATE TABLE users (id integer PRIMARY KEY)')])
  const shared = 'ALTER TABLE users ADD COLUMN x text;'
  return commute(catalog, line('0001_a', `${shared} COMMENT ON TABLE users IS 'a'`), line('0001_b', `${shared} COMMENT ON TABLE users IS 'b'`)).conflicts
}

const ways = (choices: readonly (readonly [string, string])[]): readonly (string | undefined)[] =>
  conflicts().map((conflict) => chosenWay(conflict, new Map(choices))?.id)

describe('the way that is taken', () => {
  it('settles what settles by itself, also where `*` names a way that it has not', () => {
    expect(ways([])).toEqual(['drop-mine', undefined])
    expect(ways([['*', 'keep']])).toEqual(['drop-mine', 'keep'])
  })
  it('is that of the key, before that of `*`', () => {
    const key = conflictKey(conflicts()[1] as Conflict)
    expect(
      ways([
        ['*', 'drop-mine'],
        [key, 'keep'],
      ]),
    ).toEqual(['drop-mine', 'keep'])
  })
})
