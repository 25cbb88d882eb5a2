/** SQL in code: what it reads and writes, case by case; PostgreSQL prepares each whole statement, so that none is nonsense. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { looksLikeSql, readSqlText, type SqlContext, type SqlPart, type SqlReading, type SqlUse } from '../../../src/adapters/code/sql-text/index.ts'
import { openEngine } from '../../../src/adapters/engines/index.ts'
import type { Engine } from '../../../src/model/engine.ts'
import type { Session } from '../../../src/model/session.ts'
import { loadSql } from '../../../src/sql/parser.ts'

await loadSql()

const columns = (...names: readonly string[]) =>
  names.map((name) => (name === 'status' ? { name, enumType: 'order_status', values: ['open', 'paid', 'void'] } : { name }))

const tables = [
  { schema: 'public', name: 'users', columns: columns('id', 'email', 'name', 'team_id') },
  { schema: 'public', name: 'orders', columns: columns('id', 'user_id', 'total', 'status', 'data') },
  { schema: 'public', name: 'teams', columns: columns('id', 'name', 'parent_id') },
  { schema: 'audit', name: 'events', columns: columns('id', 'user_id', 'kind') },
  { schema: 'billing', name: 'notes', columns: columns('id', 'body') },
  { schema: 'crm', name: 'notes', columns: columns('id', 'body') },
]

const schema = `
CREATE TYPE order_status AS ENUM ('open', 'paid', 'void');
CREATE TABLE users (id int PRIMARY KEY, email text CONSTRAINT users_email_unique UNIQUE, name text, team_id int);
CREATE TABLE orders (id int PRIMARY KEY, user_id int, total int, status order_status, data jsonb);
CREATE TABLE teams (id int PRIMARY KEY, name text, parent_id int);
CREATE SCHEMA audit; CREATE TABLE audit.events (id int, user_id int, kind text);
CREATE SCHEMA billing; CREATE TABLE billing.notes (id int, body text);
CREATE SCHEMA crm; CREATE TABLE crm.notes (id int, body text);
CREATE TABLE legacy (code text, label text);
CREATE FUNCTION score(int) RETURNS int LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION active_users() RETURNS SETOF users LANGUAGE sql AS 'SELECT * FROM users';`

/** `read users.email where`; what is not certain says so, and what is implicit is likely. */
const spoken = ({ schema: place, table, column, value, access, role, via, confidence, candidates, symbol }: SqlUse): string => {
  const name = `${place === 'public' ? '' : `${place}.`}${table}${column === undefined ? '' : `.${column}`}${value === undefined ? '' : `='${value}'`}`
  const sure = via === 'implicit' ? (confidence === 'likely' ? ' implicit' : ` implicit ${confidence}`) : confidence === 'certain' ? '' : ` ${confidence}`
  const others = candidates ? ` of ${candidates.map((one) => `${one.schema}.${one.name}`).join(' ')}` : ''
  return `${access} ${name} ${role}${sure}${others}${symbol ? ' symbol' : ''}`
}

const uses = (reading: SqlReading): readonly string[] => reading.uses.map(spoken).sort()

const read = (parts: SqlPart | readonly SqlPart[], context: Partial<SqlContext> = {}): SqlReading =>
  readSqlText(Array.isArray(parts) ? parts : [parts as SqlPart], { place: 'statement', tables, ...context })

const output = ({ output: shape }: SqlReading): string | undefined =>
  shape?.map(({ name, from }) => `${name}${from.map(({ table, column }) => `<${table}.${column}`).join('')}`).join(', ')

const all = (table: string, doing: string, names: readonly string[]) => names.map((name) => `${doing.replace('%', `${table}.${name}`)} implicit`)
const users = ['id', 'email', 'name', 'team_id']
const orders = ['id', 'user_id', 'total', 'status', 'data']

type Case = readonly [sql: string, uses: readonly string[], output?: string]

