import { beforeAll, describe, expect, it } from 'vitest'
import { isUnknownType, unknownType } from '../../src/changes/assumed/values.ts'
import { replayAssuming } from '../../src/changes/assumed.ts'
import { isUsed, simulateBatch } from '../../src/changes/batch.ts'
import { keepsBytes } from '../../src/changes/conversions.ts'
import { emptyCatalog } from '../../src/changes/edit.ts'
import { replay } from '../../src/changes/replay.ts'
import { qualified } from '../../src/model/name.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'

beforeAll(loadSql)

const assumed = (...files: readonly string[]) => replayAssuming(files.map(readScript))

/** What the statements of the user's own do, and what was assumed for them. */
const read = (sql: string): { readonly kinds: string; readonly refused: string; readonly what: readonly string[] } => {
  const { steps, assumptions } = assumed(sql)
  return {
    kinds: steps.flatMap(({ changes }) => changes.filter(({ implied }) => !implied).map(({ kind }) => kind)).join(' '),
    refused: steps.flatMap(({ refused }) => refused?.sqlstate ?? []).join(' '),
    what: assumptions.map(({ what }) => what),
  }
}

const t = 'table t'
const c = 'column t.c, of a type that is not known'
const fk = 'column u.id, of a type that is not known'

/** Statement, its changes, what is assumed. */
const lone: readonly (readonly [sql: string, kinds: string, what: readonly string[]])[] = [
  // Columns.
  ['ALTER TABLE t ADD COLUMN c int', 'add-column', [t]],
  ['ALTER TABLE IF EXISTS t ADD COLUMN IF NOT EXISTS c int', 'add-column', [t]],
  ['ALTER TABLE "S"."T" ADD COLUMN c int', 'add-column', ['schema S', 'table "S"."T"']],
  ['ALTER TABLE t DROP COLUMN c', 'drop-column', [t, c]],
  ['ALTER TABLE t DROP COLUMN IF EXISTS c CASCADE', 'drop-column', [t, c]],
  ['ALTER TABLE t ALTER COLUMN c TYPE bigint USING d::bigint', 'set-column-type', [t, c, 'column t.d, of a type that is not known']],
  ['ALTER TABLE t ALTER COLUMN c SET NOT NULL', 'set-not-null', [t, c]],
  ['ALTER TABLE t ALTER COLUMN c DROP NOT NULL', 'drop-not-null', [t, c, 'column t.c is not null']],
  ['ALTER TABLE t ALTER COLUMN c SET DEFAULT 1', 'set-default', [t, c]],
  ['ALTER TABLE t ALTER COLUMN c ADD GENERATED ALWAYS AS IDENTITY', 'set-identity', [t, c, 'column t.c is not null']],
  ['ALTER TABLE t ALTER COLUMN c DROP IDENTITY', 'set-identity', [t, c, 'column t.c is an identity']],
  ['ALTER TABLE t ALTER COLUMN c DROP EXPRESSION', 'set-generated', [t, c, 'column t.c is generated']],
  ['ALTER TABLE t ALTER COLUMN c SET STATISTICS 100', 'set-column-properties', [t, c]],
  ['ALTER TABLE t RENAME COLUMN c TO d', 'rename-column', [t, c]],
  ['ALTER TABLE t ADD COLUMN a int, ADD CONSTRAINT k UNIQUE (a, c)', 'add-column add-constraint', [t, c]],
  // Constraints and their parents.
  ['ALTER TABLE t ADD CONSTRAINT k CHECK (c > 0)', 'add-constraint', [t, c]],
  ['ALTER TABLE t ADD PRIMARY KEY (c)', 'add-constraint', [t, c]],
  ['ALTER TABLE t ADD CONSTRAINT k EXCLUDE USING gist (c WITH &&)', 'add-constraint', [t, c]],
  ['ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX i', 'add-constraint', [t, 'index i on t']],
  ['ALTER TABLE t ADD PRIMARY KEY USING INDEX i', 'add-constraint', [t, 'index i on t', 'column t."the columns of i", of a type that is not known']],
  ['ALTER TABLE t ADD COLUMN a text DEFAULT nanoid(), ADD COLUMN b int DEFAULT abs(1)', 'add-column add-column', [t, 'function nanoid']],
  ['ALTER TABLE t ADD FOREIGN KEY (c) REFERENCES u (id) NOT VALID', 'add-constraint', [t, c, 'table u', fk, 'a key of u: id']],
  ['ALTER TABLE t ADD FOREIGN KEY (c) REFERENCES u', 'add-constraint', [t, c, 'table u', 'the primary key of u']],
  ['ALTER TABLE t ADD FOREIGN KEY (c) REFERENCES t (id)', 'add-constraint', [t, c, 'column t.id, of a type that is not known', 'a key of t: id']],
  ['ALTER TABLE t ADD COLUMN u_id int REFERENCES u (id)', 'add-column add-constraint', [t, 'table u', fk, 'a key of u: id']],
  ['CREATE TABLE n (u_id int REFERENCES u (id))', 'create-table add-constraint', ['table u', fk, 'a key of u: id']],
  ['CREATE TABLE n (id int PRIMARY KEY, up int REFERENCES n)', 'create-table add-constraint add-constraint', []],
  ['ALTER TABLE t VALIDATE CONSTRAINT k', 'validate-constraint', [t, 'constraint k of t: a check']],
  ['ALTER TABLE t DROP CONSTRAINT k', 'drop-constraint', [t, 'constraint k of t: a check']],
  ['ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (c)', 'drop-constraint add-constraint', [t, 'constraint t_pkey of t: the primary key', c]],
  ['ALTER TABLE t DROP CONSTRAINT t_c_fkey', 'drop-constraint', [t, 'table "the table that t_c_fkey references"', 'constraint t_c_fkey of t: a foreign key']],
  ['ALTER TABLE t RENAME CONSTRAINT a TO b', 'rename-constraint', [t, 'constraint a of t: a check']],
  // Tables and what hangs on them.
  ['DROP TABLE IF EXISTS s.t, u CASCADE', 'drop-table drop-table', ['schema s', 'table s.t', 'table u']],
  ['ALTER TABLE t RENAME TO n', 'rename-table', [t]],
  ['ALTER TABLE t SET SCHEMA archive', 'set-schema', [t, 'schema archive']],
  ['ALTER TABLE t SET UNLOGGED', 'set-persistence', [t]],
  ['ALTER TABLE t ENABLE ROW LEVEL SECURITY', 'set-row-security', [t]],
  ['ALTER TABLE t ENABLE TRIGGER x', 'set-trigger-enabled', [t, 'trigger x of t']],
  ['ALTER TABLE t DISABLE TRIGGER x', 'set-trigger-enabled', [t, 'trigger x of t']],
  ['ALTER TABLE t DISABLE TRIGGER ALL', 'set-trigger-enabled', [t, 'trigger the triggers of t of t']],
  ['ALTER TABLE t CLUSTER ON i', 'set-cluster-index', [t, 'index i on t']],
  ['ALTER TABLE t REPLICA IDENTITY USING INDEX i', 'set-replica-identity', [t, 'index i on t']],
  ['CREATE TRIGGER x AFTER UPDATE OF c ON t EXECUTE FUNCTION f()', 'create-trigger', [t, c, 'trigger function f']],
  ['DROP TRIGGER x ON t', 'drop-trigger', [t, 'trigger x of t']],
  ['ALTER TRIGGER x ON t RENAME TO y', 'rename-trigger', [t, 'trigger x of t']],
  ['CREATE POLICY p ON t USING (c = 1)', 'create-policy', [t, c]],
  ['ALTER POLICY p ON t USING (c = 1)', 'alter-policy', [t, c, 'policy p of t']],
  ['DROP POLICY IF EXISTS p ON t', 'drop-policy', [t, 'policy p of t']],
  ['DROP RULE r ON t', 'drop-rule', [t, 'rule r of t']],
  // Partitions and heirs.
  ['ALTER TABLE p DETACH PARTITION t CONCURRENTLY', 'detach-partition', ['table p', t, 'table p is partitioned', 'table t is a partition of p']],
  ['ALTER TABLE p ATTACH PARTITION t FOR VALUES IN (1)', 'attach-partition', ['table p', t, 'table p is partitioned']],
  ['CREATE TABLE n PARTITION OF p FOR VALUES FROM (1) TO (2)', 'create-table attach-partition', ['partitioned table p']],
  ['ALTER TABLE t NO INHERIT p', 'set-inheritance', [t, 'table p', 'table t inherits from p']],
  // Indexes.
  [
    'CREATE INDEX i ON t (c, lower(d)) WHERE e IS NULL',
    'create-index',
    [t, c, 'column t.d, of a type that is not known', 'column t.e, of a type that is not known'],
  ],
  ['DROP INDEX CONCURRENTLY i', 'drop-index', ['table "the table of i"', 'index i']],
  ['ALTER INDEX i RENAME TO j', 'rename-index', ['table "the table of i"', 'index i']],
  ['REINDEX INDEX i', 'maintain', ['table "the table of i"', 'index i']],
  // Views and sequences.
  ['CREATE VIEW v AS SELECT c FROM t', 'create-view', [t, c]],
  ['DROP VIEW v', 'drop-view', ['view v']],
  ['ALTER VIEW v RENAME COLUMN a TO b', 'rename-view-column', ['view v', 'column v.a']],
  ['DROP MATERIALIZED VIEW v', 'drop-view', ['materialized view v']],
  ['REFRESH MATERIALIZED VIEW CONCURRENTLY v', 'change-data', ['materialized view v']],
  ['ALTER SEQUENCE s OWNED BY t.c', 'set-sequence-owner', ['sequence s', t, c]],
  ['DROP SEQUENCE s', 'drop-sequence', ['sequence s']],
  // Types.
  ["ALTER TYPE e ADD VALUE 'x' BEFORE 'y'", 'add-enum-value', ['enum e', "label 'y' of e"]],
  ["ALTER TYPE e RENAME VALUE 'x' TO 'y'", 'rename-enum-value', ['enum e', "label 'x' of e"]],
  ['DROP TYPE e', 'drop-type', ['enum e']],
  ['ALTER TYPE a DROP ATTRIBUTE x', 'drop-attribute', ['composite a', 'attribute x of a']],
  ['ALTER DOMAIN d VALIDATE CONSTRAINT k', 'validate-domain-constraint', ['domain d', 'constraint k of domain d', 'tables with columns of domain d']],
  ['ALTER DOMAIN d ADD CONSTRAINT k CHECK (VALUE > 0)', 'add-domain-constraint', ['domain d', 'tables with columns of domain d']],
  ['ALTER DOMAIN d SET NOT NULL', 'set-domain-not-null', ['domain d', 'tables with columns of domain d']],
  ['ALTER TABLE t SET LOGGED', 'set-persistence', ['table t', 'table t is unlogged']],
  ['ALTER DOMAIN d DROP NOT NULL', 'set-domain-not-null', ['domain d', 'domain d is not null']],
  ['ALTER DOMAIN d RENAME TO e', 'rename-type', ['domain d']],
  // Routines, schemas, extensions, roles, definitions.
  ['DROP FUNCTION f(int, text)', 'drop-routine', ['function f']],
  ['ALTER FUNCTION f RENAME TO g', 'rename-routine', ['function f']],
  ['DROP PROCEDURE f(int)', 'drop-routine', ['procedure f']],
  ['CREATE TABLE s.n (id int)', 'create-table', ['schema s']],
  ['DROP SCHEMA s CASCADE', 'drop-schema', ['schema s']],
  ['ALTER SCHEMA s RENAME TO x', 'rename-schema', ['schema s']],
  ['DROP EXTENSION e', 'drop-extension', ['extension e']],
  ['DROP ROLE r', 'drop-role', ['role r']],
  ['DROP PUBLICATION p', 'drop-definition', ['publication p']],
  ['COMMENT ON COLUMN t.c IS $$x$$', 'set-comment', [t, c]],
  ['GRANT SELECT (c) ON t TO r', 'set-privileges', [t, c]],
  // Rows.
  ['UPDATE t SET c = 1', 'change-data', [t, c]],
  ['INSERT INTO t (c) SELECT id FROM u', 'change-data', [t, c, 'table u']],
  ['WITH u AS (SELECT 1) DELETE FROM t USING u', 'change-data', [t]],
  ['TRUNCATE t', 'change-data', [t]],
  ['TRUNCATE t CASCADE', 'change-data', [t, 'table "the tables that reference t"', 'foreign keys that reference t']],
  ['VACUUM FULL t', 'maintain', [t]],
  ['LOCK TABLE t', 'maintain', [t]],
  ['SELECT 1 FROM pg_class, information_schema.tables', 'change-data', []],
  // Blocks.
  [
    'DO $$ BEGIN ALTER TABLE t ADD FOREIGN KEY (c) REFERENCES u (id); EXCEPTION WHEN duplicate_object THEN NULL; END $$',
    'add-constraint',
    [t, c, 'table u', fk, 'a key of u: id'],
  ],
  [
    `DO $$ BEGIN IF EXISTS (SELECT FROM information_schema.columns WHERE table_name = 't' AND column_name = 'c') THEN ALTER TABLE t DROP COLUMN c; END IF; END $$`,
    'drop-column',
    [t, c],
  ],
  [
    `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'e') THEN CREATE TYPE e AS ENUM ('a'); END IF; ALTER TYPE e ADD VALUE 'b'; END $$`,
    'create-type add-enum-value',
    [],
  ],
]

