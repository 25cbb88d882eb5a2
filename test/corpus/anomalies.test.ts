import { beforeAll, describe, expect, it } from 'vitest'
import { readHistoryFolder } from '../../src/adapters/folder/index.ts'
import { allSnapshots } from '../../src/drizzle/history.ts'
import type { Finding } from '../../src/model/finding.ts'
import type { History } from '../../src/model/history.ts'
import type { HistoryRuleId } from '../../src/rules/index.ts'
import { judgeHistory } from '../../src/rules/run.ts'
import { splitChunks } from '../../src/sql/chunks.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'
import { corpus, needCorpus } from '../support/corpus.ts'

/**
 * What an independent script counted in each folder. `crowded`: files with several statements in one chunk. The script counted semicolons, those inside block
 * comments too: two files of lmnr hold drizzle-kit's own hint with a query in one, and for PostgreSQL's parser a comment is no statement.
 */
type Row = {
  readonly migrations: number
  readonly missing?: readonly string[] | number
  readonly orphan?: string
  readonly order?: readonly string[]
  readonly second?: number
  readonly prefix?: string
  readonly breaks?: readonly string[]
  readonly crowded: number
  readonly inComments?: readonly string[]
}

const table: { readonly [folder: string]: Row } = {
  sim: {
    migrations: 298,
    missing: ['0207'],
    orphan: '0091_backfill_user_stats.sql',
    second: 1,
    prefix: '0091',
    breaks: ['0009', '0030', '0041', '0101'],
    crowded: 5,
  },
  ctrlplane: { migrations: 197, crowded: 5 },
  dokploy: { migrations: 186, orphan: '0130_abandoned_dagger.sql', prefix: '0130', breaks: ['0066'], crowded: 7 },
  'claude-code-hub': { migrations: 119, missing: ['0037'], orphan: '0048_add_system_timezone.sql', second: 2, prefix: '0048', breaks: ['0077'], crowded: 6 },
  lmnr: {
    migrations: 99,
    orphan: '0037_cute_medusa.sql',
    second: 9,
    prefix: '0037',
    breaks: ['0008', '0029', '0068', '0076'],
    crowded: 7,
    inComments: ['0003', '0062'],
  },
  tambo: { migrations: 95, missing: ['0051'], breaks: ['0052'], crowded: 4 },
  munin: { migrations: 78, missing: 41, crowded: 13 },
  'gh-next': { migrations: 76, crowded: 17 },
  musubi: { migrations: 50, crowded: 0 },
  kaneo: { migrations: 43, missing: ['0006', '0014', '0016', '0020', '0024', '0025'], order: ['0006', '0025', '0026'], second: 1, crowded: 3 },
  forge: { migrations: 41, second: 28, crowded: 1 },
  zero: { migrations: 26, orphan: '0025_far_echo.sql', prefix: '0025', crowded: 0 },
  llmgateway: { migrations: 20, crowded: 0 },
  'ai-chatbot': { migrations: 9, crowded: 0 },
}

const judge = async (name: string): Promise<{ readonly history: History; readonly findings: readonly Finding[] }> => {
  const history = await readHistoryFolder(`${corpus}/${name}`, { name })
  const statementsInChunk = ({ sql }: { readonly sql: string | undefined }) => readScript(sql ?? '').chunks.map(({ statements }) => statements)
  return { history, findings: judgeHistory({ history, edited: [], now: Date.now(), statementsInChunk }) }
}

/** As the independent script counts: texts ended by semicolons, without line comments and dollar-quoted bodies. */
const countSemicolons = (sql: string): number =>
  sql
    .replaceAll(/\$(\w*)\$[\s\S]*?\$\1\$/g, '')
    .replaceAll(/--[^\n]*/g, '')
    .split(';')
    .filter((text) => text.trim() !== '').length

const of = (findings: readonly Finding[], rule: HistoryRuleId): readonly Finding[] => findings.filter((finding) => finding.rule === rule)
const prefixes = (findings: readonly Finding[], rule: HistoryRuleId): readonly string[] =>
  of(findings, rule).map(({ migration }) => migration?.slice(0, 4) ?? '')

