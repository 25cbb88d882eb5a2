import type { Tree } from '../../model/json.ts'
import { display, keyOf, localName, type RelationName } from '../../model/name.ts'
import { child } from '../../sql/tree.ts'
import { parted } from '../children.ts'
import { memberKey } from '../create.ts'
import { defineChange } from '../define.ts'
import { editTable, tableOf } from '../edit.ts'
import { locking, together } from '../footprint.ts'
import type { Reading } from '../reading.ts'
import { refuse } from '../refusal.ts'

const parentIn = (reading: Reading, command: Tree): RelationName => reading.relation(child(child(command, 'def'), 'RangeVar') ?? {})

const add = (reading: Reading, command: Tree, on: RelationName): void => {
  const parent = parentIn(reading, command)
  const { inherits, columns } = tableOf(reading.catalog, on)
  if (inherits.includes(parent)) refuse('42P07', `relation "${localName(parent)}" would be inherited from more than once`)
  const missing = tableOf(reading.catalog, parent).columns.find(({ name }) => !columns.some((own) => own.name === name))
  if (missing) refuse('42804', `child table is missing column "${missing.name}"`)
  reading.emit({ kind: 'set-inheritance', on, to: [...inherits, parent] })
}

const remove = (reading: Reading, command: Tree, on: RelationName): void => {
  const parent = parentIn(reading, command)
  const { inherits } = tableOf(reading.catalog, on)
  if (!inherits.includes(parent)) refuse('42P01', `relation "${localName(parent)}" is not a parent of relation "${localName(on)}"`)
  reading.emit({ kind: 'set-inheritance', on, to: inherits.filter((name) => name !== parent) })
}

export const setInheritance = defineChange({
  kind: 'set-inheritance',
  summary: 'A table inherits from other tables, or no longer.',
  alters: { AT_AddInherit: add, AT_DropInherit: remove },
  /** What came from a parent that is gone is the table's own. */
  apply: ({ on, to }, catalog) =>
    editTable(catalog, on, (table) => ({
      ...parted(
        table,
        to.flatMap((parent) => catalog.tables.get(parent) ?? []),
      ),
      inherits: to,
    })),
  /** That a column was not the table's own cannot be said again: PostgreSQL keeps it as both. */
  invert({ on, to }, before) {
    const table = tableOf(before, on)
    const { columns, constraints } = parted(
      table,
      to.flatMap((parent) => before.tables.get(parent) ?? []),
    )
    return [
      { kind: 'set-inheritance', on, to: table.inherits },
      ...table.columns.flatMap((column, at) =>
        columns[at] && columns[at] !== column
          ? [{ kind: 'respell', object: memberKey('column', on, column.name), from: columns[at], to: column } as const]
          : [],
      ),
      ...[...table.constraints].flatMap(([name, constraint]) => {
        const own = constraints.get(name)
        return own && own !== constraint ? [{ kind: 'respell', object: memberKey('constraint', on, name), from: own, to: constraint } as const] : []
      }),
    ]
  },
  toSql({ on, to }, before) {
    const from = before.tables.get(on)?.inherits ?? []
    return [
      ...from.filter((parent) => !to.includes(parent)).map((parent) => `ALTER TABLE ${on} NO INHERIT ${parent}`),
      ...to.filter((parent) => !from.includes(parent)).map((parent) => `ALTER TABLE ${on} INHERIT ${parent}`),
    ]
  },
  footprint: ({ on, to }, before) =>
    together(locking('ACCESS EXCLUSIVE', on), locking('SHARE UPDATE EXCLUSIVE', ...to.filter((parent) => !before.tables.get(on)?.inherits.includes(parent)))),
  describe: ({ on, to }) => `table ${display(on)} inherits from ${to.map(display).join(', ') || 'no table'}`,
  touches: ({ on }) => [keyOf('table', on)],
  examples: [
    { given: `CREATE TABLE p (a int); CREATE TABLE c (a int, b int)`, sql: `ALTER TABLE c INHERIT p` },
    { given: `CREATE TABLE p (a int); CREATE TABLE c (a int, b int) INHERITS (p)`, sql: `ALTER TABLE c NO INHERIT p` },
  ],
})
