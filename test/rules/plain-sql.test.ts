import { expect, it } from 'vitest'
import { plainSql } from '../../src/rules/plain-sql.ts'

it.each([
  ['ALTER TABLE "public"."users" ADD COLUMN "a" "pg_catalog"."int8"', 'ALTER TABLE users ADD COLUMN a bigint'],
  ['DROP INDEX "app"."Users_idx"', 'DROP INDEX app."Users_idx"'],
  ['UPDATE "public"."user" SET "order" = 1', 'UPDATE "user" SET "order" = 1'],
  ['SELECT "app"."user"."order", "a""b"', 'SELECT app."user"."order", "a""b"'],
  [`CHECK ("a" = '"public"."users"' AND "b" = E'it\\'s "c"')`, `CHECK (a = '"public"."users"' AND b = E'it\\'s "c"')`],
  ['DO $x$ SELECT "a" $x$', 'DO $x$ SELECT "a" $x$'],
  ['"a" "pg_catalog"."bit", "b" "pg_catalog"."varchar"(10)[], "c" "pg_catalog"."uuid"', 'a "bit", b varchar(10)[], c uuid'],
  [`'back\\' "a"`, `'back\\' a`],
])('%s', (sql, plain) => {
  expect(plainSql(sql)).toBe(plain)
})
