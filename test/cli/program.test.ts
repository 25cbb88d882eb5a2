import { describe, expect, test } from 'vitest'
import { readArguments } from '../../src/cli/program.ts'
import { ToolError } from '../../src/model/error.ts'
import { verbs } from './verbs.ts'

const read = (line: string) => readArguments(line.split(' ').filter(Boolean), verbs)

const refused = (line: string): ToolError => {
  try {
    read(line)
  } catch (error) {
    if (error instanceof ToolError) return error
    throw error
  }
  throw new Error(`${line} was accepted`)
}

test('flags that are not given have their defaults', () => {
  expect(read('check')).toEqual({
    verb: 'check',
    arguments: [],
    flags: { only: [], rowLimit: 10, colors: true },
    common: { format: [], failOn: 'error', all: false, save: false, quiet: false, verbose: false },
  })
})

test('common flags stand before or after the verb', () => {
  const { common } = read(
    '--folder a check --format json --format=markdown=out.md --fail-on warning --since main --no-color --quiet --verbose --env-file .env --engine embedded --save',
  )
  expect(common).toEqual({
    folder: 'a',
    format: ['json', 'markdown=out.md'],
    failOn: 'warning',
    since: 'main',
    color: false,
    quiet: true,
    verbose: true,
    envFile: '.env',
    engine: 'embedded',
    all: false,
    save: true,
  })
})

test('colours are neither wanted nor refused by default', () => {
  expect(read('check').common).not.toHaveProperty('color')
  expect(read('check --color').common.color).toBe(true)
})

test('own flags: lists, numbers, booleans that are on', () => {
  expect(read('check --only a --only b --row-limit 3 --no-colors').flags).toEqual({ only: ['a', 'b'], rowLimit: 3, colors: false })
})

test('an own flag with the name of a common one gets its value', () => expect(read('rollback 0001_x --all').flags).toEqual({ all: true }))

test('arguments', () => {
  expect(read('lint a.sql b.sql').arguments).toEqual(['a.sql', 'b.sql'])
  expect(read('lint').arguments).toEqual([])
  expect(read('lint -- --odd.sql').arguments).toEqual(['--odd.sql'])
})

describe('usage errors end with 2 and say what was probably meant', () => {
  test.each([
    ['chek', 'no verb "chek"', 'check'],
    ['check --formt json', '--formt', '--format'],
    ['check --row-limt 3', '--row-limt', '--row-limit'],
    ['rollback', "argument 'tag'", 'pgstrata --help'],
    ['check --row-limit many', 'wants a number', ''],
    ['check --fail-on notes', 'error, warning or never', ''],
    ['check extra', 'Too many arguments', ''],
    ['--quiet', 'No verb', 'check, rollback, lint'],
    ['check --folder', '--folder', ''],
  ])('%s', (line, message, help) => {
    const error = refused(line)
    expect(error).toMatchObject({ code: 'usage', exit: 2 })
    expect(error.message).toContain(message)
    expect(error.help ?? '').toContain(help)
  })
})
