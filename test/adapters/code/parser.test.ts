import { parseSync } from 'oxc-parser'
import { expect, it } from 'vitest'
import { parseText } from '../../../src/adapters/code/lower/parser.ts'

const texts: Readonly<Record<string, string>> = {
  'what types say':
    "import type { A } from './a'\nexport const f = async <T extends A>(a?: T, ...rest: readonly string[]): Promise<T | undefined> => a satisfies T | undefined",
  'a class with decorators':
    "@Injectable()\nexport class Users { @Inject('db') private readonly db!: Database; static #made = 1; get all() { return this.#list } #list = [] }",
  'characters of two, three and four bytes': 'export const größe = "ä—€😀", after = größe + "…"; // 😀\nconst last = größe',
  'a mark of byte order': '\uFEFFexport const a = 1',
  'literals of all kinds': 'const all = [1n, /x+/gu, 1e400, 0x10, null, true, "\\u0000", `a\\nb`]',
  components: 'export const Page = ({ users }) => <ul>{users.map((user) => <li key={user.id}>{user.email} &amp; …</li>)}</ul>',
  'what does not parse': 'export const a = {\nexport const b = )',
  nothing: '',
}

it.each(Object.entries(texts))('reads out of shared memory what it reads as JSON: %s', (what, text) => {
  const options = { lang: what === 'components' ? 'tsx' : 'ts', sourceType: 'module', astType: 'ts', preserveParens: false } as const
  const { program, errors } = parseSync('a.ts', text, options)
  const read = parseText('a.ts', text, options)
  expect(read.program).toEqual(program)
  expect(read.errors).toEqual(errors)
})
