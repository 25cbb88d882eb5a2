import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createWorld } from '../../src/cli/world.ts'
import { exitCodeOf, type Report, verdictOf } from '../../src/model/report.ts'
import { check } from '../../src/operations/check.ts'
import { platforms } from '../../src/sql/platforms/index.ts'
import { makePlace, type Place } from './place.ts'

/** Programs and empty clusters are made once for all tests. */
const cache = makePlace()
afterAll(() => cache.remove())

let place: Place
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.remove())

const run = async (only: string): Promise<Report> => {
  await using world = await createWorld({ cwd: place.path, config: {}, env: { ...process.env, XDG_CACHE_HOME: cache.path } })
  return await check.run(world, { arguments: [], flags: { only, root: '.', every: true } as never })
}

/** The history's replay in memory and in PostgreSQL, compared after every migration. */
const replayed = (...sql: readonly string[]): Promise<Report> => {
  place.migrations(sql.map((text, at) => ({ tag: `000${at}_m`, sql: text })))
  return run('replay')
}

const breakpoint = '\n--> statement-breakpoint\n'
const notes = ({ findings }: Report, rule = 'platform-assumed'): readonly string[] =>
  findings.filter((finding) => finding.rule === rule).map(({ message }) => message)
const others = ({ findings }: Report): readonly string[] =>
  findings.filter(({ severity }) => severity !== 'note').map(({ rule, message }) => `${rule} ${message}`)
const objects = (report: Report): readonly string[] => notes(report).map((message) => /^(.*?) (?:is|comes) /.exec(message)?.[1] ?? message)

const supabase = [
  [
    'CREATE TABLE "profiles" ("id" uuid PRIMARY KEY NOT NULL, "name" text, "updated_at" timestamptz);',
    'ALTER TABLE "profiles" ENABLE ROW LEVEL SECURITY;',
    'ALTER TABLE "profiles" ADD CONSTRAINT "profiles_id_users_id_fk" FOREIGN KEY ("id") REFERENCES "auth"."users"("id") ON DELETE cascade ON UPDATE no action;',
    'CREATE POLICY "own" ON "profiles" AS PERMISSIVE FOR ALL TO "authenticated" USING ((select auth.uid()) = "profiles"."id") WITH CHECK (auth.jwt() ->> \'aal\' = \'aal2\');',
    'REVOKE ALL ON "profiles" FROM anon;',
  ],
  [
    "CREATE FUNCTION public.handle_new_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$ BEGIN INSERT INTO public.profiles (id, name) VALUES (NEW.id, NEW.raw_user_meta_data ->> 'name'); RETURN NEW; END $$;",
    'DROP TRIGGER IF EXISTS on_auth_user_created ON auth.users;',
    'CREATE TRIGGER on_auth_user_created AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION public.handle_new_user();',
    'INSERT INTO auth.users (id, email, raw_user_meta_data) VALUES (gen_random_uuid(), \'a@example.org\', \'{"name": "Ada"}\');',
  ],
  [
    "INSERT INTO storage.buckets (id, name, public, file_size_limit, allowed_mime_types) VALUES ('avatars', 'avatars', true, 1000, ARRAY['image/png']) ON CONFLICT (id) DO NOTHING;",
    'CREATE POLICY "own avatar" ON storage.objects FOR INSERT TO authenticated WITH CHECK (bucket_id = \'avatars\' AND (storage.foldername(name))[1] = (SELECT auth.uid()::text));',
    'ALTER PUBLICATION supabase_realtime ADD TABLE "profiles";',
    'CREATE POLICY "own topic" ON "realtime"."messages" FOR SELECT TO authenticated USING (realtime.topic() = \'user:\' || auth.uid() AND realtime.messages.extension IN (\'broadcast\'));',
    'CREATE VIEW "people" AS SELECT p.id, u.email FROM profiles p JOIN auth.users u ON u.id = p.id;',
    'GRANT USAGE ON SCHEMA graphql_public TO anon;',
  ],
].map((statements) => statements.join(breakpoint))

