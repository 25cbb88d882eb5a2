/** `lint --fix` where it is hard: Drizzle's own migrator runs what it wrote, and PostgreSQL's catalog is that of the unfixed migrations. */
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Runner } from '../../src/model/config.ts'
import type { Report } from '../../src/model/report.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readStatements } from '../../src/sql/script.ts'
import { commit, type Fixes, fixesOf, linted } from '../operations/lint-fixed.ts'
import { type Entry, makePlace, type Place, startServer } from '../operations/place.ts'

type Server = Awaited<ReturnType<typeof startServer>>
type Database = Awaited<ReturnType<Server['database']>>

let server: Server
let place: Place
beforeAll(async () => {
  await loadSql()
  server = await startServer()
})
afterAll(() => server.stop())
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.remove())

const mark = '--> statement-breakpoint'
const base: Entry = {
  tag: '0000_base',
  sql: [
    'CREATE TABLE customers (id bigint PRIMARY KEY, email text)',
    'CREATE TABLE orders (id bigint PRIMARY KEY, "customerId" bigint, price integer, note text)',
    'CREATE TABLE keyless (a integer, b integer)',
    'CREATE TABLE parts (a integer, b integer NOT NULL) PARTITION BY LIST (a)',
    'CREATE TABLE part (a integer, b integer)',
    'CREATE SCHEMA "My App"',
    'CREATE TABLE "My App"."Ta""ble" ("Id" bigint PRIMARY KEY, "Parent Id" bigint, "naïve" text)',
  ].join(`;\n${mark}\n`),
}
const foreignKey = 'ALTER TABLE orders ADD CONSTRAINT orders_fk FOREIGN KEY ("customerId") REFERENCES customers (id)'
const entry = (sql: string, position = 1): Entry => ({ tag: `000${position}_new`, sql })

type Flags = { readonly runner?: Runner; readonly pgVersion?: number }

const run = ({ runner = 'drizzle', ...flags }: Flags = { pgVersion: 18 }): Promise<Report> => linted(place, { fix: true, runner, ...flags })
const fix = async (flags?: Flags): Promise<Fixes> => fixesOf(await run(flags))
const rulesOf = (found: readonly { rule: string }[]): readonly string[] => found.map(({ rule }) => rule).filter((rule) => rule !== 'missing-lock-timeout')
const reasonsOf = ({ left }: Fixes): readonly string[] => left.map(({ rule, why }) => `${rule}: ${why}`)
const read = (path: string): string => readFileSync(join(place.path, path), 'utf8')
/** The base has landed, the others are pending; both are kept beside as they were. */
const branch = (...entries: readonly Entry[]): void => {
  place.migrations([base])
  commit(place)
  cpSync(join(place.path, 'drizzle'), join(place.path, '.kept/base'), { recursive: true })
  place.migrations([base, ...entries])
  cpSync(join(place.path, 'drizzle'), join(place.path, '.kept/unfixed'), { recursive: true })
}

/** Constraints, indexes and NOT NULL of a database. A NOT NULL has a name from PostgreSQL 18 on only: `named` compares it. */
const schemaOf = async ({ session }: Database, named: boolean): Promise<readonly unknown[]> =>
  session.query(`SELECT 1 AS kind, conrelid::regclass::text AS on, conname::text AS name, pg_get_constraintdef(oid) AS what, convalidated AS valid
      FROM pg_constraint WHERE connamespace::regnamespace::text !~ '^(pg_|information_schema|drizzle)' AND (contype <> 'n' OR ${named})
    UNION ALL SELECT 2, indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid
      FROM pg_index JOIN pg_class AS c ON c.oid = indrelid WHERE relnamespace::regnamespace::text !~ '^(pg_|information_schema|drizzle)'
    UNION ALL SELECT 3, attrelid::regclass::text, attname::text, format_type(atttypid, atttypmod), attnotnull
      FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid
      WHERE attnum > 0 AND relkind IN ('r', 'p') AND relnamespace::regnamespace::text !~ '^(pg_|information_schema|drizzle)' ORDER BY 1, 2, 3`)

const migrated = async (...folders: readonly string[]): Promise<Database> => {
  const database = await server.database()
  for (const folder of folders) await database.migrate(join(place.path, folder))
  return database
}

/** Deploys base, script, fixed migrations and, when these have landed, what was left: by Drizzle's migrator. The schema is that of the unfixed. */
const expectSameSchema = async (flags: Flags = { pgVersion: 18 }, named = true): Promise<void> => {
  const wanted = await schemaOf(await migrated('.kept/unfixed'), named)
  const database = await migrated('.kept/base')
  const before = existsSync(join(place.path, 'drizzle.before.sql')) ? read('drizzle.before.sql') : ''
  for (let times = 0; times < 2; times++) for (const { text } of readStatements(before)) await database.session.script(text)
  await database.migrate(join(place.path, 'drizzle'))
  commit(place)
  await fix(flags)
  expect(existsSync(join(place.path, 'drizzle.next.sql'))).toBe(false)
  await database.migrate(join(place.path, 'drizzle'))
  expect(await schemaOf(database, named)).toEqual(wanted)
  expect(await schemaOf(await migrated('drizzle'), named)).toEqual(wanted)
}

