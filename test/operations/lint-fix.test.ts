/** `lint --fix` on folders in git, and the schema that PostgreSQL makes of what it wrote. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { readHistoryFolder } from '../../src/adapters/folder/index.ts'
import { createWorld } from '../../src/cli/world.ts'
import { runHistory } from '../../src/drizzle/run.ts'
import type { Runner } from '../../src/model/config.ts'
import type { Engine } from '../../src/model/engine.ts'
import type { PrintedCatalog } from '../../src/model/printed.ts'
import type { Report } from '../../src/model/report.ts'
import { check } from '../../src/operations/check.ts'
import { lint } from '../../src/operations/lint.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'
import { commit, fixesOf, linted } from './lint-fixed.ts'
import { type Entry, makePlace, type Place } from './place.ts'

let place: Place
beforeAll(loadSql)
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.remove())

const base: Entry = {
  tag: '0000_base',
  sql: `CREATE TABLE "customers" ("id" bigint PRIMARY KEY, "email" text);
--> statement-breakpoint
CREATE TABLE "orders" ("id" bigint PRIMARY KEY, "customerId" bigint, "price" integer, "note" text, "at" date);
--> statement-breakpoint
CREATE INDEX "orders_note_idx" ON "orders" ("note");
--> statement-breakpoint
CREATE TABLE "logs" ("id" bigint, "at" date);
--> statement-breakpoint
CREATE INDEX "logs_id_idx" ON "logs" ("id");
--> statement-breakpoint
CREATE INDEX "logs_at_idx" ON "logs" ("at");`,
}

/** Pending migrations that hold every mechanical case, between statements that must stay as they are. */
const pending: readonly Entry[] = [
  {
    tag: '0001_keys',
    sql: `-- Who ordered?
ALTER TABLE   "orders"
  ADD CONSTRAINT "orders_customer_fk" FOREIGN KEY ("customerId")
  REFERENCES "public"."customers"("id")   -- the buyer
  ON DELETE cascade; -- end
--> statement-breakpoint
/* kept */ COMMENT ON TABLE orders IS 'a; b -- c';
--> statement-breakpoint
DO $$ BEGIN
 ALTER TABLE "orders" ADD CONSTRAINT "orders_note_check" CHECK ("note" <> ';' AND length("note") < 10);
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;
--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "kind" text, ADD CONSTRAINT "orders_price_check" CHECK ("price" > 0), ALTER COLUMN "note" SET DEFAULT 'x';
`,
  },
  {
    tag: '0002_indexes',
    sql: `CREATE INDEX "orders_customer_idx" ON "orders" USING btree ("customerId");--> statement-breakpoint
CREATE  UNIQUE  INDEX on "orders" (lower("note"));--> statement-breakpoint
drop index "logs_id_idx" ,  "logs_at_idx";--> statement-breakpoint
CREATE INDEX CONCURRENTLY "orders_price_idx" ON "orders" ("price");--> statement-breakpoint
CREATE INDEX "orders_kind_idx" ON "orders" ("kind");`,
  },
]

const run = (runner: Runner = 'drizzle', fix = true): Promise<Report> => linted(place, { fix, runner })
const read = (path: string): string => readFileSync(join(place.path, path), 'utf8')
const rulesOf = ({ findings }: Report): readonly string[] => findings.map(({ rule }) => rule)
/** The base has landed, the others are pending. */
const branch = (entries: readonly Entry[]): void => {
  place.migrations([base])
  commit(place)
  place.migrations([base, ...entries])
}

