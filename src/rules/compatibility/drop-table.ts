import type { Move } from '../../changes/batch.ts'
import { statementsOf } from '../../changes/index.ts'
import type { Table } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { display, keyOf, member, type RelationName } from '../../model/name.ts'
import { defineStepRule, type StepView } from '../define.ts'
import { deprecationOf } from '../deprecation.ts'
import { isCopied, renamedTable } from '../lookalikes.ts'
import { relationBefore } from '../origins.ts'
import { rowsWhere } from '../prechecks.ts'
import { dropLater, listed } from '../running-code.ts'

/** Foreign keys of tables that stay: CASCADE drops them with the table. */
const foreignKeysTo = ({ moves, batch }: StepView, name: RelationName): readonly string[] =>
  moves.flatMap(({ change, before }) => {
    if (change.kind !== 'drop-constraint' || !change.implied || change.on === name || !batch.after.tables.has(change.on)) return []
    const constraint = before.tables.get(change.on)?.constraints.get(change.name)
    return constraint?.type === 'foreign key' && constraint.references === name ? [display(member(change.on, change.name))] : []
  })

const hazardOf = (move: Move<Change<'drop-table'>>, table: Table, { batch }: StepView): string => {
  const shown = display(move.change.name)
  if (table.kind === 'foreign') return `Foreign table ${shown} is dropped: running code that names it fails; the rows stay where they are.`
  if (table.partitionOf) return `Partition ${shown} of ${display(table.partitionOf.parent)} is dropped with its rows.`
  if (isCopied(batch, move))
    return `Table ${shown} is dropped: of its rows only those stay that this batch has copied, and running code that names it meets another table or none.`
  if (batch.after.tables.has(move.change.name)) return `Table ${shown} is dropped with all of its rows and made anew.`
  return `Table ${shown} is dropped with all of its rows, and running code that names it fails.`
}

export const dropTable = defineStepRule({
  id: 'drop-table',
  severity: 'error',
  summary: 'A table that was there before the batch is dropped.',
  why: 'Its rows are gone, and only a backup has them. During a deployment the previous release still runs: every query that names the table fails with "relation does not exist" (42P01).',
  instead:
    'Take the table out of the code in one release, and drop it in a later one. Where the policy asks for it, say above the statement since when it is deprecated.',
  judges: {
    'drop-table'(move, view) {
      const { change, before } = move
      const table = before.tables.get(change.name)
      const old = relationBefore(view.batch, move, change.name)
      if (!table || change.implied || old === undefined) return undefined
      const deprecated = deprecationOf(view.step.statement, view)?.state === 'fulfilled'
      if (!deprecated && renamedTable(view.batch, move) !== undefined) return undefined
      const keys = foreignKeysTo(view, change.name)
      const taken =
        keys.length === 0 ? '' : ` ${keys.length === 1 ? 'The foreign key' : 'The foreign keys'} ${listed(keys)} ${keys.length === 1 ? 'goes' : 'go'} with it.`
      return {
        message: `${hazardOf(move, table, view)}${taken}`,
        object: keyOf('table', change.name),
        relation: change.name,
        remedy: dropLater(`table ${display(change.name)}`, statementsOf(change, before)),
        ...(table.kind === 'foreign' ? {} : { precheck: rowsWhere(old) }),
        ...(deprecated ? { severity: 'note' } : table.kind === 'foreign' ? { severity: 'warning' } : {}),
      }
    },
  },
  bad: [
    {
      shows: 'drizzle-kit drops what the schema files no longer have; the foreign key of another table goes along',
      given:
        'CREATE TABLE teams (id bigint PRIMARY KEY); CREATE TABLE members (id bigint PRIMARY KEY, team_id bigint CONSTRAINT members_team_fk REFERENCES teams)',
      sql: 'DROP TABLE "teams" CASCADE',
      also: ['drop-fk-locks-parent'],
    },
    {
      shows: 'in a DO block, with a schema and a name that needs quotes',
      given: 'CREATE SCHEMA app; CREATE TABLE app."Old Orders" (id bigint)',
      sql: 'DO $$ BEGIN DROP TABLE IF EXISTS app."Old Orders"; END $$',
    },
    {
      shows: 'one partition',
      given: "CREATE TABLE logs (at date) PARTITION BY RANGE (at); CREATE TABLE logs_2020 PARTITION OF logs FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
      sql: 'DROP TABLE logs_2020',
    },
  ],
  good: [
    { shows: 'a table that is not there', sql: 'DROP TABLE IF EXISTS orders' },
    { shows: 'a table that the same batch made', sql: ['CREATE TABLE scratch (id bigint)', 'ALTER TABLE scratch RENAME TO scratch_2', 'DROP TABLE scratch_2'] },
  ],
})
