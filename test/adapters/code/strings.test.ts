// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the sources that are looked through have them
import { describe, expect, it } from 'vitest'
import { lowerSource } from '../../../src/adapters/code/lower/index.ts'
import { namedStrings, sqlStrings } from '../../../src/adapters/code/strings.ts'

const tables = [{ schema: 'public', name: 'users', columns: [{ name: 'id' }, { name: 'email' }] }]

const sql = (text: string) => sqlStrings(lowerSource('a.ts', text), tables)
const named = (text: string, ...names: readonly string[]) => namedStrings(lowerSource('a.ts', text), names).map(({ name, at }) => `${name} ${at}`)

describe('SQL in plain strings', () => {
  it('a literal, with its line', () => {
    expect(sql("const a = 1\nrun('SELECT id FROM users')")).toEqual([{ parts: ['SELECT id FROM users'], at: 2 }])
  })

  it('a template: its holes may be any SQL', () => {
    expect(sql('run(`DELETE FROM users ${where} RETURNING id`)')).toEqual([{ parts: ['DELETE FROM users ', { unknown: true }, ' RETURNING id'], at: 1 }])
  })

  it('a sum is one text', () => {
    expect(sql("run('SELECT id ' + 'FROM users WHERE ' + where)")).toEqual([{ parts: ['SELECT id ', 'FROM users WHERE ', { unknown: true }], at: 1 }])
  })

  it('in functions, classes and exports', () => {
    expect(
      sql("class A { text = 'DELETE FROM users WHERE id = 1' }\nexport default () => 'SELECT id FROM users'")
        .map(({ at }) => at)
        .toSorted(),
    ).toEqual([1, 2])
  })

  it('prose is none, nor is a type', () => {
    expect(sql("const a = 'select one of the users'\nlet b: 'SELECT id FROM users'\nconst c = 'Update your users'")).toEqual([])
  })
})

describe('names in strings', () => {
  it('as whole words only', () => {
    expect(named("f('users_email_unique')\nf('my_users_email_unique')\nf('violates \"users_email_unique\"')", 'users_email_unique')).toEqual([
      'users_email_unique 1',
      'users_email_unique 3',
    ])
  })

  it('in templates, keys and properties', () => {
    expect(named('f(`${x} a_key`)\nconst m = { a_key: 1 }\nm.a_key', 'a_key')).toEqual(['a_key 1', 'a_key 2', 'a_key 3'])
  })

  it('names that are no words', () => {
    expect(named("f('the a-key here')\nf('aa-keys')", 'a-key', 'b')).toEqual(['a-key 1'])
  })

  it('none where none is asked for', () => {
    expect(named("f('x')")).toEqual([])
  })
})
