import { statementsOf } from '../../changes/index.ts'
import { userTypeName } from '../../changes/types.ts'
import type { Catalog } from '../../model/catalog.ts'
import { display, keyOf, type QualifiedName } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { dropLater } from '../running-code.ts'

const isColumnType = ({ tables }: Catalog, name: QualifiedName): boolean =>
  [...tables.values()].some(({ columns }) => columns.some(({ type }) => userTypeName(type) === name))

export const dropType = defineStepRule({
  id: 'drop-type',
  severity: 'warning',
  preset: 'strict',
  summary: 'A type that no column had is dropped.',
  why: 'What the database itself does with a type holds it back; casts in queries and in bodies of functions do not. Code that runs while the migration does and names the type fails (42704).',
  instead: 'Look for casts to the type in the code, and drop it in a release after the one that took them out.',
  judges: {
    'drop-type'(move, { batch }) {
      const { change, before } = move
      const type = before.types.get(change.name)
      if (!type || change.implied || !batch.before.types.has(change.name) || batch.after.types.has(change.name)) return undefined
      // Columns that had it were dropped or got another type: other rules speak of these.
      if (isColumnType(batch.before, change.name)) return undefined
      return {
        message: `Type ${display(change.name)} is dropped, and running code that casts to it fails.`,
        object: keyOf('type', change.name),
        remedy: dropLater(`type ${display(change.name)}`, statementsOf(change, before)),
      }
    },
  },
  bad: [{ shows: 'a type that only queries name', given: 'CREATE TYPE pair AS (a int, b int)', sql: 'DROP TYPE pair' }],
  good: [
    {
      shows: 'a type whose column goes in the same batch',
      given: "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE users (id bigint, mood mood)",
      sql: 'ALTER TABLE users DROP COLUMN mood; DROP TYPE mood',
      also: ['drop-column'],
    },
  ],
})
