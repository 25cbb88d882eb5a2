import { beforeAll, describe, expect, it } from 'vitest'
import { resolveQuery } from '../../src/changes/resolve.ts'
import { columnsReadIn, renameColumnInTree } from '../../src/changes/scopes.ts'
import type { Tree } from '../../src/model/json.ts'
import { qualified } from '../../src/model/name.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { printExpression, printStatement, readExpression } from '../../src/sql/print.ts'
import { readStatements } from '../../src/sql/script.ts'
import { play } from '../support/sql.ts'

beforeAll(loadSql)

const tables = `
  CREATE TABLE users (id int PRIMARY KEY, name text, team int);
  CREATE TABLE posts (id int, user_id int, title text);
  CREATE TABLE t1 (a int, x int); CREATE TABLE t2 (a int, y int); CREATE TABLE t3 (y text, z int);
  CREATE SCHEMA auth; CREATE TABLE auth.users (id int, email text);
  CREATE FUNCTION pairs(n int) RETURNS TABLE (p int, q text) LANGUAGE sql AS 'SELECT 1, ''''';
  CREATE FUNCTION everyone() RETURNS SETOF users LANGUAGE sql AS 'SELECT * FROM users'`

const query = (sql: string): Tree => {
  const statement = readStatements(sql)[0]
  return { [statement?.node ?? '']: statement?.tree ?? {} }
}

const resolve = (sql: string) => resolveQuery(query(sql), play(tables).catalog, ['public'])
/** The printer's blanks inside parentheses say nothing. */
const tidy = (sql: string): string => sql.replaceAll('( ', '(').replaceAll(' )', ')')
const resolved = (sql: string): string => tidy(printStatement(resolve(sql).query))

describe('resolveQuery', () => {
  it.each([
    ['SELECT name FROM users', 'SELECT users.name AS name FROM public.users'],
    [
      'SELECT u.id, title FROM users u JOIN posts p ON user_id = u.id',
      'SELECT u.id AS id, p.title AS title FROM public.users AS u JOIN public.posts AS p ON p.user_id = u.id',
    ],
    ['SELECT * FROM t1 JOIN t2 USING (a)', 'SELECT t1.a AS a, t1.x AS x, t2.y AS y FROM public.t1 JOIN public.t2 USING (a)'],
    ['SELECT a FROM t1 FULL JOIN t2 USING (a)', 'SELECT a AS a FROM public.t1 FULL JOIN public.t2 USING (a)'],
    ['SELECT x, y FROM t1 NATURAL JOIN t2', 'SELECT t1.x AS x, t2.y AS y FROM public.t1 JOIN public.t2 USING (a)'],
    [
      'SELECT 1 FROM posts WHERE EXISTS (SELECT 1 FROM users WHERE user_id = users.id AND title = name)',
      'SELECT 1 AS "?column?" FROM public.posts WHERE EXISTS (SELECT 1 AS "?column?" FROM public.users WHERE posts.user_id = users.id AND posts.title = users.name)',
    ],
    ['WITH users AS (SELECT id AS n FROM users) SELECT n FROM users', 'WITH users AS (SELECT users.id AS n FROM public.users) SELECT users.n AS n FROM users'],
    [
      'SELECT l.title FROM users u, LATERAL (SELECT title FROM posts WHERE user_id = u.id AND name IS NULL) l',
      'SELECT l.title AS title FROM public.users AS u, LATERAL (SELECT posts.title AS title FROM public.posts WHERE posts.user_id = u.id AND u.name IS NULL) AS l',
    ],
    [
      'SELECT p, q, ordinality FROM pairs(1) WITH ORDINALITY',
      'SELECT pairs.p AS p, pairs.q AS q, pairs.ordinality AS ordinality FROM public.pairs(1) WITH ORDINALITY',
    ],
    ['SELECT e.* FROM everyone() e', 'SELECT e.id AS id, e.name AS name, e.team AS team FROM public.everyone() AS e'],
    ['SELECT n FROM generate_series(1, 3) AS n', 'SELECT n.n AS n FROM generate_series(1, 3) AS n'],
    ['SELECT (u).name FROM users u', 'SELECT u.name AS name FROM public.users AS u'],
    [
      'SELECT public.users.id, email FROM public.users JOIN auth.users ON auth.users.id = public.users.id',
      'SELECT public.users.id AS id, auth.users.email AS email FROM public.users JOIN auth.users ON auth.users.id = public.users.id',
    ],
    ['SELECT name AS id FROM users ORDER BY id', 'SELECT users.name AS id FROM public.users ORDER BY id'],
    ['SELECT upper(name) AS big FROM users GROUP BY big', 'SELECT upper(users.name) AS big FROM public.users GROUP BY 1'],
    [
      'SELECT id FROM users UNION SELECT id FROM posts ORDER BY id',
      'SELECT users.id AS id FROM public.users UNION SELECT posts.id AS id FROM public.posts ORDER BY id',
    ],
    ['SELECT id FROM users FOR UPDATE OF users', 'SELECT users.id AS id FROM public.users FOR UPDATE OF users'],
    ['SELECT tableoid FROM users', 'SELECT users.tableoid AS tableoid FROM public.users'],
  ])('%s', (sql, expected) => {
    expect(resolved(sql)).toBe(expected)
  })

  it('names output columns as PostgreSQL does', () => {
    const { columns } =
      resolve(`SELECT id, count(*), id::text, 1, 'x'::varchar(3), CASE WHEN true THEN id END, coalesce(id, 1), ARRAY[1], (SELECT max(id) FROM posts), EXISTS (SELECT 1),
      current_date, greatest(1, 2), nullif(1, 2), CASE WHEN true THEN 1 ELSE id END, users.* FROM users GROUP BY id`)
    expect(columns).toEqual([
      'id',
      'count',
      'id',
      '?column?',
      'varchar',
      'case',
      'coalesce',
      'array',
      'max',
      'exists',
      'current_date',
      'greatest',
      'nullif',
      'id',
      'id',
      'name',
      'team',
    ])
  })

  it('follows a recursive query', () => {
    const { columns, exact } = resolve('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT * FROM n')
    expect([columns, exact]).toEqual([['i'], true])
  })

  it('says what is read, column by column', () => {
    expect(resolve('SELECT u.name FROM users u WHERE EXISTS (SELECT 1 FROM posts WHERE user_id = u.id)')).toMatchObject({
      exact: true,
      reads: [
        'column "public"."posts"."user_id"',
        'column "public"."users"."id"',
        'column "public"."users"."name"',
        'table "public"."posts"',
        'table "public"."users"',
      ],
    })
  })

  it('rests on the primary key where GROUP BY needs it, and only there', () => {
    const key = 'constraint "public"."users"."users_pkey"'
    expect(resolve('SELECT id, name FROM users GROUP BY id').reads).toContain(key)
    expect(resolve('SELECT id, max(name) FROM users GROUP BY id').reads).not.toContain(key)
  })

  it('takes every column where one cannot be traced', () => {
    const { exact, reads } = resolve('SELECT missing FROM t1')
    expect(exact).toBe(false)
    expect(reads).toEqual(['column "public"."t1"."a"', 'column "public"."t1"."x"', 'table "public"."t1"'])
  })

  it('refuses a relation that is not there, but not a system one', () => {
    expect(() => resolve('SELECT 1 FROM nowhere')).toThrow(expect.objectContaining({ sqlstate: '42P01' }))
    expect(resolve('SELECT relname FROM pg_class').columns).toEqual(['relname'])
    expect(resolve('SELECT * FROM pg_class').columns).toBeUndefined()
  })
})