describe('the same schema, by Drizzle’s migrator', () => {
  test.each<[shows: string, sql: string, rules: readonly string[]]>([
    [
      'several statements on one line',
      `${foreignKey}; CREATE INDEX orders_c ON orders ("customerId"); ALTER TABLE orders ADD CHECK (price > 0);`,
      ['fk-validating', 'index-not-concurrent', 'check-validating'],
    ],
    [
      'UNIQUE, which takes over the index that was built before',
      `ALTER TABLE orders ADD CONSTRAINT orders_note_unique UNIQUE (note);\n${mark}\nALTER TABLE orders ADD UNIQUE NULLS NOT DISTINCT (price, note) DEFERRABLE;`,
      ['unique-constraint-index-build', 'unique-constraint-index-build'],
    ],
    [
      'names that need quotes, and a search_path',
      `SET search_path = "My App";\n${mark}\nALTER TABLE "Ta""ble" ADD CONSTRAINT "Fk; x" FOREIGN KEY ("Parent Id") REFERENCES "Ta""ble" ("Id");\n${mark}\nCREATE INDEX "Ix ü" ON "Ta""ble" ("naïve");\n${mark}\nALTER TABLE "Ta""ble" ALTER "naïve" SET NOT NULL;\n${mark}\nRESET search_path`,
      ['fk-validating', 'index-not-concurrent', 'set-not-null'],
    ],
  ])('%s', async (_, sql, rules) => {
    branch(entry(sql))
    const done = await fix()
    expect(rulesOf(done.fixed).toSorted()).toEqual(rules.toSorted())
    expect(done.left).toEqual([])
    expect(await fix()).toMatchObject({ written: [], fixed: [] })
    await expectSameSchema()
  })

  test('production before PostgreSQL 18: a CHECK proves the NOT NULL, which has no name there; nothing else is held back for it', async () => {
    branch(entry(`ALTER TABLE orders ALTER price SET NOT NULL;\n${mark}\n${foreignKey};`))
    const done = await fix({ pgVersion: 14 })
    expect(rulesOf(done.fixed)).toEqual(['set-not-null', 'fk-validating'])
    expect(read('drizzle/0001_new.sql')).toContain('CHECK (price IS NOT NULL) NOT VALID')
    await expectSameSchema({ pgVersion: 14 }, false)
    const followUp = readStatements(read('drizzle/0002_validate_constraints.sql')).map(({ text }) => text)
    expect(followUp.map((sql) => /VALIDATE|SET NOT NULL|DROP|lock_timeout/.exec(sql)?.[0])).toEqual([
      'lock_timeout',
      'VALIDATE',
      'VALIDATE',
      'SET NOT NULL',
      'DROP',
    ])
  })
})

describe('what PostgreSQL refuses while NOT NULL is NOT VALID is not written, and nothing else suffers', () => {
  test.each<[sql: string, why: string]>([
    [
      `ALTER TABLE keyless ALTER a SET NOT NULL;\n${mark}\nALTER TABLE keyless ADD PRIMARY KEY (a);`,
      'a later statement makes a a primary key, which PostgreSQL refuses while its NOT NULL is NOT VALID',
    ],
    [
      `ALTER TABLE keyless ALTER b SET NOT NULL;\n${mark}\nALTER TABLE keyless ALTER b ADD GENERATED ALWAYS AS IDENTITY;`,
      'a later statement makes b an identity, which PostgreSQL refuses while its NOT NULL is NOT VALID',
    ],
    [
      `ALTER TABLE part ALTER b SET NOT NULL;\n${mark}\nALTER TABLE parts ATTACH PARTITION part FOR VALUES IN (1);`,
      'a later statement gives part a parent, which PostgreSQL refuses while constraints of it are NOT VALID',
    ],
  ])('%s', async (sql, why) => {
    branch(entry(`${sql}\n${mark}\n${foreignKey};`))
    const done = await fix()
    expect(reasonsOf(done)).toContain(`set-not-null: ${why}`)
    expect(rulesOf(done.fixed)).toContain('fk-validating')
    expect(read('drizzle/0001_new.sql')).toContain('SET NOT NULL')
    await expectSameSchema()
  })
})