const whole: readonly Case[] = [
  ['SELECT email FROM users WHERE id = $1', ['read users.email select', 'read users.id where'], 'email<users.email'],
  ['SELECT u.email AS mail, u.name FROM users u', ['read users.email select', 'read users.name select'], 'mail<users.email, name<users.name'],
  ['SELECT * FROM users', all('users', 'read % select', users), 'id<users.id, email<users.email, name<users.name, team_id<users.team_id'],
  [
    'SELECT o.*, u.name FROM orders o JOIN users u ON u.id = o.user_id',
    [...all('orders', 'read % select', orders), 'read users.name select', 'read users.id join', 'read orders.user_id join'],
    'id<orders.id, user_id<orders.user_id, total<orders.total, status<orders.status, data<orders.data, name<users.name',
  ],
  ['SELECT count(*) FROM users', ['read users select'], 'count'],
  ['SELECT count(*)::int AS n FROM orders WHERE total > 3', ['read orders.total where'], 'n'],
  ['SELECT email::text FROM users', ['read users.email select'], 'email<users.email'],
  ['SELECT lower(email), total FROM users, orders', ['read users.email select', 'read orders.total select'], 'lower, total<orders.total'],
  ["SELECT data->>'x' AS x FROM orders WHERE data ? 'k' AND data @> '{}'", ['read orders.data select', 'read orders.data where'], 'x'],
  ["SELECT id FROM orders WHERE status = 'paid'", ['read orders.id select', 'read orders.status where', "read orders.status='paid' literal"], 'id<orders.id'],
  [
    "SELECT id FROM orders WHERE status IN ('open', 'paid')",
    ['read orders.id select', 'read orders.status where', "read orders.status='open' literal", "read orders.status='paid' literal"],
  ],
  [
    "SELECT 1 FROM orders WHERE status = ANY('{open,void}')",
    ['read orders.status where', "read orders.status='open' literal", "read orders.status='void' literal"],
  ],
  ["SELECT 1 FROM orders WHERE 'void'::order_status = status", ['read orders.status where', "read orders.status='void' literal"]],
  ["SELECT CASE status WHEN 'open' THEN 1 END FROM orders", ['read orders.status select', "read orders.status='open' literal"], 'case'],
  ["SELECT id FROM users WHERE name = 'open'", ['read users.id select', 'read users.name where']],
  ['SELECT name FROM users ORDER BY team_id DESC', ['read users.name select', 'read users.team_id order']],
  ['SELECT name AS n FROM users ORDER BY n', ['read users.name select', 'read users.name order']],
  ['SELECT email, name FROM users ORDER BY 2', ['read users.email select', 'read users.name select', 'read users.name order']],
  [
    'SELECT team_id, count(id) FROM users GROUP BY team_id HAVING max(name) > $1',
    ['read users.team_id select', 'read users.id select', 'read users.team_id group', 'read users.name where'],
    'team_id<users.team_id, count',
  ],
  ['SELECT lower(name) AS l FROM users GROUP BY l', ['read users.name select'], 'l'],
  ['SELECT DISTINCT ON (team_id) name FROM users', ['read users.team_id select', 'read users.name select']],
  [
    'SELECT sum(total) OVER (PARTITION BY user_id ORDER BY id) FROM orders',
    ['read orders.total select', 'read orders.user_id group', 'read orders.id order'],
    'sum',
  ],
  ['SELECT sum(total) OVER w FROM orders WINDOW w AS (PARTITION BY user_id)', ['read orders.total select', 'read orders.user_id group']],
  [
    "SELECT count(*) FILTER (WHERE status = 'open'), array_agg(id ORDER BY total) FROM orders",
    ['read orders.status where', "read orders.status='open' literal", 'read orders.id select', 'read orders.total order'],
    'count, array_agg',
  ],
  [
    'SELECT name FROM users WHERE EXISTS (SELECT * FROM orders WHERE user_id = users.id)',
    ['read users.name select', 'read orders.user_id where', 'read users.id where'],
  ],
  [
    'SELECT name FROM users WHERE id IN (SELECT user_id FROM orders WHERE total > 1)',
    ['read users.name select', 'read users.id where', 'read orders.user_id select', 'read orders.total where'],
  ],
  [
    'SELECT (SELECT max(total) FROM orders WHERE user_id = u.id) AS most FROM users u',
    ['read orders.total select', 'read orders.user_id where', 'read users.id where'],
    'most',
  ],
  ['SELECT q.mail FROM (SELECT email AS mail FROM users) q WHERE q.mail = $1', ['read users.email select', 'read users.email where'], 'mail<users.email'],
  ['SELECT * FROM (SELECT id, name FROM users) q', ['read users.id select', 'read users.name select'], 'id<users.id, name<users.name'],
  [
    'WITH t AS (SELECT id AS team, name FROM teams) SELECT team FROM t WHERE name = $1',
    ['read teams.id select', 'read teams.name select', 'read teams.name where'],
    'team<teams.id',
  ],
  ['WITH t(x) AS (SELECT name FROM teams) SELECT x FROM t ORDER BY x', ['read teams.name select', 'read teams.name order'], 'x<teams.name'],
  [
    'WITH RECURSIVE tree AS (SELECT id, parent_id FROM teams WHERE parent_id IS NULL UNION ALL SELECT c.id, c.parent_id FROM teams c JOIN tree ON tree.id = c.parent_id) SELECT id FROM tree',
    ['read teams.id select', 'read teams.parent_id select', 'read teams.parent_id where', 'read teams.id join', 'read teams.parent_id join'],
    'id<teams.id<teams.id',
  ],
  ['WITH users AS (SELECT id, name FROM teams) SELECT name FROM users', ['read teams.id select', 'read teams.name select'], 'name<teams.name'],
  [
    'SELECT name FROM users UNION SELECT name FROM teams ORDER BY name',
    ['read users.name select', 'read teams.name select', 'read users.name order', 'read teams.name order'],
    'name<users.name<teams.name',
  ],
  [
    'SELECT u.name, l.total FROM users u CROSS JOIN LATERAL (SELECT total FROM orders WHERE user_id = u.id LIMIT 1) l',
    ['read users.name select', 'read orders.total select', 'read orders.user_id where', 'read users.id where'],
    'name<users.name, total<orders.total',
  ],
  [
    'SELECT e.kind FROM users JOIN audit.events e USING (id)',
    ['read audit.events.kind select', 'read audit.events.id join', 'read users.id join'],
    'kind<events.kind',
  ],
  ['SELECT id FROM users JOIN audit.events USING (id)', ['read users.id select', 'read audit.events.id join', 'read users.id join'], 'id<users.id'],
  [
    'SELECT kind FROM orders NATURAL JOIN audit.events',
    [
      'read audit.events.kind select',
      'read orders.id join implicit',
      'read audit.events.id join implicit',
      'read orders.user_id join implicit',
      'read audit.events.user_id join implicit',
    ],
  ],
  ['SELECT audit.events.kind FROM audit.events', ['read audit.events.kind select'], 'kind<events.kind'],
  ['SELECT public.users.name FROM public.users', ['read users.name select'], 'name<users.name'],
  ['SELECT u FROM users u', all('users', 'read % select', users), 'u'],
  ['SELECT row_to_json(u) FROM users u', all('users', 'read % select', users), 'row_to_json'],
  ['SELECT to_jsonb(u.*) FROM users u', all('users', 'read % select', users), 'to_jsonb'],
  ['SELECT code FROM legacy', ['read legacy.code select likely'], 'code<legacy.code'],
  [
    'SELECT name, label FROM users JOIN legacy ON code = email',
    ['read users.name select high', 'read legacy.label select likely', 'read legacy.code join likely', 'read users.email join high'],
  ],
  ['SELECT u.name, g FROM users u, generate_series(1, u.id) AS g', ['read users.name select', 'read users.id select'], 'name<users.name, g'],
  ['SELECT r.a FROM orders o, jsonb_to_recordset(o.data) AS r(a int)', ['read orders.data select'], 'a'],
  ['SELECT relname FROM pg_class', []],
  ['SELECT name FROM users FOR UPDATE SKIP LOCKED', ['read users.name select']],
  ['SELECT name FROM users TABLESAMPLE SYSTEM (1)', ['read users.name select']],
  ['VALUES (1, 2)', [], 'column1, column2'],
  ['TABLE users', all('users', 'read % select', users)],
  [
    'SELECT coalesce(name, email) AS label, name || email FROM users LIMIT $1 OFFSET $2',
    ['read users.name select', 'read users.email select'],
    'label, ?column?',
  ],
  ['SELECT (u).name FROM users u', [...all('users', 'read % select', users)], 'name'],
  [
    'SELECT j.name FROM (users JOIN teams ON teams.id = users.team_id) AS j(a, b, c, d, e, name)',
    ['read teams.id join', 'read users.team_id join', 'read teams.name select'],
    'name<teams.name',
  ],
  ['INSERT INTO users (id, email) VALUES ($1, $2)', ['write users.id values', 'write users.email values']],
  ['INSERT INTO users VALUES (1, $1)', ['write users.id values implicit', 'write users.email values implicit']],
  ['INSERT INTO users SELECT * FROM users', [...all('users', 'write % values', users), ...all('users', 'read % select', users)]],
  ['INSERT INTO users DEFAULT VALUES', ['write users values']],
  [
    "INSERT INTO orders (id, status) VALUES (1, 'open'), (2, 'paid') RETURNING id",
    [
      'write orders.id values',
      'write orders.status values',
      "write orders.status='open' literal",
      "write orders.status='paid' literal",
      'read orders.id returning',
    ],
    'id<orders.id',
  ],
  [
    "INSERT INTO orders (id, status) SELECT id, 'void' FROM users",
    ['write orders.id values', 'write orders.status values', "write orders.status='void' literal", 'read users.id select'],
  ],
  [
    'INSERT INTO users (email) VALUES ($1) RETURNING *',
    ['write users.email values', ...all('users', 'read % returning', users)],
    'id<users.id, email<users.email, name<users.name, team_id<users.team_id',
  ],
  [
    'INSERT INTO users AS u (id, email) VALUES (1, $1) ON CONFLICT (email) DO UPDATE SET name = excluded.name, team_id = u.team_id + 1 WHERE u.id > 0',
    [
      'write users.id values',
      'write users.email values',
      'read users.email conflict',
      'write users.name set',
      'write users.team_id set',
      'read users.team_id set',
      'read users.id where',
    ],
  ],
  ['INSERT INTO users (email) VALUES ($1) ON CONFLICT ON CONSTRAINT users_email_unique DO NOTHING', ['write users.email values']],
  [
    "UPDATE orders SET status = 'paid', total = total + 1 WHERE id = $1",
    ['write orders.status set', "write orders.status='paid' literal", 'write orders.total set', 'read orders.total set', 'read orders.id where'],
  ],
  [
    "UPDATE orders SET status = CASE WHEN total > 0 THEN 'open' ELSE 'void' END::order_status",
    ['write orders.status set', "write orders.status='open' literal", "write orders.status='void' literal", 'read orders.total set'],
  ],
  ['UPDATE users SET (name, email) = ($1, $2)', ['write users.name set', 'write users.email set']],
  [
    'UPDATE users u SET name = t.name FROM teams t WHERE t.id = u.team_id RETURNING u.id, t.name',
    ['write users.name set', 'read teams.name set', 'read teams.id where', 'read users.team_id where', 'read users.id returning', 'read teams.name returning'],
    'id<users.id, name<teams.name',
  ],
  ['DELETE FROM users WHERE email = $1', ['delete users delete', 'read users.email where']],
  [
    'DELETE FROM orders USING users WHERE users.id = orders.user_id RETURNING orders.id',
    ['delete orders delete', 'read users.id where', 'read orders.user_id where', 'read orders.id returning'],
    'id<orders.id',
  ],
  [
    'MERGE INTO users u USING teams t ON u.team_id = t.id WHEN MATCHED AND t.name IS NULL THEN DELETE WHEN MATCHED THEN UPDATE SET name = t.name WHEN NOT MATCHED THEN INSERT (id, name) VALUES (t.id, t.name)',
    [
      'read users.team_id join',
      'read teams.id join',
      'read teams.name where',
      'delete users delete',
      'write users.name set',
      'read teams.name set',
      'write users.id values',
      'write users.name values',
      'read teams.id values',
      'read teams.name values',
    ],
  ],
  [
    'WITH gone AS (DELETE FROM orders RETURNING user_id) SELECT user_id FROM gone',
    ['delete orders delete', 'read orders.user_id returning', 'read orders.user_id select'],
    'user_id<orders.user_id',
  ],
  ['SELECT u.name FROM users u WHERE (u.id, u.email) IN (VALUES (1, $1))', ['read users.name select', 'read users.id where', 'read users.email where']],
  ['SELECT score(total) FROM orders', ['read orders.total select'], 'score'],
  ['SELECT email FROM active_users() u', [], 'email'],
  ['SELECT body FROM billing.notes', ['read billing.notes.body select']],
]

