/** Scenarios of collisions as Drizzle schemas, and what drizzle-kit's own check says of the two migrations that it makes of them. */
import { fork } from 'node:child_process'
import type { Scenario } from '../features/collision/matrix.ts'

/** A change of the schema, or SQL that the schema does not hold and that goes into an empty migration (`generate --custom`). */
type Side = { readonly schema: string; readonly renames?: readonly Rename[] } | { readonly sql: string }
type Rename = { readonly kind: 'column' | 'table'; readonly from: readonly string[]; readonly to: readonly string[] }

export type KitQuestion = { readonly name: string; readonly base: Side; readonly a: Side; readonly b: Side }

/** `custom`: how many of the two migrations hold SQL that the schema cannot say. */
export type KitAnswer = { readonly verdict: 'ok' | 'conflict' | 'error'; readonly custom: number; readonly detail?: string }

const imports = `import { sql } from 'drizzle-orm'
import { bigint, check, date, foreignKey, index, integer, numeric, pgEnum, pgMaterializedView, pgPolicy, pgSchema, pgSequence, pgTable, pgView, primaryKey, text, unique, uniqueIndex, varchar } from 'drizzle-orm/pg-core'
`

type Columns = { readonly [name: string]: string | undefined }

const table = (name: string, columns: Columns, extra = '', as = name): string =>
  `export const ${as} = pgTable('${name}', { ${Object.entries(columns)
    .flatMap(([column, type]) => (type === undefined ? [] : [`${column}: ${type}`]))
    .join(', ')} }${extra === '' ? '' : `, (t) => [${extra}]`})\n`

const userColumns = { id: 'integer().primaryKey()', name: 'text()', note: 'text()', age: 'integer()' }
const users = (columns: Columns = {}, extra = ''): string => table('users', { ...userColumns, ...columns }, extra)
const postColumns = { id: 'integer().primaryKey()', author: 'integer()', title: 'text()' }
const posts = (columns: Columns = {}, extra = ''): string => table('posts', { ...postColumns, ...columns }, extra)
const mood = (...labels: readonly string[]): string => `export const mood = pgEnum('mood', ${JSON.stringify(labels)})\n`
const people = (columns: Columns = {}): string => table('people', { id: 'integer().primaryKey()', mood: 'mood()', spare: 'text()', ...columns })
const view = (query: string, as = 'pgView'): string => `export const v = ${as}('v').as((qb) => ${query})\n`
const both = (u = users(), p = posts()): string => u + p
const column = (from: string, to: string): Rename => ({ kind: 'column', from: ['public', 'users', from], to: ['public', 'users', to] })
const without = (name: string): Columns => ({ [name]: undefined })
const fk = 'foreignKey({ name: "fk", columns: [t.author], foreignColumns: [users.id] })'
const moods = mood('sad', 'glad') + people()

type Schemas = {
  readonly base?: string
  readonly a?: string
  readonly b?: string
  readonly renamesA?: readonly Rename[]
  readonly renamesB?: readonly Rename[]
}

const noNote = users(without('note'))

