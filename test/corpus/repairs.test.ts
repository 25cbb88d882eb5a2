/** Drift is seen and repaired: a database with an object of every kind, and one in which much hangs on one thing; each change of them, there and back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import type { Engine } from '../../src/model/engine.ts'
import type { PrintedCatalog } from '../../src/model/printed.ts'
import type { Session } from '../../src/model/session.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { base, mutations } from '../adapters/postgres/fixture.ts'
import { convergence } from '../support/convergence.ts'
import { hardBase, hardMutations } from '../support/hard-mutations.ts'

await loadSql()

/** What stays apart of one change, and why no statement that we write brings it about. */
type Apart = { readonly why: string; readonly there?: readonly string[]; readonly back?: readonly string[] }

const invalid = 'no statement makes an index INVALID'
const order = 'no statement moves a column, and only a new one is generated'

const apart: { readonly [what: string]: Apart } = {
  'a dropped expression': { why: order, back: ['column order "billing"."invoices"'] },
  'a generated column becomes plain': { why: order, back: ['column order "public"."users"'] },
  'the column order': {
    why: 'no statement moves a column',
    there: ['column order "public"."animals"', 'column order "public"."dogs"'],
    back: ['column order "public"."dogs"'],
  },
  'an invalid index': { why: invalid },
  'an invalid index of a materialised view': { why: invalid, there: ['index "public"."counts_posts"'] },
  'a base type': {
    why: 'its functions want the type first, and it wants them: memory holds no shell in between',
    there: ['refused: type "own_type" does not exist'],
    back: ['refused: cannot drop function own_type_in(cstring) because other objects depend on it'],
  },
  'a trigger disabled on one partition': {
    why: 'memory holds no trigger of a partition apart from its parent’s',
    there: ['trigger "public"."events_2025"."stamp_event"'],
    back: ['trigger "public"."events_2025"."stamp_event"'],
  },
  'inheritance removed': {
    why: 'a column that a child has once had for itself it keeps: INHERIT does not take that back',
    back: ['column "public"."dogs"."legs"'],
  },
  'a foreign key whose triggers are off': {
    why: 'no statement switches the triggers of one constraint by a name that another database knows',
    there: ['enforcement table "public"."event_notes"'],
    back: ['enforcement table "public"."event_notes"'],
  },
  'a dependence on an extension': {
    why: 'memory does not follow DEPENDS ON EXTENSION',
    there: ['extension dependency index "billing"."invoices_state" ON "hstore"'],
    back: ['extension dependency index "billing"."invoices_state" ON "hstore"'],
  },
  'an operator class': {
    why: 'memory does not hold the family that CREATE OPERATOR CLASS makes with it',
    back: ['operator family "public"."backwards" USING btree', 'owner operator family "public"."backwards" USING btree'],
  },
}

/** In each of the two databases it is another index. */
const invalidIndex: { readonly [name: string]: readonly string[] } = {
  'of every kind': ['index "billing"."invoices_state"'],
  'with much on one thing': ['index "public"."users_mood"'],
}

describe.each([
  ['of every kind', base, mutations],
  ['with much on one thing', hardBase, hardMutations],
] as const)('a database %s', (name, start, changes) => {
  let engine: Engine
  let session: Session
  let before: PrintedCatalog

  beforeAll(async () => {
    engine = await openEngine({ extensions: ['hstore', 'btree_gist', 'citext'], profile: 'replay' })
    session = await engine.session(await engine.createDatabase())
    await session.script(start)
    before = await engine.print(session)
  })

  afterAll(async () => {
    await session?.[Symbol.asyncDispose]()
    await engine?.[Symbol.asyncDispose]()
  })

  it.each(Object.entries(changes))('%s', async (what, sql) => {
    const { refused, detected, there, back } = await convergence(engine, session, before, sql)
    expect(refused).toBeUndefined()
    expect(detected).toBe(true)
    expect(there.rest, there.sql.join(';\n')).toEqual(what === 'an invalid index' ? invalidIndex[name] : (apart[what]?.there ?? []))
    expect(back.rest, back.sql.join(';\n')).toEqual(apart[what]?.back ?? [])
  })

  it('what stays apart is one of the changes', () => {
    const all = new Set([...Object.keys(mutations), ...Object.keys(hardMutations)])
    for (const what of Object.keys(apart)) expect(all).toContain(what)
  })
})

describe('an ALTER is written where there is one', () => {
  let engine: Engine
  let session: Session
  let before: PrintedCatalog

  beforeAll(async () => {
    engine = await openEngine({ extensions: [], profile: 'replay' })
    session = await engine.session(await engine.createDatabase())
    await session.script(hardBase)
    before = await engine.print(session)
  })

  afterAll(async () => {
    await session?.[Symbol.asyncDispose]()
    await engine?.[Symbol.asyncDispose]()
  })

  const disable = 'ALTER SUBSCRIPTION "incoming"'
  it.each([
    ['another expression', [/^ALTER TABLE "public"."users" ALTER COLUMN "twice" SET EXPRESSION AS/]],
    ['a generated column becomes plain', [/^ALTER TABLE "public"."users" ALTER COLUMN "twice" DROP EXPRESSION$/]],
    ['a server option', [/^ALTER SERVER "?disk"? OPTIONS \(SET "folder" '\/b', ADD "mode" 'r'\)$/]],
    ['a user mapping option', [/^ALTER USER MAPPING FOR PUBLIC SERVER "?disk"? OPTIONS \(SET "login" 'y'\)$/]],
    ['a foreign table option', [/^ALTER FOREIGN TABLE "public"."prices" OPTIONS \(ADD "name" 'n', DROP "path"\)$/]],
    ['a published column', [/^ALTER PUBLICATION feed SET TABLE/]],
    ['a subscription without a slot', [new RegExp(`^${disable} SET \\(slot_name = NONE\\)$`)]],
    ['a subscription gone', [new RegExp(`^${disable} SET \\(slot_name = NONE\\)$`), /^DROP SUBSCRIPTION "incoming"$/]],
    ['an event trigger disabled', [/^ALTER EVENT TRIGGER watching DISABLE$/]],
  ] as const)('%s', async (what, expected) => {
    const { there } = await convergence(engine, session, before, hardMutations[what] ?? '')
    expect(there.sql).toHaveLength(expected.length)
    expected.forEach((pattern, at) => {
      expect(there.sql[at]).toMatch(pattern)
    })
  })

  it.each([
    ['an invalid index', ['REINDEX INDEX CONCURRENTLY "public"."users_mood"']],
    ['a foreign key not valid', ['ALTER TABLE "public"."likes" VALIDATE CONSTRAINT "likes_user"']],
    ['a check not valid', ['ALTER TABLE "public"."users" VALIDATE CONSTRAINT "not_sad"']],
  ] as const)('%s, mended', async (what, expected) => {
    const { back } = await convergence(engine, session, before, hardMutations[what] ?? '')
    expect(back.sql).toEqual(expected)
  })

  it('no secret of a subscription is read or written', async () => {
    const { back } = await convergence(engine, session, before, hardMutations['a subscription gone'] ?? '')
    expect(JSON.stringify(before)).not.toContain('secret')
    expect(back.sql.join('\n')).toContain(`CONNECTION 'host=fill-in-the-publisher.invalid'`)
  })
})
