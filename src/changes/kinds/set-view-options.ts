import type { Options, View } from '../../model/catalog.ts'
import { display, keyOf } from '../../model/name.ts'
import { printOptions } from '../../sql/print.ts'
import { defineChange } from '../define.ts'
import { put, withFields } from '../edit.ts'
import { locking } from '../footprint.ts'
import { viewOf, viewWord } from '../views.ts'
import { optionCommands } from './set-table-options.ts'

/** Options as ALTER VIEW takes them: the check option is one of them. */
const all = (options: Options, checkOption: View['checkOption']): Options => (checkOption ? { ...options, check_option: checkOption } : options)

/** Read by SET (…) and RESET (…) of any relation. */
export const setViewOptions = defineChange({
  kind: 'set-view-options',
  summary: 'Options of a view, or storage parameters of a materialised view, are set or reset.',
  apply: ({ name, to, checkOption }, catalog) => put(catalog, 'views', name, withFields(viewOf(catalog, name), { options: to, checkOption })),
  invert({ name }, before) {
    const { options, checkOption } = viewOf(before, name)
    return [{ kind: 'set-view-options', name, to: options, ...(checkOption ? { checkOption } : {}) }]
  },
  toSql({ name, to, checkOption }, before) {
    const view = viewOf(before, name)
    return optionCommands(all(view.options, view.checkOption), all(to, checkOption)).map((command) => `ALTER ${viewWord(view)} ${name} ${command}`)
  },
  footprint: ({ name }, before) => locking(before.views.get(name)?.materialized ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE', name),
  describe: ({ name, to, checkOption }) => `options of view ${display(name)} are ${printOptions(all(to, checkOption)) || 'the defaults'}`,
  touches: ({ name }) => [keyOf('view', name)],
  examples: [
    { given: `CREATE TABLE a (id int); CREATE VIEW v AS SELECT id FROM a`, sql: `ALTER VIEW v SET (security_invoker = true, check_option = local)` },
    {
      given: `CREATE TABLE a (id int); CREATE VIEW v WITH (security_barrier) AS SELECT id FROM a WITH CASCADED CHECK OPTION`,
      sql: `ALTER VIEW v RESET (check_option, security_barrier)`,
    },
    { given: `CREATE TABLE a (id int); CREATE MATERIALIZED VIEW m AS SELECT id FROM a`, sql: `ALTER MATERIALIZED VIEW m SET (fillfactor = 70)` },
  ],
})