/** By the scenario's name; a side that is left out is SQL, and so is a base. */
const schemas: { readonly [name: string]: Schemas } = {
  'different tables': { base: users(), a: users() + table('a', { id: 'integer()' }), b: users() + table('b', { id: 'integer()' }) },
  'different new columns, same table': { base: users(), a: users({ x: 'text()' }), b: users({ y: 'text()' }) },
  'same new column, identical': { base: users(), a: users({ x: 'text()' }), b: users({ x: 'text()' }) },
  'same new column, different': { base: users(), a: users({ x: 'text()' }), b: users({ x: 'integer()' }) },
  'same new table, identical': {
    base: users(),
    a: users() + table('t', { id: 'integer().primaryKey()' }),
    b: users() + table('t', { id: 'integer().primaryKey()' }),
  },
  'same new table, different': {
    base: users(),
    a: users() + table('t', { id: 'integer().primaryKey()' }),
    b: users() + table('t', { id: `bigint({ mode: 'number' }).primaryKey()`, x: 'text()' }),
  },
  'drop table vs add column': { base: both(), a: users(), b: both(users(), posts({ x: 'text()' })) },
  'drop table vs foreign key to it': { base: both(), a: posts(), b: both(users(), posts({}, fk)) },
  'both drop the table': { base: both(), a: users(), b: users() },
  'drop column vs index on it': { base: users(), a: noNote, b: users({}, `index('i').on(t.note)`) },
  'drop column vs check on it': { base: users(), a: users(without('age')), b: users({}, 'check("adult", sql`age > 17`)') },
  'drop column vs view': { base: users(), a: noNote, b: users() + view('qb.select({ id: users.id, note: users.note }).from(users)') },
  'drop column vs generated column': { base: users(), a: users(without('age')), b: users({ twice: 'integer().generatedAlwaysAs(sql`age * 2`)' }) },
  'drop column vs policy': {
    base: users({}, `pgPolicy('all', { using: sql\`true\` })`),
    a: users(without('note'), `pgPolicy('all', { using: sql\`true\` })`),
    b: users({}, `pgPolicy('all', { using: sql\`true\` }), pgPolicy('p', { using: sql\`note = 'x'\` })`),
  },
  'drop column vs expression index': { base: users(), a: noNote, b: users({}, `index('i').on(sql\`lower(note)\`)`) },
  'drop column vs partial index': { base: users(), a: noNote, b: users({}, `index('i').on(t.id).where(sql\`note IS NOT NULL\`)`) },
  'type change vs default, same column': { base: users(), a: users({ age: `bigint({ mode: 'number' })` }), b: users({ age: 'integer().default(18)' }) },
  'not null vs default, same column': { base: users(), a: users({ age: 'integer().notNull()' }), b: users({ age: 'integer().default(18)' }) },
  'two different types, same column': { base: users(), a: users({ age: `bigint({ mode: 'number' })` }), b: users({ age: 'numeric()' }) },
  'same SET NOT NULL': { base: users(), a: users({ age: 'integer().notNull()' }), b: users({ age: 'integer().notNull()' }) },
  'enum: different values': { base: moods, a: mood('sad', 'glad', 'calm') + people(), b: mood('sad', 'glad', 'angry') + people() },
  'enum: same value': { base: moods, a: mood('sad', 'glad', 'calm') + people(), b: mood('sad', 'glad', 'calm') + people() },
  'enum: value removed vs new default of it': { base: moods, a: mood('sad') + people(), b: mood('sad', 'glad') + people({ mood: `mood().default('glad')` }) },
  'enum: value added vs new column of it': { base: moods, a: mood('sad', 'glad', 'calm') + people(), b: mood('sad', 'glad') + people({ usual: 'mood()' }) },
  'same index name, same table': { base: users(), a: users({}, `index('i').on(t.name)`), b: users({}, `index('i').on(t.note)`) },
  'same index name, other table': { base: both(), a: both(users({}, `index('i').on(t.name)`)), b: both(users(), posts({}, `index('i').on(t.title)`)) },
  'same unique name, same table': { base: users(), a: users({}, `unique('u').on(t.name)`), b: users({}, `unique('u').on(t.note)`) },
  'drop column vs SQL function that reads it': { base: users(), a: noNote },
  'drop column vs PL/pgSQL function that reads it': { base: users(), a: noNote },
  'custom SQL: DO block adds what the other side adds': { base: users(), a: users({ x: 'text()' }) },
  'custom SQL: guarded DO block adds what the other side adds': { base: users(), a: users({ x: 'text()' }) },
  'custom SQL: dynamic SQL on the same table': { base: users(), a: noNote },
  'custom SQL: dynamic SQL elsewhere': { base: both(), a: both(noNote) },
  'custom SQL: CREATE TABLE AS of a dropped column': { base: users(), a: noNote },
  'constant dynamic SQL': { base: users(), a: noNote },
  'backfill vs dropped column': { base: users(), a: noNote },
  'backfill vs renamed column': { base: users(), a: users({ note: undefined, remark: 'text()' }), renamesA: [column('note', 'remark')] },
  'NOT NULL vs INSERT of a null': { base: users(), a: users({ name: 'text().notNull()' }) },
  'NOT NULL vs INSERT of a value': { base: users(), a: users({ name: 'text().notNull()' }) },
  'UNIQUE vs INSERT of the same value twice': { base: users(), a: users({}, `unique('u').on(t.name)`) },
  'CHECK vs UPDATE of no rows': { base: users(), a: users({}, 'check("adult", sql`age > 17`)') },
  'CHECK vs UPDATE of rows': { base: users(), a: users({}, 'check("adult", sql`age > 17`)') },
  'new column NOT NULL vs INSERT without it': { base: users(), a: users({ email: 'text().notNull()' }) },
  'same row inserted twice': { base: users() },
  'rename column vs type change': {
    base: users(),
    a: users({ age: undefined, years: 'integer()' }),
    renamesA: [column('age', 'years')],
    b: users({ age: `bigint({ mode: 'number' })` }),
  },
  'rename column vs index on it': {
    base: users(),
    a: users({ note: undefined, remark: 'text()' }),
    renamesA: [column('note', 'remark')],
    b: users({}, `index('i').on(t.note)`),
  },
  'index on a column vs its rename': {
    base: users(),
    a: users({}, `index('i').on(t.note)`),
    b: users({ note: undefined, remark: 'text()' }),
    renamesB: [column('note', 'remark')],
  },
  'rename column vs new column of that name': {
    base: users(),
    a: users({ note: undefined, remark: 'text()' }),
    renamesA: [column('note', 'remark')],
    b: users({ remark: 'text()' }),
  },
  'rename column vs rename column': {
    base: users(),
    a: users({ note: undefined, remark: 'text()' }),
    renamesA: [column('note', 'remark')],
    b: users({ note: undefined, comment: 'text()' }),
    renamesB: [column('note', 'comment')],
  },
  'two columns renamed to one name': {
    base: users(),
    a: users({ note: undefined, text: 'text()' }),
    renamesA: [column('note', 'text')],
    b: users({ name: undefined, text: 'text()' }),
    renamesB: [column('name', 'text')],
  },
  'rename column vs drop and add of it': {
    base: users(),
    a: users({ note: undefined, remark: 'text()' }),
    renamesA: [column('note', 'remark')],
    b: users({ note: undefined, memo: 'text()' }),
  },
  'rename table vs new column of it': {
    base: users(),
    a: table('members', userColumns),
    renamesA: [{ kind: 'table', from: ['public', 'users'], to: ['public', 'members'] }],
    b: users({ x: 'text()' }),
  },
  'rename table vs new table of the old name': {
    base: users(),
    a: table('members', userColumns),
    renamesA: [{ kind: 'table', from: ['public', 'users'], to: ['public', 'members'] }],
    b: users() + table('users_log', { id: 'integer().references(() => users.id)' }, '', 'log'),
  },
  'sequence: two increments': {
    base: `export const s = pgSequence('s')\n`,
    a: `export const s = pgSequence('s', { increment: 2 })\n`,
    b: `export const s = pgSequence('s', { increment: 3 })\n`,
  },
  'two defaults': { base: users(), a: users({ age: 'integer().default(1)' }), b: users({ age: 'integer().default(2)' }) },
  'foreign keys both ways': { base: both(users({ best: 'integer()' })) },
  'primary key dropped vs foreign key to it': { base: both(), a: both(users({ id: 'integer().notNull()' })), b: both(users(), posts({}, fk)) },
  // Drizzle has no `*`: it writes the columns out.
  'view of everything vs new column': { base: users(), b: users({ x: 'text()' }) },
  'view vs type change of what it reads': {
    base: users(),
    a: users() + view('qb.select({ age: users.age }).from(users)'),
    b: users({ age: `bigint({ mode: 'number' })` }),
  },
  'materialised view vs column it reads': {
    base: users(),
    a: noNote,
    b: users() + view('qb.select({ note: users.note }).from(users)', 'pgMaterializedView'),
  },
  'unique index vs unique constraint': {
    base: users(),
    a: users({}, `uniqueIndex('users_name').on(t.name)`),
    b: users({}, `unique('users_name_key').on(t.name)`),
  },
  'unique index vs constraint of the same name': { base: users(), a: users({}, `uniqueIndex('u').on(t.name)`), b: users({}, `unique('u').on(t.name)`) },
  'index vs table of the same name': { base: users(), a: users({}, `index('x').on(t.name)`), b: users() + table('x', { id: 'integer()' }) },
  'enum: labels added at places of their own': { base: moods, a: mood('calm', 'sad', 'glad') + people(), b: mood('sad', 'glad', 'wild') + people() },
  'enum: dropped vs column of it': {
    base: mood('sad') + table('people', { id: 'integer()' }),
    a: table('people', { id: 'integer()' }),
    b: mood('sad') + table('people', { id: 'integer()', mood: 'mood()' }),
  },
  'type change vs index on it': { base: users(), a: users({ age: `bigint({ mode: 'number' })` }), b: users({}, `index('i').on(t.age)`) },
  'two types that do not become each other': { base: users(), a: users({ age: `bigint({ mode: 'number' })` }), b: users({ age: 'text()' }) },
  'type change vs check on it': { base: users(), a: users({ name: 'varchar({ length: 20 })' }), b: users({}, `check('c', sql\`name <> 'x'\`)`) },
  'type change to text vs check with a number': { base: users(), a: users({ age: 'text()' }), b: users({}, `check('c', sql\`age > 1\`)`) },
  'same check name, other tables': { base: both(), a: both(users({}, `check('c', sql\`id > 0\`)`)), b: both(users(), posts({}, `check('c', sql\`id > 0\`)`)) },
}

