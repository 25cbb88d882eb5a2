// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the sources that are followed have them
/** Drizzle's `sql` templates, as its model and the reader of SQL understand them together. */
import { expect, it } from 'vitest'
import { type Drizzle, makeDrizzle } from '../../../src/adapters/code/drizzle/index.ts'
import type { ProjectFiles } from '../../../src/adapters/code/frameworks/define.ts'
import { lowerSource } from '../../../src/adapters/code/lower/index.ts'
import { Following } from '../../../src/adapters/code/machine/index.ts'
import { modelsOf } from '../../../src/adapters/code/models.ts'
import { sqlReader } from '../../../src/adapters/code/sql-text/for-drizzle.ts'
import { loadSql } from '../../../src/sql/parser.ts'

await loadSql()

const project: ProjectFiles = { paths: ['a.ts'], has: () => false, read: () => undefined, depends: () => false, dependents: () => [], directives: () => [] }

const head = `import { pgTable, text, integer } from 'drizzle-orm/pg-core'; import { drizzle } from 'drizzle-orm/node-postgres'; import { sql } from 'drizzle-orm';
const users = pgTable('users', { id: integer('id'), email: text('email'), fullName: text('full_name') }); const db = drizzle('');
`

/** What the third line does. */
const uses = (line: string): readonly string[] => {
  const tree = lowerSource('a.ts', `${head}${line}`)
  const drizzle: Drizzle = makeDrizzle({ readSql: sqlReader(() => drizzle.tables()) })
  const following = new Following({ tree: () => tree, resolve: (_from, specifier) => ({ package: specifier }) }, modelsOf([drizzle.framework], project))
  following.follow('a.ts')
  following.end()
  const all = following.functions.flatMap((one) => one.uses)
  return [...new Set(all.map(({ table, column, access, role }) => `${access} ${drizzle.tables()[table]?.name}${column ? `.${column}` : ''} ${role}`))].sort()
}

it('a whole statement, with symbols and names in the text', () => {
  expect(uses('await db.execute(sql`UPDATE ${users} SET full_name = ${x} WHERE ${users.id} = 1`)')).toEqual([
    'read users.id where',
    'write users.full_name set',
  ])
})

it('a fragment has the role of its place in the builder', () => {
  expect(uses('await db.select({ id: users.id }).from(users).where(sql`lower(full_name) = ${x}`)')).toContain('read users.full_name where')
  expect(uses('await db.select({ id: users.id }).from(users).orderBy(sql`${users.email} desc`)')).toContain('read users.email order')
})

it('plain text that is executed', () => {
  expect(uses("await db.execute('DELETE FROM users WHERE email IS NULL')")).toEqual(['delete users delete', 'read users.email where'])
})

it('a piece that is there or not means the tables of the statement around it', () => {
  const other = "const posts = pgTable('posts', { id: integer('id'), email: text('email') });"
  const filter = 'const since = x ? sql`and email >= ${x}` : sql``; const period = sql`full_name = ${x} ${since}`;'
  expect(uses(`${other} ${filter} await db.execute(sql\`with recent as (select id from users where \${period}) select id from recent\`)`)).toEqual([
    'read users.email where',
    'read users.full_name where',
    'read users.id select',
  ])
  const named = 'const since = x ? sql`and u.email >= ${x}` : sql``;'
  expect(uses(`${other} ${named} await db.execute(sql\`select u.id from users u where u.id = 1 \${since}\`)`)).not.toContain('read posts.email where')
})