describe('a lone statement', () => {
  it.each(lone)('%s', (sql, kinds, what) => {
    expect(read(sql)).toEqual({ kinds, refused: '', what })
  })
})

describe('what is known is not assumed against', () => {
  it.each([
    ['a column that a new table does not have', 'CREATE TABLE t (a int); ALTER TABLE t DROP COLUMN b', '42703'],
    ['a table that was dropped', 'DROP TABLE t; ALTER TABLE t ADD COLUMN a int', '42P01'],
    ['a table that was renamed', 'ALTER TABLE t RENAME TO u; ALTER TABLE t ADD COLUMN a int', '42P01'],
    ['a column that was dropped', 'ALTER TABLE t DROP COLUMN a; ALTER TABLE t ALTER COLUMN a SET NOT NULL', '42703'],
    ['a constraint that was dropped', 'ALTER TABLE t DROP CONSTRAINT k; ALTER TABLE t DROP CONSTRAINT k', '42704'],
    ['a type that was dropped', "DROP TYPE e; ALTER TYPE e ADD VALUE 'x'", '42704'],
    ['an index that was dropped', 'DROP INDEX i; DROP INDEX i', '42704'],
    ['a name that is taken', 'CREATE TABLE t (a int); CREATE TABLE t (a int)', '42P07'],
    ['a column that was just added', 'ALTER TABLE t ADD COLUMN a int; ALTER TABLE t ADD COLUMN a int', '42701'],
  ])('%s stays refused', (_what, sql, sqlstate) => {
    expect(read(sql).refused).toBe(sqlstate)
  })

  it('assumes nothing for what statements make themselves', () => {
    expect(assumed('CREATE TABLE t (a int)', 'ALTER TABLE t ADD COLUMN b int; CREATE INDEX ON t (b); DROP INDEX t_b_idx').assumptions).toEqual([])
  })

  it('reads a known history as a plain replay does', () => {
    const scripts = ['CREATE TABLE t (a int PRIMARY KEY)', 'ALTER TABLE t DROP COLUMN IF EXISTS b; CREATE TABLE u (t_a int REFERENCES t)'].map(readScript)
    const { assumptions, ...replayed } = replayAssuming(scripts)
    expect(replayed).toEqual(replay(scripts))
    expect(assumptions).toEqual([])
  })

  it('knows all of the catalog that it starts from, and assumes what that lacks', () => {
    const start = replay([readScript('CREATE TABLE t (a int)')]).catalog
    const { steps, assumptions } = replayAssuming([readScript('ALTER TABLE t DROP COLUMN b; ALTER TABLE u DROP COLUMN b')], start)
    expect(steps.map(({ refused }) => refused?.sqlstate)).toEqual(['42703', undefined])
    expect(assumptions.map(({ what }) => what)).toEqual(['table u', 'column u.b, of a type that is not known'])
  })
})

