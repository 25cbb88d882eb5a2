import { displayIdentifier } from '../../model/name.ts'
import { defineChange, noFootprint } from '../define.ts'

const done = { create: 'made', alter: 'altered', drop: 'dropped' } as const

/** Read by the statements of its relations: CREATE TABLE, CREATE TABLE AS, ALTER TABLE and DROP TABLE. */
export const useTemporary = defineChange({
  kind: 'use-temporary',
  summary: 'A temporary relation is made, altered or dropped; until it is gone its name shadows others.',
  apply: (_change, catalog) => catalog,
  invert: () => [],
  toSql: ({ sql }) => [sql],
  footprint: () => noFootprint,
  describe: ({ action, name }) => `temporary relation ${displayIdentifier(name)} is ${done[action]}`,
  touches: () => [],
  examples: [
    { sql: `CREATE TEMPORARY TABLE scratch (id int) ON COMMIT DROP` },
    { sql: `CREATE TEMP TABLE scratch AS SELECT 1 AS id` },
    { given: `CREATE TEMP TABLE scratch (id int)`, sql: `ALTER TABLE scratch ADD COLUMN note text` },
    { given: `CREATE TEMP TABLE scratch (id int)`, sql: `DROP TABLE scratch` },
    { given: `CREATE TEMP TABLE scratch (id int)`, sql: `DROP TABLE pg_temp.scratch` },
    { sql: `CREATE FUNCTION pg_temp.one() RETURNS int LANGUAGE sql AS 'SELECT 1'` },
    { given: `CREATE FUNCTION pg_temp.one() RETURNS int LANGUAGE sql AS 'SELECT 1'`, sql: `DROP FUNCTION pg_temp.one()` },
    { sql: `CREATE TYPE pg_temp.mood AS ENUM ('sad')` },
    { sql: `CREATE TYPE pg_temp.pair AS (x int, y int)` },
    { given: `CREATE DOMAIN pg_temp.amount AS int`, sql: `ALTER DOMAIN pg_temp.amount SET NOT NULL` },
  ],
})
