/** What generated histories have found: each the shortest statements that showed a fault, and what PostgreSQL 18 says of them. */
import { beforeAll, describe, expect, it } from 'vitest'
import { catalogSql } from '../../src/changes/catalog-sql.ts'
import { diff } from '../../src/changes/diff.ts'
import { emptyCatalog } from '../../src/changes/edit.ts'
import { equal } from '../../src/changes/equal.ts'
import { invert } from '../../src/changes/index.ts'
import { toSql } from '../../src/changes/to-sql.ts'
import { PostgresRefusal } from '../../src/model/error.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { fold, play } from '../support/sql.ts'

beforeAll(loadSql)

/** The SQLSTATE with which memory refuses the last statements; undefined when it takes them. */
const refusal = (given: string, sql: string): string | undefined => {
  const start = play(given)
  try {
    play(sql, start)
    return undefined
  } catch (error) {
    if (error instanceof PostgresRefusal) return error.sqlstate
    throw error
  }
}

describe('what PostgreSQL refuses, and how', () => {
  it.each([
    ['CREATE TYPE a AS ENUM ()', 'CREATE TABLE a (id int)', '42710'],
    ['CREATE TYPE a AS ENUM ()', 'CREATE SEQUENCE a', '42710'],
    ['', 'CREATE TABLE a (b int) ON COMMIT DROP', '42P16'],
    ['CREATE TABLE a (b int); CREATE INDEX i ON a (b)', 'ALTER TABLE a ADD UNIQUE USING INDEX i', '42809'],
    ['CREATE TABLE a (b int); CREATE UNIQUE INDEX i ON a (b) WHERE b > 0', 'ALTER TABLE a ADD UNIQUE USING INDEX i', '42809'],
    ['CREATE TABLE a (b int); CREATE UNIQUE INDEX i ON a (b DESC)', 'ALTER TABLE a ADD UNIQUE USING INDEX i', '42809'],
    ['CREATE TABLE a (b int); CREATE UNIQUE INDEX i ON a ((b + 1))', 'ALTER TABLE a ADD UNIQUE USING INDEX i', '42809'],
    ['CREATE TABLE a (b int); CREATE TABLE c (d int); CREATE UNIQUE INDEX i ON c (d)', 'ALTER TABLE a ADD UNIQUE USING INDEX i', '55000'],
    ['', 'CREATE TABLE a (b int, PRIMARY KEY (b, b))', '42701'],
    ['CREATE TABLE a (b int, c int)', 'ALTER TABLE a ADD UNIQUE (b, c, b)', '42701'],
    ['', 'CREATE TABLE a (b int CONSTRAINT n NOT NULL, c int CONSTRAINT n NOT NULL)', '42710'],
    ['', 'CREATE TABLE a (b int CONSTRAINT n NOT NULL, CONSTRAINT n CHECK (b > 0))', '23505'],
    ['CREATE TABLE a (b serial)', 'ALTER SEQUENCE a_b_seq SET SCHEMA public', '0A000'],
    ['CREATE TABLE a (b int UNIQUE)', 'ALTER TABLE a REPLICA IDENTITY USING INDEX a_b_key', '42809'],
    ['CREATE TABLE a (b int); CREATE INDEX i ON a (b) WHERE b > 0', 'ALTER TABLE a CLUSTER ON i', '0A000'],
    ['CREATE TABLE a (b int NOT NULL)', 'ALTER TABLE a ADD CONSTRAINT n NOT NULL b', '55000'],
    ['CREATE TABLE a (b int); ALTER TABLE a ADD CONSTRAINT n NOT NULL b NOT VALID', 'ALTER TABLE a ADD NOT NULL b', '55000'],
    ['CREATE TABLE a (b int, c int UNIQUE)', 'ALTER TABLE a ADD CONSTRAINT a_c_key NOT NULL b', '42710'],
    ['CREATE TABLE a (b int CONSTRAINT n NOT NULL)', 'ALTER TABLE a ADD COLUMN c int CONSTRAINT n NOT NULL', '42710'],
    ['CREATE TABLE a (b int UNIQUE, c int CONSTRAINT k UNIQUE)', 'ALTER TABLE a RENAME CONSTRAINT a_b_key TO k', '42P07'],
    ['CREATE UNLOGGED TABLE u (id int PRIMARY KEY)', 'CREATE TABLE a (u int REFERENCES u)', '42P16'],
    ['CREATE TABLE p (id int PRIMARY KEY DEFERRABLE)', 'CREATE TABLE a (p int REFERENCES p)', '55000'],
    ['CREATE TABLE a (b int CHECK (b > 0), g int GENERATED ALWAYS AS (b * 2) VIRTUAL)', 'ALTER TABLE a ALTER COLUMN g SET EXPRESSION AS (b)', '0A000'],
    ['CREATE TABLE a (b int CONSTRAINT n NOT NULL)', 'ALTER TABLE a ADD COLUMN b int CONSTRAINT n NOT NULL', '42701'],
    ['CREATE TABLE a (b int, g int GENERATED ALWAYS AS (b * 2) VIRTUAL)', 'ALTER TABLE a ALTER COLUMN g SET STATISTICS 100', '0A000'],
    [
      'CREATE TABLE a (b int); CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM a x WHERE x.b IS NULL; END',
      'ALTER TABLE a ALTER COLUMN b TYPE bigint',
      '0A000',
    ],
    ['CREATE ROLE r', 'GRANT r TO r', '0LP01'],
    ['CREATE ROLE r; CREATE ROLE s; GRANT r TO s', 'GRANT s TO r', '0LP01'],
    ['CREATE TABLE a (b int GENERATED ALWAYS AS IDENTITY)', 'ALTER TABLE a DROP CONSTRAINT a_b_not_null', '55000'],
    ['CREATE TABLE a (b int GENERATED ALWAYS AS IDENTITY PRIMARY KEY)', 'ALTER TABLE a DROP CONSTRAINT a_b_not_null', '42P16'],
    ['CREATE TYPE t AS (a int)', 'ALTER TYPE t ADD ATTRIBUTE b t', '42P16'],
    ['CREATE TYPE t AS (a int)', 'ALTER TYPE t RENAME TO t', '42P07'],
    [
      `CREATE TABLE a (b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS ''; CREATE CONSTRAINT TRIGGER n AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()`,
      'ALTER TABLE a ADD CONSTRAINT n CHECK (b > 0)',
      '42710',
    ],
    [
      `CREATE TABLE a (b int CONSTRAINT n NOT NULL); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS ''`,
      'CREATE CONSTRAINT TRIGGER n AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()',
      '23505',
    ],
  ])('%s; %s', (given, sql, code) => expect(refusal(given, sql)).toBe(code))
})

