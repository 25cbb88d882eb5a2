import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { type CorpusFindings, corpusFindings, findingsPage } from '../support/policy-findings.ts'

let found: CorpusFindings
beforeAll(async () => {
  found = await corpusFindings(process.env.PGSTRATA_CORPUS ?? '../shared/corpus')
})

describe('the policy over real histories, each migration as the new one', () => {
  it('looked at all of them', () => expect(found.histories.reduce((sum, { migrations }) => sum + migrations, 0)).toBe(1376))

  it('recommended preset flags at most 40 % of sim’s migrations', () => {
    const sim = found.histories.find(({ name }) => name === 'sim')
    expect((sim?.flagged ?? 0) / (sim?.migrations ?? 0)).toBeLessThanOrEqual(0.4)
    expect(sim?.flagged).toBeGreaterThan(50)
  })

  it('and never twice for one hazard: no statement has two findings that decide for one lock on one relation', () => {
    const twice = found.histories.flatMap(({ name, findings }) => {
      const seen = new Map<string, string>()
      return findings.flatMap(({ severity, lock, migration, statement, rule, source = '' }) => {
        // A DO block holds several statements, each with hazards of its own.
        if (severity === 'note' || !lock || lock.duration === 'moment' || /^do\b/i.test(source)) return []
        const key = `${name} ${migration} ${statement} ${lock.relation} ${lock.mode} ${lock.duration}`
        const before = seen.get(key)
        seen.set(key, rule)
        return before === undefined || before === rule ? [] : [`${key}: ${before} and ${rule}`]
      })
    })
    expect(twice).toEqual([])
  })

  it('and no finding twice', () => {
    for (const { findings } of found.histories) {
      const keys = findings.map(({ rule, migration, statement, message }) => `${rule} ${migration} ${statement} ${message}`)
      expect(keys.length - new Set(keys).size).toBe(0)
    }
  })

  it('its findings are those of docs/policy-findings.md', () => expect(readFileSync('docs/policy-findings.md', 'utf8')).toBe(findingsPage(found)))
})
