import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { embeddedMajor, majors } from '../support/embedded-majors.ts'
import { measureLocks } from '../support/lock-facts.ts'
import { answersOf, type LockFacts } from '../support/lock-page.ts'

const written = JSON.parse(readFileSync(new URL('../../docs/lock-facts.json', import.meta.url), 'utf8')) as LockFacts

describe('the locks of docs/lock-facts.json are those that are measured now', () => {
  it('on every major', () => expect(written.majors).toEqual(majors))

  it.each(majors)('PostgreSQL %i', async (major) => {
    await using engine = await embeddedMajor(major)
    const known = written.statements.flatMap(({ sql, answers }) => answers.flatMap(({ majors: on, answer }) => (on.includes(major) ? [[sql, answer]] : [])))
    expect(Object.fromEntries(answersOf(await measureLocks(engine)))).toEqual(Object.fromEntries(known))
  })
})
