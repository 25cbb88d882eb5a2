import { expect, it } from 'vitest'
import { Agenda } from '../../../src/adapters/code/agenda.ts'
import { newClaims } from '../../../src/adapters/code/claims.ts'
import type { Candidate } from '../../../src/adapters/code/mentions/finder.ts'
import type { Search } from '../../../src/adapters/code/messages.ts'

const candidate: Candidate = { path: 'a.ts', kinds: ['names'], browser: false, linked: [], hasTree: false }
const searchOf = (number: number, count: number): Search => ({
  number,
  asked: { columns: [], names: ['a'], tables: [], enums: [] },
  candidates: Array.from({ length: count }, () => candidate),
  positions: new Int32Array(count),
  lookers: newClaims(count),
})

/** All that is done while so many bytes lie ahead. */
const done = (agenda: Agenda, ahead = 0): readonly string[] => {
  const found: string[] = []
  for (let task = agenda.next(ahead); task; task = agenda.next(ahead)) {
    if (task === 'wait') return [...found, 'wait']
    found.push(`${task.kind} ${task.at}`)
  }
  return found
}

const much = 28 * 1024 * 1024

it('texts come first, then trees, the ones that were wanted last before the others, then mentions', () => {
  const agenda = new Agenda()
  agenda.hear(searchOf(1, 2))
  agenda.hear({ notes: [], surely: [1, 2], perhaps: [7] })
  agenda.hear({ notes: [9], surely: [3, 4], perhaps: [8] })
  expect(done(agenda)).toEqual(['note 9', 'tree 3', 'tree 4', 'tree 1', 'tree 2', 'tree 8', 'tree 7', 'candidate 1', 'candidate 0'])
})

it('a tree that is wanted meanwhile waits for no mention', () => {
  const agenda = new Agenda()
  agenda.hear(searchOf(1, 2))
  expect(agenda.next(0)).toMatchObject({ kind: 'candidate', at: 1 })
  agenda.hear({ notes: [], surely: [5], perhaps: [] })
  expect(done(agenda)).toEqual(['tree 5', 'candidate 0'])
})

it('where there is no room for trees that are only wanted perhaps, mentions are looked for', () => {
  const agenda = new Agenda()
  agenda.hear({ notes: [], surely: [1], perhaps: [7] })
  agenda.hear(searchOf(1, 1))
  expect(done(agenda, much)).toEqual(['tree 1', 'candidate 0', 'wait'])
  expect(done(agenda)).toEqual(['tree 7'])
})

it('a new search takes the place of the one before', () => {
  const agenda = new Agenda()
  agenda.hear(searchOf(1, 5))
  agenda.next(0)
  agenda.hear(searchOf(2, 1))
  expect(agenda.next(0)).toMatchObject({ kind: 'candidate', at: 0, of: { number: 2 } })
  expect(agenda.next(0)).toBeUndefined()
})
