import { beforeAll, describe, expect, test } from 'vitest'
import type { CodeTable, CodeUse } from '../../../src/model/code.ts'
import { loadSql } from '../../../src/sql/parser.ts'
import { factsOf, usesOf } from './follow.ts'
import { common, type Idiom, idioms } from './idioms.ts'
import { languageIdioms } from './language-idioms.ts'

beforeAll(loadSql)

const all = [...idioms, ...languageIdioms]

const email = 'users.email_address'

const nameOf = ({ table, column, value }: CodeUse, tables: readonly CodeTable[]): string =>
  `${tables[table]?.name}.${column}${value === undefined ? '' : `='${value}'`}`

/** One text for each access, explicit where any use is. */
const texts = (uses: readonly CodeUse[], about: string): readonly string[] => {
  const accesses = [...new Set(uses.map(({ access }) => access))]
  return accesses.map((access) => `${access} ${about}${uses.some((use) => use.access === access && use.via === 'explicit') ? '' : ' implicitly'}`).sort()
}

/** `either way` is what was found. */
const settled = (expected: readonly string[], found: readonly string[]): readonly string[] =>
  expected.map((text) => {
    const plain = text.replace(' either way', '')
    return text === plain ? text : (found.find((one) => one.startsWith(plain)) ?? plain)
  })

const check = ({ files, expect: expected, about = email }: Idiom): void => {
  const facts = factsOf({ ...common, ...files })
  const entry = facts.entries.find(({ name }) => name === 'POST /api/run')
  expect(entry, 'the route is an entry').toBeDefined()
  if (entry === undefined) return
  const uses = usesOf(facts, entry).filter((use) => nameOf(use, facts.tables) === about)
  if (expected === 'named') {
    const gap = facts.gaps.find(({ file }) => files[file] !== undefined)
    expect(gap !== undefined || uses.length > 0, 'found, or said not to be analysed').toBe(true)
    return
  }
  const found = texts(uses, about)
  expect(found).toEqual(settled(expected, found))
}

describe('every idiom of the experiment has a test: found, or named as not analysable in the output', () => {
  for (const idiom of all) test(`${idiom.id}: ${idiom.what}`, () => check(idiom))
})

test('each idiom has a name of its own', () => {
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
})