describe('whole statements', () => {
  it.each(whole.map(([sql, expected, shape]) => ({ sql, expected, shape })))('$sql', ({ sql, expected, shape }) => {
    const reading = read(sql)
    expect(uses(reading)).toEqual([...new Set(expected)].sort())
    if (shape !== undefined) expect(output(reading)).toBe(shape)
    expect(reading.unread).toEqual([])
  })
})

type Asked = readonly [title: string, parts: SqlPart | readonly SqlPart[], context: Partial<SqlContext>, uses: readonly string[]]

const table = (name: string, alias?: string): SqlPart => ({ table: { schema: 'public', name, ...(alias === undefined ? {} : { alias }) } })
const column = (of: string, name: string): SqlPart => ({ column: { schema: 'public', table: of, name } })
const value = (...strings: readonly string[]): SqlPart => ({ value: { strings } })
const unknown: SqlPart = { unknown: true }
const from = (...names: readonly string[]): Partial<SqlContext> => ({ builder: names.map((name) => ({ schema: 'public', name })) })

const templates: readonly Asked[] = [
  ['a table and a column as symbols', ['SELECT ', column('users', 'email'), ' FROM ', table('users')], {}, ['read users.email select symbol']],
  ['a column of a symbol by an alias in the text', ['SELECT u.name FROM ', table('users'), ' u'], {}, ['read users.name select']],
  ['a column of a symbol by its name in the text', ['SELECT users.name FROM ', table('users')], {}, ['read users.name select']],
  ["Drizzle's alias", ['SELECT p.name FROM ', table('teams', 'p')], {}, ['read teams.name select']],
  ['a symbol with a column in the text', ['SELECT ', table('users'), '.name FROM ', table('users')], {}, ['read users.name select']],
  ['all columns of a symbol', ['SELECT ', table('teams'), '.* FROM ', table('teams')], {}, all('teams', 'read % select', ['id', 'name', 'parent_id'])],
  [
    'symbols written by UPDATE',
    ['UPDATE ', table('users'), ' SET ', column('users', 'name'), ' = ', value(), ' WHERE ', column('users', 'id'), ' = ', value()],
    {},
    ['write users.name set', 'read users.id where symbol'],
  ],
  [
    'symbols in the columns of an INSERT',
    ['INSERT INTO ', table('users'), ' (', column('users', 'id'), ') VALUES (', value(), ')'],
    {},
    ['write users.id values'],
  ],
  [
    'a value that an enum column is compared with',
    ['SELECT 1 FROM orders WHERE status = ', value('paid')],
    {},
    ['read orders.status where', "read orders.status='paid' literal"],
  ],
  [
    'a list of values',
    ['SELECT id FROM orders WHERE status IN ', value('open', 'void')],
    {},
    ['read orders.id select', 'read orders.status where', "read orders.status='open' literal", "read orders.status='void' literal"],
  ],
  ['a known identifier', ['SELECT ', { identifier: { name: 'email' } }, ' FROM users'], {}, ['read users.email select']],
  ['nested parts', ['SELECT name FROM users ', { nested: ['WHERE id = ', value()] }], {}, ['read users.name select', 'read users.id where']],
]