describe('lint --fix', () => {
  test('under the drizzle runner: only the statements named are changed, the rest stands beside the folder', async () => {
    branch(pending)
    const report = await run()
    const { written, fixed, left, before, next } = fixesOf(report)
    expect(written).toEqual(['drizzle/0001_keys.sql', 'drizzle/0002_indexes.sql', 'drizzle.before.sql', 'drizzle.next.sql'])
    expect(before).toEqual(['drizzle.before.sql'])
    expect(next).toEqual(['drizzle.next.sql'])
    expect(read('drizzle/0001_keys.sql')).toBe(
      `SET LOCAL lock_timeout = '5s';\n--> statement-breakpoint\n${(pending[0] as Entry).sql
        .replace('ON DELETE cascade;', 'ON DELETE cascade NOT VALID;')
        .replace('< 10);', '< 10) NOT VALID;')
        .replace('CHECK ("price" > 0),', 'CHECK ("price" > 0) NOT VALID,')}`,
    )
    expect(read('drizzle/0002_indexes.sql')).toBe(
      (pending[1] as Entry).sql
        .replace('CREATE INDEX "orders_customer_idx"', 'CREATE INDEX IF NOT EXISTS "orders_customer_idx"')
        .replace(
          'CREATE  UNIQUE  INDEX on "orders" (lower("note"))',
          'CREATE UNIQUE INDEX IF NOT EXISTS orders_lower_idx ON orders USING btree ((lower(note)))',
        )
        .replace('drop index "logs_id_idx"', 'drop index IF EXISTS "logs_id_idx"')
        .replace('INDEX CONCURRENTLY "orders_price_idx"', 'INDEX IF NOT EXISTS "orders_price_idx"'),
    )
    expect(read('drizzle.next.sql')).toContain('-- pgstrata: after 0001_keys\nALTER TABLE orders VALIDATE CONSTRAINT orders_customer_fk;')
    expect(left.map(({ rule, why }) => `${rule}: ${why}`)).toEqual([
      expect.stringContaining('index-not-concurrent: it cannot be done before the deployment (column'),
    ])
    expect(new Set(fixed.map(({ rule }) => rule))).toEqual(
      new Set(['fk-validating', 'check-validating', 'index-not-concurrent', 'drop-index-not-concurrent', 'concurrently-in-tx', 'missing-lock-timeout']),
    )
    expect(rulesOf(report).filter((rule) => fixed.some((each) => each.rule === rule))).toEqual(['index-not-concurrent'])
  })

  test('a second time it changes nothing', async () => {
    branch(pending)
    await run()
    const files = ['drizzle/0001_keys.sql', 'drizzle/0002_indexes.sql', 'drizzle.before.sql', 'drizzle.next.sql', 'drizzle/meta/_journal.json']
    const first = files.map(read)
    expect(fixesOf(await run())).toMatchObject({ written: [], fixed: [] })
    expect(files.map(read)).toEqual(first)
  })

  test('check takes for done what stands in the script before the deployment, as lint does', async () => {
    branch(pending)
    await run()
    await using world = await createWorld({
      cwd: place.path,
      config: {},
      env: { ...process.env, XDG_CACHE_HOME: `${place.path}/.cache` },
      judging: { all: false, since: 'HEAD' },
    })
    const report = await check.run(world, { arguments: [], flags: { only: 'lint', every: false } as never })
    const errors = (found: Report): readonly string[] => found.findings.filter(({ severity }) => severity === 'error').map(({ message }) => message)
    expect(errors(report)).toEqual(errors(await run('drizzle', false)))
    expect(errors(report)).toHaveLength(1)
    expect(JSON.stringify(report.blocks)).toContain('2 new migrations behind drizzle.before.sql, which is taken as done')
  })

  test('what is left to the next deployment becomes a migration when its migration has landed', async () => {
    branch([pending[0] as Entry])
    await run()
    commit(place)
    const { written } = fixesOf(await run())
    expect(written).toEqual(['drizzle/0002_validate_constraints.sql', 'drizzle/meta/_journal.json', 'drizzle.next.sql'])
    expect(existsSync(join(place.path, 'drizzle.next.sql'))).toBe(false)
    expect(read('drizzle/0002_validate_constraints.sql')).toContain('VALIDATE CONSTRAINT orders_customer_fk;')
    expect(fixesOf(await run())).toMatchObject({ written: [] })
  })

  test('a runner with a transaction for each file gets the follow-up migration at once, with journal and snapshot', async () => {
    const snapshot = {
      id: 'a0000000-0000-4000-8000-000000000000',
      prevId: '00000000-0000-0000-0000-000000000000',
      version: '7',
      dialect: 'postgresql',
      tables: {},
    }
    branch([pending[0] as Entry])
    place.write({ 'drizzle/meta/0001_snapshot.json': JSON.stringify(snapshot) })
    const { written } = fixesOf(await run('per-file'))
    expect(written).toEqual(['drizzle/0001_keys.sql', 'drizzle/0002_validate_constraints.sql', 'drizzle/meta/0002_snapshot.json', 'drizzle/meta/_journal.json'])
    const copy = JSON.parse(read('drizzle/meta/0002_snapshot.json'))
    expect(copy).toEqual({ ...snapshot, id: copy.id, prevId: snapshot.id })
    expect(copy.id).not.toBe(snapshot.id)
    expect(fixesOf(await run('per-file'))).toMatchObject({ written: [], fixed: [] })
  })

  test('a landed migration is never touched, and nobody guesses what has landed', async () => {
    place.migrations([base, ...pending])
    commit(place)
    expect(fixesOf(await run())).toMatchObject({ written: [], fixed: [] })
    await using world = await createWorld({ cwd: place.path, config: {}, judging: { all: false } })
    await expect(lint.run(world, { arguments: [], flags: { fix: true } as never })).rejects.toMatchObject({ code: 'landed-unknown' })
    await expect(lint.run(world, { arguments: ['drizzle/0001_keys.sql'], flags: { fix: true } as never })).rejects.toMatchObject({ code: 'usage' })
  })

  test('an index that is made anew under its name, or needs rows that the batch changes, is left to a person', async () => {
    branch([
      {
        tag: '0001_again',
        sql: `DROP INDEX orders_note_idx;--> statement-breakpoint\nCREATE INDEX orders_note_idx ON orders (note, price);--> statement-breakpoint
UPDATE customers SET email = NULL;--> statement-breakpoint\nCREATE UNIQUE INDEX customers_email_key ON customers (email);`,
      },
    ])
    const { fixed, left } = fixesOf(await run())
    expect(fixed.map(({ rule }) => rule)).toEqual(['missing-lock-timeout'])
    expect(left.map(({ why }) => why)).toEqual([
      'it is found again after the fix',
      expect.anything(),
      expect.stringContaining('the batch changes rows of customers first'),
    ])
  })
})

