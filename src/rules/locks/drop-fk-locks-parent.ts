import type { Move } from '../../changes/batch.ts'
import { constraintsOn } from '../../changes/found-by.ts'
import type { Change } from '../../model/change.ts'
import { display, displayIdentifier, keyOf, type RelationName } from '../../model/name.ts'
import { briefLock } from '../brief-locks.ts'
import { defineStepRule, type PolicyHit, type StepView } from '../define.ts'

/** The tables that a statement says it changes or drops. */
const named = ({ moves }: StepView): ReadonlySet<RelationName> =>
  new Set(
    moves.flatMap(({ change }) => {
      if (change.kind === 'drop-table') return [change.name]
      return (change.kind === 'drop-constraint' || change.kind === 'drop-column') && !change.implied ? [change.on] : []
    }),
  )

const lockOther = (move: Move, view: StepView, other: RelationName, because: string): readonly PolicyHit[] => {
  const hit = briefLock(move, view, other, 'ACCESS EXCLUSIVE', {
    message: `${display(other)} is locked too, against reads and writes: ${because}.`,
    object: keyOf('table', other),
  })
  return hit ? [hit] : []
}

const ofConstraint = (move: Move<Change<'drop-constraint'>>, view: StepView): readonly PolicyHit[] => {
  const { on, name } = move.change
  const constraint = move.before.tables.get(on)?.constraints.get(name)
  if (constraint?.type !== 'foreign key') return []
  const known = named(view)
  return [on, constraint.references]
    .filter((relation) => !known.has(relation))
    .flatMap((other) => lockOther(move, view, other, `the foreign key ${displayIdentifier(name)} ${other === on ? 'of it' : 'that references it'} is dropped`))
}

const ofTable = (move: Move<Change<'drop-table'>>, view: StepView): readonly PolicyHit[] => {
  const { name } = move.change
  const known = named(view)
  const parents = constraintsOn(move.before, name).flatMap((each) => (each.type === 'foreign key' ? [each.references] : []))
  return [...new Set(parents)]
    .filter((parent) => !known.has(parent))
    .flatMap((parent) => lockOther(move, view, parent, `${display(name)}, which references it, is dropped`))
}

export const dropFkLocksParent = defineStepRule({
  id: 'drop-fk-locks-parent',
  severity: 'warning',
  weighs: 'traffic',
  summary: 'A foreign key goes, by DROP CONSTRAINT or with its table, and locks the table at its other end.',
  why: 'PostgreSQL takes ACCESS EXCLUSIVE on both tables: all queries on the one that the statement does not name wait too, inside a batch until the batch ends.',
  instead:
    "Begin the migration with SET LOCAL lock_timeout = '5s' and deploy again when it fails; drop foreign keys of busy tables in a migration of their own.",
  judges: {
    'drop-constraint': ofConstraint,
    'drop-table': ofTable,
  },
  bad: [
    {
      shows: 'the constraint is dropped',
      given:
        'CREATE TABLE customers (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint CONSTRAINT orders_customer_fk REFERENCES customers)',
      sql: 'ALTER TABLE orders DROP CONSTRAINT orders_customer_fk',
      also: ['drop-foreign-key'],
    },
    {
      shows: 'the table that references is dropped',
      given: 'CREATE TABLE customers (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint REFERENCES customers)',
      sql: 'DROP TABLE orders',
      also: ['drop-table'],
    },
    {
      shows: 'the other way round: CASCADE takes the foreign key of another table',
      given: 'CREATE TABLE customers (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint REFERENCES customers)',
      sql: 'DROP TABLE customers CASCADE',
      also: ['drop-table'],
    },
  ],
  good: [
    {
      shows: 'a wait that is limited',
      given:
        'CREATE TABLE clients (id bigint PRIMARY KEY); CREATE TABLE bills (id bigint PRIMARY KEY, client bigint CONSTRAINT bills_client_fk REFERENCES clients)',
      sql: "SET LOCAL lock_timeout = '3s'; ALTER TABLE bills DROP CONSTRAINT bills_client_fk",
      also: ['drop-foreign-key'],
    },
    {
      shows: 'a table that references itself',
      given: 'CREATE TABLE parts (id bigint PRIMARY KEY, part_of bigint CONSTRAINT parts_part_of_fk REFERENCES parts)',
      sql: 'ALTER TABLE parts DROP CONSTRAINT parts_part_of_fk',
      also: ['drop-foreign-key'],
    },
  ],
})
