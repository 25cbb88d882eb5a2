/** A small project on the disk, with this repository's packages installed. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = fileURLToPath(new URL('../../../..', import.meta.url))

export const schema = `import { pgEnum, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
export const statusEnum = pgEnum('status', ['draft', 'sent', 'gone'])
const made = { createdAt: timestamp('created_at').notNull().defaultNow(), updatedAt: timestamp('updated_at') }
export const orders = pgTable('orders', {
  id: uuid('id').primaryKey(),
  title: text('title').notNull(), // shown, and searched
  note: text(),
  status: statusEnum('status').notNull().default('draft'),
  ...made,
})
`

const queries = `import { eq } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { orders } from './schema'
declare const db: PgDatabase<PgQueryResultHKT>
export const titles = () =>
  db.select({ title: orders.title }).from(orders)
export const whole = () => db.select().from(orders)
export const save = (id: string, title: string) => db.insert(orders).values({ id, title })
export const patch = (more: { title?: string; note?: string }) => db.update(orders).set(more)
export const sent = () => db.select().from(orders).where(eq(orders.status, 'sent'))
export const wrong: number = 'an error that is always there'
`

const view = `import { whole } from '../db/queries'
export const Row = async () => {
  const [first] = await whole()
  if (!first) return 'none'
  const since = first.createdAt.getTime()
  return first.status === 'gone' ? since : first.title
}
`

const options = { target: 'ES2022', module: 'ESNext', moduleResolution: 'bundler', strict: true, skipLibCheck: true, noEmit: true, types: [] }

export type Project = { readonly root: string; remove(): void }

export const files = {
  'package.json': '{ "name": "orders", "private": true }',
  'tsconfig.json': JSON.stringify({ compilerOptions: options, include: ['db', 'ui'] }),
  'db/schema.ts': schema,
  'db/queries.ts': queries,
  'ui/row.ts': view,
}

/** A tsconfig.json with an option that TypeScript 7 has no more. */
export const olderConfig = JSON.stringify({ compilerOptions: { ...options, baseUrl: '.', ignoreDeprecations: '6.0' }, include: ['db', 'ui'] })

export const makeProject = (own: Readonly<Record<string, string>>, { installed }: { readonly installed: boolean }): Project => {
  const root = mkdtempSync(join(tmpdir(), 'pgstrata-types-'))
  for (const [path, text] of Object.entries(own)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  if (installed) symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'), 'junction')
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) }
}
