/** What names a column, a value or a constraint beside the ways from entries. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import type { Json } from '../../src/model/json.ts'
import { impact } from '../../src/operations/impact.ts'
import { makePlace, type Place } from './place.ts'

const files = {
  'package.json': '{ "dependencies": { "drizzle-orm": "1", "hono": "4", "@trpc/server": "11" } }',
  'db/schema.ts': `import { pgEnum, pgTable, text } from 'drizzle-orm/pg-core'
export const status = pgEnum('status', ['draft', 'sent', 'paid'])
export const posts = pgTable('posts', { id: text('id').primaryKey(), title: text('title').unique('posts_title_unique'), status: status('status') })
export const pages = pgTable('pages', { id: text('id'), title: text('title'), urgency: text('urgency', { enum: ['low', 'high'] }), weight: text('weight', { enum: ['low', 'high'] }), size: text('size', { enum: ['low', 'high', 'huge'] }) })
export type Post = typeof posts.$inferSelect`,
  'db/index.ts': `import { drizzle } from 'drizzle-orm/node-postgres'
export const db = drizzle(process.env.URL)`,
  'server/trpc.ts': `import { initTRPC } from '@trpc/server'
import { db } from '../db'
import { posts } from '../db/schema'
const t = initTRPC.create()
export const appRouter = t.router({ post: t.router({ list: t.procedure.query(() => db.select().from(posts)) }) })
export type AppRouter = typeof appRouter`,
  'types/index.ts': "export type { Post } from '../db/schema'",
  'ui/api.ts': `import { createTRPCReact } from '@trpc/react-query'
import type { AppRouter } from '../server/trpc'
export const api = createTRPCReact<AppRouter>()`,
  'ui/procedure.tsx': `import { api } from './api'
export function List() {
  const { data } = api.post.list.useQuery()
  return <ul>{data?.map((post) => <li>{post.title}</li>)}</ul>
}`,
  'ui/outputs.tsx': `import type { inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from '../server/trpc'
type Posts = inferRouterOutputs<AppRouter>['post']['list']
export const First = ({ posts }: { posts: Posts }) => <b>{posts[0].title}</b>`,
  'ui/fetched.tsx': `import useSWR from 'swr'
import type { Post } from '../types'
export default function Fetched() {
  const { data: all } = useSWR<Post[]>('/api/posts', fetch)
  return all?.map((one) => <p>{one.title}</p>)
}`,
  'ui/state.tsx': `import { memo, useState } from 'react'
import type { Post } from '../db/schema'
export const Held = memo(() => {
  const [post] = useState<Post | null>(null)
  return <p>{post?.title}</p>
})`,
  'ui/query.tsx': `import { useQuery } from '@tanstack/react-query'
import type { Post } from '../db/schema'
const load = async (): Promise<Post[]> => (await fetch('/api/posts')).json()
export const Queried = () => {
  const { data } = useQuery({ queryKey: ['posts'], queryFn: load })
  return <p>{data?.at(0)?.title}</p>
}`,
  // The same word, and nothing of the table.
  'ui/other.tsx': `import type { Post } from '../db/schema'
export const Other = ({ page, post }: { page: { title: string }; post: Post }) => <p title="x">{page.title}{post.id}</p>`,
  'ui/status.tsx': `import type { Post } from '../db/schema'
export type Status = 'draft' | 'sent' | 'paid'
export const Badge = ({ post }: { post: Post }) => (post.status === 'paid' ? <b /> : <i />)`,
  'lib/validation.ts': `import { z } from 'zod'
export const statusSchema = z.enum([
  'draft', 'sent', 'paid'])
export const unrelated = z.enum(['red', 'green', 'paid'])
export const label = (status: string) => {
  switch (status) {
    case 'draft': return 'Draft'
    case 'sent': return 'Sent'
  }
}`,
  'lib/queue.ts': `export type Waiting = { urgency: 'low' | 'high' }
export type Level = 'low' | 'high'
export type Sized = { size: 'low' | 'high' }`,
  'lib/errors.ts': `export const isTaken = (error: Error) => error.message.includes('posts_title_unique')
export const isOther = (error: Error) => error.message.includes('posts_title_unique_2')`,
  'lib/report.ts': "export const report = 'SELECT p.title FROM posts p WHERE p.status = $1'",
  'tests/posts.test.ts': `import { posts } from '../db/schema'
import { db } from '../db'
import { app } from '../server/app'
test('it', async () => {
  await db.insert(posts).values({ id: '1', title: 'a', status: 'draft' })
  expect((await app.request('/x')).title).toBe('a')
})`,
  'tests/fixtures/posts.ts': `import { posts } from '../../db/schema'
export const row: typeof posts.$inferInsert = { id: '1',
  title: 'a' }`,
  'tests/pages.test.ts': `import { pages } from '../db/schema'
test('it', () => expect(pages.title).toBeDefined())`,
}

const first = {
  tag: '0000_first',
  sql: `CREATE TYPE status AS ENUM ('draft', 'sent', 'paid');
CREATE TABLE posts (id text PRIMARY KEY, title text CONSTRAINT posts_title_unique UNIQUE, status status);
CREATE TABLE pages (id text, title text, urgency text, weight text, size text);`,
}

type Found = { readonly file: string; readonly category: string; readonly lines: readonly number[] }
type Told = { readonly targets: readonly { readonly entries: readonly { readonly kind: string }[]; readonly files: readonly Found[] }[] }

let place: Place
beforeAll(() => {
  place = makePlace()
  place.write(files)
  place.migrations([first])
})
afterAll(() => place.remove())

const told = async (target: string): Promise<Told> => {
  await using world = await createWorld({
    cwd: place.path,
    judging: { all: false },
    env: { ...process.env, XDG_CACHE_HOME: `${place.path}/.cache` },
    folder: 'drizzle',
  })
  return (await impact.run(world, { arguments: [target], flags: { migration: [], change: [], root: '.', types: false, release: undefined, full: false } }))
    .data as Json as unknown as Told
}

/** `file:lines` of a category. */
const of = async (target: string, category: string): Promise<readonly string[]> => {
  const [answer] = (await told(target)).targets
  return (answer?.files ?? []).filter((file) => file.category === category).map(({ file, lines }) => `${file}:${lines.join(',')}`)
}

