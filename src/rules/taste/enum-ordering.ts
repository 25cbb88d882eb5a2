import { display, keyOf } from '../../model/name.ts'
import { text } from '../../sql/tree.ts'
import { defineStepRule } from '../define.ts'

export const enumOrdering = defineStepRule({
  id: 'enum-ordering',
  severity: 'note',
  preset: 'taste',
  summary: 'A label is added to an enum without saying where.',
  why: 'Labels compare and sort by their place. Without BEFORE or AFTER the new one is the greatest, whatever it means, and no statement moves it later.',
  instead: 'Say BEFORE or AFTER, also where the end is meant.',
  judges: {
    'add-enum-value'({ change, before }, { batch, step: { statement } }) {
      if (!batch.before.types.has(change.type)) return undefined
      const said = statement.node === 'AlterEnumStmt' && text(statement.tree, 'newValNeighbor') !== undefined
      const type = before.types.get(change.type)
      if (said || (type?.kind === 'enum' && change.at < type.labels.length)) return undefined
      return { message: `'${change.value}' becomes the greatest label of ${display(change.type)}.`, object: `${keyOf('type', change.type)} ${change.value}` }
    },
  },
  bad: [{ shows: 'a label for the middle', given: "CREATE TYPE size AS ENUM ('small', 'large')", sql: "ALTER TYPE size ADD VALUE 'medium'" }],
  good: [
    { shows: 'its place', given: "CREATE TYPE size AS ENUM ('small', 'large')", sql: "ALTER TYPE size ADD VALUE 'medium' BEFORE 'large'" },
    { shows: 'a type that is new itself', sql: "CREATE TYPE size AS ENUM ('small'); ALTER TYPE size ADD VALUE 'large'" },
  ],
})
