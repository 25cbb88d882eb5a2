/** An object and the change that drops it lead to each other. */
import { beforeAll, expect, test } from 'vitest'
import { dropChange, droppedKey, isDrop } from '../../src/changes/drop-change.ts'
import { definitions } from '../../src/changes/index.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { play } from '../support/sql.ts'

beforeAll(loadSql)

test('over the examples of all kinds, for every kind that drops but roles', () => {
  const seen = new Set<string>()
  for (const { examples } of Object.values(definitions))
    for (const { given = '', sql } of examples)
      for (const { change, before } of play(sql, play(given)).changes) {
        if (!isDrop(change) || change.kind === 'drop-role') continue
        seen.add(change.kind)
        const back = dropChange(before, droppedKey(change))
        expect(back.kind).toBe(change.kind)
        expect(isDrop(back) && droppedKey(back)).toBe(droppedKey(change))
      }
  const all = Object.keys(definitions).filter((kind) => kind.startsWith('drop-') && !['drop-not-null', 'drop-role'].includes(kind))
  expect([...seen].sort()).toEqual(all.sort())
})