describe('a column', () => {
  test('components that read it from an answer or from a row of the table’s type', async () => {
    expect(await of('column:posts.title', 'ui')).toEqual(['ui/fetched.tsx:5', 'ui/outputs.tsx:4', 'ui/procedure.tsx:4', 'ui/query.tsx:6', 'ui/state.tsx:5'])
  })

  test('tests and fixtures that import its table and have its key', async () => {
    expect(await of('column:posts.title', 'test')).toEqual(['tests/posts.test.ts:5,6'])
    expect(await of('column:posts.title', 'fixture')).toEqual(['tests/fixtures/posts.ts:3'])
    expect(await of('column:pages.title', 'test')).toEqual(['tests/pages.test.ts:2'])
    expect((await told('column:posts.title')).targets[0]?.entries.filter(({ kind }) => kind === 'test')).toEqual([])
  })

  test('SQL that nothing was seen to send', async () => {
    expect(await of('column:posts.title', 'sql')).toEqual(['lib/report.ts:1'])
    expect(await of('column:pages.title', 'sql')).toEqual([])
  })
})

test('a value: lists that repeat the enum by hand, and comparisons in components', async () => {
  expect(await of("enumValue:status.'paid'", 'schema')).toEqual(['lib/validation.ts:2'])
  expect(await of("enumValue:status.'draft'", 'schema')).toEqual(['lib/validation.ts:2,6'])
  expect(await of("enumValue:status.'paid'", 'ui')).toEqual(['ui/status.tsx:2,3'])
  expect(await of("enumValue:status.'draft'", 'test')).toEqual(['tests/posts.test.ts:5'])
})

test('values that two columns have: a name tells which one is meant, also where only one of them is asked about', async () => {
  expect(await of('column:pages.urgency', 'schema')).toEqual(['lib/queue.ts:1,2,3'])
  expect(await of('column:pages.weight', 'schema')).toEqual(['lib/queue.ts:2,3'])
  expect(await of('column:pages.size', 'schema')).toEqual(['lib/queue.ts:2,3'])
})

test('a constraint: texts with its name as a whole word', async () => {
  expect(await of('constraint:posts_title_unique', 'string')).toEqual(['lib/errors.ts:1'])
})