const fragments: readonly Asked[] = [
  ['a select item', 'lower(email)', { place: 'select', ...from('users') }, ['read users.email select']],
  ['a select item with a name', 'count(id)::int AS n', { place: 'select', ...from('users') }, ['read users.id select']],
  ['a condition', 'total > 3 AND id = 1', { place: 'condition', ...from('orders') }, ['read orders.total where', 'read orders.id where']],
  [
    'a condition over a join',
    'total > 3 AND email = $1',
    { place: 'condition', ...from('orders', 'users') },
    ['read orders.total where', 'read users.email where'],
  ],
  ['an ambiguous column', 'id = 1', { place: 'condition', ...from('orders', 'users') }, ['read orders.id where possible of public.orders public.users']],
  ['a qualified column', 'users.id = 1', { place: 'condition', ...from('orders', 'users') }, ['read users.id where']],
  ['an alias of the builder', 'p.name = $1', { place: 'condition', builder: [{ schema: 'public', name: 'teams', alias: 'p' }] }, ['read teams.name where']],
  ['an order item', 'total DESC NULLS LAST', { place: 'order', ...from('orders') }, ['read orders.total order']],
  ['order items', 'total desc, id', { place: 'order', ...from('orders') }, ['read orders.total order', 'read orders.id order']],
  ['a group item', 'date_trunc($1, total), id', { place: 'group', ...from('orders') }, ['read orders.total group', 'read orders.id group']],
  ['a value that is assigned', 'total + 1', { place: 'assignment', ...from('orders') }, ['read orders.total set']],
  ['the row that an INSERT proposes', 'excluded.total', { place: 'assignment', ...from('orders') }, ['write orders.total set']],
  [
    'a sub-select, with the builder outside',
    '(SELECT count(*) FROM orders WHERE user_id = users.id)',
    { place: 'select', ...from('users') },
    ['read orders.user_id where', 'read users.id where'],
  ],
  ["a sub-select's own column before the builder's", '(SELECT name FROM teams)', { place: 'select', ...from('users') }, ['read teams.name select']],
  [
    'EXISTS',
    'EXISTS (SELECT 1 FROM orders o WHERE o.user_id = email)',
    { place: 'condition', ...from('users') },
    ['read orders.user_id where', 'read users.email where'],
  ],
  ['a clause', 'WHERE total > 3 ORDER BY id', { place: 'unknown', ...from('orders') }, ['read orders.total where', 'read orders.id order']],
  ['a join', 'LEFT JOIN teams t ON t.id = users.team_id', { place: 'unknown', ...from('users') }, ['read teams.id join', 'read users.team_id join']],
  ['a continued condition', 'AND total > 3', { place: 'unknown', ...from('orders') }, ['read orders.total where']],
  [
    'assignments',
    'total = total + 1, status = $1',
    { place: 'unknown', ...from('orders') },
    ['write orders.total set', 'read orders.total set', 'write orders.status set'],
  ],
  ['a SET clause', 'SET total = 0', { place: 'unknown', ...from('orders') }, ['write orders.total set']],
  ['a source', 'teams t', { place: 'from' }, ['read teams select']],
  ['an expression at an unknown place', 'lower(email)', { place: 'unknown', ...from('users') }, ['read users.email sql']],
  ['a column that one table has, with no builder', 'kind', { place: 'condition' }, ['read audit.events.kind where possible']],
  ['a column that several have, with no builder', 'user_id = 1', { place: 'condition' }, ['read orders.user_id where possible of public.orders audit.events']],
  ['a qualified column, with no builder', 'users.email = $1', { place: 'condition' }, ['read users.email where high']],
  ['a qualifier that is no table', 'x.parent_id = $1', { place: 'condition' }, ['read teams.parent_id where possible']],
  ["a column that the code's table lacks", 'deleted_at IS NULL', { place: 'condition', ...from('users') }, ['read users.deleted_at where high']],
  ['a JSON path', "data->'a'->>'b' = 'x'", { place: 'condition', ...from('orders') }, ['read orders.data where']],
  ['a comment at its end', 'total > 3 -- big', { place: 'condition', ...from('orders') }, ['read orders.total where']],
  ['a star', '*', { place: 'select', ...from('teams') }, all('teams', 'read % select', ['id', 'name', 'parent_id'])],
  ['a direction', 'desc nulls last', { place: 'unknown', ...from('teams') }, []],
]

