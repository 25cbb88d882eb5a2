import type { Options, View } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { display, keyOf, type RelationName } from '../../model/name.ts'
import { dotted, printOptions } from '../../sql/print.ts'
import { child, list } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { editTable, tableOf } from '../edit.ts'
import { equal } from '../equal.ts'
import { locking } from '../footprint.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood } from '../refusal.ts'
import { readOptions } from '../types.ts'

const changed = (before: Options, command: Tree, reset: boolean): Options => {
  const given = readOptions(list(child(child(command, 'def'), 'List'), 'items'))
  return reset ? Object.fromEntries(Object.entries(before).filter(([key]) => !(key in given))) : { ...before, ...given }
}

/** A view's CHECK OPTION is one of its options in SET (…). */
const viewOptions = (
  { check_option: check, ...to }: Options,
  name: RelationName,
): { readonly name: RelationName; readonly to: Options; readonly checkOption?: NonNullable<View['checkOption']> } =>
  check === 'local' || check === 'cascaded' ? { name, to, checkOption: check } : { name, to }

/** SET (…) and RESET (…) of any relation: the kind of relation decides the kind of change. */
const set =
  (reset: boolean) =>
  (reading: Reading, command: Tree, on: RelationName): void => {
    const table = reading.catalog.tables.get(on)
    if (table) {
      const to = changed(table.options, command, reset)
      return equal(to, table.options) ? undefined : reading.emit({ kind: 'set-table-options', on, to })
    }
    const index = reading.catalog.indexes.get(on)
    if (index) return reading.emit({ kind: 'set-index-options', name: on, to: changed(index.options, command, reset) })
    const view = reading.catalog.views.get(on)
    if (!view) return notUnderstood(`SET (…) on ${display(on)}, which is no table, index or view`)
    const before = view.checkOption ? { ...view.options, check_option: view.checkOption } : view.options
    return reading.emit({ kind: 'set-view-options', ...viewOptions(changed(before, command, reset), on) })
  }

const printKey = (key: string): string => dotted(key.split('.'))

/** The names of the options that are set, reset or get another value. */
export const changedOptions = (before: Options, to: Options): ReadonlySet<string> =>
  new Set([...Object.keys(before), ...Object.keys(to)].filter((key) => before[key] !== to[key]))

/** What changes from one set of options to another, as the commands of ALTER. */
export const optionCommands = (before: Options, to: Options): readonly string[] => {
  const gone = Object.keys(before)
    .filter((key) => !(key in to))
    .sort()
  const set = Object.fromEntries(Object.entries(to).filter(([key, value]) => before[key] !== value))
  return [...(gone.length > 0 ? [`RESET (${gone.map(printKey).join(', ')})`] : []), ...(Object.keys(set).length > 0 ? [`SET (${printOptions(set)})`] : [])]
}

export const setTableOptions = defineChange({
  kind: 'set-table-options',
  summary: 'Storage parameters of a table are set or reset.',
  alters: { AT_SetRelOptions: set(false), AT_ResetRelOptions: set(true) },
  apply: ({ on, to }, catalog) => editTable(catalog, on, (table) => ({ ...table, options: to })),
  invert: ({ on }, before) => [{ kind: 'set-table-options', on, to: tableOf(before, on).options }],
  toSql: ({ on, to }, before) => optionCommands(tableOf(before, on).options, to).map((command) => `ALTER TABLE ${on} ${command}`),
  footprint: ({ on, to }, before) =>
    locking(changedOptions(tableOf(before, on).options, to).has('user_catalog_table') ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE', on),
  describe: ({ on, to }) => `storage parameters of table ${display(on)} are ${printOptions(to) || 'the defaults'}`,
  touches: ({ on }) => [keyOf('table', on)],
  examples: [
    { given: `CREATE TABLE a (id int)`, sql: `ALTER TABLE a SET (fillfactor = 70, toast.autovacuum_enabled = false)` },
    { given: `CREATE TABLE a (id int) WITH (fillfactor = 70, autovacuum_enabled = false)`, sql: `ALTER TABLE a RESET (fillfactor)` },
  ],
})
