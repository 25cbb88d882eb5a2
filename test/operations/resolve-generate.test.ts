/** A resolved folder of drizzle-kit 1.0, and whether 1.0.0-rc.5 itself would generate something behind it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import { resolve } from '../../src/operations/resolve.ts'
import { drizzleKitV1 } from '../support/drizzle-v1.ts'
import { makePlace, type Place } from './place.ts'
import { plainFlags } from './resolve-flags.ts'

const schema = (columns: string, ...tables: readonly string[]): string =>
  [
    `import { integer, pgTable, text } from 'drizzle-orm/pg-core'`,
    `export const users = pgTable('users', { id: integer().primaryKey(), name: text()${columns} })`,
    ...tables.map((name) => `export const ${name} = pgTable('${name}', { id: integer().primaryKey() })`),
    '',
  ].join('\n')
const merged = schema(', age: integer(), city: text()', 'posts', 'tags')

let place: Place
beforeAll(() => {
  place = makePlace()
  const generate = (name: string, content: string): void => {
    writeFileSync(join(place.path, 'schema.mjs'), content)
    expect(drizzleKitV1(place.path, 'generate', '--name', name)).toMatchObject({ status: 0 })
    place.git('add', '-A')
    place.git('commit', '-qm', name)
  }
  place.write({ '.gitignore': 'node_modules\n' })
  place.git('init', '-q')
  generate('users', schema(''))
  place.git('checkout', '-qb', 'feature')
  generate('mine', schema(', age: integer()', 'tags'))
  place.git('checkout', '-q', 'main')
  generate('landed', schema(', age: integer(), city: text()', 'posts'))
  place.git('checkout', '-q', 'feature')
  place.git('merge', '-q', '-X', 'ours', '-m', 'merged', 'main')
}, 60_000)
afterAll(() => place.remove())

const asked = async (content: string) => {
  writeFileSync(join(place.path, 'schema.mjs'), content)
  await using world = await createWorld({ cwd: place.path })
  const { data, findings } = await resolve.run(world, { arguments: [], flags: { ...plainFlags, landed: 'main' } })
  const { projects } = data as unknown as { readonly projects: readonly { readonly verified: readonly { readonly name: string }[] }[] }
  return { ...projects[0]?.verified.find(({ name }) => name === 'schema'), findings: findings.filter(({ rule }) => rule === 'snapshot-drift') }
}

it('where schema.ts is merged, drizzle-kit would generate nothing; where it lacks one side’s column, a warning says the statement', async () => {
  expect(await asked(schema(', age: integer()', 'posts', 'tags'))).toMatchObject({
    holds: false,
    shown: 'drizzle-kit would still generate 1 statement',
    findings: [
      { severity: 'warning', file: 'schema.mjs', message: 'drizzle-kit generate would still write 1 statement: ALTER TABLE "users" DROP COLUMN "city";' },
    ],
  })
  expect(await asked(`<<<<<<< HEAD\n${merged}`)).toMatchObject({
    holds: null,
    shown: expect.stringMatching(/^The schema cannot be loaded: schema[.]mjs:1/),
    findings: [],
  })
  expect(await asked(merged)).toMatchObject({ holds: true, shown: 'drizzle-kit would generate nothing', findings: [] })
}, 60_000)
