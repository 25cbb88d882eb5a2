import { display } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { columnsObject, isBuiltin, judgingColumns, listedColumns } from '../written-columns.ts'

export const preferBigint = defineStepRule({
  id: 'prefer-bigint',
  severity: 'note',
  preset: 'taste',
  summary: 'A column has an integer type smaller than bigint.',
  why: 'An integer ends at 2,147,483,647 and smallint at 32,767. When a key or a counter gets there every insert fails, and changing the type then rewrites the table and all that refer to it.',
  instead: 'Use bigint. It costs four bytes a row, and often none, because of alignment.',
  judges: judgingColumns((columns) => {
    const found = columns.filter(({ type }) => isBuiltin(type, 'int2', 'int4'))
    const [first] = found
    return first && { message: `${listedColumns(found)} of ${display(first.on)} may run out of numbers.`, object: columnsObject(found) }
  }),
  bad: [
    { shows: 'an integer key', sql: 'CREATE TABLE orders (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY)' },
    {
      shows: 'a smallint',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '5s'; ALTER TABLE orders ADD COLUMN lines smallint",
    },
  ],
  good: [{ shows: 'bigint', sql: 'CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, lines bigint)' }],
})