describe('what is assumed', () => {
  it('says which statement of which file needs it', () => {
    const { assumptions } = assumed('SELECT 1', 'SELECT 2; ALTER TABLE t ADD COLUMN a int')
    expect(assumptions.map(({ object, migration, statement }) => [object, migration, statement.index])).toEqual([['table "public"."t"', 1, 1]])
  })

  it('is in use: the batch did not make it', () => {
    const { steps, catalog } = assumed('CREATE TABLE n (id int); ALTER TABLE t ADD COLUMN a int; CREATE INDEX i ON t (a)')
    const batch = simulateBatch(steps, 'drizzle', emptyCatalog)
    const last = batch.steps.at(-1)?.moves[0]
    if (!last) throw new Error('no move')
    expect([isUsed(last, qualified('public', 't')), isUsed(last, qualified('public', 'n'))]).toEqual([true, false])
    expect(batch.before.tables.has(qualified('public', 't'))).toBe(true)
    expect(batch.steps[1]?.footprint.locks).toEqual([{ relation: '"public"."t"', mode: 'ACCESS EXCLUSIVE' }])
    expect(catalog.tables.size).toBe(2)
  })

  it('stands there under its later name where a rename comes first', () => {
    const { steps } = assumed('ALTER TABLE t RENAME TO u; ALTER TABLE u DROP COLUMN c')
    expect(steps.flatMap(({ changes }) => changes.map(({ kind }) => kind))).toEqual(['rename-table', 'drop-column'])
  })

  it('has a type of which nothing is known to be harmless', () => {
    const { steps } = assumed('ALTER TABLE t ALTER COLUMN c TYPE text')
    const type = steps[0]?.before.tables.get(qualified('public', 't'))?.columns[0]?.type
    expect(type && isUnknownType(type)).toBe(true)
    for (const name of ['text', 'varchar', 'int8', 'numeric', 'timestamptz', 'jsonb', 'inet', 'unknown'])
      expect([name, keepsBytes(unknownType, { schema: 'pg_catalog', name, typmods: [], array: false })]).toEqual([name, false])
    const batch = simulateBatch(steps, 'drizzle', emptyCatalog)
    expect(batch.steps[0]?.footprint.rewrites).toEqual(['"public"."t"'])
  })

  it('computes the value of a function that nobody knows for each row', () => {
    const rewrites = (sql: string) => simulateBatch(assumed(sql).steps, 'drizzle', emptyCatalog).steps[0]?.footprint.rewrites
    expect(rewrites('ALTER TABLE t ADD COLUMN a text DEFAULT nanoid()')).toEqual(['"public"."t"'])
    expect(rewrites(`ALTER TABLE t ADD COLUMN a text DEFAULT lower('A')`)).toEqual([])
  })

  it('has a primary key make columns NOT NULL, whichever the index has', () => {
    const { steps } = assumed('ALTER TABLE t ADD PRIMARY KEY USING INDEX i')
    expect(simulateBatch(steps, 'drizzle', emptyCatalog).steps[0]?.footprint.scans).toEqual(['"public"."t"'])
  })

  it.each([
    ['DROP TABLE t', '42P01'],
    ['ALTER TABLE t DROP COLUMN c', '42703'],
    ['ALTER TYPE a DROP ATTRIBUTE b', '42703'],
    ['ALTER DOMAIN d DROP CONSTRAINT k', '42704'],
    ['DROP FUNCTION f()', '42883'],
    ['DROP FUNCTION f(int, text)', '42883'],
    ['DROP PUBLICATION p', '42704'],
  ])('what %s has removed is not assumed a second time: PostgreSQL refuses with %s', (sql, sqlstate) => {
    expect(read(`${sql}; ${sql}`).refused).toBe(sqlstate)
  })

  it('an overload is another routine', () => {
    expect(read('DROP FUNCTION f(int); DROP FUNCTION f(text)').refused).toBe('')
  })

  it('is refined by what a later statement tells, until the batch itself has set it', () => {
    expect(read('ALTER TABLE t ALTER COLUMN c TYPE text; ALTER TABLE t ALTER COLUMN c DROP NOT NULL').kinds).toBe('set-column-type drop-not-null')
    const twice = 'ALTER TABLE t ALTER COLUMN c DROP NOT NULL;'
    expect(read(`${twice}${twice}`).kinds).toBe('drop-not-null')
  })

  it('takes a check for what its name tells, so that SET NOT NULL after it needs no scan', () => {
    const sql = 'ALTER TABLE t VALIDATE CONSTRAINT t_c_not_null; ALTER TABLE t ALTER COLUMN c SET NOT NULL'
    const batch = simulateBatch(assumed(sql).steps, 'none', emptyCatalog)
    expect(batch.steps.map(({ footprint }) => footprint.scans.length)).toEqual([1, 0])
  })

  it('follows the search path', () => {
    expect(read('SET search_path TO app; ALTER TABLE t ADD COLUMN a int').what).toEqual(['schema app', 'table app.t'])
  })
})
