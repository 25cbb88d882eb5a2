/**
 * "Ledger interplay on a real server, as tests: Drizzle 0.45 migrator, 1.0.0-rc.5 migrator and ours in every order on one database; upgrade of the ledger table 0.x → 1.0 in
 * between (with the same-second bug of drizzle.md fact 4 avoided); custom ledger names; two folders in one database; no privilege to write; rows without files; duplicates;
 * 0 re-runs, 0 skips unannounced."
 */
import { join } from 'node:path'
import pg from 'pg'
import { beforeEach, describe, expect, it } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import { readLedger, reconcile } from '../../src/drizzle/ledger.ts'
import { createTriggerSql, createVersionsSql } from '../../src/features/schema-versions.ts'
import type { Report } from '../../src/model/report.ts'
import { migrate } from '../../src/operations/migrate.ts'
import { rollback } from '../../src/operations/rollback.ts'
import { migrateFlags } from '../operations/migrate-flags.ts'
import { type Entry, eachInItsPlace } from '../operations/place.ts'
import { plainFlags, type RollbackFlags } from '../operations/rollback-flags.ts'
import { migrateV1 } from '../support/drizzle-v1.ts'

const here = eachInItsPlace()
beforeEach(() => here.database.session.script('CREATE TABLE public.ran (id serial, tag text)'))

const second = 1_700_000_000_000

/** Says in the database that it ran. The first two have one second, and so one time in 1.0. */
const entry = (name: string, when: number, idx: number): Entry & { readonly name: string } => ({
  name,
  tag: `000${idx}_${name}`,
  when,
  sql: `INSERT INTO public.ran (tag) VALUES ('${name}');--> statement-breakpoint\nCREATE TABLE public.${name} (id int);`,
})
const all = [entry('a', second + 1, 0), entry('b', second + 2, 1), entry('c', second + 60_000, 2), entry('d', second + 120_000, 3)]

const digits = (when: number): string => new Date(when).toISOString().replace(/\D/g, '').slice(0, 14)
const folderName = ({ name, when = 0 }: (typeof all)[number]): string => `${digits(when)}_${name}`

/** The same migrations as a folder of 0.x and as one of 1.0. */
const write = (entries: readonly (typeof all)[number][]): void => {
  here.place.migrations(entries)
  here.place.write(Object.fromEntries(entries.map((each) => [`v1/${folderName(each)}/migration.sql`, each.sql])))
}

const ledgerName = { schema: 'drizzle', table: '__drizzle_migrations' }
const accepting = { accept: [] as readonly string[] }

const ours = async (folder: string, flags: { readonly accept: readonly string[] } = accepting, url = here.database.url): Promise<Report> => {
  await using world = await createWorld({ cwd: here.place.path, folder, config: {} })
  return await migrate.run(world, {
    arguments: [url],
    flags: { ...migrateFlags, ...flags },
  })
}

const v1 = async (): Promise<void> => {
  const client = new pg.Client({ host: here.database.host, port: 5432, user: 'postgres', database: here.database.name })
  await client.connect()
  try {
    await migrateV1(client, join(here.place.path, 'v1'))
  } finally {
    await client.end()
  }
}

const errors = ({ findings }: Report): readonly string[] => findings.filter(({ severity }) => severity === 'error').map(({ message }) => message)

const runners = {
  'drizzle 0.45': { folder: 'drizzle', run: () => here.database.migrate(join(here.place.path, 'drizzle')) },
  'drizzle 1.0': { folder: 'v1', run: v1 },
  'pgstrata on 0.x': { folder: 'drizzle', run: async () => expect(errors(await ours('drizzle'))).toEqual([]) },
  'pgstrata on 1.0': { folder: 'v1', run: async () => expect(errors(await ours('v1'))).toEqual([]) },
} as const
type Runner = keyof typeof runners

const ran = async (): Promise<readonly string[]> => (await here.database.session.query('SELECT tag FROM public.ran ORDER BY id')).map(({ tag }) => String(tag))

const read = async (folder: string) => {
  await using world = await createWorld({ cwd: here.place.path, folder, config: {} })
  return reconcile(await world.history({ type: 'folder', path: folder }, { snapshots: false }), await readLedger(here.database.session, ledgerName))
}

/** Rows of Drizzle's ledger, written since the trigger was there, that it has not noted. */
const unnoted = () =>
  here.database.session.query(
    `SELECT id FROM drizzle.__drizzle_migrations l WHERE id > 2 AND NOT EXISTS (SELECT FROM pgstrata.schema_versions v WHERE v.ledger_id = l.id AND v.hash = l.hash AND v.applied_at IS NOT NULL AND v.applied_by LIKE '%postgres')`,
  )

