import { isUsed, type Move } from '../../changes/batch.ts'
import { columnOn } from '../../changes/found-by.ts'
import { footprint } from '../../changes/index.ts'
import type { Change } from '../../model/change.ts'
import type { Remedy } from '../../model/finding.ts'
import { display, displayIdentifier, keyOf, member, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { text } from '../../sql/tree.ts'
import { alterCommands, isAlone } from '../commands.ts'
import { defineStepRule, type StepView } from '../define.ts'
import { columnBefore } from '../origins.ts'
import { plainSql } from '../plain-sql.ts'
import { rowsWhere } from '../prechecks.ts'
import { notValidFirst } from '../remedies.ts'
import { isRewritten } from '../statement-rewrites.ts'
import { storesOf } from '../stored-rows.ts'

/** From PostgreSQL 18 on NOT NULL itself can be NOT VALID; before, a CHECK proves it and is dropped again. */
const remedyOf = (on: RelationName, column: string, name: string, postgres: number, alone: boolean): Remedy => {
  const [quoted, constraint] = [quoteIdentifier(column), quoteIdentifier(name)]
  const title = 'Check the rows without blocking anyone'
  if (postgres >= 18)
    return notValidFirst(
      title,
      [`ALTER TABLE ${on} ADD CONSTRAINT ${constraint} NOT NULL ${quoted} NOT VALID`],
      [`ALTER TABLE ${on} VALIDATE CONSTRAINT ${constraint}`],
      alone,
    )
  const settled = [
    `ALTER TABLE ${on} VALIDATE CONSTRAINT ${constraint}`,
    `ALTER TABLE ${on} ALTER COLUMN ${quoted} SET NOT NULL`,
    `ALTER TABLE ${on} DROP CONSTRAINT ${constraint}`,
  ]
  return notValidFirst(title, [`ALTER TABLE ${on} ADD CONSTRAINT ${constraint} CHECK (${quoted} IS NOT NULL) NOT VALID`], settled, alone)
}

const hit = (move: Move, { batch }: StepView, on: RelationName, column: string) => {
  const before = columnBefore(batch, move, on, column)
  return {
    message: `All rows of ${display(on)} are looked at for NULLs in ${displayIdentifier(column)}, while nobody can read or write it.`,
    object: keyOf('column', member(on, column)),
    relation: on,
    lock: { relation: on, mode: 'ACCESS EXCLUSIVE', duration: 'scan' },
    claim: { scans: storesOf(move.before, on) },
    ...(before ? { precheck: plainSql(rowsWhere(before.on, `${quoteIdentifier(before.column)} IS NULL`)) } : {}),
  } as const
}

/** SET NOT NULL of a column whose NOT NULL is there, NOT VALID: it is validated under the strong lock. */
const validates = ({ step }: StepView, column: string): boolean =>
  alterCommands(step.statement).some((command) => text(command, 'subtype') === 'AT_SetNotNull' && text(command, 'name') === column)

/** True for a scan that a valid CHECK does not spare. */
const scans = (move: Move<Change<'set-not-null'>>): boolean => footprint(move.change, move.before).scans.length > 0

/** A column that the same batch adds with a constant default can say NOT NULL at once: no row is looked at then. */
const saidAtOnce = (move: Move, { batch }: StepView, on: RelationName, column: string): string | undefined => {
  const attribute = columnOn(move.before, on, column)
  return attribute?.default !== undefined && columnBefore(batch, move, on, column) === undefined
    ? `Say NOT NULL inside of ADD COLUMN ${displayIdentifier(column)}: with its default no row needs to be looked at.`
    : undefined
}

export const setNotNull = defineStepRule({
  id: 'set-not-null',
  severity: 'error',
  weighs: 'rows',
  summary: 'A column of a table in use becomes NOT NULL, and all rows are checked at once.',
  why: 'SET NOT NULL takes ACCESS EXCLUSIVE: nobody can read or write the table until every row has been looked at, unless a valid CHECK (column IS NOT NULL) proves it.',
  instead:
    'Add NOT NULL as a constraint that is NOT VALID (PostgreSQL 18; before: CHECK (column IS NOT NULL) NOT VALID), and validate it in a migration of the next deployment.',
  judges: {
    'set-not-null'(move, view) {
      const { on, column, to, implied } = move.change
      if (implied || to.notValid || !isUsed(move, on) || !scans(move) || isRewritten(view, on)) return undefined
      const help = saidAtOnce(move, view, on, column)
      return {
        ...hit(move, view, on, column),
        ...(help === undefined ? { remedy: remedyOf(on, column, to.name, view.postgres, isAlone(move, view)) } : { help }),
      }
    },
    'validate-constraint'(move, view) {
      const { on, name } = move.change
      const attribute = move.before.tables.get(on)?.columns.find(({ notNull }) => notNull && notNull.name === name)
      if (!attribute || !validates(view, attribute.name) || !isUsed(move, on)) return undefined
      return {
        ...hit(move, view, on, attribute.name),
        remedy: {
          title: 'Validate it without blocking anyone',
          steps: [{ when: 'instead', sql: [plainSql(`ALTER TABLE ${on} VALIDATE CONSTRAINT ${quoteIdentifier(name)}`)] }],
          ...(isAlone(move, view) ? { mechanical: true } : {}),
        },
      }
    },
    'set-domain-not-null'(move) {
      const { domain, to } = move.change
      const scanned = footprint(move.change, move.before).scans.filter((relation) => isUsed(move, relation))
      const [relation] = scanned
      if (!to || relation === undefined) return undefined
      return {
        message: `All rows of ${scanned.map(display).join(', ')} are looked at for NULLs of domain ${display(domain)}; writes to them wait meanwhile.`,
        object: keyOf('type', domain),
        relation,
        lock: { relation, mode: 'SHARE', duration: 'scan' },
        claim: { scans: scanned },
        help: 'Make the columns NOT NULL one by one instead, NOT VALID first; a domain can only be checked at once.',
      }
    },
  },
  bad: [
    {
      shows: 'a column of a table that an earlier migration made',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, email text)',
      sql: 'ALTER TABLE users ALTER COLUMN email SET NOT NULL',
      rows: "INSERT INTO users SELECT n, 'x' FROM generate_series(1, 9) AS n",
    },
    {
      shows: 'a CHECK that says another thing',
      given: `CREATE TABLE users (id bigint PRIMARY KEY, "eMail" text CHECK ("eMail" <> ''))`,
      sql: 'ALTER TABLE users ALTER COLUMN "eMail" SET NOT NULL',
    },
    {
      shows: 'a CHECK that was never validated, before PostgreSQL 18',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, email text); ALTER TABLE users ADD CONSTRAINT there CHECK (email IS NOT NULL) NOT VALID',
      sql: 'DO $$ BEGIN ALTER TABLE users ALTER COLUMN email SET NOT NULL; END $$',
      postgres: 16,
    },
    {
      shows: 'a NOT NULL that is NOT VALID, validated by SET NOT NULL',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, email text); ALTER TABLE users ADD CONSTRAINT there NOT NULL email NOT VALID',
      sql: 'ALTER TABLE users ALTER COLUMN email SET NOT NULL',
    },
    {
      shows: 'a domain that columns have',
      given: 'CREATE DOMAIN amount AS integer; CREATE TABLE orders (id bigint PRIMARY KEY, price amount)',
      sql: 'ALTER DOMAIN amount SET NOT NULL',
    },
  ],
  good: [
    {
      shows: 'a valid CHECK that proves it',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, email text, CONSTRAINT there CHECK (email IS NOT NULL))',
      sql: 'ALTER TABLE users ALTER COLUMN email SET NOT NULL; ALTER TABLE users DROP CONSTRAINT there',
    },
    {
      shows: 'NOT VALID, from PostgreSQL 18 on',
      given: 'CREATE TABLE users (id bigint PRIMARY KEY, email text)',
      sql: 'ALTER TABLE users ADD CONSTRAINT users_email_not_null NOT NULL email NOT VALID',
    },
    { shows: 'a column that is NOT NULL already', given: 'CREATE TABLE users (email text NOT NULL)', sql: 'ALTER TABLE users ALTER COLUMN email SET NOT NULL' },
    { shows: 'a table that the same batch makes', sql: ['CREATE TABLE users (email text)', 'ALTER TABLE users ALTER COLUMN email SET NOT NULL'] },
  ],
})