/** `?`, `:name`, holes that are no value. */
const spellings: readonly Asked[] = [
  [
    'named placeholders',
    'SELECT name FROM users WHERE id = :id AND email = :mail::text',
    {},
    ['read users.name select', 'read users.id where', 'read users.email where'],
  ],
  ['question marks', 'SELECT name FROM users WHERE id = ? AND email = ?', {}, ['read users.name select', 'read users.id where', 'read users.email where']],
  [
    'a question mark in a text',
    "SELECT name FROM users WHERE name = 'a?:b' AND id = ?",
    {},
    ['read users.name select', 'read users.name where', 'read users.id where'],
  ],
  ['a slice of an array', 'SELECT (array_agg(id))[1:2] FROM users', {}, ['read users.id select']],
  ['rows of values', ['INSERT INTO users (id, email) VALUES ', value()], {}, ['write users.id values', 'write users.email values']],
]

const computed: readonly Asked[] = [
  ['a clause that is computed', ['SELECT name FROM users ', unknown], {}, ['read users.name select']],
  ['a direction that is computed', ['SELECT name FROM users ORDER BY id ', unknown], {}, ['read users.name select', 'read users.id order']],
  ['a table that is computed', ['SELECT name FROM ', unknown, ' WHERE name = 1'], {}, []],
  ['a column that is computed', ['UPDATE users SET ', unknown, ' = 1 WHERE id = 2'], {}, ['read users.id where']],
  ['a name that is not known', ['SELECT ', { identifier: {} }, ', email FROM users'], {}, ['read users.email select']],
  ['a piece of a name', ['SELECT id FROM users_', unknown], {}, []],
]

