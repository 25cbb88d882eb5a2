import { isUsed } from '../../changes/batch.ts'
import { printColumn } from '../../changes/print.ts'
import type { Attribute, Catalog } from '../../model/catalog.ts'
import { display, keyOf, member, type RelationName } from '../../model/name.ts'
import { defineStepRule, type PolicyHit } from '../define.ts'
import { plainSql } from '../plain-sql.ts'
import { storesOf } from '../stored-rows.ts'

const hit = (catalog: Catalog, on: RelationName, column: string, message: string): PolicyHit => ({
  message,
  object: keyOf('column', member(on, column)),
  relation: on,
  lock: { relation: on, mode: 'ACCESS EXCLUSIVE', duration: 'rewrite' },
  claim: { rewrites: storesOf(catalog, on) },
})

/** The column computed when it is read: from PostgreSQL 18 on, and of built-in types only. */
const asVirtual = (attribute: Attribute, postgres: number): Attribute | undefined =>
  postgres >= 18 && attribute.generated && attribute.type.schema === 'pg_catalog'
    ? { ...attribute, generated: { ...attribute.generated, stored: false } }
    : undefined

export const addColumnGeneratedStored = defineStepRule({
  id: 'add-column-generated-stored',
  severity: 'error',
  weighs: 'rows',
  summary: 'A stored generated column is added to a table in use, or its expression is changed.',
  why: 'The value of each old row is computed and stored: PostgreSQL writes the whole table and its indexes anew, while nobody can read or write it.',
  instead: 'Make it VIRTUAL (PostgreSQL 18), or add a plain column that a trigger keeps, and fill the old rows in small batches.',
  judges: {
    'add-column'(move, view) {
      const { on, attribute, implied } = move.change
      if (implied || attribute.generated?.stored !== true || !isUsed(move, on)) return undefined
      const virtual = asVirtual(attribute, view.postgres)
      return {
        ...hit(
          move.before,
          on,
          attribute.name,
          `Adding the stored ${display(member(on, attribute.name))} rewrites ${display(on)}, to compute it for each row.`,
        ),
        ...(virtual
          ? {
              remedy: {
                title: 'Compute it when it is read',
                steps: [
                  {
                    when: 'instead' as const,
                    sql: [plainSql(`ALTER TABLE ${on} ADD COLUMN ${printColumn(on, virtual, move.after)}`)],
                    note: 'A virtual column can have no index and calls built-in functions only.',
                  },
                ],
              },
            }
          : {}),
      }
    },
    'set-generated'(move) {
      const { on, column, to, implied } = move.change
      if (implied || to?.stored !== true || !isUsed(move, on)) return undefined
      return hit(move.before, on, column, `Another expression for ${display(member(on, column))} rewrites ${display(on)}, to compute it for each row.`)
    },
  },
  bad: [
    {
      shows: 'a stored column',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, net numeric)',
      sql: 'ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (net * 1.2) STORED',
    },
    {
      shows: 'another expression',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, net numeric, gross numeric GENERATED ALWAYS AS (net * 1.2) STORED)',
      sql: 'ALTER TABLE orders ALTER COLUMN gross SET EXPRESSION AS (net * 1.19)',
    },
  ],
  good: [
    {
      shows: 'a virtual column',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, net numeric)',
      sql: 'ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (net * 1.2) VIRTUAL',
    },
    {
      shows: 'a table that the same batch makes',
      sql: 'CREATE TABLE orders (net numeric); ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (net * 1.2) STORED',
    },
  ],
})
