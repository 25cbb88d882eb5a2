import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { type FolderEntry, readHistory } from '../../src/drizzle/history.ts'
import type { FolderExample, HistoryView } from '../../src/rules/define.ts'
import { historyRules, rules } from '../../src/rules/index.ts'
import { judgeHistory } from '../../src/rules/run.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'

const later = Date.UTC(2031, 0, 1)

const entriesOf = (files: FolderExample['files']): readonly FolderEntry[] =>
  Object.entries(files).map(([path, text]) => ({ path, text, hash: createHash('sha256').update(text).digest('hex') }))

const viewOf = ({ files, landed, schemaChanges, edited = [], now = later }: FolderExample): HistoryView => {
  return {
    history: readHistory('drizzle', entriesOf(files)),
    ...(landed ? { landed: { commit: 'c'.repeat(40), migrations: readHistory('drizzle', entriesOf(landed)).migrations } } : {}),
    ...(schemaChanges ? { schemaChanges } : {}),
    now,
    edited: edited.map((path) => ({ path, added: 'a'.repeat(40), edited: 'b'.repeat(40) })),
    statementsInChunk: ({ sql }) => readScript(sql ?? '').chunks.map(({ statements }) => statements),
  }
}

beforeAll(loadSql)

describe('the family of rules', () => {
  it('lists every file of the family, under its own name', () => {
    const files = readdirSync(new URL('../../src/rules/history/', import.meta.url)).map((name) => name.replace(/\.ts$/, ''))
    expect(files.sort()).toEqual(Object.keys(historyRules).sort())
    expect(Object.entries(historyRules).filter(([id, rule]) => rule.id !== id)).toEqual([])
  })

  it.each(rules)('$id has its words and its examples', (rule) => {
    expect(rule.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    for (const words of [rule.summary, rule.why, rule.instead]) expect(words).toMatch(/^(?:[A-Z`“]|drizzle-).{20,}[.]$/s)
    expect(rule.bad.length).toBeGreaterThan(0)
    expect(rule.good.length).toBeGreaterThan(0)
  })

  const bad = rules.flatMap((rule) => rule.bad.map((example) => ({ id: rule.id, shows: example.shows, example })))
  it.each(bad)('$id finds: $shows', ({ id, example }) => {
    const findings = judgeHistory(viewOf(example))
    expect([...new Set(findings.map(({ rule }) => rule))].sort()).toEqual([id, ...(example.also ?? [])].sort())
    for (const finding of findings)
      expect(finding).toMatchObject({
        file: expect.stringMatching(/^drizzle\/./),
        help: expect.stringMatching(/.{20,}/),
        message: expect.stringMatching(/[.`]$/),
      })
    for (const finding of findings) if (finding.line !== undefined) expect(finding.line).toBeGreaterThan(0)
  })

  const good = rules.flatMap((rule) => rule.good.map((example) => ({ id: rule.id, shows: example.shows, example })))
  it.each(good)('$id and all others are silent: $shows', ({ example }) => {
    expect(judgeHistory(viewOf(example))).toEqual([])
  })
})

describe('judging a folder', () => {
  const missing = historyRules['missing-snapshot'].bad[0]
  if (!missing) throw new Error('missing-snapshot has no example')

  it('honours the policy: off, and another severity', () => {
    expect(judgeHistory(viewOf(missing), { rules: { 'missing-snapshot': 'off' } })).toEqual([])
    expect(judgeHistory(viewOf(missing), { rules: { 'missing-snapshot': 'error' } }).map(({ severity }) => severity)).toEqual(['error'])
  })

  it('keeps the fingerprint when lines move', () => {
    const [example] = historyRules['journal-when-not-monotonic'].bad
    if (!example) throw new Error('journal-when-not-monotonic has no example')
    const journal = example.files['meta/_journal.json'] ?? ''
    const moved = { ...example, files: { ...example.files, 'meta/_journal.json': `\n\n\n${journal}` } }
    const [before, after] = [judgeHistory(viewOf(example)), judgeHistory(viewOf(moved))]
    expect(after.map(({ line }) => line)).toEqual(before.map(({ line }) => (line ?? 0) + 3))
    expect(after.map(({ fingerprint }) => fingerprint)).toEqual(before.map(({ fingerprint }) => fingerprint))
  })

  it('gives every finding of a folder a fingerprint of its own', () => {
    for (const rule of rules)
      for (const example of rule.bad) {
        const prints = judgeHistory(viewOf(example)).map(({ fingerprint }) => fingerprint)
        expect(new Set(prints).size).toBe(prints.length)
      }
  })
})