describe('the stand-ins', () => {
  test.each(platforms)('of $name are read in memory as PostgreSQL makes them', async ({ sql }) => {
    const report = await replayed(...sql.split(/(?=^CREATE SCHEMA )/m))
    expect([report.findings, report.unknown]).toEqual([[], []])
    expect(report.analysed).toMatchObject({ opaque: 0 })
  })
})

describe('a history on Supabase', () => {
  test('its own objects are assumed, on both sides, and named once each', async () => {
    const report = await replayed(...supabase)
    expect(others(report)).toEqual([])
    expect(report.unknown).toEqual([])
    expect(report.analysed).toMatchObject({ migrations: 3, compared: 3 })
    expect(objects(report)).toEqual([
      'auth.users',
      'auth.uid()',
      'auth.jwt()',
      'storage.buckets',
      'storage.objects',
      'storage.foldername()',
      'The publication supabase_realtime',
      'realtime.messages',
      'realtime.topic()',
      'The schema graphql_public',
    ])
    expect(notes(report)[0]).toMatch(/^auth[.]users is Supabase’s, and no migration makes it: a stand-in with the columns .* is used[.]$/)
    expect(report.findings.find(({ rule }) => rule === 'platform-assumed')).toMatchObject({ file: 'drizzle/0000_m.sql', line: 5, migration: '0000_m' })
    expect(exitCodeOf(verdictOf(report))).toBe(0)
  })

  test('they are counted nowhere', async () => {
    expect((await replayed(...supabase)).data).toMatchObject({ projects: [{ parts: { replay: { tables: 1 } } }] })
  })

  test('what the platform has not is refused as ever', async () => {
    const report = await replayed('CREATE TABLE t (id uuid REFERENCES auth.users (id), a uuid REFERENCES auth.accounts (id));')
    expect(others(report)).toEqual([expect.stringContaining('"auth.accounts" does not exist (SQLSTATE 42P01)')])
    expect(others(await replayed('CREATE TABLE t (id uuid REFERENCES auth.accounts (id));'))).toEqual([expect.stringContaining('42P01')])
    expect(others(await replayed('CREATE TABLE t (id uuid PRIMARY KEY REFERENCES auth.users (nick));'))).toEqual([expect.stringContaining('42703')])
  })

  test('CREATE SCHEMA taken out by hand, CREATE TABLE IF NOT EXISTS left: the platform has the table', async () => {
    const report = await replayed(
      'CREATE TABLE IF NOT EXISTS "auth"."users" ("id" uuid PRIMARY KEY NOT NULL);' +
        breakpoint +
        'CREATE TABLE t (id uuid REFERENCES auth.users (id)); CREATE VIEW v AS SELECT id, email FROM auth.users;',
    )
    expect(others(report)).toEqual([])
    expect(objects(report)).toEqual(['auth.users'])
  })

  test('extensions in the schema of the platform, and those whose objects stand in for them', async () => {
    const report = await replayed(
      'CREATE TABLE t (id uuid PRIMARY KEY DEFAULT extensions.uuid_generate_v4(), e extensions.vector(3));',
      'CREATE INDEX i ON t USING hnsw (e extensions.vector_cosine_ops);',
      'CREATE EXTENSION IF NOT EXISTS pg_cron WITH SCHEMA pg_catalog; CREATE EXTENSION IF NOT EXISTS pg_net WITH SCHEMA extensions; GRANT USAGE ON SCHEMA cron TO postgres;',
      "SELECT cron.schedule('nightly', '0 0 * * *', $$ SELECT net.http_post(url := 'https://example.org') $$);",
    )
    expect(others(report)).toEqual([])
    expect(report.unknown).toEqual([])
    expect(notes(report, 'extension-assumed')).toEqual([])
    expect(objects(report)).toEqual(['cron.schedule()', 'The extension uuid-ossp', 'The extension vector'])
    expect(notes(report)[0]).toContain('comes with the extension pg_cron, which is imitated')
  })

  test('bodies and DO blocks that name them', async () => {
    const report = await replayed(
      'CREATE TABLE t (id uuid);' +
        breakpoint +
        "DO $$ BEGIN IF to_regclass('auth.identities') IS NOT NULL THEN EXECUTE 'GRANT SELECT ON auth.identities TO supabase_auth_admin'; END IF; END $$;" +
        breakpoint +
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_publication_tables WHERE pubname = 'supabase_realtime') THEN ALTER PUBLICATION supabase_realtime ADD TABLE t; END IF; END $$;",
      'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ DECLARE s auth.sessions%ROWTYPE; BEGIN /* not auth.flow_state */ NULL; END $$;' +
        'CREATE FUNCTION g() RETURNS text LANGUAGE sql AS $$ SELECT decrypted_secret FROM vault.decrypted_secrets $$;',
    )
    expect(others(report)).toEqual([])
    expect(objects(report)).toEqual(['auth.identities', 'The publication supabase_realtime', 'auth.sessions', 'vault.decrypted_secrets'])
  })

  test('a function of one’s own in a schema of the platform, where a role tells the platform', async () => {
    const own = 'CREATE TABLE t (id text); CREATE FUNCTION auth.tenant() RETURNS text LANGUAGE sql AS $$ SELECT current_user::text $$;'
    expect(others(await replayed(own))).toEqual([expect.stringContaining('3F000')])
    const report = await replayed(own, 'CREATE POLICY p ON t TO authenticated USING (id = auth.tenant());')
    expect(others(report)).toEqual([])
    expect(objects(report)).toEqual(['The schema auth'])
  })

  test('a snapshot that says nothing of them, or only a part, agrees', async () => {
    const users = { 'auth.users': { name: 'users', schema: 'auth', columns: { id: { name: 'id', type: 'uuid', primaryKey: true, notNull: true } } } }
    const t = {
      'public.t': {
        name: 't',
        schema: '',
        columns: { id: { name: 'id', type: 'uuid', primaryKey: true, notNull: true } },
        foreignKeys: {
          t_id_users_id_fk: {
            name: 't_id_users_id_fk',
            tableFrom: 't',
            tableTo: 'users',
            schemaTo: 'auth',
            columnsFrom: ['id'],
            columnsTo: ['id'],
            onDelete: 'cascade',
            onUpdate: 'no action',
          },
        },
      },
    }
    const part = { indexes: {}, foreignKeys: {}, compositePrimaryKeys: {}, uniqueConstraints: {}, policies: {}, checkConstraints: {}, isRLSEnabled: false }
    for (const tables of [t, { ...t, ...users }]) {
      place.migrations([
        {
          tag: '0000_m',
          sql: 'CREATE TABLE "t" ("id" uuid PRIMARY KEY NOT NULL);--> statement-breakpoint\nALTER TABLE "t" ADD CONSTRAINT "t_id_users_id_fk" FOREIGN KEY ("id") REFERENCES "auth"."users"("id") ON DELETE cascade ON UPDATE no action;',
        },
      ])
      const snapshot = {
        id: '11111111-1111-1111-1111-111111111111',
        prevId: '00000000-0000-0000-0000-000000000000',
        version: '7',
        dialect: 'postgresql',
        tables: Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, { ...part, ...table }])),
        enums: {},
        schemas: 'auth.users' in tables ? { auth: 'auth' } : {},
        sequences: {},
        roles: {},
        policies: {},
        views: {},
        _meta: { columns: {}, schemas: {}, tables: {} },
      }
      place.write({ 'drizzle/meta/0000_snapshot.json': JSON.stringify(snapshot) })
      const report = await run('snapshots')
      expect(report.analysed).toMatchObject({ snapshots: 1 })
      expect([report.findings, report.unknown]).toEqual([[], []])
    }
  })
})

