/** Four developers at once: branches merged in random order through `resolve`. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { differing } from '../../../src/changes/differing.ts'
import { replay } from '../../../src/changes/replay.ts'
import { judgeHistory } from '../../../src/rules/run.ts'
import { readScript } from '../../../src/sql/script.ts'
import type { SideFolder } from '../../support/merge-cases.ts'
import { drawBranch, drawing, emptyFolder, merged, startModel, startStatements, withMigrations } from '../../support/random-team.ts'

const monday = Date.UTC(2026, 0, 5, 9)
const hour = 3_600_000

const replayed = ({ history }: SideFolder) => replay(history.migrations.map(({ sql }) => readScript(sql ?? '')))

const serial = (texts: readonly string[]) => replay(texts.map(readScript))

/** One line: numbers, times in distinct seconds, and each snapshot's parent the one before. */
const expectLine = ({ history }: SideFolder): void => {
  const found = judgeHistory({ history, edited: [], now: monday * 2, statementsInChunk: () => [] }).filter(({ severity }) => severity !== 'note')
  expect(found.map(({ message }) => message)).toEqual([])
  expect(history.migrations.map(({ entry }) => entry?.idx)).toEqual(history.migrations.map((_, at) => at))
}

export type Tally = { merges: number; conflicts: number; dropped: number }

/** What is drawn: how branches look, and in which order they are merged. */
export const aTeam = fc.record({
  numbers: fc.array(fc.nat({ max: 1_000 }), { minLength: 30, maxLength: 120 }),
  branches: fc.integer({ min: 2, max: 6 }),
  order: fc.array(fc.nat({ max: 5 }), { minLength: 6, maxLength: 6 }),
})

type Drawn = { readonly numbers: readonly number[]; readonly branches: number; readonly order: readonly number[] }

const shuffled = (count: number, order: readonly number[]): readonly number[] => {
  const left = Array.from({ length: count }, (_, at) => at)
  return order.slice(0, count).flatMap((drawn) => left.splice(drawn % left.length, 1))
}

/** Merges them all; always one line, always the catalog of a serial order. */
export const expectSerial = ({ numbers, branches, order }: Drawn, tally: Tally): void => {
  const draw = drawing(numbers)
  const base = withMigrations(emptyFolder(), [{ name: 'start', statements: startStatements }], monday)
  const drafts = Array.from({ length: branches }, (_, number) => drawBranch(number, startModel(), draw).branch)
  let landed = base
  const line: string[] = base.history.migrations.map(({ sql }) => sql ?? '')
  for (const number of shuffled(branches, order)) {
    const mine = withMigrations(base, drafts[number]?.migrations ?? [], monday + hour + draw(48) * hour)
    const choices = new Map([['*', 'drop-mine']])
    const { folder, found } = merged(base, landed, mine, choices)
    tally.merges += 1
    tally.conflicts += found.commutation.conflicts.length
    tally.dropped += found.dropped.length
    expect(found.stops.map(({ explanation }) => explanation)).toEqual([])
    // What was merged, in the order in which it was: each statement of the branch, but for those that the plan names.
    const same = new Set(found.dropped.filter(({ why }) => why === 'same').map(({ migration }) => migration.tag.slice(5)))
    for (const { name, statements } of (drafts[number]?.migrations ?? []).filter((each) => !same.has(each.name))) {
      const texts = statements.flatMap((sql, at) => {
        const rewrite = found.rewrites.find(({ tag, conflict }) => tag.endsWith(`_${name}`) && conflict.mine.some(({ statement }) => statement === at))
        return rewrite ? rewrite.to : [sql]
      })
      line.push(texts.map((sql) => `${sql};`).join('\n'))
    }
    for (const [path, text] of landed.texts) if (path !== 'meta/_journal.json') expect(folder.texts.get(path)).toBe(text)
    landed = folder
    expectLine(landed)
  }
  const [result, expected] = [replayed(landed), serial(line)]
  expect(result.steps.flatMap(({ refused }) => refused?.message ?? [])).toEqual([])
  expect(differing(result.catalog, expected.catalog)).toEqual(differing(expected.catalog, expected.catalog))
}
