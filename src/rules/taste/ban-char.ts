import { display } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { columnsObject, isBuiltin, judgingColumns, listedColumns, verb } from '../written-columns.ts'

export const banChar = defineStepRule({
  id: 'ban-char',
  severity: 'warning',
  preset: 'taste',
  summary: 'A column has the type char(n).',
  why: "Values are filled up with blanks, which are written to disk and then ignored by comparisons: 'a' = 'a  ', and length() and LIKE disagree. It is never faster than text.",
  instead: 'Use text, with CHECK (char_length(column) = n) where the length is a rule.',
  judges: judgingColumns((columns) => {
    const found = columns.filter(({ type }) => isBuiltin(type, 'bpchar', 'char'))
    const [first] = found
    return (
      first && {
        message: `${listedColumns(found)} of ${display(first.on)} ${verb(found, 'is', 'are')} of a blank-padded or one-byte type.`,
        object: columnsObject(found),
      }
    )
  }),
  bad: [
    { shows: 'a code of fixed length', sql: 'CREATE TABLE countries (id bigint PRIMARY KEY, code char(2) NOT NULL)' },
    {
      shows: 'an array of a column added',
      given: 'CREATE TABLE countries (id bigint PRIMARY KEY)',
      sql: "SET LOCAL lock_timeout = '5s'; ALTER TABLE countries ADD COLUMN codes character(2)[]",
    },
  ],
  good: [{ shows: 'text with a check', sql: 'CREATE TABLE countries (id bigint PRIMARY KEY, code text NOT NULL CHECK (char_length(code) = 2))' }],
})
