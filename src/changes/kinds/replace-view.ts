import { display, keyOf } from '../../model/name.ts'
import { defineChange } from '../define.ts'
import { put } from '../edit.ts'
import { locking } from '../footprint.ts'
import { refuse } from '../refusal.ts'
import { notReplaceable, printView, rebuildView, viewOf } from '../views.ts'

export const replaceView = defineChange({
  kind: 'replace-view',
  summary: 'The query of a view is replaced; its first columns stay as they are.',
  apply({ name, view }, catalog) {
    const obstacle = notReplaceable(viewOf(catalog, name), view)
    return obstacle === undefined ? put(catalog, 'views', name, view) : refuse('42P16', obstacle)
  },
  invert({ name, view }, before) {
    const old = viewOf(before, name)
    return notReplaceable(view, old) === undefined ? [{ kind: 'replace-view', name, view: old }] : rebuildView(before, name)
  },
  toSql: ({ name, view }) => [printView(name, view, true)],
  footprint: ({ name }) => locking('ACCESS EXCLUSIVE', name),
  describe: ({ name }) => `the query of view ${display(name)} is replaced`,
  touches: ({ name }) => [keyOf('view', name)],
  examples: [
    {
      given: `CREATE TABLE a (id int, note text); CREATE VIEW v AS SELECT id FROM a`,
      sql: `CREATE OR REPLACE VIEW v AS SELECT id FROM a WHERE note IS NOT NULL`,
    },
    {
      given: `CREATE TABLE a (id int, note text); CREATE VIEW v AS SELECT id FROM a; CREATE VIEW w AS SELECT id FROM v; COMMENT ON VIEW w IS 'x'`,
      sql: `CREATE OR REPLACE VIEW v WITH (security_invoker = true) AS SELECT id, note FROM a`,
    },
  ],
})
