import type { Catalog, View } from '../../model/catalog.ts'
import { display, displayIdentifier, keyOf, member, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { defineChange } from '../define.ts'
import { mapItems, mapValues, put } from '../edit.ts'
import { locking } from '../footprint.ts'
import { refuse } from '../refusal.ts'
import { renameInOne } from '../renaming/columns.ts'
import { renameColumnInTree } from '../scopes.ts'
import { viewOf, viewWord } from '../views.ts'

const renameOwn = (view: View, on: RelationName, from: string, to: string): View => ({
  ...view,
  columns: mapItems(view.columns, (column) => (column === from ? to : column)),
  triggers: mapValues(view.triggers, (trigger) => ({ ...trigger, definition: renameColumnInTree(trigger.definition, on, from, to, false, view.columns) })),
  rules: mapValues(view.rules, (rule) => ({ ...rule, definition: renameColumnInTree(rule.definition, on, from, to, false, view.columns) })),
})

const rename = (catalog: Catalog, on: RelationName, from: string, to: string): Catalog => {
  const view = viewOf(catalog, on)
  const named = renameInOne(catalog, { on, from, to, columns: view.columns })
  return put(named, 'views', on, renameOwn(view, on, from, to))
}

/** Read by RENAME COLUMN of any relation. */
export const renameViewColumn = defineChange({
  kind: 'rename-view-column',
  summary: 'A column of a view is renamed; what reads it follows.',
  apply({ on, from, to }, catalog) {
    const { columns } = viewOf(catalog, on)
    if (!columns.includes(from)) refuse('42703', `column "${from}" does not exist`)
    if (columns.includes(to)) refuse('42701', `column "${to}" of relation "${display(on)}" already exists`)
    return rename(catalog, on, from, to)
  },
  invert: ({ on, from, to }) => [{ kind: 'rename-view-column', on, from: to, to: from }],
  toSql: ({ on, from, to }, before) => [`ALTER ${viewWord(before.views.get(on))} ${on} RENAME COLUMN ${quoteIdentifier(from)} TO ${quoteIdentifier(to)}`],
  footprint: ({ on }) => locking('ACCESS EXCLUSIVE', on),
  describe: ({ on, from, to }) => `column ${displayIdentifier(from)} of view ${display(on)} is renamed to ${displayIdentifier(to)}`,
  touches: ({ on, from, to }) => [keyOf('column', member(on, from)), keyOf('column', member(on, to))],
  examples: [
    {
      given: `CREATE TABLE a (id int, note text); CREATE VIEW v AS SELECT id, note FROM a; CREATE VIEW w AS SELECT v.id FROM v ORDER BY note; COMMENT ON COLUMN v.note IS 'x'`,
      sql: `ALTER VIEW v RENAME COLUMN note TO remark`,
    },
    {
      given: `CREATE TABLE a (id int); CREATE MATERIALIZED VIEW m AS SELECT id FROM a; CREATE INDEX i ON m (id)`,
      sql: `ALTER MATERIALIZED VIEW m RENAME COLUMN id TO number`,
    },
  ],
})
