import { expect, it } from 'vitest'
import { touchedBy } from '../../../src/features/drift/touched.ts'
import { type PrintedDifference, PrintedObject } from '../../../src/model/printed.ts'

const object = (kind: string, identity: string, value: PrintedObject['value'] = {}): PrintedObject => new PrintedObject(kind, identity, JSON.stringify(value))

/** Of a table that one column is dropped from, and of these objects, what the repair reads. */
const touchedWith = (table: string, ...objects: readonly PrintedObject[]): readonly string[] => {
  const name = `"public"."${table.replaceAll('"', '""')}"`
  const column = object('column', `${name}."a"`, { type: 'integer', position: 1 })
  const all = [object('schema', '"public"'), object('table', name, { kind: 'table' }), column, ...objects]
  const dropped: PrintedDifference = { kind: 'column', identity: column.identity, to: column.value }
  const touched = touchedBy(
    all,
    all.filter((each) => each !== column),
    [dropped],
  )
  if (touched === 'whole') throw new Error('all of it')
  return objects.filter(touched).map(({ identity }) => identity)
}

const routine = (body: string): PrintedObject => object('routine', '"public"."f"()', { definition: `CREATE FUNCTION public.f() … AS ${body}` })

it.each([
  ['a word', 'users', 'SELECT 1 FROM users'],
  ['behind a line’s end, which JSON writes as a letter', 'users', 'SELECT 1 FROM\nusers'],
  ['behind a tab', 'users', 'SELECT 1 FROM\tusers'],
  ['behind a character that JSON writes as its number', 'users', 'SELECT 1 FROM\u000busers'],
  ['in another case', 'users', 'SELECT 1 FROM Users'],
  ['with quotes in the name', 'the "users"', 'SELECT 1 FROM "the ""users""", "the "users""'],
  ['with a backslash in the name', 'a\\b', 'SELECT 1 FROM "a\\b"'],
  ['beyond ASCII', 'größe', 'SELECT 1 FROM größe'],
])('what names a changed table is read: %s', (_how, table, body) => {
  expect(touchedWith(table, routine(body))).toEqual(['"public"."f"()'])
})

it('what has its letters in another word is not', () => {
  expect(touchedWith('users', routine('SELECT 1 FROM old_users, users2'), object('table', '"public"."users_old"', { kind: 'table' }))).toEqual([])
})

it('members go with their relation, also where names have quotes in them', () => {
  const names = ['"public"."users"."b"', '"public"."x""users2"."b"']
  expect(touchedWith('users', ...names.map((identity) => object('column', identity, { type: 'text', position: 2 })))).toEqual([names[0]])
})
