/** PostgreSQL is the judge of the rules: what a finding says of locks, rewrites, scans and refusals is seen in a real server, on the rule's own examples. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { neededRoles } from '../../src/changes/needed-roles.ts'
import type { Engine } from '../../src/model/engine.ts'
import type { LockMode } from '../../src/model/lock.ts'
import { display, qualified, type RelationName } from '../../src/model/name.ts'
import type { PolicyRule, SqlExample } from '../../src/rules/define.ts'
import type { Judged } from '../../src/rules/judge.ts'
import { policyRules } from '../../src/rules/policy.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'
import { CleanDatabase } from '../support/clean-database.ts'
import { claims, effectFaults, failureFaults, type Place, type Run, runBatch } from '../support/proof.ts'
import { makeTablespace } from '../support/tablespace.ts'
import { batchOf, judged } from './policy.ts'

// Tests are listed before any hook runs.
await loadSql()

let engine: Engine
let clean: CleanDatabase

beforeAll(async () => {
  engine = await openEngine({ extensions: ['citext', 'pg_trgm', 'hstore', 'pgcrypto', 'uuid-ossp', 'vector'], profile: 'replay' })
  await makeTablespace(engine)
  clean = new CleanDatabase(engine)
})
afterAll(async () => engine?.[Symbol.asyncDispose]())

/** What is given, and rows, in an empty database; `work` is then given the place. */
const within = <T>({ given = '' }: SqlExample, rows: string, roles: readonly string[], work: (place: Place) => Promise<T>): Promise<T> =>
  clean.within(roles, async (place) => {
    for (const { text } of readScript(given).statements) await place.session.script(engine.adapt(text))
    if (rows !== '') await place.session.script(rows)
    return work(place)
  })

/** The example's batch in PostgreSQL, with the rows or without. */
const ran = async (example: SqlExample, rows = example.rows ?? ''): Promise<Run> => {
  const batch = batchOf(example)
  const roles = neededRoles([...batchOf({ ...example, sql: example.given ?? '', given: '' }).steps, ...batch.steps].map(({ step }) => step))
  return within(example, rows, roles, (place) => runBatch(place, batch))
}

const of = (rule: PolicyRule, example: SqlExample): readonly Judged[] => judged(example, [rule.id]).filter((each) => each.rule.id === rule.id)
const examplesOf = (which: 'bad' | 'good') =>
  policyRules.flatMap((rule) => rule[which].map((example) => ({ id: rule.id, shows: example.shows, rule, example })))

describe('what a finding claims is what PostgreSQL 18 does', () => {
  const claiming = examplesOf('bad').filter(({ rule, example }) => of(rule, example).some(claims))

  it('is tried on every rule that claims something', () => {
    expect(claiming.length).toBeGreaterThan(0)
  })

  it.each(claiming)('$id: $shows', async ({ rule, example }) => {
    const all = judged(example, [rule.id])
    const own = all.filter((each) => each.rule.id === rule.id)
    const run = await ran(example)
    // Rows that make a statement fail hide what it does when it does not.
    const undisturbed = run.refused && (example.rows ?? '') !== '' ? await ran(example, '') : run
    expect(own.flatMap((each) => [...failureFaults(each, run), ...effectFaults(each, all, undisturbed)])).toEqual([])
  })
})

describe('the query that is asked beforehand finds the rows that stand in the way', () => {
  const asking = examplesOf('bad').filter(({ rule, example }) => of(rule, example).some(({ hit }) => hit.precheck !== undefined))

  it.each(asking)('$id: $shows', async ({ rule, example }) => {
    const rowsFor = async (rows: string): Promise<readonly (number | string)[]> =>
      within(example, rows, neededRoles(batchOf(example).steps.map(({ step }) => step)), async ({ session }) => {
        const found: (number | string)[] = []
        for (const { hit } of of(rule, example)) if (hit.precheck !== undefined) found.push((await session.query(hit.precheck)).length)
        return found
      })
    expect((await rowsFor('')).filter((count) => count !== 0)).toEqual([])
    if ((example.rows ?? '') !== '' && of(rule, example).some(({ hit }) => hit.claim?.fails !== undefined))
      expect((await rowsFor(example.rows ?? '')).some((count) => count !== 0)).toBe(true)
  })
})

