/** Squawk's and eugene's own public test suites, and those of other linters: "each disagreement listed with the PostgreSQL proof". The suites themselves are read by `npm run lint:peers`. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import type { Engine } from '../../src/model/engine.ts'
import { PostgresRefusal } from '../../src/model/error.ts'
import { policyRulesById } from '../../src/rules/policy.ts'
import { CleanDatabase } from '../support/clean-database.ts'
import { disagreements } from '../support/peer-suites/disagreements.ts'
import { suites } from '../support/peer-suites/suites.ts'

let engine: Engine
let clean: CleanDatabase
beforeAll(async () => {
  engine = await openEngine({ extensions: [], profile: 'replay' })
  clean = new CleanDatabase(engine)
})
afterAll(async () => engine?.[Symbol.asyncDispose]())

describe("squawk's and eugene's own public test suites: each disagreement listed with the PostgreSQL proof", () => {
  it.each(disagreements)('$peer, $cases.0: $why', ({ proof: { sql, refused, answers } }) =>
    clean.within([], async ({ session }) => {
      for (const statement of sql.slice(0, -1)) await session.script(statement)
      const last = sql.at(-1) ?? ''
      if (refused !== undefined) {
        const refusal = await session.script(last).catch((error: unknown) => error)
        await session.script('ROLLBACK')
        expect(refusal).toBeInstanceOf(PostgresRefusal)
        expect((refusal as PostgresRefusal).sqlstate).toBe(refused)
      } else {
        const rows = await session.query(last)
        expect(rows.map((row) => Object.values(row).map(String))).toEqual([[answers]])
      }
    }),
  )

  it('agree on ≥ 97 %, and all suites where PostgreSQL does not contradict them, as docs/lint-peers.md says', () => {
    const page = readFileSync(new URL('../../docs/lint-peers.md', import.meta.url), 'utf8')
    const counts = (name: string): readonly number[] =>
      (new RegExp(`^\\| ${name} \\|(.*)\\|$`, 'm').exec(page)?.[1] ?? '').split('|').map((cell) => Number.parseInt(cell.replaceAll('*', ''), 10))
    const [, counted = 0, agree = 0] = counts('squawk and eugene')
    expect(counted).toBeGreaterThan(300)
    expect(agree / counted).toBeGreaterThanOrEqual(0.97)
    const [, all = 0, allAgree = 0, , , contradicted = 0] = counts('all')
    expect(all).toBeGreaterThan(800)
    expect(allAgree / (all - contradicted)).toBeGreaterThanOrEqual(0.97)
    for (const { cases } of disagreements) for (const name of cases) expect(page).toContain(name)
  })

  it('knows all rules that a rule of a peer stands for', () => {
    const named = suites.flatMap(({ hazards }) => Object.values(hazards).flatMap((hazard) => ('notAdopted' in hazard ? [] : hazard)))
    expect(named.filter((rule) => !(rule in policyRulesById))).toEqual([])
  })
})
