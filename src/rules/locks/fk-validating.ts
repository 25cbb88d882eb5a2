import { isUsed, type Move } from '../../changes/batch.ts'
import { columnOn, isPartitioned } from '../../changes/found-by.ts'
import { printConstraint } from '../../changes/print.ts'
import type { Constraint } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { display, displayIdentifier, keyOf, localName, member, quoteIdentifier } from '../../model/name.ts'
import { identifiers } from '../../sql/print.ts'
import { addColumn, inlineColumn, isAlone } from '../commands.ts'
import { defineStepRule, type StepView } from '../define.ts'
import { isBelieved } from '../foreign-keys.ts'
import { columnBefore, relationBefore } from '../origins.ts'
import { plainSql } from '../plain-sql.ts'
import { orphanRows } from '../prechecks.ts'
import { notValidFirst } from '../remedies.ts'
import { storesOf } from '../stored-rows.ts'

type ForeignKey = Extract<Constraint, { type: 'foreign key' }>
type Added = Move<Change<'add-constraint'>>

/** True for REFERENCES inside of an ADD COLUMN that no row is checked for. */
const isSpared = (move: Added, view: StepView): boolean => {
  const column = inlineColumn(move, view)
  const attribute = columnOn(move.before, move.change.on, column)
  return attribute !== undefined && isBelieved(view, attribute)
}

/** The ADD COLUMN inside of which the key stands, without it. */
const columnFirst = (move: Added, view: StepView): readonly string[] => {
  const column = inlineColumn(move, view)
  return column === undefined ? [] : addColumn(move.before, move.change.on, column)
}

/** Orphans that are there now: with the names that tables and columns have before the batch. */
const precheck = (move: Added, { batch }: StepView, key: ForeignKey): string | undefined => {
  const { on } = move.change
  const [relation, references] = [relationBefore(batch, move, on), relationBefore(batch, move, key.references)]
  const columns = key.columns.map((column) => columnBefore(batch, move, on, column)?.column)
  const referenced = key.referenced.map((column) => columnBefore(batch, move, key.references, column)?.column)
  const all = [...columns, ...referenced]
  if (relation === undefined || references === undefined || !all.every((column) => column !== undefined)) return undefined
  const known = (names: readonly (string | undefined)[]): readonly string[] => names.filter((name) => name !== undefined)
  return plainSql(orphanRows(relation, { columns: known(columns), references, referenced: known(referenced), match: key.match }))
}

/** A column that the same batch adds without a default: said inside of its ADD COLUMN, the key needs no check at all. */
const inlineInstead = (move: Added, { batch }: StepView, { columns, references, referenced, onDelete, onUpdate }: ForeignKey): string | undefined => {
  const [column] = columns
  const { on, name } = move.change
  if (column === undefined || columns.length !== 1 || columnBefore(batch, move, on, column) !== undefined) return undefined
  const attribute = columnOn(move.before, on, column)
  if (!attribute || attribute.default !== undefined || attribute.notNull || attribute.generated) return undefined
  const actions = `${onUpdate === 'no action' ? '' : ` ON UPDATE ${onUpdate.toUpperCase()}`}${onDelete === 'no action' ? '' : ` ON DELETE ${onDelete.toUpperCase()}`}`
  const said = plainSql(`ADD COLUMN ${quoteIdentifier(column)} … CONSTRAINT ${quoteIdentifier(name)} REFERENCES ${references} (${identifiers(referenced)})`)
  return `Say it inside of the column, ${said}${actions}: PostgreSQL then knows that all rows are NULL and reads none. Or add it NOT VALID and validate it in the next deployment.`
}

