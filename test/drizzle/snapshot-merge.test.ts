import { describe, expect, it } from 'vitest'
import { mergeLeaves } from '../../src/drizzle/snapshot-leaves.ts'
import { mergeSnapshots } from '../../src/drizzle/snapshot-merge.ts'
import type { Tree } from '../../src/model/json.ts'

const column = (type: string, more: Tree = {}): Tree => ({ type, notNull: false, ...more })
const v7 = (id: string, tables: Tree, enums: Tree = {}): Tree => ({
  id,
  prevId: 'x',
  version: '7',
  dialect: 'postgresql',
  tables,
  enums,
  _meta: { columns: {} },
})
const users = (columns: Tree): Tree => ({ 'public.users': { name: 'users', columns, indexes: {} } })

const base = v7('base', users({ id: column('integer'), name: column('text') }), { 'public.mood': { values: ['a', 'b'] } })

describe('mergeSnapshots', () => {
  it('keeps what each side added, changed and dropped', () => {
    const landed = v7(
      'landed',
      { ...users({ id: column('integer'), name: column('text'), age: column('integer') }), 'public.posts': { columns: {} } },
      base.enums as Tree,
    )
    const mine = v7('mine', users({ id: column('bigint') }), base.enums as Tree)
    const { snapshot, clashes } = mergeSnapshots(base, landed, mine)
    expect(clashes).toEqual([])
    expect(snapshot).toEqual(v7('landed', { ...users({ id: column('bigint'), age: column('integer') }), 'public.posts': { columns: {} } }, base.enums as Tree))
  })
  it('merges different properties of one column, and names what both set otherwise', () => {
    const landed = v7('landed', users({ id: column('integer'), name: column('varchar(9)', { default: "'a'" }) }))
    const mine = v7('mine', users({ id: column('integer'), name: column('text', { notNull: true, default: "'b'" }) }))
    const { snapshot, clashes } = mergeSnapshots({ ...base, enums: {} }, landed, mine)
    expect(clashes).toEqual([['tables', 'public.users', 'columns', 'name', 'default']])
    expect((snapshot.tables as { readonly [name: string]: { readonly columns: Tree } })['public.users']?.columns.name).toEqual(
      column('varchar(9)', { notNull: true, default: "'a'" }),
    )
  })
  it('puts labels behind those that have landed, and one in the middle where it was put', () => {
    const withLabels = (...values: readonly string[]): Tree => v7('x', {}, { 'public.mood': { values } })
    const labels = (landed: Tree, mine: Tree) =>
      (mergeSnapshots(withLabels('a', 'b'), landed, mine).snapshot.enums as { readonly [name: string]: Tree })['public.mood']
    expect(labels(withLabels('a', 'b', 'theirs'), withLabels('a', 'b', 'mine'))).toEqual({ values: ['a', 'b', 'theirs', 'mine'] })
    expect(labels(withLabels('a', 'b', 'theirs'), withLabels('a', 'mine', 'b'))).toEqual({ values: ['a', 'mine', 'b', 'theirs'] })
  })
  it('a table that one side dropped and the other changed is a clash, and the landed side stands', () => {
    const { snapshot, clashes } = mergeSnapshots({ ...base, enums: {} }, v7('landed', {}), v7('mine', users({ id: column('bigint') })))
    expect(clashes).toEqual([['tables', 'public.users']])
    expect(snapshot.tables).toEqual({})
  })
  it('merges the flat rows of version 8 by what they are', () => {
    const row = (table: string, name: string, type = 'text'): Tree => ({ entityType: 'columns', schema: 'public', table, name, type })
    const v8 = (id: string, ...ddl: readonly Tree[]): Tree => ({ version: '8', dialect: 'postgres', id, prevIds: ['x'], ddl, renames: [] })
    const { snapshot, clashes } = mergeSnapshots(
      v8('base', row('users', 'id'), row('users', 'name')),
      v8('landed', row('users', 'id', 'int4'), row('users', 'name'), row('users', 'age')),
      v8('mine', row('users', 'id'), row('posts', 'id')),
    )
    expect(clashes).toEqual([])
    expect(snapshot).toEqual(v8('landed', row('users', 'id', 'int4'), row('users', 'age'), row('posts', 'id')))
  })
  it('keeps every privilege of a table, though none has a name, and puts labels of flat enums in order', () => {
    const right = (grantee: string, type: string, isGrantable = false): Tree => ({
      entityType: 'privileges',
      schema: 'public',
      table: 'users',
      grantor: 'owner',
      grantee,
      type,
      isGrantable,
    })
    const mood = (...values: readonly string[]): Tree => ({ entityType: 'enums', schema: 'public', name: 'mood', values })
    const v8 = (id: string, ...ddl: readonly Tree[]): Tree => ({ version: '8', dialect: 'postgres', id, prevIds: ['x'], ddl, renames: [] })
    const { snapshot, clashes } = mergeSnapshots(
      v8('base', mood('a'), right('app', 'SELECT')),
      v8('landed', mood('a', 'theirs'), right('app', 'SELECT'), right('app', 'INSERT'), right('web', 'SELECT')),
      v8('mine', mood('a', 'mine'), right('app', 'SELECT', true), right('app', 'UPDATE')),
    )
    expect(clashes).toEqual([])
    expect(snapshot).toEqual(
      v8('landed', mood('a', 'theirs', 'mine'), right('app', 'SELECT', true), right('app', 'INSERT'), right('web', 'SELECT'), right('app', 'UPDATE')),
    )
    expect(mergeLeaves(undefined, [v8('one', right('app', 'SELECT')), v8('other', right('app', 'INSERT'))]).ddl).toEqual([
      right('app', 'SELECT'),
      right('app', 'INSERT'),
    ])
  })
})
