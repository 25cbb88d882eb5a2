import { statementsOf } from '../../changes/index.ts'
import { display, keyOf } from '../../model/name.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { defineStepRule } from '../define.ts'
import { plainSql } from '../plain-sql.ts'

export const renameEnumValue = defineStepRule({
  id: 'rename-enum-value',
  severity: 'warning',
  summary: 'A value of an enum that was there before the batch gets another name.',
  why: 'Rows show the new name at once. The previous release, which still runs, reads a value that it does not know, and fails when it writes or compares the old one (22P02).',
  instead:
    'Add the new value in one release, write it in the next, update the rows, and only then stop knowing the old one. Or keep the value and rename the constant in the code.',
  judges: {
    'rename-enum-value'(move, { batch }) {
      const { type, from, to } = move.change
      const labels = (catalog: typeof batch.before): readonly string[] => {
        const found = catalog.types.get(type)
        return found?.kind === 'enum' ? found.labels : []
      }
      if (!labels(batch.before).includes(from) || labels(batch.after).includes(from)) return undefined
      return {
        message: `Value ${quoteLiteral(from)} of enum ${display(type)} is renamed to ${quoteLiteral(to)}: running code that writes or compares ${quoteLiteral(from)} fails, and reads a value that it does not know.`,
        object: `${keyOf('type', type)} ${from}`,
        remedy: {
          title: 'Add the new value beside the old one',
          steps: [
            {
              when: 'instead',
              sql: statementsOf({ kind: 'add-enum-value', type, value: to, at: labels(move.before).indexOf(from) + 1 }, move.before).map(plainSql),
            },
            { when: 'next deployment', sql: [], note: `Write ${quoteLiteral(to)} from then on, and update the rows that hold ${quoteLiteral(from)}.` },
          ],
        },
      }
    },
  },
  bad: [{ shows: 'a value', given: "CREATE TYPE status AS ENUM ('open', 'done')", sql: "ALTER TYPE status RENAME VALUE 'done' TO 'closed'" }],
  good: [
    { shows: 'an enum that the same batch made', sql: "CREATE TYPE status AS ENUM ('open', 'done'); ALTER TYPE status RENAME VALUE 'done' TO 'closed'" },
    { shows: 'a value added', given: "CREATE TYPE status AS ENUM ('open')", sql: "ALTER TYPE status ADD VALUE 'closed'" },
  ],
})
