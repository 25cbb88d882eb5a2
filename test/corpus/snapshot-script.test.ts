/** The last snapshot of each history as a script: it runs in PostgreSQL, and makes what the SQL makes, but for what the comparison of both reports. */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { readHistoryFolder } from '../../src/adapters/folder/index.ts'
import { catalogSql } from '../../src/changes/catalog-sql.ts'
import { emptyCatalog } from '../../src/changes/edit.ts'
import { neededRoles } from '../../src/changes/needed-roles.ts'
import { replay } from '../../src/changes/replay.ts'
import { startOf } from '../../src/changes/start.ts'
import { snapshotScript } from '../../src/drizzle/snapshot-script.ts'
import { judgeSnapshots } from '../../src/features/snapshots.ts'
import type { Catalog } from '../../src/model/catalog.ts'
import type { Engine } from '../../src/model/engine.ts'
import { quoteIdentifier, type RelationName } from '../../src/model/name.ts'
import { differences, type PrintedCatalog } from '../../src/model/printed.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'
import { corpus, historyNames, needCorpus } from '../support/corpus.ts'

let engine: Engine
beforeAll(async () => {
  needCorpus()
  await loadSql()
  engine = await openEngine({ extensions: ['vector', 'pgcrypto'], profile: 'replay' })
})
afterAll(() => engine?.[Symbol.asyncDispose]())

/** What PostgreSQL has after a script, or refuses, statement by statement; what `before` holds runs as far as it can. */
const run = async (
  before: readonly string[],
  statements: readonly string[],
): Promise<{ readonly printed: PrintedCatalog; readonly refused: readonly string[] }> => {
  const database = await engine.createDatabase()
  try {
    await using session = await engine.session(database)
    await session.script('SET check_function_bodies = off')
    for (const sql of before) await session.script(engine.adapt(sql)).catch(() => undefined)
    const refused: string[] = []
    for (const sql of statements) await session.script(engine.adapt(sql)).catch((error: unknown) => refused.push(String(error)))
    return { printed: await engine.print(session), refused }
  } finally {
    await engine.dropDatabase(database)
  }
}

/** What a snapshot has a place for. */
const sayable = new Set(['table', 'column', 'constraint', 'index', 'type', 'policy', 'view', 'sequence'])

/** What snapshots use and cannot say: it is there beforehand, as far as it can be without tables. */
const groundOf = ({ schemas, extensions, routines, types, roles }: Catalog): readonly string[] =>
  catalogSql({ ...emptyCatalog, roles, schemas, extensions, routines, types: new Map([...types].filter(([, { kind }]) => kind !== 'enum')) })

type Differing = ReturnType<typeof differences>[number]

const without = (value: Differing['from'], ...keys: readonly string[]): string =>
  JSON.stringify({ ...value, ...Object.fromEntries(keys.map((key) => [key, null])) }).replace(' NOT VALID', '')

const definitionOf = ({ from, to }: Pick<Differing, 'from' | 'to'>): string => String((from ?? to)?.definition)

/** Objects that differ and that the comparison of snapshots does not report: not by themselves, not with their table or view, not as the same constraint under another name. */
const unreported = (found: readonly Differing[], reported: readonly string[], { indexes }: Catalog): readonly string[] => {
  const names = new Set(reported.flatMap((key) => [key, key.replace(/^\S+ /, '')]))
  const isReported = ({ kind, identity }: Differing): boolean =>
    names.has(`${kind} ${identity}`) ||
    [identity, indexes.get(identity as RelationName)?.relation].some((name) => [...names].some((own) => `${name}.`.startsWith(`${own}.`)))
  const constraints = found.filter(({ kind }) => kind === 'constraint')
  const renamed = new Set(constraints.filter(isReported).map(definitionOf))
  const isRenamed = (each: Differing): boolean =>
    each.kind === 'constraint' ? /^PRIMARY KEY/.test(definitionOf(each)) || renamed.has(definitionOf(each)) : (each.from ?? each.to)?.constraint !== undefined
  return found.filter((each) => !isReported(each) && !isRenamed(each)).map(({ kind, identity }) => `${kind} ${identity}`)
}

/** What the code says and PostgreSQL refuses: a default that is no JSON, operator classes of other columns, policies with a function that no migration makes. */
const refusedIn: Readonly<Record<string, readonly string[]>> = {
  lmnr: [
    'PostgresRefusal: invalid input syntax for type json',
    'PostgresRefusal: operator class "text_ops" does not accept data type uuid',
    'PostgresRefusal: relation "public.playgrounds" does not exist',
    'PostgresRefusal: function api_key() does not exist',
    'PostgresRefusal: function api_key() does not exist',
  ],
}

/** What a snapshot cannot say of objects that it has: that a table is partitioned. The other name of an index that is reported as another. */
const beside: Readonly<Record<string, readonly string[]>> = {
  tambo: ['index "auth"."user_email_idx"'],
  'latitude-llm-v1': [
    'index "latitude"."billing_usage_events_idempotency_key_idx"',
    'index "latitude"."billing_usage_events_org_happened_at_idx"',
    'index "latitude"."billing_usage_events_period_idempotency_key_idx"',
    'table "latitude"."billing_usage_events"',
  ],
}

it.each(historyNames)('%s', async (name) => {
  const history = await readHistoryFolder(`${corpus}/${name}`, { name })
  const scripts = history.migrations.map(({ sql }) => readScript(sql ?? ''))
  const start = startOf(scripts)
  const { steps, catalog } = replay(scripts, start.catalog)
  const last = history.migrations.findLast(({ snapshot }) => snapshot && !snapshot.fault)?.snapshot
  const { sql, unknown, notes } = snapshotScript(name, await readFile(`${corpus}/${name}/${last?.path}`, 'utf8'))
  expect(unknown).toEqual([])
  const { statements } = readScript(sql)
  const roles = [...neededRoles([...steps, ...replay([{ statements }], catalog).steps]), ...start.platform.roles, ...catalog.roles.keys()].map(
    (role) => `DO $$ BEGIN CREATE ROLE ${quoteIdentifier(role)}; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
  )
  const folder = await run(roles, catalogSql(catalog))
  const snapshot = await run(
    [...roles, ...groundOf(catalog)],
    statements.map(({ text }) => text),
  )
  expect(folder.refused).toEqual([])
  const { differences: reported } = await judgeSnapshots({
    history,
    catalogs: history.migrations.map(() => catalog),
    prefixes: 'last',
    loadSnapshot: (path) => readFile(`${corpus}/${name}/${path}`, 'utf8'),
    extensions: start.extensions,
    assumed: start.assumed,
    engine,
  })
  /** Beside what is reported: views, where the version has no place for them, and the table that is refused. */
  const more = [...(notes.join().includes('views') ? catalog.views.keys() : []), ...(name === 'lmnr' ? ['"public"."playgrounds"'] : [])]
  const found = differences(folder.printed, snapshot.printed).filter(
    ({ kind, from, to }) => sayable.has(kind) && without(from, 'position', 'collation') !== without(to, 'position', 'collation'),
  )
  expect(snapshot.refused.filter((error) => !/(?:schema|role) "\w+" already exists/.test(error))).toEqual(refusedIn[name] ?? [])
  const other = unreported(found, [...reported.map(({ object }) => object), ...more], catalog)
  expect(other).toEqual(beside[name] ?? [])
})