export const fkValidating = defineStepRule({
  id: 'fk-validating',
  severity: 'error',
  weighs: 'rows',
  summary: 'A foreign key is added to a table in use, and all its rows are checked at once.',
  why: 'Writes to both tables wait while every row of the referencing one is looked up in the referenced one, and inside a batch until the batch ends.',
  instead: 'Add the foreign key NOT VALID, and VALIDATE it in a migration of the next deployment: that one lets everybody read and write.',
  judges: {
    'add-constraint'(move, view) {
      const { on, name, constraint, implied } = move.change
      if (implied || constraint.type !== 'foreign key' || constraint.state !== 'valid' || !isUsed(move, on) || isSpared(move, view)) return undefined
      const quoted = quoteIdentifier(name)
      const both = constraint.references !== on && isUsed(move, constraint.references) ? ` and ${display(constraint.references)}` : ''
      const check = precheck(move, view, constraint)
      // Before 18 a partitioned table takes no foreign key that is NOT VALID (42809).
      const refused = isPartitioned(move.before, on) && view.postgres < 18
      const inline = inlineInstead(move, view, constraint)
      const column = columnFirst(move, view)
      return {
        message: `All rows of ${display(on)} are checked for the foreign key ${displayIdentifier(name)}; writes to ${display(on)}${both} wait meanwhile.`,
        object: keyOf('constraint', member(on, name)),
        relation: on,
        lock: { relation: on, mode: 'SHARE ROW EXCLUSIVE', duration: 'scan' },
        claim: { scans: storesOf(move.before, on) },
        ...(check === undefined ? {} : { precheck: check }),
        ...(inline === undefined ? {} : { help: inline }),
        ...(refused
          ? {
              help: `Add it to each partition of ${localName(on)} NOT VALID, validate these in the next deployment, and add it to the table after that: it then reads nothing.`,
            }
          : {
              remedy: notValidFirst(
                'Check the rows without blocking writes',
                [...column, `ALTER TABLE ${on} ADD CONSTRAINT ${quoted} ${printConstraint({ ...constraint, state: 'not valid' })}`],
                [`ALTER TABLE ${on} VALIDATE CONSTRAINT ${quoted}`],
                isAlone(move, view),
              ),
            }),
      }
    },
  },
  bad: [
    {
      shows: 'a foreign key between tables in use',
      given: 'CREATE TABLE customers (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint)',
      sql: 'ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer) REFERENCES customers (id) ON DELETE CASCADE',
      rows: 'INSERT INTO customers SELECT generate_series(1, 9); INSERT INTO orders SELECT n, n FROM generate_series(1, 9) AS n',
    },
    {
      shows: 'in the DO block that older versions of drizzle-kit write',
      given: 'CREATE TABLE customers (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, "customerId" bigint)',
      sql: 'DO $$ BEGIN ALTER TABLE "orders" ADD CONSTRAINT "orders_customerId_fk" FOREIGN KEY ("customerId") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action; EXCEPTION WHEN duplicate_object THEN null; END $$',
    },
    {
      shows: 'a column that the batch has just added is read all the same',
      given: 'CREATE TABLE customers (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: [
        'ALTER TABLE orders ADD COLUMN customer bigint',
        'ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer) REFERENCES customers (id)',
      ],
    },
    {
      shows: 'REFERENCES of a column with a default',
      given: "CREATE TABLE plans (name text PRIMARY KEY); CREATE TABLE users (id bigint PRIMARY KEY); INSERT INTO plans VALUES ('free')",
      sql: "ALTER TABLE users ADD COLUMN plan text DEFAULT 'free' REFERENCES plans (name)",
    },
  ],
  good: [
    {
      shows: 'NOT VALID',
      given: 'CREATE TABLE customers (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint)',
      sql: 'ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer) REFERENCES customers (id) NOT VALID',
    },
    {
      shows: 'a new table has no rows to check; only its parent is locked',
      given: 'CREATE TABLE customers (id bigint PRIMARY KEY)',
      sql: 'CREATE TABLE notes (customer bigint); ALTER TABLE notes ADD CONSTRAINT notes_customer_fk FOREIGN KEY (customer) REFERENCES customers (id)',
      also: ['create-table-fk-locks-parent'],
    },
    {
      shows: 'a constraint that is not enforced',
      given: 'CREATE TABLE customers (id bigint PRIMARY KEY); CREATE TABLE notes (id bigint PRIMARY KEY, customer bigint)',
      sql: 'ALTER TABLE notes ADD CONSTRAINT notes_customer_fk FOREIGN KEY (customer) REFERENCES customers (id) NOT ENFORCED',
    },
  ],
})
