import { beforeAll, expect, it } from 'vitest'
import { rewritten } from '../../../src/features/collision/rewrite.ts'
import { loadSql } from '../../../src/sql/parser.ts'

beforeAll(loadSql)

const three = 'CREATE TABLE a (x int);--> statement-breakpoint\nCREATE TABLE b (x int);--> statement-breakpoint\nCREATE TABLE c (x int);'

it('takes whole chunks out with their breakpoints', () => {
  expect(rewritten(three, [{ statement: 0 }])).toBe('CREATE TABLE b (x int);--> statement-breakpoint\nCREATE TABLE c (x int);')
  expect(rewritten(three, [{ statement: 1 }])).toBe('CREATE TABLE a (x int);--> statement-breakpoint\nCREATE TABLE c (x int);')
  expect(rewritten(three, [{ statement: 2 }])).toBe('CREATE TABLE a (x int);--> statement-breakpoint\nCREATE TABLE b (x int);')
})

it('takes one of several statements out of a chunk', () => {
  expect(rewritten('-- mine\nSELECT 1;\nSELECT 2;\nSELECT 3;\n', [{ statement: 1 }])).toBe('-- mine\nSELECT 1;\nSELECT 3;\n')
})

it('writes another statement in the place of one', () => {
  expect(rewritten(three, [{ statement: 1, sql: 'ALTER TABLE b ADD y int' }])).toBe(three.replace('CREATE TABLE b (x int)', 'ALTER TABLE b ADD y int'))
})

it('takes out what it was told to, whatever stands in the place of others', () => {
  const several = 'ALTER TABLE a ADD y int;--> statement-breakpoint\nALTER TABLE a ADD z int'
  expect(rewritten(three, [{ statement: 0, sql: several }, { statement: 1 }])).toBe(`${several};--> statement-breakpoint\nCREATE TABLE c (x int);`)
  expect(rewritten(three, [{ statement: 0 }, { statement: 1, sql: several }])).toBe(`${several};--> statement-breakpoint\nCREATE TABLE c (x int);`)
  expect(rewritten(three, [{ statement: 0 }, { statement: 1 }])).toBe('CREATE TABLE c (x int);')
  expect(rewritten(`-- first\n--> statement-breakpoint\n${three}`, [{ statement: 0, sql: several }, { statement: 2 }])).toBe(
    `-- first\n--> statement-breakpoint\n${several};--> statement-breakpoint\nCREATE TABLE b (x int);`,
  )
})

it('leaves nothing where every statement goes', () => {
  expect(rewritten('-- all of it\nSELECT 1;', [{ statement: 0 }])).toBeUndefined()
})

it('keeps what is no statement', () => {
  expect(rewritten('-- Custom SQL migration file, put your code below! --\n', [])).toBe('-- Custom SQL migration file, put your code below! --\n')
})
