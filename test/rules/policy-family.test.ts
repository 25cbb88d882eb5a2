import { readdirSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { compatibilityRules } from '../../src/rules/compatibility/index.ts'
import type { PolicyRule } from '../../src/rules/define.ts'
import { lockRules } from '../../src/rules/locks/index.ts'
import { policyRules, policyRulesById } from '../../src/rules/policy.ts'
import { tasteRules } from '../../src/rules/taste/index.ts'
import { transactionRules } from '../../src/rules/transactions/index.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { judged } from './policy.ts'

beforeAll(loadSql)

/** Advice that nearly every batch without the setting gets: shown by its own examples, left out of the others'. */
const advice = new Set(['missing-lock-timeout', 'fk-missing-index'])

const foundIn = (example: PolicyRule['bad'][number], id: string): readonly string[] =>
  [...new Set(judged(example, [id]).map(({ rule }) => rule.id))].filter((found) => found === id || !advice.has(found)).sort()

describe('the family of policy rules', () => {
  it.each([
    ['locks', lockRules],
    ['transactions', transactionRules],
    ['compatibility', compatibilityRules],
    ['taste', tasteRules],
  ] as const)('%s lists every file of its folder, under its own name', (folder, group) => {
    const files = readdirSync(new URL(`../../src/rules/${folder}/`, import.meta.url)).map((name) => name.replace(/\.ts$/, ''))
    expect(files.filter((name) => name !== 'index').sort()).toEqual(Object.keys(group).sort())
    expect(Object.entries(group).filter(([id, rule]) => (rule as PolicyRule).id !== id)).toEqual([])
  })

  it('has no id twice', () => {
    const groups = [lockRules, transactionRules, compatibilityRules, tasteRules].flatMap((group) => Object.keys(group))
    expect(groups.length).toBe(Object.keys(policyRulesById).length)
  })

  it.each(policyRules)('$id has its words and its examples', (rule) => {
    expect(rule.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*(-AX)?$/)
    for (const words of [rule.summary, rule.why, rule.instead]) expect(words).toMatch(/^[A-Z`“].{20,}[.]$/s)
    expect(rule.bad.length).toBeGreaterThan(0)
    expect(rule.good.length).toBeGreaterThan(0)
  })

  const bad = policyRules.flatMap((rule) => rule.bad.map((example) => ({ id: rule.id, shows: example.shows, example })))
  it.each(bad)('$id finds: $shows', ({ id, example }) => {
    expect(foundIn(example, id)).toEqual([id, ...(example.also ?? [])].sort())
    for (const { rule, hit } of judged(example, [id])) {
      if (rule.id !== id) continue
      expect(hit.message).toMatch(/^\S.{15,}[.]$/s)
      expect(hit.help ?? rule.instead).toMatch(/.{20,}/)
    }
  })

  const good = policyRules.flatMap((rule) => rule.good.map((example) => ({ id: rule.id, shows: example.shows, example })))
  it.each(good)('$id is silent: $shows', ({ id, example }) => {
    expect(foundIn(example, id)).toEqual([...(example.also ?? [])].sort())
  })
})
