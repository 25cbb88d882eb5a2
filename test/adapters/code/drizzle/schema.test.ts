// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the snippets have them
import { describe, expect, test } from 'vitest'
import type { CodeTable } from '../../../../src/model/code.ts'
import { follow } from './follow.ts'

const core =
  "import { pgTable, pgTableCreator, pgSchema, pgEnum, pgView, pgMaterializedView, customType, serial, text, integer, uuid, varchar } from 'drizzle-orm/pg-core'\n"
const orm = "import { relations, defineRelations, sql, eq, getTableColumns } from 'drizzle-orm'\n"

const tablesOf = (text: string): readonly CodeTable[] => follow({ 'schema.ts': core + orm + text, 'db.ts': '' }).tables
const columnsOf = (text: string): readonly string[] =>
  tablesOf(text).flatMap(({ columns }) =>
    columns.map(
      ({ name, key, type, notNull, hasDefault, enumType, values }) =>
        `${name} ${key} ${type}${notNull ? ' not null' : ''}${hasDefault ? ' default' : ''}${enumType ? ` ${enumType}` : ''}${values ? ` (${values.join()})` : ''}`,
    ),
  )

/** `role table.column` of the uses in code.ts. */
const rolesOf = (files: Readonly<Record<string, string>>): readonly string[] => {
  const { uses, tables } = follow(files)
  const texts = uses
    .filter(({ file, column }) => file === 'code.ts' && column !== undefined)
    .map(({ role, table, column, via }) => `${via === 'implicit' ? '~' : ''}${role} ${tables[table]?.name}.${column}`)
  return [...new Set(texts)].sort()
}

describe('columns', () => {
  test('by an object, a function, without names, with options', () => {
    expect(
      columnsOf(
        "export const a = pgTable('a', { id: serial('id').primaryKey(), t: text(), k: text({ enum: ['x', 'y'] }).notNull(), v: varchar('vv', { length: 3 }) })",
      ),
    ).toEqual(['id id serial not null default', 't t text', 'k k text not null (x,y)', 'vv v varchar'])
    expect(
      columnsOf("export const a = pgTable('a', (t) => ({ id: t.uuid().defaultRandom().primaryKey(), n: t.integer('num').notNull().$defaultFn(() => 1) }))"),
    ).toEqual(['id id uuid not null default', 'num n integer not null default'])
  })

  test('of an enum, of a custom type, of a spread, of a function of their own, with a type for their values', () => {
    expect(columnsOf("const e = pgEnum('mood', { Sad: 'sad', Ok: 'ok' }); export const a = pgTable('a', { m: e('m').array() })")).toEqual([
      'm m enum mood (sad,ok)',
    ])
    expect(columnsOf("const citext = customType({ dataType() { return 'citext' } }); export const a = pgTable('a', { m: citext('mail').notNull() })")).toEqual([
      'mail m citext not null',
    ])
    expect(columnsOf("const id = () => ({ id: uuid('id').primaryKey() }); export const a = pgTable('a', { ...id(), owner: integer('owner_id') })")).toEqual([
      'id id uuid not null',
      'owner_id owner integer',
    ])
    expect(columnsOf("export const a = pgTable('a', { s: text('s').$type<'p' | 'q'>() })")).toEqual(['s s text (p,q)'])
    expect(columnsOf("import { stamp } from 'elsewhere'; export const a = pgTable('a', { s: stamp('s') })")).toEqual(['s s unknown'])
  })

  test('are named by the casing that drizzle() is given', () => {
    const db =
      "import { drizzle } from 'drizzle-orm/postgres-js'; import * as schema from './schema'; export const db = drizzle({ client: 1, schema, casing: 'snake_case' })"
    const { tables } = follow({ 'schema.ts': `${core}export const a = pgTable('a', { createdAtUTC: text(), keptAs: text('keptAs') })`, 'db.ts': db })
    expect(tables[0]?.columns.map(({ name }) => name)).toEqual(['created_at_utc', 'keptAs'])
  })
})

describe('tables', () => {
  test('of a schema, of a creator with a prefix, under the constant they are bound to', () => {
    const tables = tablesOf(
      "const s = pgSchema('auth'); export const people = s.table('users', { id: serial() }); const make = pgTableCreator((name) => `app_${name}`); export const logs = make('logs', { id: serial() })",
    )
    expect(tables.map(({ schema, name, symbol, kind }) => `${kind} ${schema}.${name} ${symbol}`)).toEqual([
      'table auth.users people',
      'table public.app_logs logs',
    ])
  })

  test('of a creator have its prefix, however many they are', () => {
    const many = Array.from({ length: 60 }, (_, at) => `export const t${at} = make('t${at}', { id: serial() })`).join('; ')
    const prefixed = tablesOf(`const make = pgTableCreator((name) => \`app_\${name}\`); ${many}`)
    expect(prefixed.map(({ name }) => name)).toEqual(prefixed.map(({ symbol }) => `app_${symbol}`))
  })

  test('of a function of the code are told apart, however many they are', () => {
    const many = Array.from({ length: 60 }, (_, at) => `export const t${at} = make('t${at}', { c${at}: text() })`).join('; ')
    const made = tablesOf(`const make = (name, columns) => pgTable(\`app_\${name}\`, { id: serial(), ...columns }); ${many}`)
    expect(made.map(({ name, columns }) => `${name} ${columns.map((column) => column.name).join()}`)).toEqual(
      Array.from({ length: 60 }, (_, at) => `app_t${at} id,c${at}`),
    )
    const fields = Array.from({ length: 60 }, (_, at) => `c${at}: label('column_${at}')`).join()
    expect(columnsOf(`const label = (name) => varchar(name, { length: 80 }).notNull(); export const a = pgTable('a', { ${fields} })`)).toContain(
      'column_59 c59 varchar not null',
    )
  })

  test('views have the columns of their query, or those that they say', () => {
    const text = `export const a = pgTable('a', { id: serial('id'), t: text('title') })
export const v = pgView('v').as((qb) => qb.select({ key: a.id, low: sql\`lower(\${a.t})\`.as('low_title') }).from(a))
export const w = pgView('w', { n: integer('n') }).existing()
export const m = pgMaterializedView('m').as((qb) => qb.select().from(a))`
    expect(tablesOf(text).map(({ kind, name, columns }) => `${kind} ${name}: ${columns.map((column) => column.name).join()}`)).toEqual([
      'table a: id,title',
      'view v: id,low_title',
      'view w: n',
      'materialized view m: id,title',
    ])
  })

  test('of other databases are said once', () => {
    const { gaps, tables } = follow({
      'schema.ts':
        "import { mysqlTable, int } from 'drizzle-orm/mysql-core'; export const a = mysqlTable('a', { id: int() }); export const b = mysqlTable('b', { id: int() })",
      'db.ts': '',
    })
    expect(tables).toEqual([])
    expect(gaps.map(({ why }) => why)).toEqual(['tables of MySQL are not followed'])
  })

  test('enums are listed with their values', () => {
    const { drizzle } = follow({ 'schema.ts': `${core}export const mood = pgEnum('mood', ['sad', 'ok'])`, 'db.ts': '' })
    expect(drizzle.enums()).toMatchObject([{ schema: 'public', name: 'mood', symbol: 'mood', values: ['sad', 'ok'], file: 'schema.ts', line: 2 }])
  })
})

