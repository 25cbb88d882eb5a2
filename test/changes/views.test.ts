import { beforeAll, describe, expect, it } from 'vitest'
import { emptyCatalog } from '../../src/changes/edit.ts'
import { invert, statementsOf } from '../../src/changes/index.ts'
import { qualified } from '../../src/model/name.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { fold, play } from '../support/sql.ts'

beforeAll(loadSql)

const table = 'CREATE TABLE a (id int, note text);'
const refusal = (sqlstate: string) => expect.objectContaining({ sqlstate })

describe('views', () => {
  it.each([
    ['42P07', `${table} CREATE VIEW a AS SELECT 1 AS one`],
    ['42701', `${table} CREATE VIEW v AS SELECT id, id FROM a`],
    ['42601', `${table} CREATE VIEW v (x, y, z) AS SELECT id, note FROM a`],
    ['42P16', `${table} CREATE VIEW v AS SELECT id, note FROM a; CREATE OR REPLACE VIEW v AS SELECT id FROM a`],
    ['42P16', `${table} CREATE VIEW v AS SELECT id FROM a; CREATE OR REPLACE VIEW v AS SELECT id AS number FROM a`],
    ['42809', `${table} CREATE OR REPLACE VIEW a AS SELECT 1 AS one`],
    ['42809', `${table} CREATE VIEW v AS SELECT id FROM a; DROP MATERIALIZED VIEW v`],
    ['42P01', 'DROP VIEW v'],
    ['2BP01', `${table} CREATE VIEW v AS SELECT id FROM a; CREATE VIEW w AS SELECT id FROM v; DROP VIEW v`],
    ['2BP01', `${table} CREATE VIEW v AS SELECT id FROM a; ALTER TABLE a DROP COLUMN id`],
  ])('refuses with %s: %s', (sqlstate, sql) => {
    expect(() => play(sql)).toThrow(refusal(sqlstate))
  })

  it('lets a column go that no view reads', () => {
    expect(play(`${table} CREATE VIEW v AS SELECT id FROM a; ALTER TABLE a DROP COLUMN note`).catalog.views.size).toBe(1)
  })

  it('prints every name quoted, and its options', () => {
    const { changes } = play(`${table} CREATE VIEW "V 1" (x) WITH (security_invoker = true) AS SELECT id FROM a WHERE id > 0 WITH CASCADED CHECK OPTION`)
    const last = changes.at(-1)
    expect(last && statementsOf(last.change, last.before)).toEqual([
      `CREATE VIEW "public"."V 1" ("x") WITH ("security_invoker"='true') AS SELECT a.id AS id FROM public.a WHERE a.id > 0 WITH CASCADED CHECK OPTION`,
    ])
  })

  it('makes again what depends on a view whose new columns are taken back', () => {
    const given = play(
      `${table} CREATE VIEW v AS SELECT id FROM a; CREATE VIEW w AS SELECT id FROM v; CREATE MATERIALIZED VIEW m AS SELECT id FROM w; CREATE INDEX i ON m (id)`,
    )
    const { changes } = play('CREATE OR REPLACE VIEW v AS SELECT id, note FROM a', given)
    const [step] = changes
    const inverse = step ? invert(step.change, step.before) : []
    expect('irreversible' in inverse ? [] : inverse.map(({ kind }) => kind)).toEqual([
      'drop-view',
      'drop-view',
      'drop-view',
      'create-view',
      'create-view',
      'create-view',
      'create-index',
    ])
    expect('irreversible' in inverse ? emptyCatalog : fold(inverse, step?.after ?? emptyCatalog)).toEqual(given.catalog)
  })

  it('leaves no trace of temporary views and of views over temporary tables', () => {
    const { catalog, changes } = play('CREATE TEMP TABLE t (id int); CREATE VIEW v AS SELECT id FROM t; CREATE TEMP VIEW w AS SELECT 1 AS one; DROP VIEW v')
    expect(changes.map(({ change }) => change.kind)).toEqual(['use-temporary', 'use-temporary', 'use-temporary', 'use-temporary'])
    expect(catalog).toEqual(emptyCatalog)
  })

  it('says when a query cannot be followed', () => {
    for (const sql of ['CREATE VIEW v AS SELECT * FROM pg_class', `CREATE VIEW v AS SELECT * FROM json_table('[]', '$[*]' COLUMNS (a int)) AS j`]) {
      expect(play(sql).changes[0]?.change).toMatchObject({ kind: 'opaque' })
    }
  })

  it('follows renames of what it reads, and keeps its own names', () => {
    const { catalog } = play(`${table} CREATE VIEW v AS SELECT id, note FROM a; ALTER TABLE a RENAME note TO remark`)
    const view = catalog.views.get(qualified('public', 'v'))
    expect(view?.columns).toEqual(['id', 'note'])
    expect(view?.reads).toContain('column "public"."a"."remark"')
  })
})
