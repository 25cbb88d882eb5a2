import type { Table } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { display, keyOf, localName, type RelationName } from '../../model/name.ts'
import { child, list } from '../../sql/tree.ts'
import { defineChange } from '../define.ts'
import { editTable, tableOf } from '../edit.ts'
import { equal } from '../equal.ts'
import { locking } from '../footprint.ts'
import { alteredForeignOptions, foreignOptionsCommand } from '../foreign-options.ts'
import type { Reading } from '../reading.ts'
import { notUnderstood, refuse } from '../refusal.ts'

const foreignOf = (table: Table, on: RelationName): NonNullable<Table['foreign']> =>
  table.foreign ?? refuse('42809', `"${localName(on)}" is not a foreign table`)

const set = (reading: Reading, command: Tree, on: RelationName): void => {
  const table = reading.catalog.tables.get(on) ?? notUnderstood(`OPTIONS of ${display(on)}, which is no table`)
  const { options } = foreignOf(table, on)
  const to = alteredForeignOptions(options, list(child(child(command, 'def'), 'List'), 'items'))
  if (!equal(options, to)) reading.emit({ kind: 'set-foreign-options', on, to })
}

export const setForeignOptions = defineChange({
  kind: 'set-foreign-options',
  summary: 'Options of a foreign table are added, set or dropped.',
  alters: { AT_GenericOptions: set },
  apply: ({ on, to }, catalog) => editTable(catalog, on, (table) => ({ ...table, foreign: { ...foreignOf(table, on), options: to } })),
  invert: ({ on }, before) => [{ kind: 'set-foreign-options', on, to: foreignOf(tableOf(before, on), on).options }],
  toSql({ on, to }, before) {
    const command = foreignOptionsCommand(foreignOf(tableOf(before, on), on).options, to)
    return command === undefined ? [] : [`ALTER FOREIGN TABLE ${on} ${command}`]
  },
  footprint: ({ on }) => locking('ACCESS EXCLUSIVE', on),
  describe: ({ on, to }) => `options of foreign table ${display(on)} are ${Object.keys(to).sort().join(', ') || 'none'}`,
  touches: ({ on }) => [keyOf('table', on)],
  examples: [
    {
      given: `CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE a (id int) SERVER s OPTIONS (path '/x', mode 'r')`,
      sql: `ALTER FOREIGN TABLE a OPTIONS (SET path '/y', DROP mode, ADD "Format" 'csv')`,
    },
  ],
})