const side = (schema: string | undefined, sql: string, renames: readonly Rename[] = []): Side =>
  schema === undefined ? { sql } : { schema: imports + schema, renames }

/** The scenario as drizzle-kit is asked. */
export const kitQuestion = ({ name, base, a, b }: Scenario): KitQuestion => {
  const known = schemas[name] ?? {}
  return { name, base: side(known.base, base), a: side(known.a, a, known.renamesA), b: side(known.b, b, known.renamesB) }
}

/** Names that no scenario has: a misspelt one would be asked as SQL. */
export const unknownSchemas = (scenarios: readonly Scenario[]): readonly string[] =>
  Object.keys(schemas).filter((name) => !scenarios.some((scenario) => scenario.name === name))

/** What drizzle-kit, installed in that directory, says of each; one process for all. */
export const askKit = (directory: string, questions: readonly KitQuestion[]): Promise<readonly KitAnswer[]> =>
  new Promise((resolve, reject) => {
    const child = fork('scripts/ask-kit.mjs', [directory], { silent: true })
    let said = ''
    child.stderr?.on('data', (data) => {
      said += String(data)
    })
    child.once('message', (answers) => resolve(answers as readonly KitAnswer[]))
    child.once('exit', (code) => reject(new Error(`drizzle-kit ended with ${code}: ${said}`)))
    child.send(questions)
  })
