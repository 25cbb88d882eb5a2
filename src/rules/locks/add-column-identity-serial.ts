import { isUsed } from '../../changes/batch.ts'
import { sequenceType } from '../../changes/types.ts'
import type { Attribute } from '../../model/catalog.ts'
import { display, keyOf, member, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { defineStepRule } from '../define.ts'
import { plainSql } from '../plain-sql.ts'
import { inBatches, notNullSteps } from '../rewrite-remedies.ts'
import { storesOf } from '../stored-rows.ts'

const sequenceOf = (value: Attribute['default']): RelationName | undefined =>
  value !== undefined && 'sequence' in value ? (value.sequence as RelationName) : undefined

export const addColumnIdentitySerial = defineStepRule({
  id: 'add-column-identity-serial',
  severity: 'error',
  weighs: 'rows',
  summary: 'A serial or identity column is added to a table in use.',
  why: 'Each old row needs a number of its own: PostgreSQL writes the whole table and its indexes anew, while nobody can read or write it.',
  instead:
    'Add a plain integer column and a sequence whose nextval is its default, number the old rows in small batches, then make it NOT NULL (and an identity).',
  judges: {
    'add-column'(move, view) {
      const { on, attribute, implied } = move.change
      const value = attribute.default
      const sequence = attribute.identity?.sequence ?? sequenceOf(value)
      if (implied || sequence === undefined || !isUsed(move, on)) return undefined
      const column = quoteIdentifier(attribute.name)
      const next = `nextval(${quoteLiteral(plainSql(sequence))})`
      const type = sequenceType(attribute.type) ?? 'bigint'
      return {
        message: `Adding ${attribute.identity ? 'the identity' : 'the serial'} ${display(member(on, attribute.name))} rewrites ${display(on)}, to number its rows.`,
        object: keyOf('column', member(on, attribute.name)),
        relation: on,
        lock: { relation: on, mode: 'ACCESS EXCLUSIVE', duration: 'rewrite' },
        claim: { rewrites: storesOf(move.before, on) },
        ...(attribute.identity
          ? {
              help: 'Add it with a sequence of its own, as below; once it is NOT NULL, DROP DEFAULT and ADD GENERATED … AS IDENTITY (START WITH the next number) take a moment.',
            }
          : {}),
        remedy: {
          title: 'Add, then number in batches',
          steps: [
            {
              when: 'instead',
              sql: [
                `ALTER TABLE ${on} ADD COLUMN ${column} ${type}`,
                ...(view.step.before.sequences.has(sequence)
                  ? []
                  : [`CREATE SEQUENCE ${sequence}${type === 'bigint' ? '' : ` AS ${type}`} OWNED BY ${on}.${column}`]),
                `ALTER TABLE ${on} ALTER COLUMN ${column} SET DEFAULT ${next}`,
              ].map(plainSql),
            },
            {
              when: 'outside',
              sql: [plainSql(inBatches(move.after, on, `${column} = DEFAULT`, `${column} IS NULL`))],
              note: 'After the deployment; again and again, each in its own transaction, until it updates no row.',
            },
            ...(attribute.notNull ? notNullSteps(on, attribute, attribute.notNull.name, view.postgres) : []),
          ],
        },
      }
    },
  },
  bad: [
    { shows: 'a serial', given: 'CREATE TABLE orders (id uuid PRIMARY KEY)', sql: 'ALTER TABLE orders ADD COLUMN number serial' },
    {
      shows: 'an identity, on a quoted name',
      given: 'CREATE TABLE "Orders" (id uuid PRIMARY KEY)',
      sql: 'ALTER TABLE "Orders" ADD COLUMN "orderNumber" bigint GENERATED ALWAYS AS IDENTITY',
    },
    {
      shows: 'a sequence that is there, in a DO block',
      given: 'CREATE SEQUENCE numbers; CREATE TABLE orders (id uuid PRIMARY KEY)',
      sql: "DO $$ BEGIN ALTER TABLE orders ADD COLUMN number bigint DEFAULT nextval('numbers'); END $$",
      also: ['sequence-not-owned'],
    },
  ],
  good: [
    { shows: 'a table that the same batch makes', sql: 'CREATE TABLE orders (id uuid); ALTER TABLE orders ADD COLUMN number serial' },
    {
      shows: 'numbers for new rows only',
      given: 'CREATE TABLE orders (id uuid PRIMARY KEY)',
      sql: "ALTER TABLE orders ADD COLUMN number bigint; CREATE SEQUENCE orders_number_seq OWNED BY orders.number; ALTER TABLE orders ALTER COLUMN number SET DEFAULT nextval('orders_number_seq')",
    },
  ],
})