describe.each([
  ['templates', templates],
  ['fragments', fragments],
  ['spellings', spellings],
])('%s', (_title, cases) => {
  it.each(cases)('%s', (_case, parts, context, expected) => {
    const reading = read(parts, context)
    expect(uses(reading)).toEqual([...expected].sort())
    expect(reading.unread).toEqual([])
  })
})

describe('what is computed', () => {
  it.each(computed)('%s', (_title, parts, context, expected) => {
    const reading = read(parts, context)
    expect(uses(reading)).toEqual([...expected].sort())
    expect(reading.unread).not.toEqual([])
  })
})

const others: readonly Case[] = [
  ['COPY users (id, email) FROM STDIN', ['write users.id values', 'write users.email values']],
  ['COPY users TO STDOUT', all('users', 'read % select', users)],
  ['COPY (SELECT email FROM users) TO STDOUT', ['read users.email select']],
  ['TRUNCATE users, orders CASCADE', ['delete users delete', 'delete orders delete']],
  ['CREATE INDEX CONCURRENTLY mails ON users (lower(email), id) WHERE name IS NULL', ['read users.email sql', 'read users.id sql', 'read users.name sql']],
  ['ALTER TABLE users DROP COLUMN name, ADD CONSTRAINT a CHECK (team_id > 0)', ['write users sql', 'write users.name sql', 'read users.team_id sql']],
  ['ALTER TABLE users RENAME COLUMN name TO label', ['write users sql', 'write users.name sql']],
  ['DROP TABLE users', ['write users sql']],
  ['REFRESH MATERIALIZED VIEW CONCURRENTLY teams', ['read teams sql']],
  ['EXPLAIN ANALYZE SELECT email FROM users', ['read users.email select']],
  ["COMMENT ON COLUMN users.email IS 'x'", ['read users.email sql']],
  ['LOCK TABLE users IN SHARE MODE', ['read users sql']],
  ['BEGIN; UPDATE users SET name = $1; DELETE FROM orders; COMMIT', ['write users.name set', 'delete orders delete']],
  [
    'DO $$ DECLARE n int; BEGIN SELECT count(email) INTO n FROM users; IF n > 0 THEN DELETE FROM orders WHERE total = n; END IF; END $$',
    ['read users.email select', 'delete orders delete', 'read orders.total where'],
  ],
  ["DO $$ BEGIN EXECUTE 'DELETE FROM orders'; END $$", ['delete orders delete']],
  ["CREATE FUNCTION f(which int) RETURNS text LANGUAGE sql AS 'SELECT name FROM users WHERE id = which'", ['read users.name select', 'read users.id where']],
  [
    'CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE teams SET name = NEW.title WHERE id = NEW.team; RETURN NEW; END $$',
    ['write teams.name set', 'read teams.id where'],
  ],
]

