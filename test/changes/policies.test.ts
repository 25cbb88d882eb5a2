import { beforeAll, describe, expect, it } from 'vitest'
import { statementsOf } from '../../src/changes/index.ts'
import { qualified } from '../../src/model/name.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { play } from '../support/sql.ts'

beforeAll(loadSql)

const tables = 'CREATE TABLE t (id int, owner text, team int); CREATE TABLE m (team int, id int, who text);'
const printed = (sql: string): readonly string[] => {
  const last = play(`${tables} ${sql}`).changes.at(-1)
  return last ? statementsOf(last.change, last.before) : []
}

describe('policies', () => {
  it('write own columns bare outside of sub-selects and qualified inside', () => {
    expect(
      printed(
        `CREATE POLICY p ON t TO current_user USING (t.owner = current_user AND EXISTS (SELECT 1 FROM m WHERE m.id = t.id AND owner = who AND team = 1))`,
      ),
    ).toEqual([
      'CREATE POLICY "p" ON "public"."t" AS PERMISSIVE FOR ALL TO CURRENT_USER USING (owner = CURRENT_USER AND EXISTS (SELECT 1 AS "?column?" FROM public.m WHERE (m.id = t.id AND t.owner = m.who AND m.team = 1)))',
    ])
  })

  it('are for everybody as soon as PUBLIC is named', () => {
    expect(play(`${tables} CREATE POLICY p ON t TO session_user, public`).catalog.tables.get(qualified('public', 't'))?.policies.get('p')?.roles).toEqual([
      'PUBLIC',
    ])
  })

  it('keep what ALTER POLICY does not name, and are made again when a condition goes', () => {
    const made = play(`${tables} CREATE POLICY p ON t USING (id > 1)`)
    const { changes } = play('ALTER POLICY p ON t WITH CHECK (id > 2)', made)
    const [step] = changes
    expect(step && statementsOf(step.change, step.before)).toEqual(['ALTER POLICY "p" ON "public"."t" TO PUBLIC USING (id > 1) WITH CHECK (id > 2)'])
    const back = { kind: 'alter-policy', on: qualified('public', 't'), name: 'p', to: { permissive: true, command: 'all', roles: ['PUBLIC'] } } as const
    expect(statementsOf(back, made.catalog)).toEqual(['DROP POLICY "p" ON "public"."t"', 'CREATE POLICY "p" ON "public"."t" AS PERMISSIVE FOR ALL TO PUBLIC'])
  })

  it.each([
    ['42710', 'CREATE POLICY p ON t; CREATE POLICY p ON t'],
    ['42601', 'CREATE POLICY p ON t FOR INSERT USING (true)'],
    ['42601', 'CREATE POLICY p ON t FOR SELECT WITH CHECK (true)'],
    ['42809', 'CREATE VIEW v AS SELECT id FROM t; CREATE POLICY p ON v'],
    ['42704', 'DROP POLICY p ON t'],
    ['42704', 'ALTER POLICY p ON t USING (true)'],
    ['42704', 'ALTER POLICY p ON t RENAME TO q'],
    ['2BP01', 'CREATE POLICY p ON t USING (team IN (SELECT team FROM m WHERE who = current_user)); ALTER TABLE m DROP COLUMN who'],
    ['2BP01', 'CREATE POLICY p ON t USING (team IN (SELECT team FROM m)); ALTER TABLE t DROP COLUMN team'],
  ])('refuses with %s: %s', (sqlstate, sql) => {
    expect(() => play(`${tables} ${sql}`)).toThrow(expect.objectContaining({ sqlstate }))
  })

  it('do not hold back an own column of the same name as one in a sub-select', () => {
    const { catalog } = play(`${tables} CREATE POLICY p ON t USING (team IN (SELECT m.team FROM m WHERE m.id = 1)); ALTER TABLE t DROP COLUMN id`)
    expect(catalog.tables.get(qualified('public', 't'))?.columns.map(({ name }) => name)).toEqual(['owner', 'team'])
  })

  it('need nothing where IF EXISTS finds nothing', () => {
    expect(play(`${tables} DROP POLICY IF EXISTS p ON t; DROP POLICY IF EXISTS p ON nowhere`).changes.map(({ change }) => change.kind)).toEqual([
      'create-table',
      'create-table',
    ])
  })
})
