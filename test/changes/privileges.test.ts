import { beforeAll, describe, expect, it } from 'vitest'
import { statementsOf } from '../../src/changes/index.ts'
import { builtIn, defaultFor, type privilegesOf, withDefaultPrivileges } from '../../src/changes/privileges.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { play } from '../support/sql.ts'

beforeAll(loadSql)

const held = (sql: string, object: Parameters<typeof privilegesOf>[1]) => play(sql).catalog.privileges.get(object)
const table = 'table "public"."t"'

describe('privileges', () => {
  it('keeps the whole list when it differs from the built-in default, and none when it does not', () => {
    expect(held('CREATE TABLE t (a int); GRANT SELECT ON t TO app', table)).toEqual({ ...defaultFor('TABLE'), app: { SELECT: false } })
    expect(held('CREATE TABLE t (a int); GRANT SELECT ON t TO app; REVOKE ALL ON t FROM app', table)).toBeUndefined()
    expect(held(`CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON FUNCTION f() FROM PUBLIC`, 'routine "public"."f"()')).toEqual({
      CURRENT_USER: { EXECUTE: false },
    })
  })
  it('keeps grant options, and takes them back alone', () => {
    const given = 'CREATE TABLE t (a int); GRANT SELECT, UPDATE ON t TO app WITH GRANT OPTION; '
    expect(held(given, table)?.app).toEqual({ SELECT: true, UPDATE: true })
    expect(held(`${given}REVOKE GRANT OPTION FOR UPDATE ON t FROM app`, table)?.app).toEqual({ SELECT: true, UPDATE: false })
  })
  it('takes column privileges with the table’s', () => {
    const given = 'CREATE TABLE t (a int); GRANT SELECT (a), UPDATE (a) ON t TO app; '
    expect(held(given, 'column "public"."t"."a"')).toEqual({ app: { SELECT: false, UPDATE: false } })
    expect(held(`${given}REVOKE SELECT ON t FROM app`, 'column "public"."t"."a"')).toEqual({ app: { UPDATE: false } })
  })
  it('refuses privileges that the object does not have', () => {
    expect(() => play('CREATE SEQUENCE s; GRANT DELETE ON SEQUENCE s TO app')).toThrow('invalid privilege type')
    expect(() => play('GRANT SELECT ON missing TO app')).toThrow('does not exist')
  })
  it('begins the schema public as PostgreSQL 15 and later do', () => {
    expect(builtIn(play('').catalog, 'schema "public"').PUBLIC).toEqual({ USAGE: false })
  })
  it('writes ALL where every privilege is meant, so that older servers know them', () => {
    const { changes } = play('GRANT ALL ON t TO app', play('CREATE TABLE t (a int)'))
    expect(changes.flatMap(({ change, before }) => statementsOf(change, before))).toEqual(['GRANT ALL ON TABLE "public"."t" TO "app"'])
  })
})

describe('default privileges', () => {
  const given =
    'CREATE SCHEMA s; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO everywhere; ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT INSERT ON TABLES TO here; '
  it('are given to later tables and views, of all schemas and of one', () => {
    const { catalog } = play(`${given}CREATE TABLE s.t (a int); CREATE TABLE t (a int); CREATE VIEW s.v AS SELECT 1 AS a`)
    expect(Object.keys(catalog.privileges.get('table "s"."t"') ?? {})).toEqual(['CURRENT_USER', 'everywhere', 'here'])
    expect(Object.keys(catalog.privileges.get(table) ?? {})).toEqual(['CURRENT_USER', 'everywhere'])
    expect(catalog.privileges.get('view "s"."v"')?.here).toEqual({ INSERT: false })
  })
  it('are not given to what was there before, nor to other kinds', () => {
    const { catalog } = play(`CREATE TABLE t (a int); ${given}CREATE SEQUENCE s.q`)
    expect([...catalog.privileges]).toEqual([])
    expect(withDefaultPrivileges(catalog, 'sequence "s"."q"')).toBeUndefined()
  })
  it('of another role wait for that role', () => {
    expect([...play('ALTER DEFAULT PRIVILEGES FOR ROLE other GRANT SELECT ON TABLES TO app; CREATE TABLE t (a int)').catalog.privileges]).toEqual([])
  })
  it('serve the sequence of a serial', () => {
    expect(held('ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO app; CREATE TABLE t (id serial)', 'sequence "public"."t_id_seq"')?.app).toEqual({
      USAGE: false,
    })
  })
})

describe('owners and roles', () => {
  it('hands the old owner’s privileges to the new one', () => {
    expect(held('CREATE TABLE t (a int); GRANT SELECT ON t TO PUBLIC; ALTER TABLE t OWNER TO app', table)).toEqual({
      app: defaultFor('TABLE').CURRENT_USER,
      PUBLIC: { SELECT: false },
    })
  })
  it('keeps no password', () => {
    const { changes } = play(`CREATE ROLE app PASSWORD 'secret'; ALTER ROLE app PASSWORD 'other'`)
    expect(JSON.stringify(changes.map(({ change }) => change))).not.toMatch(/secret|other/)
  })
  it('refuses to drop a role that something names', () => {
    expect(() => play('CREATE ROLE app; CREATE TABLE t (a int); GRANT SELECT ON t TO app; DROP ROLE app')).toThrow('cannot be dropped')
  })
  it('says what a statement about a cluster’s own role may touch', () => {
    expect(play('CREATE ROLE app; GRANT app TO rds_superuser').changes.map(({ change }) => change.kind === 'opaque' && change.touches)).toEqual([
      false,
      ['role "rds_superuser"'],
    ])
  })
})
