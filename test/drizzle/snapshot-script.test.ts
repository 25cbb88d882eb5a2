import { beforeAll, describe, expect, it } from 'vitest'
import { snapshotScript } from '../../src/drizzle/snapshot-script.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readStatements } from '../../src/sql/script.ts'

beforeAll(loadSql)

const column = (name: string, more: object = {}) => ({ name, type: 'integer', primaryKey: false, notNull: false, ...more })

const table = (name: string, more: object = {}) => ({
  name,
  schema: '',
  columns: { id: column('id') },
  indexes: {},
  foreignKeys: {},
  compositePrimaryKeys: {},
  uniqueConstraints: {},
  policies: {},
  checkConstraints: {},
  isRLSEnabled: false,
  ...more,
})

const snapshot = (more: object): string =>
  JSON.stringify({ version: '7', dialect: 'postgresql', tables: {}, enums: {}, schemas: {}, sequences: {}, roles: {}, policies: {}, views: {}, ...more })

const view = (name: string, definition: string, more: object = {}) => ({ name, schema: 'public', definition, materialized: false, isExisting: false, ...more })

describe('a snapshot as a script', () => {
  it('is SQL, roles first, a view behind those that it names', () => {
    const { sql, unknown, notes } = snapshotScript(
      'a.json',
      snapshot({
        tables: { 'public.a': table('a') },
        roles: { reader: { name: 'reader', createDb: false, createRole: false, inherit: true } },
        views: { one: view('Last', 'select * from "first"'), two: view('first', 'select id from a') },
      }),
    )
    expect(readStatements(sql).map(({ text }) => text.split('\n')[0])).toEqual([
      'CREATE ROLE "reader"',
      'CREATE TABLE "public"."a" (',
      'CREATE VIEW "public"."first" AS (select id from a)',
      'CREATE VIEW "public"."Last" AS (select * from "first")',
    ])
    expect({ unknown, notes }).toEqual({ unknown: [], notes: [] })
  })

  it('without what does not parse, and that is named', () => {
    const { sql, unknown } = snapshotScript(
      'a.json',
      snapshot({
        tables: { 'public.a': table('a'), 'public.b': table('b', { columns: { id: column('id', { default: 'now(' }) } }) },
        views: { one: view('seen', 'x', { isExisting: true }) },
      }),
    )
    expect(readStatements(sql)).toHaveLength(1)
    expect(unknown.map(({ what, why }) => `${what}: ${why.split(':')[0]}`)).toEqual([
      'table b: It is no SQL',
      'view seen: Drizzle only reads it, and the snapshot does not say how it is made.',
    ])
  })

  it('says what its version has no place for', () => {
    const { notes } = snapshotScript('a.json', JSON.stringify({ version: '6', dialect: 'postgresql', tables: {}, enums: {}, schemas: {} }))
    expect(notes).toEqual(['the snapshot (version 6) has no place for sequences, checks, policies, views, roles'])
  })

  it.each(['9', '4', 'x'])('of version %s is refused by name', (version) => {
    expect(() => snapshotScript('a.json', JSON.stringify({ version, dialect: 'postgres' }))).toThrow(new RegExp(`version ${version}`))
  })

  it('of another database is refused', () => {
    expect(() => snapshotScript('a.json', JSON.stringify({ version: '6', dialect: 'sqlite', tables: {} }))).toThrow(/sqlite/)
  })

  it('one of version 9 that holds only what changed is read with those beside it', () => {
    const made = (name: string) => ({ entityType: 'schemas', name })
    const [base, diff] = [
      { version: '9', type: 'base', dialect: 'postgres', id: 'a', prevIds: [], ddl: [made('one')] },
      { version: '9', type: 'diff', dialect: 'postgres', id: 'b', prevIds: ['a'], deltas: [{ op: 'create', row: made('two') }] },
    ].map((snapshot) => JSON.stringify(snapshot))
    expect(snapshotScript('b.json', diff ?? '', [base ?? '', diff ?? '']).sql).toBe('CREATE SCHEMA "one";\nCREATE SCHEMA "two";\n')
    expect(() => snapshotScript('b.json', diff ?? '')).toThrow(/holds only what/)
  })
})