/** What a rule's bad examples are seen to do and its good ones must not. A lock alone is a hazard only where no rewrite or scan makes it long. */
type Hazard = { readonly relation: RelationName; readonly lock?: LockMode; readonly effect?: 'rewrites' | 'scans' }

const hazardsOf = (rule: PolicyRule): readonly Hazard[] =>
  rule.bad
    .flatMap((example) => of(rule, example))
    .flatMap(({ hit: { lock, claim } }): readonly Hazard[] => {
      if (claim?.rewrites) return claim.rewrites.map((relation) => ({ relation, effect: 'rewrites' }))
      if (claim?.scans) return claim.scans.map((relation) => ({ relation, effect: 'scans', ...(lock?.relation === relation ? { lock: lock.mode } : {}) }))
      // A rule on the whole batch is about when a lock is taken, not whether.
      return lock && rule.scope === 'step' ? [{ relation: lock.relation, lock: lock.mode }] : []
    })

const done = ({ used, seen }: Run, { relation, lock, effect }: Hazard): boolean =>
  used.has(relation) &&
  [...seen.values()].some((each) => {
    const locked = (effect === undefined ? each.taken : each.held).some((held) => held.relation === relation && held.mode === lock)
    return effect === undefined ? locked : each[effect].includes(relation) && (lock === undefined || locked)
  })

describe('a good example does not do what its rule warns of', () => {
  it.each(examplesOf('good'))('$id: $shows', async ({ rule, example }) => {
    const run = await ran(example)
    const expected = judged(example, [rule.id]).some(({ hit }) => hit.claim?.fails !== undefined && hit.claim.fails === run.refused?.error.sqlstate)
    if (run.refused && !expected) expect.fail(`it is refused: ${run.refused.error.sqlstate} ${run.refused.error.message}`)
    const found = hazardsOf(rule).filter((hazard) => done(run, hazard))
    expect(found.map(({ relation, lock, effect }) => [display(relation), effect, lock])).toEqual([])
  })
})

describe('the comparison itself contradicts what is not so', () => {
  const example: SqlExample = {
    shows: 'an index and a column',
    given: 'CREATE TABLE orders (id bigint PRIMARY KEY, note text); CREATE TABLE users (id bigint PRIMARY KEY)',
    sql: 'CREATE INDEX orders_note_idx ON orders (note)',
  }
  const [orders, users] = [qualified('public', 'orders'), qualified('public', 'users')]
  const wrong: readonly (readonly [string, Partial<Judged['hit']>, RegExp])[] = [
    ['a stronger lock', { lock: { relation: orders, mode: 'ACCESS EXCLUSIVE', duration: 'moment' } }, /claims ACCESS EXCLUSIVE on orders; held on it: SHARE/],
    ['a lock elsewhere', { lock: { relation: users, mode: 'SHARE', duration: 'moment' } }, /held on it: nothing/],
    ['a rewrite', { claim: { rewrites: [orders] } }, /claims that orders is rewritten; rewritten: none/],
    ['a scan elsewhere', { claim: { scans: [users] } }, /claims that users is scanned; scanned: orders/],
    ['a refusal', { claim: { fails: '23505' } }, /claims that it fails with 23505; it runs/],
  ]

  it.each(wrong)('%s', async (_what, hit, fault) => {
    const [real] = judged(example, ['index-not-concurrent']).filter(({ rule }) => rule.id === 'index-not-concurrent')
    if (!real) throw new Error('the index is not found')
    const invented: Judged = { ...real, hit: { message: 'x', object: 'x', ...hit } }
    const run = await ran(example)
    expect([...failureFaults(invented, run), ...effectFaults(invented, [invented], run)].join()).toMatch(fault)
  })

  it('a rewrite that is kept silent', async () => {
    const rewriting: SqlExample = { ...example, sql: 'ALTER TABLE orders ALTER COLUMN id TYPE int' }
    const [at] = batchOf(rewriting).steps
    const [real] = judged(example)
    if (!at || !real) throw new Error('nothing is judged')
    const run = await ran(rewriting)
    const claiming = (hit: Partial<Judged['hit']>): Judged => ({ ...real, at, hit: { message: 'x', object: 'x', ...hit } })
    const silent = claiming({ claim: { rewrites: [] } })
    expect(effectFaults(silent, [silent], run).join()).toMatch(/does not say that orders is rewritten too/)
  })
})
