import { describe, expect, test } from 'vitest'
import { redactor, secretsIn } from '../../src/cli/redact.ts'

const redact = redactor([])

describe('redactor', () => {
  test.each([
    ['postgres://app:hunter2@db.example.org:5432/shop', 'postgres://app:***@db.example.org:5432/shop'],
    ['postgresql://app:p%40ss@db/shop', 'postgresql://app:***@db/shop'],
    ['postgres://:secret@db/shop', 'postgres://:***@db/shop'],
    ['postgres://app:a@b@c@db/shop', 'postgres://app:***@db/shop'],
    ['postgres://app:a/b:c@db/shop?sslmode=require', 'postgres://app:***@db/shop?sslmode=require'],
    ['{"url":"postgres://app:hunter2@db/shop","x":1}', '{"url":"postgres://app:***@db/shop","x":1}'],
    ['postgres://db/shop?user=app&password=hunter2&sslmode=require', 'postgres://db/shop?user=app&password=***&sslmode=require'],
    ["host=db password=hunter2 user=app, or password='two words'", 'host=db password=*** user=app, or password=***'],
    ['https://token:abcdef@git.example.org/x', 'https://token:***@git.example.org/x'],
  ])('%s', (text, safe) => expect(redact(text)).toBe(safe))

  test.each(['postgres://db.example.org/shop', 'postgres://app@db/shop', 'drizzle/0001_x.sql:3:1', 'ALTER ROLE app PASSWORD NULL'])('leaves %s', (text) =>
    expect(redact(text)).toBe(text),
  )

  test('takes a known password out wherever it stands', () =>
    expect(redactor(['correct-horse'])('the server said correct-horse is wrong')).toBe('the server said *** is wrong'))
})

describe('secretsIn', () => {
  test('finds passwords as written and decoded', () => expect(secretsIn(['postgres://app:p%40ssword@db/shop', 'PATH', ''])).toEqual(['p%40ssword', 'p@ssword']))
  test('leaves what is too common or short to be taken out of every text', () => {
    expect(secretsIn(['postgres://postgres:postgres@db/shop', 'postgres://app:postgres@db', 'postgres://app:abc@db'])).toEqual([])
  })
})