describe('statements without rows', () => {
  it.each(others.map(([sql, expected]) => ({ sql, expected })))('$sql', ({ sql, expected }) => {
    const reading = read(sql)
    expect(uses(reading)).toEqual([...expected].sort())
    expect(reading.unread).toEqual([])
    expect(reading.output).toBeUndefined()
  })
})

describe('PostgreSQL', () => {
  let engine: Engine
  let session: Session
  beforeAll(async () => {
    engine = await openEngine({ profile: 'replay', extensions: [] })
    session = await engine.session(await engine.createDatabase())
  })
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]()
    await engine?.[Symbol.asyncDispose]()
  })

  it('prepares every whole statement', async () => {
    await session.script(schema)
    for (const [at, [sql]] of whole.entries())
      await session.script(`PREPARE case_${at} AS ${sql}`).catch((error: unknown) => expect.fail(`${sql}: ${String(error)}`))
  })
})

describe('names besides tables', () => {
  it('functions, those of SQL syntax left out', () => {
    expect(read('SELECT score(total), app.rank(id), extract(year FROM now()) FROM orders, active_users()').functions.toSorted()).toEqual([
      'active_users',
      'app.rank',
      'now',
      'score',
    ])
    expect(read('CALL app.tidy($1)').functions).toEqual(['app.tidy'])
  })

  it('constraints and indexes', () => {
    expect(read('INSERT INTO users (email) VALUES ($1) ON CONFLICT ON CONSTRAINT users_email_unique DO NOTHING').constraints).toEqual(['users_email_unique'])
    expect(read('ALTER TABLE users DROP CONSTRAINT a, VALIDATE CONSTRAINT b').constraints).toEqual(['a', 'b'])
    expect(read('DROP INDEX mails; REINDEX INDEX names').indexes).toEqual(['mails', 'names'])
  })

  it('the columns that an INSERT gives', () => {
    expect(read('INSERT INTO users (id, email) VALUES (1, $1)').inserts).toEqual([{ schema: 'public', name: 'users', given: ['id', 'email'], open: false }])
    expect(read('INSERT INTO users SELECT * FROM legacy').inserts).toEqual([{ schema: 'public', name: 'users', given: users, open: true }])
    expect(read(['INSERT INTO users (', unknown, ') VALUES (', unknown, ')']).inserts).toEqual([{ schema: 'public', name: 'users', given: [], open: true }])
  })
})

