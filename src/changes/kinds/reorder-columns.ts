import { display, keyOf } from '../../model/name.ts'
import { defineChange, noFootprint } from '../define.ts'
import { editTable, tableOf } from '../edit.ts'
import { refuse } from '../refusal.ts'

export const reorderColumns = defineChange({
  kind: 'reorder-columns',
  summary: 'The order of the columns differs. PostgreSQL has no statement for it: only making the table anew changes it.',
  apply: ({ on, to }, catalog) =>
    editTable(catalog, on, (table) => ({
      ...table,
      columns: to.map(
        (name) => table.columns.find((attribute) => attribute.name === name) ?? refuse('42703', `column "${name}" of relation "${display(on)}" does not exist`),
      ),
    })),
  invert: ({ on }, before) => [{ kind: 'reorder-columns', on, to: tableOf(before, on).columns.map(({ name }) => name) }],
  toSql: () => [],
  footprint: () => noFootprint,
  describe: ({ on, to }) => `the columns of table ${display(on)} stand in the order ${to.join(', ')}`,
  touches: ({ on }) => [keyOf('table', on)],
  examples: [],
})