beforeAll(async () => {
  needCorpus()
  await loadSql()
})

describe.each(Object.entries(table))('%s', (name, row) => {
  let findings: readonly Finding[] = []
  let history: History
  beforeAll(async () => {
    ;({ findings, history } = await judge(name))
  })

  it('has exactly the anomalies of the table', () => {
    expect(history.migrations).toHaveLength(row.migrations)
    const missing = prefixes(findings, 'missing-snapshot')
    expect(typeof row.missing === 'number' ? missing.length : missing).toEqual(row.missing ?? [])
    expect(of(findings, 'orphan-sql').map(({ file }) => file)).toEqual(row.orphan === undefined ? [] : [`${name}/${row.orphan}`])
    expect(prefixes(findings, 'journal-when-not-monotonic')).toEqual(row.order ?? [])
    expect(of(findings, 'same-second-when')).toHaveLength(row.second ?? 0)
    expect(of(findings, 'duplicate-prefix').map(({ fingerprint }) => fingerprint.split('/').at(-1))).toEqual(row.prefix === undefined ? [] : [row.prefix])
    expect(prefixes(findings, 'broken-snapshot-chain').filter((prefix) => prefix !== '0000')).toEqual(row.breaks ?? [])
    const crowded = prefixes(findings, 'missing-statement-breakpoint')
    const bySemicolon = history.migrations
      .filter(({ sql }) => splitChunks(sql ?? '').some(({ text }) => countSemicolons(text) > 1))
      .map(({ tag }) => tag.slice(0, 4))
    expect(bySemicolon).toHaveLength(row.crowded)
    expect(bySemicolon.filter((prefix) => !crowded.includes(prefix))).toEqual(row.inComments ?? [])
    expect(crowded.filter((prefix) => !bySemicolon.includes(prefix))).toEqual([])
  })

  it('gives each finding a fingerprint of its own', () => {
    const prints = findings.map(({ fingerprint }) => fingerprint)
    expect(prints.filter((print, index) => prints.indexOf(print) < index)).toEqual([])
  })

  it('has no other finding above note', () => {
    const known = ['missing-snapshot', 'orphan-sql', 'journal-when-not-monotonic', 'same-second-when', 'duplicate-prefix', 'broken-snapshot-chain']
    expect(findings.filter(({ rule, severity }) => severity !== 'note' && !known.includes(rule)).map(({ rule, message }) => `${rule}: ${message}`)).toEqual([])
  })
})

describe('worth knowing', () => {
  it.each(['musubi', 'llmgateway', 'ai-chatbot', 'ctrlplane'])('%s has nothing above note', async (name) => {
    const { findings } = await judge(name)
    expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([])
  })

  it('sim’s first snapshot dangles, and no other folder’s does', async () => {
    for (const name of Object.keys(table)) {
      const roots = of((await judge(name)).findings, 'broken-snapshot-chain').filter(({ fingerprint }) => fingerprint.endsWith('/root'))
      expect(roots, name).toHaveLength(name === 'sim' ? 1 : 0)
    }
  })

  it('sim’s 86 MB of snapshots are read, and not kept', async () => {
    const { history } = await judge('sim')
    expect(allSnapshots(history).every(({ id, fault }) => id !== undefined && fault === undefined)).toBe(true)
    expect(allSnapshots(history)).toHaveLength(297)
    expect(JSON.stringify(history).length).toBeLessThan(3_000_000)
  })

  it('latitude-llm-v1 has 2 forks and 3 open leaves', async () => {
    const { history, findings } = await judge('latitude-llm-v1')
    expect(history.migrations).toHaveLength(39)
    expect(of(findings, 'snapshot-fork')).toHaveLength(2)
    expect(of(findings, 'open-leaves').map(({ message }) => message.split(' ')[0])).toEqual(['3'])
    expect(findings.filter(({ rule, severity }) => severity !== 'note' && rule !== 'snapshot-fork')).toEqual([])
  })
})
