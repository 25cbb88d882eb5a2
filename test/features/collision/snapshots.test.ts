/** Snapshots of mine behind what has landed. */
import { sql } from 'drizzle-orm'
import { index, integer, pgTable, pgView, text, timestamp } from 'drizzle-orm/pg-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Tree } from '../../../src/model/json.ts'
import { loadSql } from '../../../src/sql/parser.ts'
import { snapshotOf } from '../../support/drizzle-kit.ts'
import { folderOf } from '../../support/merge-cases.ts'
import { type DraftMigration, emptyFolder, merged, withMigrations } from '../../support/random-team.ts'

beforeAll(loadSql)

type Drawn = { readonly sql: readonly string[]; readonly schema: { readonly [name: string]: unknown } }

const day = 86_400_000
const draft = (name: string, { sql: statements, schema }: Drawn): readonly DraftMigration[] => [{ name, statements, snapshot: snapshotOf(schema) }]

/** The snapshot that mine has behind what has landed. */
const snapshotBehind = (base: Drawn, landed: Drawn, mine: Drawn, choices: readonly (readonly [string, string])[] = []): Tree => {
  const start = withMigrations(emptyFolder(), draft('start', base), day)
  const { folder, found } = merged(
    start,
    withMigrations(start, draft('landed', landed), 2 * day),
    withMigrations(start, draft('mine', mine), 3 * day),
    new Map(choices),
  )
  expect(found.stops.map(({ key }) => key)).toEqual([])
  return JSON.parse(folder.texts.get('meta/0002_snapshot.json') ?? '{}') as Tree
}

const users = pgTable('users', { id: integer().primaryKey(), note: text() })

describe('a rename by mine', () => {
  it('is followed by what has landed under the old name', () => {
    const { tables } = snapshotBehind(
      { sql: ['CREATE TABLE users (id integer PRIMARY KEY, note text)'], schema: { users } },
      {
        sql: ['CREATE INDEX i ON users (note)'],
        schema: { users: pgTable('users', { id: integer().primaryKey(), note: text() }, ({ note }) => [index('i').on(note)]) },
      },
      { sql: ['ALTER TABLE users RENAME COLUMN note TO remark'], schema: { users: pgTable('users', { id: integer().primaryKey(), remark: text() }) } },
    )
    expect(tables).toMatchObject({ 'public.users': { columns: { remark: {} }, indexes: { i: { columns: [{ expression: 'remark' }] } } } })
  })
})

describe('a snapshot that is made from the SQL', () => {
  const at = timestamp().default(sql`now()`)
  const base = {
    sql: [
      'CREATE TABLE users (id integer PRIMARY KEY, name text, note text, at timestamp DEFAULT CURRENT_TIMESTAMP)',
      'CREATE VIEW v AS SELECT name FROM users',
    ],
    schema: {
      users: pgTable('users', { id: integer().primaryKey(), name: text(), note: text(), at }),
      v: pgView('v', { name: text() }).as(sql`select name from users`),
    },
  }
  const without = pgTable('users', { id: integer().primaryKey(), name: text(), at })
  const tags = pgTable('tags', { id: integer().primaryKey() })

  it('keeps the words of what nobody touched', () => {
    const { tables } = snapshotBehind(
      base,
      { sql: ['ALTER TABLE users DROP COLUMN note'], schema: { ...base.schema, users: without } },
      { sql: ['ALTER TABLE users DROP COLUMN note', 'CREATE TABLE tags (id integer PRIMARY KEY)'], schema: { ...base.schema, users: without, tags } },
    )
    expect(tables).toMatchObject({ 'public.users': { columns: { at: { default: 'now()' } } }, 'public.tags': {} })
  })
  it('says nothing of what mine gave up', () => {
    const v = pgView('v', { name: text() }).as(sql`select name from users where note is null`)
    const { tables, views } = snapshotBehind(
      base,
      { sql: ['ALTER TABLE users DROP COLUMN note'], schema: { ...base.schema, users: without } },
      {
        sql: ['CREATE OR REPLACE VIEW v AS SELECT name FROM users WHERE note IS NULL', 'CREATE TABLE tags (id integer PRIMARY KEY)'],
        schema: { ...base.schema, v, tags },
      },
      [['*', 'drop-mine']],
    )
    expect(views).toMatchObject({ 'public.v': { definition: 'select name from users' } })
    expect(tables).toMatchObject({ 'public.users': { columns: { at: { default: 'now()' } } }, 'public.tags': {} })
  })
})

it('nothing is put behind a snapshot that landed broken', () => {
  const start = withMigrations(emptyFolder(), draft('start', { sql: ['CREATE TABLE users (id integer PRIMARY KEY, note text)'], schema: { users } }), day)
  const added = (name: string, when: number) => withMigrations(start, draft(name, { sql: [`CREATE TABLE ${name} (id integer)`], schema: { users } }), when)
  const whole = added('landed', 2 * day)
  const landed = folderOf(new Map([...whole.texts, ['meta/0001_snapshot.json', '{\n<<<<<<< HEAD']]))
  const { stops, rebase } = merged(start, landed, added('mine', 3 * day), new Map()).found
  expect(stops).toMatchObject([
    { class: 23, key: 'conflict-markers:0001_landed', explanation: expect.stringContaining('drizzle/meta/0001_snapshot.json:2 is damaged') },
  ])
  expect(rebase).toBeUndefined()
})