describe('what is not read says so', () => {
  it.each([
    ['SELEC name FROM users', /syntax error/],
    ['EXECUTE plan(1)', /prepared elsewhere/],
    ["DO $$ BEGIN EXECUTE 'DELETE FROM ' || which; END $$", /computed SQL/],
    ['SELECT nonsense', /of no table in sight/],
  ])('%s', (sql, why) => {
    expect(read(sql).unread.join()).toMatch(why)
  })
})

describe('SQL and prose', () => {
  it.each([
    'SELECT id FROM users',
    'select * from "users" where id = $1',
    '\n  -- the users\n  SELECT name\n  FROM public.users u',
    'WITH t AS (SELECT 1) SELECT * FROM t JOIN orders ON true',
    'INSERT INTO users (id) VALUES (?)',
    'UPDATE users SET name = :name',
    'update users as u set name = 1',
    'DELETE FROM orders WHERE id = 1',
    'TRUNCATE TABLE orders CASCADE',
    'SELECT count(*) FROM legacy JOIN users ON true',
  ])('SQL: %s', (text) => {
    expect(looksLikeSql(text, tables)).toBe(true)
  })

  it.each([
    'select a file',
    'update your profile',
    'Select a name from users of the list',
    'select one from the list',
    'Update users set by the administrator',
    'delete from cart',
    'insert into the form',
    'users',
    'with teams as partners',
    'SELECT 1 FROM nothing',
    'create users',
    '',
  ])('prose: %s', (text) => {
    expect(looksLikeSql(text, tables)).toBe(false)
  })
})
