import { beforeAll, describe, expect, test } from 'vitest'
import { replay } from '../../../src/changes/replay.ts'
import { type Assessment, assessmentOf } from '../../../src/features/impact/assess.ts'
import { effectsOf } from '../../../src/features/impact/change/effects.ts'
import { catalogOfCode } from '../../../src/features/impact/code-catalog.ts'
import { hypothesisOf } from '../../../src/features/impact/hypothesis.ts'
import { hypothetical } from '../../../src/features/impact/phrase.ts'
import { indexOf } from '../../../src/features/impact/search.ts'
import type { Catalog } from '../../../src/model/catalog.ts'
import type { CodeFacts } from '../../../src/model/code.ts'
import { loadSql } from '../../../src/sql/parser.ts'
import { readScript } from '../../../src/sql/script.ts'
import { column, does, entry, fn, noFacts, table } from './facts.ts'

beforeAll(loadSql)

const whole = { via: 'implicit', confidence: 'likely' } as const

/** Of `items`: one route reads whole rows, one filters by price, one inserts without price, one inserts all, one updates the price; a job writes ON CONFLICT; a script asks for a value. */
const facts: CodeFacts = {
  ...noFacts,
  tables: [
    table('items', 'items', [
      column('id', { type: 'integer', notNull: true, hasDefault: true }),
      column('price', { type: 'integer' }),
      column('state', { enumType: 'state', values: ['open', 'done'] }),
      column('price_cents', { type: 'integer' }),
    ]),
  ],
  enums: [{ schema: 'public', name: 'state', symbol: 'state', values: ['open', 'done'], file: 'db/schema.ts', line: 1 }],
  functions: [
    fn('list', [], [does(0, 'id', 'read', 'select', whole), does(0, 'price', 'read', 'select', { ...whole, line: 11 })]),
    fn('cheap', [], [does(0, 'price', 'read', 'where', { line: 12 })]),
    fn('add', [], [does(0, 'state', 'write', 'values', { line: 13 })], [{ file: 'db/queries.ts', line: 13, table: 0, given: ['state'], open: false }]),
    fn(
      'addAll',
      [],
      [does(0, 'price', 'write', 'values', { line: 14 })],
      [{ file: 'db/queries.ts', line: 14, table: 0, given: ['id', 'price', 'state', 'price_cents', 'kind'], open: false }],
    ),
    fn('addSome', [], [], [{ file: 'db/queries.ts', line: 15, table: 0, given: ['id'], open: true }]),
    fn('setPrice', [], [does(0, 'price', 'write', 'set', { line: 16 })]),
    fn('merge', [], [does(0, 'price', 'read', 'conflict', { line: 17 })]),
    fn('closed', [], [does(0, 'state', 'read', 'literal', { value: 'done', line: 18 })]),
    fn('cents', [], [does(0, 'price_cents', 'read', 'select', { line: 19 })]),
  ],
  entries: ['GET /list', 'GET /cheap', 'POST /add', 'POST /all', 'POST /some', 'PUT /price', 'merge', 'closed', 'GET /cents'].map((name, at) =>
    entry(name, name.includes(' ') ? 'route' : 'cron', at),
  ),
  mentions: [{ file: 'lib/errors.ts', line: 2, category: 'string', text: 'items_price_unique', confidence: 'possible' }],
}

const given = `CREATE TYPE state AS ENUM ('open', 'done');
  CREATE TABLE items (id serial PRIMARY KEY, price integer DEFAULT 1 CONSTRAINT items_price_unique UNIQUE, state state);
  CREATE INDEX items_price ON items (price)`

const withFacts = (code: CodeFacts, sql: string, before = given): Assessment => {
  const { steps, catalogs } = replay([readScript(before), readScript(sql)])
  const refused = steps.find((step) => step.refused)
  if (refused) throw refused.refused
  const [start, end] = catalogs as [Catalog, Catalog]
  return assessmentOf(
    indexOf(code),
    effectsOf(
      code,
      steps.filter(({ migration }) => migration === 1),
      start,
      end,
    ),
    start,
  )
}
const judge = (sql: string, before = given): Assessment => withFacts(facts, sql, before)

const names = (reaches: readonly { readonly entry: { readonly name: string } }[]): readonly string[] =>
  [...new Set(reaches.map(({ entry: { name } }) => name))].sort()
const broken = ({ effects }: Assessment): readonly string[] => names(effects.flatMap(({ breaks }) => breaks))
const needed = ({ effects }: Assessment): readonly string[] => names(effects.flatMap(({ needs }) => needs))

