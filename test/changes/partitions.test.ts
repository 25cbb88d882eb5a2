import { beforeAll, describe, expect, it } from 'vitest'
import { toSql } from '../../src/changes/to-sql.ts'
import type { QualifiedName } from '../../src/model/name.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { play } from '../support/sql.ts'

beforeAll(loadSql)

const name = (text: string): QualifiedName => `"public"."${text}"` as QualifiedName
const parent = `CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE p (a int NOT NULL, b text DEFAULT 'x' CHECK (b <> 'q'), PRIMARY KEY (a), CONSTRAINT p_u UNIQUE (a, b)) PARTITION BY RANGE (a);
  ALTER TABLE p ADD COLUMN r_id int REFERENCES r; CREATE INDEX p_b ON p (b); CREATE INDEX p_expr ON p (lower(b)); `

describe('partitions', () => {
  it('get the names that PostgreSQL 18 gives their copies', () => {
    const { catalog } = play(`${parent}CREATE TABLE c1 PARTITION OF p FOR VALUES FROM (1) TO (10)`)
    expect([...(catalog.tables.get(name('c1'))?.constraints.keys() ?? [])].sort()).toEqual(['c1_a_b_key', 'c1_pkey', 'p_b_check', 'p_r_id_fkey'])
    expect([...catalog.indexes].filter(([, { relation }]) => relation === name('c1')).map(([index, { attachedTo }]) => [index, attachedTo])).toEqual([
      [name('c1_b_idx'), name('p_b')],
      [name('c1_lower_idx'), name('p_expr')],
    ])
    expect(catalog.tables.get(name('c1'))?.columns.map(({ inherited, notNull }) => [inherited, notNull && notNull.name])).toEqual([
      [true, 'p_a_not_null'],
      [true, false],
      [true, false],
    ])
  })
  it('get what their parent gets later, without statements of their own', () => {
    const start = play(`${parent}CREATE TABLE c1 PARTITION OF p FOR VALUES FROM (1) TO (10)`)
    const { catalog, changes } = play(
      `CREATE INDEX p_late ON p (r_id); ALTER TABLE p ADD CONSTRAINT ck CHECK (a > 0); ALTER TABLE p ADD COLUMN z int NOT NULL DEFAULT 3`,
      start,
    )
    expect(catalog.indexes.get(name('c1_r_id_idx'))?.attachedTo).toBe(name('p_late'))
    expect(catalog.tables.get(name('c1'))?.constraints.get('ck')).toMatchObject({ inherited: true })
    expect(catalog.tables.get(name('c1'))?.columns.at(-1)).toMatchObject({ name: 'z', inherited: true })
    expect(
      toSql(
        changes.map(({ change }) => change),
        start.catalog,
      ).filter((sql) => sql.includes('c1')),
    ).toEqual([])
  })
  it('lose what their parent loses', () => {
    const start = play(`${parent}CREATE TABLE c1 PARTITION OF p FOR VALUES FROM (1) TO (10)`)
    const { catalog } = play(`DROP INDEX p_b; ALTER TABLE p DROP CONSTRAINT p_u; ALTER TABLE p DROP COLUMN r_id`, start)
    expect(catalog.indexes.has(name('c1_b_idx'))).toBe(false)
    expect([...(catalog.tables.get(name('c1'))?.constraints.keys() ?? [])].sort()).toEqual(['c1_pkey', 'p_b_check'])
    expect(catalog.tables.get(name('c1'))?.columns.map((column) => column.name)).toEqual(['a', 'b'])
  })
  it('must fit when they are attached', () => {
    expect(() => play(`${parent}CREATE TABLE c (a int NOT NULL, b text); ALTER TABLE p ATTACH PARTITION c DEFAULT`)).toThrow('missing column "r_id"')
    expect(() => play(`${parent}CREATE TABLE c (a int NOT NULL, b text, r_id int); ALTER TABLE p ATTACH PARTITION c DEFAULT`)).toThrow(
      'missing constraint "p_b_check"',
    )
  })
  it('go with their parent', () => {
    expect(play(`${parent}CREATE TABLE c1 PARTITION OF p DEFAULT; DROP TABLE p`).catalog.tables.has(name('c1'))).toBe(false)
  })
})

describe('inheritance and LIKE', () => {
  it('merges columns of the same name, in the parent’s place', () => {
    const { catalog } = play(`CREATE TABLE p (a int NOT NULL, b text); CREATE TABLE c (d int, b text DEFAULT 'x') INHERITS (p)`)
    expect(catalog.tables.get(name('c'))?.columns.map(({ name: column, inherited }) => [column, inherited === true])).toEqual([
      ['a', true],
      ['b', false],
      ['d', false],
    ])
  })
  it('copies columns and checks with LIKE, not keys', () => {
    const { catalog } = play(`CREATE TABLE p (a int DEFAULT 5 CHECK (a > 0), b text); CREATE TABLE c (LIKE p INCLUDING CONSTRAINTS, d int)`)
    expect(catalog.tables.get(name('c'))?.columns.map(({ name: column, default: value }) => [column, value])).toEqual([
      ['a', undefined],
      ['b', undefined],
      ['d', undefined],
    ])
    expect([...(catalog.tables.get(name('c'))?.constraints.keys() ?? [])]).toEqual(['p_a_check'])
  })
  it('is opaque where LIKE takes keys or indexes', () => {
    expect(play(`CREATE TABLE c (LIKE p INCLUDING ALL)`, play(`CREATE TABLE p (a int PRIMARY KEY)`)).changes.map(({ change }) => change.kind)).toEqual([
      'opaque',
    ])
  })
})
