/**
 * Damaged SQL, judged: 100,000 statements of the rules' examples, and of the histories under PGSTRATA_CORPUS where that is set. Nothing may stop the judgement or
 * take a second, and what the parser refuses must be said. FUZZ sets how many, SEED where the numbers begin.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { readHistoryFolder } from '../../src/adapters/folder/index.ts'
import { emptyCatalog } from '../../src/changes/edit.ts'
import { replay } from '../../src/changes/replay.ts'
import { startOf } from '../../src/changes/start.ts'
import { judgeReplay } from '../../src/features/judged-replay.ts'
import { lint } from '../../src/features/lint.ts'
import type { Catalog } from '../../src/model/catalog.ts'
import type { Runner } from '../../src/model/config.ts'
import type { Finding } from '../../src/model/finding.ts'
import type { History, Migration } from '../../src/model/history.ts'
import { policyRules } from '../../src/rules/policy.ts'
import { splitChunks } from '../../src/sql/chunks.ts'
import { loadSql, parseRaw, SqlError } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'
import { below, mutated, oneOf, type Random, randomFrom } from '../support/mutate.ts'

const count = Number(process.env.FUZZ ?? 100_000)
const seed = Number(process.env.SEED ?? 1)
const runners: readonly Runner[] = ['drizzle', 'per-file', 'none']

type Seed = { readonly sql: string; readonly before: Catalog }

const exampleSeeds = (): readonly Seed[] =>
  policyRules.flatMap(({ bad, good }) =>
    [...bad, ...good].map(({ given = '', sql }) => ({
      sql: typeof sql === 'string' ? sql : sql.join('\n--> statement-breakpoint\n'),
      before: replay([readScript(given)]).catalog,
    })),
  )

const corpusSeeds = async (corpus: string): Promise<readonly Seed[]> => {
  const seeds: Seed[] = []
  const folders = (await readdir(corpus, { withFileTypes: true })).filter((entry) => entry.isDirectory())
  for (const { name } of folders) {
    const { migrations } = await readHistoryFolder(join(corpus, name), { snapshots: false })
    const scripts = migrations.map(({ sql }) => readScript(sql ?? ''))
    const { steps } = replay(scripts, startOf(scripts).catalog)
    seeds.push(...steps.filter(({ statement }) => statement.text.length < 5_000).map(({ statement, before }) => ({ sql: statement.text, before })))
  }
  return seeds
}

const historyOf = (sql: string): History => {
  const migration: Migration = { tag: '0000_x', index: 0, path: '0000_x.sql', sql, hash: undefined, when: 0 }
  return { folder: '.', layout: 'journal', migrations: [migration], orphans: [], orphanSnapshots: [], faults: [], ledger: { schema: 'drizzle', table: 'm' } }
}

const judge = (sql: string, before: Catalog, runner: Runner): readonly Finding[] => {
  const history = historyOf(sql)
  const scripts = [readScript(sql)]
  const replayed = replay(scripts, before)
  const { findings } = lint(
    { history, steps: replayed.steps, pending: { type: 'together', migrations: new Set([0]) }, runner },
    { policy: { preset: 'strict' }, postgres: 18, usage: () => ({}), now: 0 },
  )
  return [...findings, ...judgeReplay(history, scripts, replayed)]
}

/** True where PostgreSQL's parser, asked by itself, refuses a chunk. A zero byte ends its text, but no server takes one. */
const isRefused = (sql: string): boolean =>
  splitChunks(sql.replace(/^\ufeff/, ' ')).some(({ text }) => {
    if (text.includes('\u0000')) return true
    if (/^\s*$/.test(text)) return false
    try {
      parseRaw(text)
      return false
    } catch (error) {
      if (!(error instanceof SqlError)) throw error
      return true
    }
  })

let seeds: readonly Seed[]
beforeAll(async () => {
  await loadSql()
  const corpus = process.env.PGSTRATA_CORPUS
  seeds = [...exampleSeeds(), ...(corpus === undefined ? [] : await corpusSeeds(corpus))]
})

const one = (random: Random): { readonly sql: string; readonly fault?: string } => {
  // Half of all: the examples. They are few, and each shows a hazard.
  const examples = policyRules.reduce((sum, { bad, good }) => sum + bad.length + good.length, 0)
  const { sql: original, before } = random() < 0.5 ? (seeds[below(random, examples)] as Seed) : oneOf(random, seeds)
  const sql = mutated(original, random, ['CREATE TABLE t (a int)', oneOf(random, seeds).sql.slice(0, 2_000)])
  const on = random() < 0.9 ? before : emptyCatalog
  const runner = oneOf(random, runners)
  const start = performance.now()
  try {
    const findings = judge(sql, on, runner)
    const spent = performance.now() - start
    if (spent > 1_000) return { sql, fault: `took ${spent.toFixed(0)} ms` }
    if (isRefused(sql) && !findings.some(({ rule }) => rule === 'unparsed')) return { sql, fault: 'not parsed, and nobody says so' }
    return { sql }
  } catch (error) {
    return { sql, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

test(`${count} damaged statements: no crash, no second, nothing unparsed in silence`, () => {
  const faults = new Map<string, string>()
  for (let at = 0; at < count; at++) {
    const { sql, fault } = one(randomFrom(seed * 1_000_003 + at))
    if (fault !== undefined) {
      const kind = fault
        .replaceAll(/\d+ ms/g, '')
        .split('\n')
        .slice(0, 4)
        .join('\n')
      if (!faults.has(kind)) faults.set(kind, `${fault}\nnumber ${at}: ${JSON.stringify(sql)}`)
    }
  }
  expect([...faults.values()].join('\n\n')).toBe('')
})