describe('a history on Neon', () => {
  test('its user table and its functions are assumed', async () => {
    const report = await replayed(
      'CREATE TABLE "todos" ("id" uuid PRIMARY KEY NOT NULL, "owner" text DEFAULT (auth.user_id()) NOT NULL, "team" uuid);' +
        breakpoint +
        'ALTER TABLE "todos" ADD CONSTRAINT "todos_owner_users_sync_id_fk" FOREIGN KEY ("owner") REFERENCES "neon_auth"."users_sync"("id");' +
        breakpoint +
        'CREATE POLICY "crud-authenticated-policy-select" ON "todos" AS PERMISSIVE FOR SELECT TO "authenticated" USING ((select auth.user_id() = "todos"."owner"));',
      'ALTER TABLE todos ADD CONSTRAINT todos_team_fk FOREIGN KEY (team) REFERENCES neon_auth."organization" (id);',
    )
    expect(others(report)).toEqual([])
    expect(notes(report).map((message) => message.replace(/, and.*/, ''))).toEqual([
      'auth.user_id() is Neon’s',
      'neon_auth.users_sync is Neon’s',
      'neon_auth.organization is Neon’s',
    ])
  })
})

describe('a history with its own schema auth', () => {
  test.each([
    'CREATE SCHEMA "auth"',
    'CREATE SCHEMA IF NOT EXISTS "auth"',
    'DO $$ BEGIN CREATE SCHEMA auth; EXCEPTION WHEN duplicate_schema THEN NULL; END $$',
  ])('%s: nothing is assumed', async (schema) => {
    const report = await replayed(
      `${schema};`,
      'CREATE TABLE "auth"."users" ("id" serial PRIMARY KEY, "login" text NOT NULL);' +
        breakpoint +
        'CREATE TABLE "auth"."sessions" ("token" text PRIMARY KEY, "user_id" integer REFERENCES "auth"."users"("id"));',
      'CREATE FUNCTION auth.role() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$; CREATE TABLE t (r integer DEFAULT auth.role());',
    )
    expect(report.findings).toEqual([])
    expect(report.data).toMatchObject({ projects: [{ parts: { replay: { tables: 3 } } }] })
  })

  test('CREATE SCHEMA says that the schema is not the platform’s: what it lacks is refused', async () => {
    const report = await replayed('CREATE SCHEMA auth; CREATE TABLE t (id uuid REFERENCES auth.users (id));')
    expect(notes(report)).toEqual([])
    expect(others(report)).toEqual([expect.stringContaining('42P01')])
  })

  test('IF NOT EXISTS leaves it open: what the platform has and no migration makes is assumed, what they make is theirs', async () => {
    const report = await replayed(
      'CREATE SCHEMA IF NOT EXISTS auth; CREATE TABLE IF NOT EXISTS auth.users (id uuid PRIMARY KEY, nick text);',
      'CREATE TABLE t (id uuid REFERENCES auth.users (id)); CREATE VIEW v AS SELECT nick FROM auth.users; CREATE POLICY p ON t USING (auth.uid() = id);',
    )
    expect(others(report)).toEqual([])
    expect(objects(report)).toEqual(['auth.uid()'])
  })

  test('a label of three words in a DO block names no schema', async () => {
    const report = await replayed(
      "DO $$ BEGIN CREATE TYPE events AS ENUM ('auth.login', 'auth.session.created'); EXCEPTION WHEN duplicate_object THEN null; END $$;",
    )
    expect([report.findings, report.unknown]).toEqual([[], []])
  })

  test('a table auth and columns of it are no schema', async () => {
    const report = await replayed(
      'CREATE TABLE auth (id integer PRIMARY KEY, users text, uid text);',
      'CREATE VIEW v AS SELECT auth.users, auth.uid FROM auth; CREATE TABLE storage (objects text); CREATE INDEX i ON auth (users, uid);',
    )
    expect(report.findings).toEqual([])
  })
})
