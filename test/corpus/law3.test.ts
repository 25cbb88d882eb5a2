/** Law 3 on every prefix of every history in the corpus, in a real PostgreSQL; and what memory cannot follow there. */
import { beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { agreement } from '../../src/features/agreement.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { corpus, needCorpus } from '../support/corpus.ts'
import { replayedFolder } from '../support/replayed.ts'

/** Migrations and statements that memory cannot follow: both grant or make things in a loop over what the database holds when it runs. */
const histories: Readonly<Record<string, { readonly migrations: number; readonly opaque?: readonly string[] }>> = {
  sim: { migrations: 298 },
  ctrlplane: { migrations: 197 },
  dokploy: { migrations: 186 },
  'claude-code-hub': { migrations: 119 },
  lmnr: { migrations: 99 },
  tambo: { migrations: 95, opaque: ['0015_shallow_bruce_banner'] },
  munin: { migrations: 78 },
  'gh-next': { migrations: 76 },
  musubi: { migrations: 50 },
  kaneo: { migrations: 43 },
  forge: { migrations: 41 },
  'latitude-llm-v1': { migrations: 39, opaque: ['20260507103301_partition-billing-usage-events'] },
  zero: { migrations: 26 },
  llmgateway: { migrations: 20 },
  'ai-chatbot': { migrations: 9 },
}

beforeAll(async () => {
  needCorpus()
  await loadSql()
})

const read = (name: string) => replayedFolder(`${corpus}/${name}`)

describe.each(Object.entries(histories))('%s', (name, expected) => {
  it('is read whole: no fault, no refusal, opaque statements by name', async () => {
    const { history, scripts, replayed } = await read(name)
    expect(history.migrations).toHaveLength(expected.migrations)
    expect(scripts.flatMap(({ faults }) => faults)).toEqual([])
    expect(replayed.steps.flatMap(({ refused }) => refused ?? [])).toEqual([])
    const opaque = replayed.steps.filter(({ changes }) => changes.some(({ kind }) => kind === 'opaque'))
    expect(opaque.map(({ migration }) => history.migrations[migration]?.tag)).toEqual(expected.opaque ?? [])
  })
})

describe.concurrent('law 3: introspect(run(toSql(diff(∅, replay(h))))) = introspect(run(h)) on every prefix', () => {
  it.each(Object.entries(histories))('%s', async (name, expected) => {
    const { history, scripts, assumed, extensions, replayed, roles } = await read(name)
    await using engine = await openEngine({ extensions, profile: 'replay' })
    const plan = {
      scripts,
      replayed,
      ledger: history.ledger,
      extensions: assumed,
      roles,
      prefixes: 'all',
    } as const
    const { compared, disagreements, failure, answered } = await agreement(engine, plan)
    expect(failure).toBeUndefined()
    expect(disagreements).toEqual([])
    expect(compared).toHaveLength(expected.migrations)
    // The engine answers for these, and nothing is left out of the comparison.
    expect(answered.map(({ migration }) => history.migrations[migration]?.tag)).toEqual(expected.opaque ?? [])
    expect(answered.flatMap(({ left }) => left)).toEqual([])
  })
})

it('opaque statements over the corpus: at most 0.5 %', async () => {
  let statements = 0
  let opaque = 0
  for (const name of Object.keys(histories)) {
    const { steps } = (await read(name)).replayed
    statements += steps.length
    opaque += steps.filter(({ changes }) => changes.some(({ kind }) => kind === 'opaque')).length
  }
  expect(statements).toBeGreaterThan(7000)
  expect(opaque / statements).toBeLessThanOrEqual(0.005)
  console.log(`${opaque} of ${statements} statements are opaque`)
})
