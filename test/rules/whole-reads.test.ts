import { beforeAll, expect, it } from 'vitest'
import { emptyCatalog } from '../../src/changes/edit.ts'
import { replay } from '../../src/changes/replay.ts'
import type { Catalog } from '../../src/model/catalog.ts'
import { display } from '../../src/model/name.ts'
import { wholeReads } from '../../src/rules/whole-reads.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript, readStatements } from '../../src/sql/script.ts'

let catalog: Catalog = emptyCatalog

beforeAll(async () => {
  await loadSql()
  const given = `CREATE TABLE users (id bigint PRIMARY KEY, email text, name text); CREATE INDEX ON users (email, name);
    CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int); CREATE VIEW names AS SELECT name FROM users; CREATE MATERIALIZED VIEW sums AS SELECT sum(total) AS sum FROM orders;
    CREATE TABLE logs (day date, note text) PARTITION BY RANGE (day)`
  catalog = replay([readScript(given)]).catalogs[0] ?? emptyCatalog
})

const read = (sql: string): readonly string[] => wholeReads(readStatements(sql)[0]?.tree, catalog, ['public']).map(display)

it.each([
  ['SELECT count(*) FROM users', 'users'],
  ['TABLE users', 'users'],
  ['SELECT name FROM users ORDER BY name LIMIT 3', 'users'],
  ['SELECT count(*) FROM users WHERE name IS NULL', 'users'],
  ['SELECT max(name) FROM users', 'users'],
  ['SELECT max(id), count(*) FROM users', 'users'],
  ['SELECT count(*) FROM orders o JOIN users u ON u.id = o.user_id', 'orders users'],
  ['SELECT id FROM users UNION SELECT id FROM orders', 'users orders'],
  ['WITH all_users AS (SELECT * FROM users) SELECT count(*) FROM all_users', 'users'],
  ['SELECT count(*) FROM (SELECT user_id FROM orders GROUP BY user_id) AS each', 'orders'],
  ['SELECT * FROM sums', 'sums'],
  ['SELECT count(*) FROM logs', 'logs'],
])('%s reads %s', (sql, tables) => expect(read(sql).join(' ')).toBe(tables))

it.each([
  'SELECT 1',
  'SELECT * FROM users WHERE id = 1',
  "SELECT * FROM users WHERE email LIKE 'a%'",
  'SELECT * FROM users LIMIT 10',
  'SELECT * FROM users WHERE false',
  'SELECT max(id) FROM users',
  "SELECT setval('s', coalesce(max(id), 0) + 1, false) FROM users",
  'SELECT EXISTS (SELECT 1 FROM users)',
  'SELECT o.* FROM orders o JOIN users u ON u.id = o.user_id WHERE o.id = 1',
  'SELECT * FROM unnest(ARRAY[1, 2]) AS id JOIN users USING (id)',
  'WITH users AS (SELECT 1 AS id) SELECT * FROM users',
  "SELECT * FROM logs WHERE day > '2030-01-01'",
  'SELECT * FROM pg_class',
  'SELECT * FROM elsewhere',
])('%s may do with less', (sql) => expect(read(sql)).toEqual([]))