describe('what PostgreSQL takes', () => {
  it.each([
    ['CREATE TABLE a (id int PRIMARY KEY, b int REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (id) REFERENCES a (id)', 'ALTER TABLE a DROP COLUMN id CASCADE'],
    ['CREATE TABLE a (id int PRIMARY KEY, CONSTRAINT f FOREIGN KEY (id) REFERENCES a (id))', 'ALTER TABLE a DROP COLUMN id'],
    ['CREATE TABLE p (id int UNIQUE); CREATE TABLE c (p int REFERENCES p (id)); ALTER TABLE p ADD PRIMARY KEY (id)', 'ALTER TABLE p DROP CONSTRAINT p_pkey'],
    [
      `CREATE TABLE a (b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS ''; CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()`,
      'ALTER TRIGGER t ON a RENAME TO t',
    ],
  ])('%s; %s', (given, sql) => expect(refusal(given, sql)).toBeUndefined())
})

/** Laws 1 and 2 on the last statements, both ways. */
const holds = (given: string, sql: string): void => {
  const start = play(given)
  const end = play(sql, start)
  for (const { change, before, after } of end.changes) {
    const inverse = invert(change, before)
    if (!('irreversible' in inverse)) expect(equal(fold(inverse, after), before), `law 1 of ${change.kind}`).toBe(true)
  }
  for (const [a, b] of [
    [start.catalog, end.catalog],
    [end.catalog, start.catalog],
    [emptyCatalog, end.catalog],
    [end.catalog, emptyCatalog],
  ] as const) {
    expect(equal(fold(diff(a, b), a), b), 'law 2').toBe(true)
  }
}

describe('laws 1 and 2', () => {
  it.each([
    [
      'CREATE TABLE a (id bigserial NOT NULL); ALTER TABLE a ALTER COLUMN id DROP DEFAULT',
      'ALTER TABLE a ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY',
    ],
    ['ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO PUBLIC', 'CREATE TABLE a (id int GENERATED ALWAYS AS IDENTITY)'],
    ['CREATE SEQUENCE a', 'CREATE TYPE a AS ENUM ()'],
    ['CREATE SEQUENCE a; CREATE TYPE a AS ENUM ()', 'DROP SEQUENCE a'],
    ['CREATE TABLE a (b int NOT NULL, c int)', 'ALTER TABLE a RENAME COLUMN b TO d; ALTER TABLE a ADD COLUMN b serial'],
    ['CREATE TABLE a (b int GENERATED ALWAYS AS IDENTITY)', 'DROP TABLE a; CREATE TABLE a (b serial)'],
    ['CREATE TABLE a (b int GENERATED ALWAYS AS IDENTITY)', 'ALTER TABLE a RENAME COLUMN b TO c; ALTER TABLE a ADD COLUMN b int'],
    ['CREATE TABLE a (b int UNIQUE)', 'CREATE ACCESS METHOD m TYPE TABLE HANDLER heap_tableam_handler; ALTER TABLE a SET ACCESS METHOD m'],
    ['CREATE TABLE a (b int UNIQUE); ALTER TABLE a CLUSTER ON a_b_key', 'ALTER TABLE a DROP COLUMN b'],
    ['CREATE TABLE a (b int NOT NULL UNIQUE); ALTER TABLE a REPLICA IDENTITY USING INDEX a_b_key', 'ALTER TABLE a DROP CONSTRAINT a_b_key'],
    [
      `CREATE TABLE a (b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS ''; CREATE FUNCTION g(a text) RETURNS text LANGUAGE sql AS ''; CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()`,
      'ALTER FUNCTION f() RENAME TO g',
    ],
    ['CREATE TABLE users (b int); CREATE INDEX i ON users (b) WHERE b IS NULL', 'ALTER TABLE users RENAME TO b'],
    [`CREATE DOMAIN a AS int CONSTRAINT c CHECK (VALUE > 0); COMMENT ON CONSTRAINT c ON DOMAIN a IS 'x'; CREATE TABLE t (b int)`, 'CREATE INDEX a ON t (b)'],
    [`CREATE TYPE e AS ENUM (''); CREATE TABLE a (b e DEFAULT '')`, `ALTER TYPE e RENAME VALUE '' TO 'x'`],
    [
      'CREATE TABLE a (b int NOT NULL UNIQUE); ALTER TABLE a REPLICA IDENTITY USING INDEX a_b_key',
      'ALTER TABLE a REPLICA IDENTITY FULL; ALTER TABLE a ALTER COLUMN b DROP NOT NULL',
    ],
    ['CREATE SCHEMA s; CREATE ROLE r; ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT ALL ON TABLES TO r', 'DROP SCHEMA s'],
    ['CREATE UNLOGGED TABLE a (b int)', 'CREATE SEQUENCE s OWNED BY a.b'],
    ['CREATE TYPE e AS ENUM (); CREATE TYPE c AS (a e, b int)', 'DROP TYPE e CASCADE'],
  ])('%s; %s', holds)
})

