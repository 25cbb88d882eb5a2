import { isUsed } from '../../changes/batch.ts'
import { printDefault } from '../../changes/print.ts'
import { printType } from '../../changes/types.ts'
import { display, keyOf, member, quoteIdentifier } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { plainSql } from '../plain-sql.ts'
import { inBatches, notNullSteps } from '../rewrite-remedies.ts'
import { storesOf } from '../stored-rows.ts'
import { computedPerRow } from '../volatile-values.ts'

export const addColumnVolatileDefault = defineStepRule({
  id: 'add-column-volatile-default',
  severity: 'error',
  weighs: 'rows',
  summary: 'A column is added whose default must be computed for each row of a table in use.',
  why: 'PostgreSQL computes a constant or now() once and keeps it in the catalog; for gen_random_uuid() or random() it writes the whole table and its indexes anew, while nobody can read or write it.',
  instead: 'Add the column without a default, set the default for new rows, and fill the old ones in small batches outside of the migration.',
  judges: {
    'add-column'(move, view) {
      const { on, attribute, implied } = move.change
      const perRow = !implied && isUsed(move, on) ? computedPerRow(move.before, attribute) : undefined
      if (!perRow) return undefined
      const column = quoteIdentifier(attribute.name)
      const set = attribute.default === undefined ? [] : [`ALTER TABLE ${on} ALTER COLUMN ${column} SET DEFAULT ${printDefault(attribute.default)}`]
      const stores = storesOf(move.before, on)
      return {
        message: `Adding ${display(member(on, attribute.name))} rewrites ${display(on)}: ${perRow.why}.`,
        object: keyOf('column', member(on, attribute.name)),
        relation: on,
        lock: { relation: on, mode: 'ACCESS EXCLUSIVE', duration: 'rewrite' },
        ...(perRow.certain ? { claim: { rewrites: stores } } : {}),
        ...(perRow.checked || set.length === 0
          ? {
              help: 'Add the column with the type under the domain, and say what the domain checks as a CHECK of the table: NOT VALID, validated in the next deployment.',
            }
          : {
              remedy: {
                title: 'Add, then fill in batches',
                steps: [
                  { when: 'instead', sql: [`ALTER TABLE ${on} ADD COLUMN ${column} ${printType(attribute.type)}`, ...set].map(plainSql) },
                  {
                    when: 'outside',
                    sql: [plainSql(inBatches(move.after, on, `${column} = DEFAULT`, `${column} IS NULL`))],
                    note: 'After the deployment; again and again, each in its own transaction, until it updates no row.',
                  },
                  ...(attribute.notNull ? notNullSteps(on, attribute, attribute.notNull.name, view.postgres) : []),
                ],
              },
            }),
      }
    },
  },
  bad: [
    {
      shows: 'a new uuid for each row',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, note text)',
      sql: 'ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid() NOT NULL',
    },
    {
      shows: 'the clock, which goes on while the statement runs',
      given: 'CREATE TABLE orders (note text)',
      sql: 'ALTER TABLE orders ADD COLUMN IF NOT EXISTS seen timestamptz DEFAULT clock_timestamp()',
    },
    {
      shows: 'in a DO block, on a partitioned table',
      given: 'CREATE TABLE logs (at date) PARTITION BY RANGE (at); CREATE TABLE logs_rest PARTITION OF logs DEFAULT',
      sql: 'DO $$ BEGIN ALTER TABLE logs ADD COLUMN dice float8 DEFAULT random(); EXCEPTION WHEN duplicate_column THEN NULL; END $$',
    },
    {
      shows: 'a domain that has a CHECK',
      given: 'CREATE DOMAIN amount AS integer CHECK (VALUE >= 0); CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: 'ALTER TABLE orders ADD COLUMN price amount DEFAULT 0',
    },
    {
      shows: 'a function of the user, which is volatile unless it says otherwise',
      given: "CREATE FUNCTION short_id() RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN md5(random()::text); END'; CREATE TABLE orders (id bigint PRIMARY KEY)",
      sql: 'ALTER TABLE orders ADD COLUMN code text DEFAULT short_id()',
    },
  ],
  good: [
    {
      shows: 'constants and now(), which PostgreSQL computes once',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: "ALTER TABLE orders ADD COLUMN state text DEFAULT 'new' NOT NULL, ADD COLUMN made timestamptz DEFAULT now() NOT NULL, ADD COLUMN day date DEFAULT CURRENT_DATE",
    },
    {
      shows: 'a default for new rows only',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, token uuid)',
      sql: 'ALTER TABLE orders ALTER COLUMN token SET DEFAULT gen_random_uuid()',
    },
    {
      shows: 'a function that is stable',
      given:
        "CREATE FUNCTION region() RETURNS text STABLE LANGUAGE plpgsql AS 'BEGIN RETURN current_setting(''app.region'', true); END'; CREATE TABLE orders (id bigint PRIMARY KEY)",
      sql: 'ALTER TABLE orders ADD COLUMN region text DEFAULT region()',
    },
    {
      shows: 'a table that the same batch makes',
      sql: ['CREATE TABLE orders (id bigint)', 'ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid()'],
    },
    {
      shows: 'a column that is there already',
      given: 'CREATE TABLE orders (id bigint, token uuid)',
      sql: 'ALTER TABLE orders ADD COLUMN IF NOT EXISTS token uuid DEFAULT gen_random_uuid()',
    },
  ],
})