describe('in PostgreSQL', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await openEngine({ profile: 'replay', extensions: [] })
  })
  afterAll(async () => {
    await engine[Symbol.asyncDispose]()
  })

  /** The schema behind the folder as it stands. `before` runs when the base has landed, `after` in the end. */
  const made = async (before: string, after: string): Promise<PrintedCatalog> => {
    const { migrations, ledger } = await readHistoryFolder(join(place.path, 'drizzle'), { snapshots: false })
    const scripts = migrations.map(({ sql }) => readScript(sql ?? ''))
    await using session = await engine.session(await engine.createDatabase())
    const failure = await runHistory(engine, session, scripts, ledger, async (migration) => {
      if (migration === 0) for (const { text } of readScript(before).statements) await session.script(text)
    })
    expect(failure).toBeUndefined()
    for (const { text } of readScript(after).statements) await session.script(text)
    return await engine.print(session, { exclude: [ledger] })
  }

  test.each<Runner>(['drizzle', 'per-file'])('fixed for %s, with the script before and the one after, it is the schema of the unfixed', async (runner) => {
    const runnable = pending.map(({ tag, sql }) => ({ tag, sql: sql.replace('INDEX CONCURRENTLY', 'INDEX') }))
    branch(runnable)
    const unfixed = await made('', '')
    const report = await run(runner)
    expect(fixesOf(report).fixed.length).toBeGreaterThan(6)
    const fixed = await made(read('drizzle.before.sql'), runner === 'drizzle' ? read('drizzle.next.sql') : '')
    expect(fixed.objects.map(({ kind, identity, value }) => ({ kind, identity, value }))).toEqual(
      unfixed.objects.map(({ kind, identity, value }) => ({ kind, identity, value })),
    )
  })
})
