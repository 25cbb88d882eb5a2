import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readHistoryFolder } from '../../src/adapters/folder/index.ts'
import type { HistoryRuleId } from '../../src/rules/index.ts'
import { judgeHistory } from '../../src/rules/run.ts'
import { unpackMerges } from '../support/corpus.ts'

/** What an independent script found in a merge's result; absent where the journal could not be read. */
type Case = {
  readonly jm: string
  readonly res_dup_idx?: number
  readonly res_new_nonmono?: number
  readonly res_bad_snap?: number
  readonly res_prev_collision?: number
}

let root = ''

beforeAll(() => {
  root = unpackMerges()
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const rulesIn = async (folder: string): Promise<ReadonlySet<string>> => {
  const history = await readHistoryFolder(folder, { name: 'drizzle' })
  return new Set(judgeHistory({ history, edited: [], now: Date.now(), statementsInChunk: () => [] }).map(({ rule }) => rule))
}

const readCase = (path: string): Case => JSON.parse(readFileSync(path, 'utf8')) as Case

// A case holds the changed files only, so rules about absent files have nothing to say here.
it('finds the defects that people left in 118 real merges, and only these', async () => {
  const cases = readdirSync(join(root, 'merges')).flatMap((repository) =>
    readdirSync(join(root, 'merges', repository)).map((sha) => join(root, 'merges', repository, sha)),
  )
  expect(cases).toHaveLength(118)
  const wrong: string[] = []
  for (const path of cases) {
    const { jm, res_dup_idx = 0, res_new_nonmono = 0, res_bad_snap = 0, res_prev_collision = 0 } = readCase(join(path, 'case.json'))
    const found = await rulesIn(join(path, 'resolved'))
    const has = (...rules: readonly HistoryRuleId[]): boolean => rules.some((rule) => found.has(rule))
    const name = path.slice(root.length)
    if (has('invalid-json', 'conflict-markers') !== (jm !== 'ok' || res_bad_snap > 0)) wrong.push(`${name}: broken files`)
    if (has('duplicate-index') !== res_dup_idx > 0) wrong.push(`${name}: indexes`)
    if (has('snapshot-fork') !== res_prev_collision > 0) wrong.push(`${name}: forks`)
    // The script counted only what the merge itself brought; older disorder is found as well.
    if (res_new_nonmono > 0 && !has('journal-when-not-monotonic')) wrong.push(`${name}: order`)
  }
  expect(wrong).toEqual([])
})

it('reads every side of every merge', async () => {
  let sides = 0
  for (const repository of readdirSync(join(root, 'merges')))
    for (const sha of readdirSync(join(root, 'merges', repository)))
      for (const side of ['base', 'ours', 'theirs']) {
        const folder = join(root, 'merges', repository, sha, side)
        if (!existsSync(folder)) continue
        await rulesIn(folder)
        sides++
      }
  expect(sides).toBeGreaterThan(340)
})
