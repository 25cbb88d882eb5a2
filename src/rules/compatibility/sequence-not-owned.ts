import type { Catalog } from '../../model/catalog.ts'
import { display, keyOf, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { defineBatchRule } from '../define.ts'
import { movesOf } from '../origins.ts'
import { plainSql } from '../plain-sql.ts'
import { displayColumn } from '../running-code.ts'

type Use = { readonly on: RelationName; readonly column: string }

/** The columns whose default is the next value of each sequence. */
const usesOf = (catalog: Catalog): ReadonlyMap<RelationName, readonly Use[]> => {
  const found = new Map<RelationName, Use[]>()
  for (const [on, { columns, partitionOf }] of catalog.tables) {
    for (const { name, default: value } of columns) {
      if (value === undefined || !('sequence' in value) || partitionOf) continue
      const sequence = value.sequence as RelationName
      found.set(sequence, [...(found.get(sequence) ?? []), { on, column: name }])
    }
  }
  return found
}

export const sequenceNotOwned = defineBatchRule({
  id: 'sequence-not-owned',
  severity: 'note',
  summary: 'A sequence that serves one column only is not owned by it.',
  why: 'It outlives its column: DROP TABLE and DROP COLUMN leave it behind, TRUNCATE … RESTART IDENTITY does not reset it, pg_get_serial_sequence() does not find it, and moving the table leaves it in its old schema.',
  instead: 'Say ALTER SEQUENCE … OWNED BY table.column, or use GENERATED … AS IDENTITY, which owns its sequence.',
  check({ batch }) {
    const touched = movesOf(batch).some(({ change }) => change.kind === 'set-default' || change.kind === 'add-column' || change.kind === 'create-table')
    if (!touched || batch.after.sequences.size === 0) return []
    const before = usesOf(batch.before)
    return [...usesOf(batch.after)].flatMap(([sequence, uses]) => {
      const [use] = uses
      const owner = batch.after.sequences.get(sequence)?.ownedBy
      if (!use || uses.length > 1 || before.has(sequence) || !batch.after.sequences.has(sequence) || owner?.table === use.on) return []
      const at = batch.steps.findLast(({ moves }) =>
        moves.some(
          ({ change }) =>
            (change.kind === 'set-default' && change.on === use.on && change.column === use.column) ||
            (change.kind === 'add-column' && change.on === use.on && change.attribute.name === use.column) ||
            (change.kind === 'create-table' && change.name === use.on),
        ),
      )
      if (!at) return []
      const shown = displayColumn(use.on, use.column)
      return [
        {
          at,
          message: `Sequence ${display(sequence)} gives ${shown} its values and is not owned by it: it stays when the column goes.`,
          object: keyOf('sequence', sequence),
          remedy: {
            title: 'Give it to its column',
            steps: [
              {
                when: 'instead' as const,
                sql: [plainSql(`ALTER SEQUENCE ${sequence} OWNED BY ${use.on}.${quoteIdentifier(use.column)}`)],
                note: 'After the statement, in the same migration.',
              },
            ],
          },
        },
      ]
    })
  },
  bad: [{ shows: 'a sequence made by hand', sql: "CREATE SEQUENCE order_numbers; CREATE TABLE orders (number bigint DEFAULT nextval('order_numbers'))" }],
  good: [
    {
      shows: 'owned by its column',
      sql: "CREATE SEQUENCE n; CREATE TABLE orders (number bigint DEFAULT nextval('n')); ALTER SEQUENCE n OWNED BY orders.number",
    },
    { shows: 'shared by two tables', sql: "CREATE SEQUENCE n; CREATE TABLE a (n bigint DEFAULT nextval('n')); CREATE TABLE b (n bigint DEFAULT nextval('n'))" },
    { shows: 'serial', sql: 'CREATE TABLE orders (number bigserial PRIMARY KEY)' },
  ],
})
