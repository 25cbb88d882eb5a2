import type { Tree } from '../../model/json.ts'
import { display, keyOf } from '../../model/name.ts'
import { child, flag, list, strings } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { refuseDependents } from '../dependents.ts'
import { droppedKey } from '../drop-change.ts'
import { dropAll } from '../drops.ts'
import { drop, dropFactsOf } from '../edit.ts'
import { indexesOf, locking } from '../footprint.ts'
import { indexesOn } from '../found-by.ts'
import { relationKind } from '../names.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'
import { dropsTemporary } from '../temporary.ts'
import { recreateView, viewOf, viewWord } from '../views.ts'

const read =
  (materialized: boolean) =>
  (reading: Reading, node: Tree): void =>
    dropAll(reading, node, (item) => {
      const parts = strings(list(child(item, 'List'), 'items'))
      const shown = parts.join('.')
      const word = materialized ? 'materialized view' : 'view'
      if (!materialized && dropsTemporary(reading, parts)) return 'done'
      const name = reading.find(parts, (candidate) => relationKind(reading.catalog, candidate) !== undefined)
      if (name === undefined) return flag(node, 'missing_ok') ? undefined : refuse('42P01', `${word} "${shown}" does not exist`)
      return reading.catalog.views.get(name)?.materialized === materialized ? keyOf('view', name) : refuse('42809', `"${parts.at(-1)}" is not a ${word}`)
    })

export const dropView = defineChange({
  kind: 'drop-view',
  summary: 'A view or materialised view is dropped, with its rules, triggers and indexes.',
  reads: { 'DropStmt OBJECT_VIEW': read(false), 'DropStmt OBJECT_MATVIEW': read(true) },
  apply({ name }, catalog) {
    viewOf(catalog, name)
    refuseDependents(catalog, keyOf('view', name))
    let next = dropFactsOf(drop(catalog, 'views', name), keyOf('view', name))
    for (const [index] of indexesOn(catalog, name)) next = dropFactsOf(drop(next, 'indexes', index), keyOf('index', index))
    return next
  },
  invert: ({ name }, before) => recreateView(before, name),
  toSql: ({ name }, before) => [`DROP ${viewWord(before.views.get(name))} ${name}`],
  footprint: ({ name }, before) => locking('ACCESS EXCLUSIVE', name, ...indexesOf(before, name)),
  describe: ({ name }) => `view ${display(name)} is dropped`,
  touches: (change) => [droppedKey(change)],
  examples: [
    {
      given: `CREATE TABLE a (id int, note text); CREATE VIEW v AS SELECT id FROM a; COMMENT ON VIEW v IS 'x'; COMMENT ON COLUMN v.id IS 'y'`,
      sql: `DROP VIEW v`,
    },
    {
      given: `CREATE TABLE a (id int); CREATE VIEW v AS SELECT id FROM a; CREATE VIEW w AS SELECT id FROM v; CREATE VIEW x AS SELECT id FROM w`,
      sql: `DROP VIEW IF EXISTS v CASCADE`,
    },
    { given: `CREATE TABLE a (id int); CREATE MATERIALIZED VIEW m AS SELECT id FROM a; CREATE UNIQUE INDEX i ON m (id)`, sql: `DROP MATERIALIZED VIEW m` },
  ],
})