describe('what breaks', () => {
  test('DROP COLUMN: every read, write and INSERT, since Drizzle names every column', () => {
    const found = judge('ALTER TABLE items DROP COLUMN price')
    expect(broken(found)).toEqual(['GET /cheap', 'GET /list', 'POST /add', 'POST /all', 'POST /some', 'PUT /price', 'merge'])
    expect(found).toMatchObject({ risk: 'high', deployment: { order: 'code first' } })
    expect(found.deployment.steps.map(({ kind }) => kind)).toEqual(['release', 'migration'])
    expect(found.deployment.steps[0]?.what).toContain('items.price')
  })

  test('DROP COLUMN of one that is NOT NULL: a release without it could not insert before, so it is let go first', () => {
    const found = judge('ALTER TABLE items DROP COLUMN price', 'CREATE TABLE items (id serial, price integer NOT NULL)')
    expect(found.deployment.order).toBe('expand and contract')
    expect(found.deployment.steps.flatMap(({ kind, sql = [] }) => [kind, ...sql])).toEqual([
      'migration',
      'ALTER TABLE items ALTER COLUMN price DROP NOT NULL;',
      'release',
      'migration',
      'ALTER TABLE items DROP COLUMN price;',
    ])
    const renamed = judge('ALTER TABLE items RENAME COLUMN price TO cost', 'CREATE TABLE items (id serial, price integer NOT NULL)')
    expect(renamed.deployment.steps.at(-1)?.sql).toEqual(['ALTER TABLE items ALTER COLUMN cost SET NOT NULL;', 'ALTER TABLE items DROP COLUMN price;'])
    expect(renamed.deployment.steps.flatMap(({ sql = [] }) => sql)).toContain('ALTER TABLE items ALTER COLUMN price DROP NOT NULL;')
  })

  test('DROP COLUMN of one that this code no longer declares: an earlier release may still use it', () => {
    const code = { ...facts, tables: [table('items', 'items', [column('id')])], functions: [], entries: [] }
    expect(withFacts(code, 'ALTER TABLE items DROP COLUMN price')).toMatchObject({
      risk: 'medium',
      effects: [{ effect: { unseen: expect.stringContaining('earlier release') } }],
    })
  })

  test('RENAME COLUMN: what names the old one fails after it, what names the new one fails before it', () => {
    const found = judge('ALTER TABLE items RENAME COLUMN price TO price_cents')
    expect(broken(found)).toContain('GET /list')
    expect(needed(found)).toContain('GET /cents')
    expect(found.deployment.order).toBe('expand and contract')
    expect(found.deployment.steps.map(({ kind }) => kind)).toEqual(['migration', 'release', 'data', 'release', 'migration'])
    expect(found.deployment.steps[0]?.sql).toEqual(['ALTER TABLE items ADD COLUMN price_cents integer;'])
  })

  test('a change of type: what names it; one that is taken back within the migration is none', () => {
    expect(broken(judge('ALTER TABLE items ALTER COLUMN price TYPE bigint'))).toEqual(['GET /cheap', 'POST /all', 'PUT /price', 'merge'])
    expect(judge('ALTER TABLE items ALTER COLUMN state TYPE text; ALTER TABLE items ALTER COLUMN state TYPE state USING state::state').effects).toEqual([])
  })

  test('a type that holds all that the old one did breaks nothing', () => {
    const found = judge('ALTER TABLE items ALTER COLUMN note TYPE text', 'CREATE TABLE items (id serial, note varchar(10))')
    expect(found).toMatchObject({
      risk: 'none',
      deployment: { order: 'database first' },
      effects: [{ effect: { what: 'widens items.note from varchar(10) to text' } }],
    })
  })

  test('SET NOT NULL: INSERTs without it, and updates, which may write NULL', () => {
    const found = judge('ALTER TABLE items ALTER COLUMN state SET NOT NULL')
    expect(found.effects.flatMap(({ breaks }) => breaks.map(({ entry: { name }, confidence }) => `${name} ${confidence}`))).toEqual(['POST /some possible'])
    // A default stands in for what is left out.
    expect(broken(judge('ALTER TABLE items ALTER COLUMN price SET NOT NULL'))).toEqual(['PUT /price'])
    const bare = judge('ALTER TABLE items ALTER COLUMN price SET NOT NULL', 'CREATE TABLE items (id serial, price integer)')
    expect(broken(bare)).toEqual(['POST /add', 'POST /some', 'PUT /price'])
    expect(bare).toMatchObject({ risk: 'high', deployment: { order: 'code first' } })
  })

  test('ADD COLUMN NOT NULL without default: INSERTs that do not give it; with one or without NOT NULL nothing', () => {
    expect(broken(judge('ALTER TABLE items ADD COLUMN kind text NOT NULL'))).toEqual(['POST /add', 'POST /some'])
    expect(judge('ALTER TABLE items ADD COLUMN price_cents integer')).toMatchObject({ risk: 'low', deployment: { order: 'database first' } })
    expect(needed(judge('ALTER TABLE items ADD COLUMN price_cents integer'))).toContain('GET /cents')
    expect(broken(judge("ALTER TABLE items ADD COLUMN kind text NOT NULL DEFAULT 'a'"))).toEqual([])
  })

  test('DROP DEFAULT: INSERTs that leave it out write NULL', () => {
    const found = judge('ALTER TABLE items ALTER COLUMN price DROP DEFAULT')
    expect(broken(found)).toEqual(['POST /add', 'POST /some'])
    expect(found).toMatchObject({ risk: 'medium', effects: [{ effect: { breakage: 'other rows' } }] })
  })

  test('an enum: a value that goes, comes, or gets another name, whatever way the migration takes', () => {
    const anew = judge(`ALTER TABLE items ALTER COLUMN state TYPE text; DROP TYPE state; CREATE TYPE state AS ENUM ('open', 'gone');
      ALTER TABLE items ALTER COLUMN state TYPE state USING state::state`)
    expect(anew.effects.map(({ effect: { what } }) => what)).toEqual(["removes the value 'done' of state", "adds the value 'gone' to state"])
    expect(anew.deployment.order).toBe('split')
    expect(broken(anew)).toEqual(['closed'])
    expect(judge("ALTER TYPE state RENAME VALUE 'done' TO 'gone'").effects.map(({ effect: { what } }) => what)).toEqual([
      "renames the value 'done' of state to 'gone'",
    ])
    expect(judge("ALTER TYPE state ADD VALUE 'gone'")).toMatchObject({ risk: 'none', deployment: { order: 'database first' } })
  })

  test('DROP INDEX: only slower; a unique one is also what ON CONFLICT needs', () => {
    expect(judge('DROP INDEX items_price')).toMatchObject({ risk: 'low', effects: [{ effect: { breakage: 'slower' } }] })
    expect(broken(judge('DROP INDEX items_price'))).toEqual(['GET /cheap'])
    const key = judge('ALTER TABLE items DROP CONSTRAINT items_price_unique')
    expect(broken(key)).toEqual(['merge'])
    expect(key.effects[0]?.recommendations).toContainEqual({ file: 'lib/errors.ts', lines: [2], what: 'do without items_price_unique (named (string))' })
  })

  test('a new constraint: who writes its columns may be refused', () => {
    const found = judge('ALTER TABLE items ADD CONSTRAINT cheap CHECK (price < 100)')
    expect(broken(found)).toEqual(['POST /all', 'PUT /price'])
    expect(found).toMatchObject({ risk: 'medium', deployment: { order: 'code first' } })
  })

  test('what a migration makes anew itself means nothing to code from before', () => {
    expect(
      broken(judge('CREATE TABLE b (id integer NOT NULL); ALTER TABLE b ADD CONSTRAINT positive CHECK (id > 0); CREATE UNIQUE INDEX one ON b (id)')),
    ).toEqual([])
  })

  test('DROP and RENAME TABLE', () => {
    expect(broken(judge('DROP TABLE items')).length).toBe(9)
    expect(judge('ALTER TABLE items RENAME TO things')).toMatchObject({ risk: 'high', deployment: { order: 'expand and contract' } })
  })

  test('gaps near it: nothing found is no clean answer', () => {
    const code = { ...facts, functions: [], entries: [], gaps: [{ file: 'a.ts', line: 1, why: 'dynamic', table: 0 }] }
    expect(withFacts(code, 'ALTER TABLE items DROP COLUMN price')).toMatchObject({ risk: 'low', riskWhy: expect.stringContaining('could not be followed') })
  })

  test('views that read it are named', () => {
    const found = judge('DROP VIEW v; ALTER TABLE items DROP COLUMN price', `${given}; CREATE VIEW v AS SELECT price FROM items`)
    expect(found.effects.flatMap(({ dependents }) => dependents.map(({ kind, name }) => `${kind} ${name}`))).toContain('view v')
  })
})

