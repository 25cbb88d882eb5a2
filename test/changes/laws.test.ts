import { beforeAll, describe, expect, it } from 'vitest'
import { diff } from '../../src/changes/diff.ts'
import { emptyCatalog } from '../../src/changes/edit.ts'
import { definitions, invert, describe as inWords, touches } from '../../src/changes/index.ts'
import type { ChangeKind } from '../../src/model/change.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { fold, play } from '../support/sql.ts'

beforeAll(loadSql)

/** Kinds that no statement makes by itself: they come from `diff` and `invert`. */
const unread = new Set<ChangeKind>(['reorder-columns', 'set-enum-values'])
/** Kinds without an inverse in the catalog. */
const irreversible = new Set<ChangeKind>(['opaque', 'change-data'])

describe.each(Object.values(definitions))('$kind', (definition) => {
  it('has words', () => {
    expect(definition.summary).toMatch(/^[A-Z].{10,}\.$/)
  })

  if (unread.has(definition.kind)) return

  it('has at least one example', () => {
    expect(definition.examples.length).toBeGreaterThan(0)
  })

  it.each(definition.examples.map((example) => [example.sql, example] as const))('is what the example does: %s', (_sql, { given = '', sql }) => {
    const before = play(given)
    const { changes } = play(sql, before)
    expect(changes.map(({ change }) => change.kind)).toContain(definition.kind)
    for (const { change } of changes) {
      expect(inWords(change)).not.toBe('')
      expect(Array.isArray(touches(change))).toBe(true)
    }
  })

  it.each(definition.examples.map((example) => [example.sql, example] as const))('law 1: its inverse leads back exactly: %s', (_sql, { given = '', sql }) => {
    const start = play(given)
    let inverted = 0
    for (const { change, before, after } of play(sql, start).changes) {
      const inverse = invert(change, before)
      if ('irreversible' in inverse) {
        expect(irreversible).toContain(change.kind)
        expect(inverse.irreversible).not.toBe('')
      } else expect(fold(inverse, after), `${change.kind} and back`).toEqual(before)
      inverted++
    }
    expect(inverted).toBeGreaterThan(0)
  })

  it.each(definition.examples.map((example) => [example.sql, example] as const))('law 2: diff leads there and back: %s', (_sql, { given = '', sql }) => {
    const start = play(given)
    const a = start.catalog
    const b = play(sql, start).catalog
    expect(diff(a, a)).toEqual([])
    expect(fold(diff(a, b), a)).toEqual(b)
    expect(fold(diff(b, a), b)).toEqual(a)
    expect(fold(diff(emptyCatalog, b), emptyCatalog)).toEqual(b)
    expect(fold(diff(b, emptyCatalog), b)).toEqual(emptyCatalog)
  })
})
