import { isUsed } from '../../changes/batch.ts'
import { footprint } from '../../changes/index.ts'
import { display, displayIdentifier, keyOf, member, quoteIdentifier } from '../../model/name.ts'
import { defineStepRule } from '../define.ts'
import { columnBefore } from '../origins.ts'
import { plainSql } from '../plain-sql.ts'
import { rowsWhere } from '../prechecks.ts'
import { isRewritten } from '../statement-rewrites.ts'
import { storesOf } from '../stored-rows.ts'

export const pkUsingIndexNullable = defineStepRule({
  id: 'pk-using-index-nullable',
  severity: 'warning',
  weighs: 'rows',
  summary: 'A primary key takes over an index whose columns may be NULL.',
  why: 'A primary key makes its columns NOT NULL: PostgreSQL reads the whole table for that, under ACCESS EXCLUSIVE, although the index is there.',
  instead:
    'Make the columns NOT NULL first, without a scan under the strong lock (NOT VALID, then VALIDATE in the next deployment); add the primary key after that.',
  judges: {
    'add-constraint'(move, view) {
      const { on, name, constraint, usingIndex } = move.change
      if (constraint.type !== 'primary key' || usingIndex === undefined || !isUsed(move, on) || isRewritten(view, on)) return undefined
      const nullable = view.moves.flatMap(({ change, before }) =>
        change.kind === 'set-not-null' && change.implied && change.on === on && footprint(change, before).scans.length > 0 ? [change.column] : [],
      )
      if (nullable.length === 0) return undefined
      const before = nullable.map((column) => columnBefore(view.batch, move, on, column))
      const condition = before.flatMap((place) => (place ? [`${quoteIdentifier(place.column)} IS NULL`] : [])).join(' OR ')
      const relation = before[0]?.on
      return {
        message: `The primary key ${displayIdentifier(name)} makes ${nullable.map(displayIdentifier).join(', ')} NOT NULL: all rows of ${display(on)} are read, while nobody can read or write it.`,
        object: keyOf('constraint', member(on, name)),
        relation: on,
        lock: { relation: on, mode: 'ACCESS EXCLUSIVE', duration: 'scan' },
        claim: { scans: storesOf(move.before, on) },
        ...(relation === undefined ? {} : { precheck: plainSql(rowsWhere(relation, condition)) }),
        help: `Make ${nullable.map(displayIdentifier).join(', ')} of ${display(on)} NOT NULL in an earlier deployment: NOT VALID first, then VALIDATE.`,
      }
    },
  },
  bad: [
    {
      shows: 'a unique index on columns that may be NULL',
      given: 'CREATE TABLE members (team bigint, "user" bigint NOT NULL); CREATE UNIQUE INDEX members_key ON members (team, "user")',
      sql: 'ALTER TABLE members ADD CONSTRAINT members_key PRIMARY KEY USING INDEX members_key',
      rows: 'INSERT INTO members SELECT n, n FROM generate_series(1, 9) AS n',
    },
  ],
  good: [
    {
      shows: 'columns that are NOT NULL',
      given: 'CREATE TABLE members (team bigint NOT NULL, "user" bigint NOT NULL); CREATE UNIQUE INDEX members_key ON members (team, "user")',
      sql: 'ALTER TABLE members ADD CONSTRAINT members_key PRIMARY KEY USING INDEX members_key',
    },
    {
      shows: 'a valid CHECK that proves it',
      given: 'CREATE TABLE members (team bigint CHECK (team IS NOT NULL)); CREATE UNIQUE INDEX members_key ON members (team)',
      sql: 'ALTER TABLE members ADD CONSTRAINT members_key PRIMARY KEY USING INDEX members_key',
    },
  ],
})
