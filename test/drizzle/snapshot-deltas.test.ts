import { describe, expect, it } from 'vitest'
import { deltasBetween, rowsAt } from '../../src/drizzle/snapshot-deltas.ts'
import { readSnapshot } from '../../src/drizzle/snapshot-reader.ts'
import type { Tree } from '../../src/model/json.ts'

const origin = '00000000-0000-0000-0000-000000000000'
const table = (name: string): Tree => ({ entityType: 'tables', schema: 'public', name, isRlsEnabled: false })
const column = (on: string, name: string, type = 'text'): Tree => ({ entityType: 'columns', schema: 'public', table: on, name, type })
const index = (on: string, name: string): Tree => ({
  entityType: 'indexes',
  schema: 'public',
  table: on,
  name: `${on}_${name}_index`,
  columns: [
    { value: name, isExpression: false },
    { value: `lower(${name})`, isExpression: true },
  ],
})
const foreignKey: Tree = {
  entityType: 'fks',
  schema: 'public',
  table: 'posts',
  name: 'fk',
  columns: ['author'],
  schemaTo: 'public',
  tableTo: 'users',
  columnsTo: ['id'],
}

const base = (...ddl: readonly Tree[]): Tree => ({ type: 'base', version: '9', id: 'base', prevIds: [origin], ddl })
const diff = (id: string, prevIds: readonly string[], ...deltas: readonly Tree[]): Tree => ({ type: 'diff', version: '9', id, prevIds, deltas })
const key = (type: string, ...names: readonly string[]): string => `${type}\0${JSON.stringify(names)}`

const start = base(
  table('users'),
  column('users', 'id'),
  column('users', 'mail'),
  index('users', 'mail'),
  table('posts'),
  column('posts', 'author'),
  foreignKey,
)

describe('snapshots of version 9', () => {
  it('a base says everything; a diff what it makes, drops and alters', () => {
    const rows = rowsAt(
      [
        start,
        diff(
          'a',
          ['base'],
          { op: 'create', row: column('users', 'name') },
          { op: 'drop', key: key('indexes', 'public', 'users_mail_index') },
          { op: 'alter', key: key('columns', 'public', 'users', 'mail'), set: { type: 'varchar(9)' } },
        ),
      ],
      ['a'],
    )
    expect(rows).toEqual([
      table('users'),
      column('users', 'id'),
      column('users', 'mail', 'varchar(9)'),
      table('posts'),
      column('posts', 'author'),
      foreignKey,
      column('users', 'name'),
    ])
    expect(rowsAt([start], ['base'])).toEqual(start.ddl)
  })

  it('what is renamed takes along all that names it', () => {
    const rename = diff(
      'a',
      ['base'],
      { op: 'rename', key: key('tables', 'public', 'users'), set: { name: 'people' } },
      { op: 'rename', key: key('columns', 'public', 'people', 'mail'), set: { name: 'email' } },
    )
    const rows = rowsAt([start, rename], ['a'])
    expect(rows.filter(({ table: on }) => on === 'users')).toEqual([])
    expect(rows.find(({ entityType }) => entityType === 'indexes')).toMatchObject({ table: 'people', columns: [{ value: 'email' }, { value: 'lower(mail)' }] })
    expect(rows.find(({ entityType }) => entityType === 'fks')).toMatchObject({ tableTo: 'people', columnsTo: ['id'] })
  })

  it('several open branches are taken together, and so are a merge’s parents', () => {
    const one = diff('one', ['base'], { op: 'create', row: table('one') })
    const other = diff('other', ['base'], { op: 'create', row: table('other') })
    const names = (rows: readonly Tree[]): readonly unknown[] => rows.filter(({ entityType }) => entityType === 'tables').map(({ name }) => name)
    expect(names(rowsAt([start, one, other], ['other', 'one']))).toEqual(['users', 'posts', 'other', 'one'])
    const merge = diff('merge', ['other', 'one'], { op: 'drop', key: key('tables', 'public', 'one') })
    expect(names(rowsAt([start, one, other, merge], ['merge']))).toEqual(['users', 'posts', 'other'])
  })

  it('two branches that make one thing differently cannot be read, and a missing one neither', () => {
    const one = diff('one', ['base'], { op: 'create', row: column('users', 'x', 'text') })
    const other = diff('other', ['base'], { op: 'create', row: column('users', 'x', 'uuid') })
    expect(() => rowsAt([start, one, other], ['other', 'one'])).toThrow(/other values/)
    expect(() => rowsAt([start, one], ['other'])).toThrow(/not in the folder/)
    expect(() => rowsAt([diff('one', [origin])], ['one'])).toThrow(/names none/)
    expect(() => readSnapshot(one)).toThrow(/holds only what/)
  })

  it('the deltas between two states make the one of the other', () => {
    const before = (start.ddl ?? []) as readonly Tree[]
    const after = [table('users'), column('users', 'id', 'uuid'), column('users', 'mail'), table('posts'), column('posts', 'author'), table('new')]
    const deltas = deltasBetween(before, after)
    expect(deltas.map(({ op }) => op)).toEqual(['create', 'drop', 'drop', 'alter'])
    const rows = rowsAt([start, diff('a', ['base'], ...deltas)], ['a'])
    expect(new Set(rows.map((row) => JSON.stringify(row)))).toEqual(new Set(after.map((row) => JSON.stringify(row))))
  })
})
