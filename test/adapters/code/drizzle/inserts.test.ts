import { expect, test } from 'vitest'
import { insertsOf } from './follow.ts'

const cases: readonly (readonly [string, readonly string[]])[] = [
  ["await db.insert(posts).values({ title: 'x', authorId: 1 })", ['title author_id']],
  ["await db.insert(posts).values([{ title: 'x', authorId: 1 }, { title: 'y', authorId: 1, status: 'sent' }])", ['title author_id', 'title author_id status']],
  ['await db.insert(users).values(input)', [' …']],
  ["await db.insert(users).values({ ...input, name: 'x' })", ['full_name …']],
  ['const add = async (user: typeof users.$inferInsert) => { await db.insert(users).values(user) }\nawait add(input)', ['full_name email …']],
  ['const [user] = await db.select().from(users)\nawait db.insert(users).values(user)', ['id full_name email']],
  ['await db.insert(users).select(db.select({ name: posts.title, email: posts.title }).from(posts))', ['full_name email']],
]

test.each(cases)('%s', (code, given) => {
  expect(insertsOf(code)).toEqual(given)
})
