import { display, keyOf } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'

export const enumCreated = defineStepRule({
  id: 'enum-created',
  severity: 'note',
  preset: 'taste',
  summary: 'An enum type is made for values of a column.',
  why: 'No statement removes or moves a label of an enum; that takes a new type and a rewrite of every table that has it. Nothing else can be kept with a label, and a new one cannot be used in the transaction that adds it.',
  instead: 'Use a table of values with a foreign key, or text with a CHECK.',
  judges: {
    'create-type'({ change: { name, type } }) {
      if (type.kind !== 'enum') return undefined
      return { message: `Labels of ${display(name)} can be added and renamed, never removed.`, object: keyOf('type', name) }
    },
  },
  bad: [{ shows: 'a status', sql: "CREATE TYPE status AS ENUM ('open', 'closed')" }],
  good: [
    { shows: 'a table of values', sql: 'CREATE TABLE status (name text PRIMARY KEY)' },
    { shows: 'a composite type', sql: 'CREATE TYPE money_of AS (amount numeric, currency text)' },
  ],
})