describe('with what is there already', () => {
  const validated = [entry(`${foreignKey};`), entry('ALTER TABLE orders VALIDATE CONSTRAINT orders_fk;', 2)]

  test('a constraint that the same transaction validates later gains nothing by NOT VALID', async () => {
    branch(...validated)
    const done = await fix()
    expect(rulesOf(done.fixed)).toEqual([])
    expect(reasonsOf(done)).toEqual(['fk-validating: it would bring not-valid-validate-same-tx (drizzle/0002_new.sql:1)'])
  })

  test('in a transaction of its own the migration that validates it is not written twice', async () => {
    branch(...validated)
    const done = await fix({ runner: 'per-file', pgVersion: 18 })
    expect(done.written).toEqual(['drizzle/0001_new.sql'])
    expect(rulesOf(done.fixed)).toEqual(['fk-validating'])
  })

  test('what is left waits on while new migrations keep tables locked', async () => {
    branch(entry(`${foreignKey};`))
    await fix()
    commit(place)
    place.write({ 'drizzle/0002_new.sql': 'ALTER TABLE customers ADD COLUMN late text;' })
    const journal = JSON.parse(read('drizzle/meta/_journal.json'))
    const late = { ...journal.entries[1], idx: 2, when: journal.entries[1].when + 86_400_000, tag: '0002_new' }
    place.write({ 'drizzle/meta/_journal.json': JSON.stringify({ ...journal, entries: [...journal.entries, late] }, null, 2) })
    expect(await fix()).toMatchObject({ waits: true, written: ['drizzle/0002_new.sql'] })
    expect(read('drizzle.next.sql')).toContain('VALIDATE CONSTRAINT orders_fk')
    commit(place)
    expect(await fix()).toMatchObject({ waits: false, removed: ['drizzle.next.sql'] })
    expect(read('drizzle/0003_validate_constraints.sql')).toContain('VALIDATE CONSTRAINT orders_fk')
  })
})

describe('the user’s words', () => {
  test('comments in a statement that is said otherwise stay, and so do the file’s line ends', async () => {
    branch(entry(`-- top\r\nALTER TABLE keyless -- why\r\n ALTER a /* -- a */ SET NOT NULL; -- tail\r\n${mark}\r\nALTER TABLE orders ADD UNIQUE (note);\r\n`))
    await fix()
    expect(read('drizzle/0001_new.sql')).toBe(
      [
        "SET LOCAL lock_timeout = '5s';",
        mark,
        '-- top',
        '-- why',
        '/* -- a */',
        'ALTER TABLE keyless ADD CONSTRAINT keyless_a_not_null NOT NULL a NOT VALID; -- tail',
        mark,
        'CREATE UNIQUE INDEX IF NOT EXISTS orders_note_key ON orders USING btree (note);',
        mark,
        'ALTER TABLE orders ADD CONSTRAINT orders_note_key UNIQUE USING INDEX orders_note_key;',
        '',
      ].join('\r\n'),
    )
  })

  test('a key on columns that may be NULL, a statement that does more, a transaction of the migration’s own: left, with the reason', async () => {
    branch(
      entry(
        `ALTER TABLE keyless ADD PRIMARY KEY (a);\n${mark}\nALTER TABLE orders ALTER note SET NOT NULL, ALTER note SET DEFAULT 'x';\n${mark}\nUPDATE orders SET price = id;\n${mark}\nALTER TABLE orders ADD UNIQUE (price);`,
      ),
    )
    expect(reasonsOf(await fix())).toEqual([
      'unique-constraint-index-build: its columns must be NOT NULL first, and the key comes in the next deployment: its remedy says how',
      'set-not-null: the statement does more than this: give this a statement of its own',
      'unique-constraint-index-build: the batch changes rows of orders first, and the unique index may need that: build it after the deployment',
    ])
    branch(entry(`COMMIT;\n${mark}\nBEGIN;\n${mark}\n${foreignKey};\n${mark}\nCOMMIT;`))
    expect(reasonsOf(await fix())).toContain('missing-lock-timeout: the migration begins its transaction itself: put SET LOCAL lock_timeout behind its BEGIN')
  })

  test('nothing that only the newest PostgreSQL reads is written for a production that nobody named', async () => {
    branch(entry('ALTER TABLE orders ALTER price SET NOT NULL;'))
    expect(reasonsOf(await fix({}))).toEqual([expect.stringContaining('set-not-null: it depends on the major of production')])
    expect(rulesOf((await fix()).fixed)).toEqual(['set-not-null'])
  })
})

describe('the report', () => {
  const said = async (): Promise<string> => JSON.stringify((await run()).blocks)

  test('reasons that are alike stand in one line', async () => {
    const indexed = ['x', 'y', 'z'].map((name) => `CREATE INDEX orders_${name} ON orders (${name})`)
    branch(entry(['ALTER TABLE orders ADD x text, ADD y text, ADD z text', ...indexed].join(`;\n${mark}\n`)))
    const { blocks, data } = await run()
    expect(fixesOf({ data } as Report).left).toHaveLength(3)
    const rows = blocks.flatMap((block) => (block.type === 'table' && block.columns[0]?.title === 'not fixed' ? block.rows : []))
    expect(rows).toEqual([
      ['index-not-concurrent', 'drizzle/0001_new.sql:5 and 2 more', expect.stringContaining('column x of relation "orders" does not exist')],
    ])
  })

  test('a file that was removed is not said to be written, and nothing new is said to be the reason for nothing', async () => {
    branch(entry('CREATE INDEX orders_c ON orders ("customerId");'))
    await fix()
    commit(place)
    const first = await said()
    expect(first).toContain('Removed: drizzle.before.sql (the migrations that it was for have landed)')
    expect(first).not.toContain('Written:')
    expect(await said()).toContain('Nothing was written: no migration is new.')
  })
})