describe('renameColumnInTree', () => {
  const users = qualified('public', 'users')
  const renamed = (sql: string, from = 'name', on = users, columns?: readonly string[]): string =>
    tidy(printStatement(renameColumnInTree(resolve(sql).query, on, from, 'renamed', false, columns)))

  it.each([
    ['SELECT name FROM users', 'SELECT users.renamed AS name FROM public.users'],
    ['SELECT s.name FROM (SELECT name FROM users) s', 'SELECT s.name AS name FROM (SELECT users.renamed AS name FROM public.users) AS s'],
    ['SELECT u.name, p.name FROM users u, users p(name)', 'SELECT u.renamed AS name, p.name AS name FROM public.users AS u, public.users AS p(name)'],
    [
      'SELECT users.title AS name FROM posts users WHERE title IN (SELECT u.name FROM users u WHERE u.name = users.title)',
      'SELECT users.title AS name FROM public.posts AS users WHERE users.title IN (SELECT u.renamed AS name FROM public.users AS u WHERE u.renamed = users.title)',
    ],
    [
      'SELECT j.name FROM (users JOIN posts ON users.id = user_id) AS j(id, name)',
      'SELECT j.name AS name FROM (public.users JOIN public.posts ON users.id = posts.user_id) j(id, name)',
    ],
  ])('%s', (sql, expected) => {
    expect(renamed(sql)).toBe(expected)
  })

  it('keeps the old name of a merged column through an alias', () => {
    expect(renamed('SELECT a, x FROM t1 JOIN t2 USING (a)', 'a', qualified('public', 't1'), ['a', 'x'])).toBe(
      'SELECT t1.a AS a, t1.x AS x FROM public.t1 AS t1(a, x) JOIN public.t2 USING (a)',
    )
    expect(() => renamed('SELECT a FROM t1 JOIN t2 USING (a)', 'a', qualified('public', 't1'))).toThrow(/USING/)
  })

  it('takes bare names for own columns only outside of queries', () => {
    const condition = readExpression('name = (SELECT p.name FROM public.posts AS p WHERE p.title = users.name)')
    expect(printExpression(renameColumnInTree(condition, users, 'name', 'renamed', true))).toBe(
      'renamed = ((SELECT p.name FROM public.posts AS p WHERE p.title = users.renamed))',
    )
    expect(renameColumnInTree(condition, qualified('public', 'teams'), 'name', 'renamed', false)).toBe(condition)
  })

  it('knows OLD and NEW, and the columns that statements set', () => {
    const rule = query(
      `CREATE RULE r AS ON UPDATE TO public.users WHERE old.name <> new.name DO ALSO UPDATE public.posts SET title = new.name WHERE posts.title = old.name`,
    )
    expect(printStatement(renameColumnInTree(rule, users, 'name', 'renamed', false))).toContain('SET title = new.renamed WHERE posts.title = old.renamed')
    expect(printStatement(renameColumnInTree(rule, qualified('public', 'posts'), 'title', 'renamed', false))).toContain(
      'SET renamed = new.name WHERE posts.renamed = old.name',
    )
    expect([...columnsReadIn(rule)].sort()).toEqual(['column "public"."posts"."title"', 'column "public"."users"."name"'])
  })
})