describe('a change in words', () => {
  const sqlOf = (text: string, catalog?: Catalog): string | undefined => hypothetical({ facts, catalog }, text).sql
  test.each([
    ['rename items.price to cost', 'ALTER TABLE "public"."items" RENAME COLUMN "price" TO "cost"'],
    ['rename table items to things', 'ALTER TABLE "public"."items" RENAME TO "things"'],
    ['drop items.price', 'ALTER TABLE "public"."items" DROP COLUMN "price"'],
    ['drop table items', 'DROP TABLE "public"."items"'],
    ["add items.kind text not null default 'a'", `ALTER TABLE "public"."items" ADD COLUMN "kind" text not null default 'a'`],
    ['type items.price to numeric(10, 2)', 'ALTER TABLE "public"."items" ALTER COLUMN "price" TYPE numeric(10, 2)'],
    ['not null items.price', 'ALTER TABLE "public"."items" ALTER COLUMN "price" SET NOT NULL'],
    ['nullable items.price', 'ALTER TABLE "public"."items" ALTER COLUMN "price" DROP NOT NULL'],
    ['default items.price drop', 'ALTER TABLE "public"."items" ALTER COLUMN "price" DROP DEFAULT'],
    ['default items.price set 3 + 4', 'ALTER TABLE "public"."items" ALTER COLUMN "price" SET DEFAULT 3 + 4'],
    ["enum state add 'gone'", `ALTER TYPE "public"."state" ADD VALUE 'gone'`],
    ["enum state rename 'done' to 'gone'", `ALTER TYPE "public"."state" RENAME VALUE 'done' TO 'gone'`],
    ['ALTER TABLE items ENABLE ROW LEVEL SECURITY;', 'ALTER TABLE items ENABLE ROW LEVEL SECURITY'],
  ])('%s', (text, sql) => expect(sqlOf(text)).toBe(sql))

  test('what is not understood says what is, and unknown names what is near', () => {
    expect(() => sqlOf('renam items.price to cost')).toThrow(
      expect.objectContaining({ code: 'invalid-change', exit: 2, help: 'Write one of: rename table t to u | rename t.a to b; or a statement of SQL.' }),
    )
    expect(() => sqlOf('smash items')).toThrow(expect.objectContaining({ code: 'invalid-change', exit: 2, help: expect.stringContaining('rename t.a to b') }))
    expect(() => sqlOf('drop items.prize')).toThrow(expect.objectContaining({ code: 'no-such-target', help: 'Did you mean price?' }))
    expect(() => sqlOf("enum state remove 'don'")).toThrow(expect.objectContaining({ help: "It has: 'open', 'done'." }))
  })

  const judgePhrase = (text: string, catalog: Catalog = catalogOfCode(facts)): Assessment => {
    const { steps, end } = hypothesisOf(hypothetical({ facts, catalog }, text), text, catalog)
    return assessmentOf(indexOf(facts), effectsOf(facts, steps, catalog, end), catalog)
  }

  test('without migrations the tables that the code declares answer', () => {
    expect(broken(judgePhrase('drop items.price'))).toEqual(['GET /cheap', 'GET /list', 'POST /add', 'POST /all', 'POST /some', 'PUT /price', 'merge'])
    expect(broken(judgePhrase("enum state remove 'done'"))).toEqual(['closed'])
    expect(judgePhrase('type items.price to bigint').effects[0]?.effect.what).toBe('changes the type of items.price from integer to bigint')
    expect(() => judgePhrase('add items.price text')).toThrow(expect.objectContaining({ code: 'refused' }))
    expect(() => judgePhrase('add items.kind text text')).toThrow(expect.objectContaining({ code: 'invalid-change' }))
  })

  test('what holds a column back in the database is said, and the change is judged all the same', () => {
    const { catalog } = replay([readScript(`${given}; CREATE VIEW v AS SELECT price FROM items`)])
    const { refused } = hypothesisOf(hypothetical({ facts, catalog }, 'drop items.price'), 'drop items.price', catalog)
    expect(refused).toMatchObject({ sqlstate: '2BP01' })
    expect(judgePhrase('drop items.price', catalog).effects.flatMap(({ dependents }) => dependents.map(({ kind, name }) => `${kind} ${name}`))).toContain(
      'view v',
    )
  })
})
