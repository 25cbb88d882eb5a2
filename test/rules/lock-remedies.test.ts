/** Advice must be runnable: what the rules on locks (and two others) say instead is run in PostgreSQL, step by step, on what their bad examples are given. */
import { afterAll, beforeAll, describe, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import type { Engine } from '../../src/model/engine.ts'
import type { Remedy } from '../../src/model/finding.ts'
import type { Session } from '../../src/model/session.ts'
import { fkMissingIndex } from '../../src/rules/compatibility/fk-missing-index.ts'
import type { PolicyRule } from '../../src/rules/define.ts'
import { lockRules } from '../../src/rules/locks/index.ts'
import { lockOrderDeadlock } from '../../src/rules/transactions/lock-order-deadlock.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { makeTablespace } from '../support/tablespace.ts'
import { batchOf, judged } from './policy.ts'

await loadSql()

let engine: Engine

beforeAll(async () => {
  engine = await openEngine({ extensions: [], profile: 'replay' })
  await makeTablespace(engine)
})
afterAll(async () => engine?.[Symbol.asyncDispose]())

const rules: readonly PolicyRule[] = [...Object.values(lockRules), fkMissingIndex, lockOrderDeadlock]

/** What stands before the statement in the batch is run too. */
const cases = rules.flatMap((rule) =>
  rule.bad.flatMap((example) => {
    const found = judged(example, [rule.id]).filter((each) => each.rule.id === rule.id && each.hit.remedy)
    return found.map(({ hit, at }) => ({ id: rule.id, shows: example.shows, example, at, remedy: hit.remedy as Remedy }))
  }),
)

const run = async (session: Session, step: Remedy['steps'][number], statement: string): Promise<void> => {
  if (step.when === 'outside') for (const sql of step.sql) await session.script(sql)
  else await session.script(['BEGIN', ...(step.when === 'after' ? [statement] : []), ...step.sql, 'COMMIT'].join(';\n'))
}

describe('what is said instead runs in PostgreSQL', () => {
  it.each(cases)('$id: $shows', async ({ example, at, remedy }) => {
    const database = await engine.createDatabase()
    const session = await engine.session(database)
    try {
      if (example.given) await session.script(example.given)
      if (example.rows) await session.script(example.rows)
      // A statement that the remedy moves is not run twice.
      const placed = new Set(remedy.steps.flatMap(({ when, sql }) => (when === 'instead' ? sql : [])))
      const earlier = batchOf(example)
        .steps.slice(0, at.position)
        .filter(({ step }) => !placed.has(step.statement.text))
      await session.script(['BEGIN', ...earlier.map(({ step }) => step.statement.text), 'COMMIT'].join(';\n'))
      for (const step of remedy.steps) await run(session, step, at.step.statement.text)
    } finally {
      await session[Symbol.asyncDispose]()
      await engine.dropDatabase(database)
    }
  })
})