describe('relations', () => {
  const schema = `${core}${orm}
export const a = pgTable('a', { id: serial('id'), t: text('t') })
export const b = pgTable('b', { id: serial('id'), aId: integer('a_id') })
`
  const v1 = `import * as schema from './schema'
import { defineRelations } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
const relations = defineRelations(schema, (r) => ({ b: { parent: r.one.a({ from: r.b.aId, to: r.a.id }) }, a: { children: r.many.b() } }))
export const db = drizzle('url', { relations })`

  test('of one definition for all', () => {
    const code =
      "import { db } from './db'\nexport async function run() { const rows = await db.query.a.findMany({ columns: { id: true }, with: { children: { columns: { id: true }, with: { parent: { columns: { t: true } } } } } }); return rows[0].children[0].parent.t }"
    expect(rolesOf({ 'schema.ts': schema, 'db.ts': v1, 'code.ts': code })).toEqual([
      'property a.t',
      'select a.id',
      'select a.t',
      'select b.id',
      '~join a.id',
      '~join b.a_id',
    ])
  })

  test('between files that import each other', () => {
    const files = {
      'schema.ts': "export * from './one'; export * from './two'",
      'one.ts': `${core}${orm}import { two } from './two'\nexport const one = pgTable('one', { id: serial('id') })\nexport const oneRelations = relations(one, ({ many }) => ({ twos: many(two) }))`,
      'two.ts': `${core}${orm}import { one } from './one'\nexport const two = pgTable('two', { id: serial('id'), oneId: integer('one_id').references(() => one.id) })\nexport const twoRelations = relations(two, ({ one: o }) => ({ single: o(one, { fields: [two.oneId], references: [one.id] }) }))`,
      'code.ts': "import { db } from './db'\nexport const run = () => db.query.one.findMany({ columns: {}, with: { twos: { columns: { id: true } } } })",
    }
    expect(rolesOf(files)).toEqual(['select two.id', '~join one.id', '~join two.one_id'])
  })

  test('a key is found by the table where nobody knows the schema', () => {
    const db = "import { drizzle } from 'drizzle-orm/neon-http'\nimport * as schema from './schema'\nexport const db = drizzle('url')\nexport { schema }"
    const code = "import { db } from './db'\nimport './schema'\nexport const run = () => db.query.b.findFirst({ columns: { id: true } })"
    expect(rolesOf({ 'schema.ts': schema, 'db.ts': db, 'code.ts': code })).toEqual(['select b.id'])
  })
})

describe('raw SQL', () => {
  const code =
    "import { db } from './db'\nimport { users } from './schema'\nimport { sql } from 'drizzle-orm'\nexport const run = () => db.execute(sql`update ${users} set ${users.name} = 'x' where email = ${'y'}`)"

  test('is given to a reader with what stands in its holes', () => {
    const seen: unknown[] = []
    follow(
      { 'code.ts': code },
      {
        readSql: (parts) => {
          seen.push(parts)
          return undefined
        },
      },
    )
    const users = { schema: 'public', name: 'users' }
    expect(seen[0]).toEqual([
      { is: 'text', text: 'update ' },
      { is: 'table', table: users },
      { is: 'text', text: ' set ' },
      { is: 'column', table: users, column: 'full_name' },
      { is: 'text', text: " = 'x' where email = " },
      { is: 'value', strings: ['y'] },
      { is: 'text', text: '' },
    ])
  })

  test('what the reader answers counts instead of the holes', () => {
    const { uses } = follow(
      { 'code.ts': code },
      {
        readSql: () => ({
          uses: [{ table: { name: 'users' }, column: 'full_name', access: 'write', role: 'set', via: 'explicit', confidence: 'high' }],
          inserts: [],
          unread: [],
        }),
      },
    )
    expect(uses.filter(({ file }) => file === 'code.ts')).toEqual([
      { table: 0, column: 'full_name', access: 'write', role: 'set', via: 'explicit', confidence: 'high', file: 'code.ts', line: 4 },
    ])
  })
})
