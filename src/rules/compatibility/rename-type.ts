import { display, keyOf, qualified, schemaOf } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'

export const renameType = defineStepRule({
  id: 'rename-type',
  severity: 'warning',
  summary: 'A type that was there before the batch gets another name.',
  why: "Columns follow their type. Casts do not: a query or a function's text that says '…'::old_name fails (42704) as soon as the migration commits, and the previous release still runs.",
  instead:
    "Rename it in the schema files only: pgEnum('old_name', …) may be called anything in TypeScript. Or look for casts to it, in queries and in functions, before you rename it.",
  judges: {
    'rename-type'({ change: { name, to } }, { batch }) {
      if (!batch.before.types.has(name) || batch.after.types.has(name)) return undefined
      const next = qualified(schemaOf(name), to)
      return {
        message: `Type ${display(name)} is renamed to ${display(next)}: running code that casts to ${display(name)} fails as soon as the migration commits.`,
        object: keyOf('type', name),
      }
    },
  },
  bad: [{ shows: 'an enum', given: "CREATE TYPE status AS ENUM ('open')", sql: 'ALTER TYPE status RENAME TO order_status' }],
  good: [{ shows: 'a type that the same batch made', sql: "CREATE TYPE status AS ENUM ('open'); ALTER TYPE status RENAME TO order_status" }],
})