describe('as SQL', () => {
  const written = (sql: string): string => catalogSql(play(sql).catalog).join('; ')

  it('the sequence of an unlogged table is unlogged too', () => {
    expect(written('CREATE UNLOGGED TABLE a (id serial)')).toContain('CREATE UNLOGGED SEQUENCE')
    expect(written('CREATE TABLE a (id int GENERATED ALWAYS AS IDENTITY); ALTER SEQUENCE a_id_seq SET UNLOGGED')).toContain(
      'ALTER SEQUENCE "public"."a_id_seq" SET UNLOGGED',
    )
  })

  it('a NOT NULL that was not validated stays so', () => {
    expect(written('CREATE TABLE a (b int); ALTER TABLE a ADD CONSTRAINT n NOT NULL b NOT VALID')).toContain('ADD CONSTRAINT "n" NOT NULL "b" NOT VALID')
  })

  it('a label beside the empty one stands where it was put', () => {
    const labels = (sql: string) => play(sql).catalog.types.get('"public"."e"' as never)
    expect(labels(`CREATE TYPE e AS ENUM (''); ALTER TYPE e ADD VALUE 'a' BEFORE ''`)).toEqual({ kind: 'enum', labels: ['a', ''] })
    expect(labels(`CREATE TYPE e AS ENUM ('', 'b'); ALTER TYPE e ADD VALUE 'a' AFTER ''`)).toEqual({ kind: 'enum', labels: ['', 'a', 'b'] })
    expect(labels(`CREATE TYPE e AS ENUM ('', 'b'); ALTER TYPE e RENAME VALUE '' TO 'a'`)).toEqual({ kind: 'enum', labels: ['a', 'b'] })
  })

  it('the multirange of a long name is cut as PostgreSQL cuts it', () => {
    const name = 'a_name_that_is_as_long_as_postgresql_lets_a_name_be_63_bytes_xx'
    expect(written(`CREATE TYPE ${name} AS RANGE (subtype = float8)`)).toContain('a_name_that_is_as_long_as_postgresql_lets_a_name_be__multirange')
  })

  it('a generated column gets its old type back without USING', () => {
    const start = play('CREATE TABLE a (b int, g bigint GENERATED ALWAYS AS (b * 2) STORED); ALTER TABLE a ALTER COLUMN g TYPE numeric')
    const last = start.changes.findLast(({ change }) => change.kind === 'set-column-type')
    const inverse = last ? invert(last.change, last.before) : []
    expect('irreversible' in inverse || !last ? [] : toSql(inverse, last.after)).toEqual(['ALTER TABLE "public"."a" ALTER COLUMN "g" TYPE "pg_catalog"."int8"'])
  })

  it('values of types without a cast meet in text', () => {
    const [a, b] = [play('CREATE TABLE a (b double precision)').catalog, play('CREATE TABLE a (b timestamptz)').catalog]
    expect(toSql(diff(a, b), a).join('; ')).toMatch(/CAST\(b::text AS timestamp with time zone\)/i)
  })

  it('what comes back takes no default privileges that it did not have', () => {
    const start = play('CREATE TABLE a (b int)')
    const granted = play('ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC; DROP TABLE a', start)
    const last = granted.changes.at(-1)
    const inverse = last ? invert(last.change, last.before) : []
    expect('irreversible' in inverse ? [] : toSql(inverse, granted.catalog).join('; ')).toContain('REVOKE ALL ON TABLE "public"."a" FROM PUBLIC')
  })
})
