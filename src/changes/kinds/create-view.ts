import type { Tree } from '../../model/json.ts'
import { display, keyOf, localName } from '../../model/name.ts'
import { child, flag } from '../../sql/tree.ts'
import { defineChange, noFootprint } from '../define.ts'
import { put } from '../edit.ts'
import { relationKind } from '../names.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { createsTemporary } from '../temporary.ts'
import { notReplaceable, printView, readMaterializedView, readsTemporary, readView } from '../views.ts'

const create = (reading: Reading, node: Tree): void => {
  const range = child(node, 'view') ?? {}
  if (createsTemporary(reading, range, readsTemporary(reading, child(node, 'query') ?? {}))) return
  const name = reading.newRelation(range)
  const view = readView(reading, node)
  const kind = relationKind(reading.catalog, name)
  if (!flag(node, 'replace') || kind === undefined) return reading.emit({ kind: 'create-view', name, view })
  const before = reading.catalog.views.get(name)
  if (!before || before.materialized) return refuse('42809', `"${localName(name)}" is not a view`)
  const obstacle = notReplaceable(before, view)
  if (obstacle !== undefined) refuse('42P16', obstacle)
  reading.emit({ kind: 'replace-view', name, view: { ...view, rules: before.rules, triggers: before.triggers } })
}

const createMaterialized = (reading: Reading, node: Tree): void => {
  const name = reading.newRelation(child(child(node, 'into'), 'rel') ?? {})
  if (flag(node, 'if_not_exists') && relationKind(reading.catalog, name) !== undefined) return
  if (readsTemporary(reading, child(node, 'query'))) refuse('0A000', 'materialized views must not use temporary tables or views')
  reading.emit({ kind: 'create-view', name, view: readMaterializedView(reading, node) })
}

export const createView = defineChange({
  kind: 'create-view',
  summary: 'A view or materialised view is made.',
  reads: { ViewStmt: create, 'CreateTableAsStmt OBJECT_MATVIEW': createMaterialized },
  apply({ name, view }, catalog) {
    if (relationKind(catalog, name) !== undefined) refuse('42P07', `relation "${localName(name)}" already exists`)
    if (catalog.types.has(name)) refuse('42710', `type "${localName(name)}" already exists`)
    return put(catalog, 'views', name, view)
  },
  invert: ({ name }) => [{ kind: 'drop-view', name }],
  toSql: ({ name, view }) => [printView(name, view)],
  footprint: () => noFootprint,
  describe: ({ name, view }) => `${view.materialized ? 'materialized ' : ''}view ${display(name)} is made, with ${view.columns.length} columns`,
  touches: ({ name }) => [keyOf('view', name)],
  examples: [
    {
      given: `CREATE TABLE users (id int PRIMARY KEY, name text, active boolean); CREATE TABLE posts (id int, user_id int, title text)`,
      sql: `CREATE VIEW authors (id, author, posts) WITH (security_barrier) AS SELECT u.id, name, count(*) FROM users u JOIN posts p ON p.user_id = u.id WHERE active GROUP BY u.id`,
    },
    { given: `CREATE TABLE users (id int, name text)`, sql: `CREATE VIEW v AS SELECT * FROM users WHERE id > 0 WITH LOCAL CHECK OPTION` },
    { given: `CREATE TABLE users (id int, name text)`, sql: `CREATE MATERIALIZED VIEW m AS SELECT id, upper(name) FROM users WITH NO DATA` },
    { sql: `CREATE RECURSIVE VIEW numbers (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < 10` },
    { given: `CREATE TABLE a (id int); CREATE VIEW v AS SELECT id FROM a`, sql: `CREATE VIEW w AS SELECT v.*, a.id AS other FROM v, a` },
  ],
})
