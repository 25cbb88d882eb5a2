// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the sources that are followed have them
/** node-postgres and postgres.js: what the SQL that they are given does. */
import { describe, expect, it } from 'vitest'
import type { ProjectFiles } from '../../../../src/adapters/code/frameworks/define.ts'
import { makePg } from '../../../../src/adapters/code/frameworks/pg.ts'
import { makePostgres } from '../../../../src/adapters/code/frameworks/postgres.ts'
import { lowerSource } from '../../../../src/adapters/code/lower/index.ts'
import { Following } from '../../../../src/adapters/code/machine/index.ts'
import { modelsOf } from '../../../../src/adapters/code/models.ts'
import type { CodeColumn, CodeTable } from '../../../../src/model/code.ts'
import { loadSql } from '../../../../src/sql/parser.ts'

await loadSql()

const column = (name: string): CodeColumn => ({ name, key: name, line: 1, type: 'text', notNull: false, hasDefault: false })
const status: CodeColumn = { ...column('status'), enumType: 'status', values: ['open', 'paid'] }
const place = { file: 'schema.ts', line: 1, schema: 'public', kind: 'table' } as const
const tables: readonly CodeTable[] = [
  { ...place, name: 'users', symbol: 'users', columns: ['id', 'email', 'name'].map(column) },
  { ...place, name: 'orders', symbol: 'orders', columns: [column('id'), column('user_id'), status] },
]

const project: ProjectFiles = { paths: ['a.ts'], has: () => false, read: () => undefined, depends: () => false, dependents: () => [], directives: () => [] }

const follow = (text: string): Following => {
  const tree = lowerSource('a.ts', text)
  const models = modelsOf([makePg(() => tables), makePostgres(() => tables)], project)
  const following = new Following({ tree: () => tree, resolve: (_from, specifier) => ({ package: specifier }) }, models)
  following.follow('a.ts')
  following.followRest(() => true)
  following.end()
  return following
}

const uses = (text: string): readonly string[] => {
  const all = follow(text).functions.flatMap((one) => one.uses)
  const told = all.map(
    ({ table, column: name, value, access, role, line }) =>
      `${line}: ${access} ${tables[table]?.name}${name ? `.${name}` : ''}${value ? `='${value}'` : ''} ${role}`,
  )
  return [...new Set(told)].sort()
}

const gaps = (text: string): readonly string[] => follow(text).gaps.map(({ why }) => why)

describe('node-postgres', () => {
  const pool = "import { Pool } from 'pg'; const pool = new Pool();\n"

  it('a query with its parameters', () => {
    expect(uses(`${pool}await pool.query('SELECT id FROM orders WHERE status = $1', ['paid'])`)).toEqual([
      '2: read orders.id select',
      '2: read orders.status where',
      "2: read orders.status='paid' literal",
    ])
  })

  it('a query as an object, of a client that a pool gives', () => {
    expect(
      uses(
        `${pool}const run = async () => { const client = await pool.connect()\nreturn client.query({ text: 'DELETE FROM users WHERE id = $1', values: [1] }) }`,
      ),
    ).toEqual(['3: delete users delete', '3: read users.id where'])
  })

  it('the rows, by the names of the database', () => {
    expect(uses(`${pool}const { rows } = await pool.query('SELECT email AS mail, name FROM users')\nfor (const row of rows) send(row.mail)`)).toEqual([
      '2: read users.email select',
      '2: read users.name select',
      '3: read users.email property',
    ])
  })

  it('by its default export, and by a type', () => {
    expect(uses("import pg from 'pg'\nnew pg.Client().query('TRUNCATE users')")).toEqual(['2: delete users delete'])
    expect(uses("import type { Pool } from 'pg'\nexport const f = (db: Pool) => db.query('SELECT name FROM users')")).toEqual(['2: read users.name select'])
  })

  it('a callback gets the result', () => {
    expect(uses(`${pool}pool.query('SELECT name FROM users', [], (error, result) => result.rows[0].name)`)).toEqual([
      '2: read users.name property',
      '2: read users.name select',
    ])
  })

  it('says what it cannot read', () => {
    expect(gaps(`${pool}pool.query(build())`)).toEqual(['SQL that is put together elsewhere is sent here'])
    expect(gaps(`${pool}pool.query('SELEC 1')`)).toEqual([expect.stringContaining('syntax error')])
    expect(gaps(`${pool}pool.query('SELECT a FROM elsewhere')`)).toEqual(['SQL names public.elsewhere, which the code declares nowhere'])
  })
})

describe('postgres.js', () => {
  const sql = "import postgres from 'postgres'; const sql = postgres('postgres://');\n"

  it('a template with values', () => {
    expect(uses(`${sql}const [row] = await sql\`SELECT name FROM users WHERE id = \${1}\`\nrow.name`)).toEqual([
      '2: read users.id where',
      '2: read users.name select',
      '3: read users.name property',
    ])
  })

  it('a fragment in a template', () => {
    expect(uses(`${sql}const mine = sql\`AND email = \${x}\`\nawait sql\`SELECT name FROM users WHERE true \${mine}\``)).toEqual([
      '3: read users.email where',
      '3: read users.name select',
    ])
  })

  it('helpers for columns and values', () => {
    expect(uses(`${sql}await sql\`INSERT INTO users \${sql({ email: a, name: b })}\``)).toEqual(['2: write users.email values', '2: write users.name values'])
    expect(uses(`${sql}await sql\`UPDATE users SET \${sql(user, 'name')} WHERE id IN \${sql([1, 2])}\``)).toEqual([
      '2: read users.id where',
      '2: write users.name set',
    ])
    expect(uses(`${sql}await sql\`SELECT \${sql(['email', 'name'])} FROM \${sql('users')}\``)).toEqual([
      '2: read users.email select',
      '2: read users.name select',
    ])
  })

  it('a transaction, and text as it stands', () => {
    expect(uses(`${sql}await sql.begin(async (tx) => {\nawait tx\`DELETE FROM orders\`\nawait tx.unsafe('DELETE FROM users') })`)).toEqual([
      '3: delete orders delete',
      '4: delete users delete',
    ])
  })
})