const names = Object.keys(runners) as Runner[]
const orders = names.flatMap((a) => names.flatMap((b) => names.map((c) => [a, b, c] as const)))

describe('three migrators in every order', () => {
  it.each(orders)('%s, then %s, then %s', async (...order) => {
    for (const [at, name] of order.entries()) {
      if (at === 1) await here.database.session.script([...createVersionsSql, ...createTriggerSql(ledgerName)].join(';\n'))
      // Two at first: they have one second. Then one more each time.
      write(all.slice(0, at + 2))
      const { folder, run } = runners[name]
      const predicted = (await read(folder)).migrations.filter(({ willRun }) => willRun).map(({ migration }) => migration.tag.replace(/^\d+_/, ''))
      const pending = (await read(folder)).migrations.filter(({ state }) => state === 'pending').map(({ migration }) => migration.tag.replace(/^\d+_/, ''))
      const before = await ran()
      if (name.startsWith('pgstrata')) {
        await run()
        expect((await ran()).slice(before.length), `${name} runs what is pending, once`).toEqual(pending)
        continue
      }
      const failed = await run().then(
        () => undefined,
        (error: unknown) => error,
      )
      // What Drizzle does is what was said that it would do: tables that are there already end it, where it runs something again.
      if (failed === undefined) expect((await ran()).slice(before.length), `${name} runs what was predicted`).toEqual(predicted)
      else
        expect(
          predicted.some((tag) => before.includes(tag)),
          `${name} fails only where it was said to run something again: ${failed}`,
        ).toBe(true)
      // What Drizzle has refused as a whole has changed nothing.
      if (failed !== undefined) return expect(await ran()).toEqual(before)
    }
    const finished = await ran()
    expect(new Set(finished).size, 'nothing ran twice').toBe(finished.length)
    expect(await unnoted(), 'the trigger has noted time and user of each later row, across the upgrade too').toEqual([])
    const last = order.at(-1)
    if (last?.startsWith('pgstrata')) expect(finished.toSorted()).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('the upgrade of the ledger', () => {
  it('gives both migrations of one second their own names, and 1.0 runs neither again', async () => {
    write(all.slice(0, 2))
    await here.database.migrate(join(here.place.path, 'drizzle'))
    write(all.slice(0, 3))
    expect(errors(await ours('v1'))).toEqual([])
    expect(await here.database.session.query('SELECT name, applied_at IS NULL AS before FROM drizzle.__drizzle_migrations ORDER BY id')).toEqual([
      { name: folderName(all[0] as (typeof all)[number]), before: true },
      { name: folderName(all[1] as (typeof all)[number]), before: true },
      { name: folderName(all[2] as (typeof all)[number]), before: false },
    ])
    await v1()
    expect(await ran()).toEqual(['a', 'b', 'c'])
  })

  it('stays undone where a row has no file, as it does in drizzle-orm; accepted, it is done for the others', async () => {
    write(all.slice(0, 2))
    await here.database.migrate(join(here.place.path, 'drizzle'))
    await here.database.session.script(`INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('gone', ${second + 30_000})`)
    write(all.slice(0, 3))
    expect(errors(await ours('v1'))).toEqual([expect.stringContaining('no file')])
    expect(errors(await ours('v1', { accept: ['unknown-rows'] }))).toEqual([])
    expect(await ran()).toEqual(['a', 'b', 'c'])
  })
})

describe('ledgers as they are', () => {
  it('two folders in one database, each with a ledger of its own name', async () => {
    write(all.slice(0, 2))
    here.place.write({
      'other/meta/_journal.json': JSON.stringify({
        version: '7',
        dialect: 'postgresql',
        entries: [{ idx: 0, version: '7', when: second, tag: '0000_x', breakpoints: true }],
      }),
      'other/0000_x.sql': "INSERT INTO public.ran (tag) VALUES ('x');",
      'drizzle.config.json': JSON.stringify({
        dialect: 'postgresql',
        schema: './schema.ts',
        out: './other',
        migrations: { schema: 'My "own', table: 'applied' },
      }),
    })
    expect(errors(await ours('drizzle'))).toEqual([])
    await using world = await createWorld({ cwd: here.place.path, config: {} })
    const report = await migrate.run(world, {
      arguments: [here.database.url],
      flags: migrateFlags,
    })
    expect(errors(report)).toEqual([])
    expect(await ran()).toEqual(['a', 'b', 'x'])
    expect(await here.database.session.query('SELECT count(*)::int AS rows FROM "My ""own".applied')).toEqual([{ rows: 1 }])
    await here.database.migrate(join(here.place.path, 'other'), { schema: 'My "own', table: 'applied' })
    await here.database.migrate(join(here.place.path, 'drizzle'))
    expect(await ran()).toEqual(['a', 'b', 'x'])
  })

  it('two rows for one migration, and two migrations with one text', async () => {
    const placeholder = (tag: string, when: number): Entry => ({ tag, when, sql: '-- Custom SQL migration file, put your code below! --' })
    const entries = [placeholder('0000_first', second), placeholder('0001_second', second + 60_000)]
    here.place.migrations(entries)
    expect((await ours('drizzle')).data).toMatchObject({ applied: [{ tag: '0000_first' }, { tag: '0001_second' }] })
    await here.database.session.script(
      'INSERT INTO drizzle.__drizzle_migrations (hash, created_at) SELECT hash, created_at FROM drizzle.__drizzle_migrations LIMIT 1',
    )
    here.place.migrations([...entries, placeholder('0002_third', second + 120_000)])
    const report = await ours('drizzle')
    // The third row has the third's text as well: by its time it is the first's, once more.
    expect([errors(report), report.data]).toMatchObject([[expect.stringContaining('no file')], { applied: [] }])
  })

  it('a user who may read the ledger and not write it changes nothing', async () => {
    write(all.slice(0, 2))
    await here.database.migrate(join(here.place.path, 'drizzle'))
    write(all.slice(0, 3))
    await here.database.session.script(
      'DO $$ BEGIN CREATE ROLE only_reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT USAGE ON SCHEMA drizzle TO only_reader; GRANT SELECT ON drizzle.__drizzle_migrations TO only_reader; GRANT ALL ON ALL TABLES IN SCHEMA public TO only_reader; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO only_reader; GRANT CREATE ON SCHEMA public TO only_reader',
    )
    const report = await ours('drizzle', accepting, here.database.url.replace('postgres@', 'only_reader@'))
    expect(report.findings.at(-1)).toMatchObject({
      rule: 'migration-failed',
      message: expect.stringContaining('permission denied for table __drizzle_migrations'),
    })
    expect(await ran()).toEqual(['a', 'b'])
    expect((await here.database.session.query("SELECT to_regclass('public.c') IS NULL AS gone"))[0]).toEqual({ gone: true })
  })

  it('a NULL time, with which Drizzle 0.x would run everything again, is said', async () => {
    write(all.slice(0, 2))
    expect(errors(await ours('drizzle'))).toEqual([])
    await here.database.session.script('UPDATE drizzle.__drizzle_migrations SET created_at = NULL WHERE id = 1')
    write(all.slice(0, 3))
    const report = await ours('drizzle')
    expect(report.findings.map(({ rule, migration }) => [rule, migration])).toEqual([
      ['ledger-runs-again', '0000_a'],
      ['ledger-runs-again', '0001_b'],
    ])
    expect(await ran()).toEqual(['a', 'b', 'c'])
  })
})

describe('a migration that rollback --apply has taken back', () => {
  const back = async (folder: string, flags: Partial<RollbackFlags> = {}): Promise<Report> => {
    await using world = await createWorld({ cwd: here.place.path, folder, config: {} })
    return await rollback.run(world, { arguments: [], flags: { ...plainFlags, apply: here.database.url, acceptLoss: true, unproven: true, ...flags } })
  }

  // Over a ledger of 1.0, whose times have no milliseconds, 0.x would run more than this: with a way back or without.
  const pairs = names.flatMap((first) =>
    names.flatMap((then) => (runners[first].folder === 'drizzle' || runners[then].folder === 'v1' ? [[first, then] as const] : [])),
  )

  it.each(pairs)('applied by %s, is run again by %s, and nothing else', async (first, then) => {
    write(all.slice(0, 3))
    await runners[first].run()
    expect(errors(await back(runners[first].folder))).toEqual([])
    expect((await here.database.session.query('SELECT id FROM drizzle.__drizzle_migrations')).length).toBe(2)
    await runners[then].run()
    expect((await ran()).slice(3)).toEqual(['c'])
  })

  it('all of them, and the migrator begins anew', async () => {
    write(all)
    await runners['drizzle 0.45'].run()
    const report = await back('drizzle', { all: true })
    expect([errors(report), report.data]).toMatchObject([[], { applied: [], transactions: 1 }])
    await runners['drizzle 0.45'].run()
    expect(await ran()).toEqual(['a', 'b', 'c', 'd', 'a', 'b', 'c', 'd'])
  })
})
