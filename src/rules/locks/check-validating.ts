import { isUsed, type Move } from '../../changes/batch.ts'
import { columnsIn } from '../../changes/expressions.ts'
import { footprint } from '../../changes/index.ts'
import { printConstraint } from '../../changes/print.ts'
import type { Expression } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { display, displayIdentifier, keyOf, member, quoteIdentifier } from '../../model/name.ts'
import { printExpression } from '../../sql/print.ts'
import { inlineColumn, isAlone } from '../commands.ts'
import { defineStepRule, type StepView } from '../define.ts'
import { columnBefore, relationBefore } from '../origins.ts'
import { plainSql } from '../plain-sql.ts'
import { rowsWhere } from '../prechecks.ts'
import { notValidFirst } from '../remedies.ts'
import { isRewritten } from '../statement-rewrites.ts'
import { storesOf } from '../stored-rows.ts'

/** Rows that break it now; nothing where the table or a column has another name before the batch, or is not there. */
const precheck = (move: Move<Change<'add-constraint'>>, { batch }: StepView, expression: Expression): string | undefined => {
  const { on } = move.change
  const same = relationBefore(batch, move, on) === on && [...columnsIn(expression)].every((column) => columnBefore(batch, move, on, column)?.column === column)
  return same ? plainSql(rowsWhere(on, `NOT (${printExpression(expression)})`)) : undefined
}

export const checkValidating = defineStepRule({
  id: 'check-validating',
  severity: 'error',
  weighs: 'rows',
  summary: 'A CHECK is added to a table in use, and all its rows are checked at once.',
  why: 'ADD CHECK takes ACCESS EXCLUSIVE: nobody can read or write the table until every row has been looked at, and inside a batch until the batch ends.',
  instead: 'Add the check NOT VALID, and VALIDATE it in a migration of the next deployment: that one lets everybody read and write.',
  judges: {
    'add-constraint'(move, view) {
      const { on, name, constraint, implied } = move.change
      if (implied || constraint.type !== 'check' || constraint.state !== 'valid' || !isUsed(move, on) || isRewritten(view, on)) return undefined
      if (inlineColumn(move, view) !== undefined) return undefined
      const quoted = quoteIdentifier(name)
      const check = precheck(move, view, constraint.expression)
      return {
        message: `All rows of ${display(on)} are looked at for the check ${displayIdentifier(name)}, while nobody can read or write it.`,
        object: keyOf('constraint', member(on, name)),
        relation: on,
        lock: { relation: on, mode: 'ACCESS EXCLUSIVE', duration: 'scan' },
        claim: { scans: storesOf(move.before, on) },
        ...(check === undefined ? {} : { precheck: check }),
        remedy: notValidFirst(
          'Check the rows without blocking anyone',
          [`ALTER TABLE ${on} ADD CONSTRAINT ${quoted} ${printConstraint({ ...constraint, state: 'not valid' })}`],
          [`ALTER TABLE ${on} VALIDATE CONSTRAINT ${quoted}`],
          isAlone(move, view),
        ),
      }
    },
    'add-domain-constraint'(move) {
      const { domain, name, constraint } = move.change
      const scanned = footprint(move.change, move.before).scans.filter((relation) => isUsed(move, relation))
      const [relation] = scanned
      if (constraint.notValid || relation === undefined) return undefined
      const add = `ALTER DOMAIN ${domain} ADD CONSTRAINT ${quoteIdentifier(name)} CHECK (${printExpression(constraint.expression)}) NOT VALID`
      return {
        message: `All rows of ${scanned.map(display).join(', ')} are looked at for the check ${displayIdentifier(name)} of domain ${display(domain)}; writes to them wait meanwhile.`,
        object: keyOf('domain constraint', member(domain, name)),
        relation,
        lock: { relation, mode: 'SHARE', duration: 'scan' },
        claim: { scans: scanned },
        help: 'Add the check NOT VALID, and validate it at a quiet time: ALTER DOMAIN … VALIDATE keeps writes waiting too.',
        remedy: {
          title: 'Let it hold for new values first',
          steps: [
            { when: 'instead', sql: [plainSql(add)] },
            {
              when: 'next deployment',
              sql: [plainSql(`ALTER DOMAIN ${domain} VALIDATE CONSTRAINT ${quoteIdentifier(name)}`)],
              note: 'At a quiet time: writes to all tables that have the domain wait while they are read.',
            },
          ],
        },
      }
    },
  },
  bad: [
    {
      shows: 'a check on a table that an earlier migration made',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, price integer)',
      sql: 'ALTER TABLE orders ADD CONSTRAINT orders_price_positive CHECK (price > 0)',
      rows: 'INSERT INTO orders SELECT n, n FROM generate_series(1, 9) AS n',
    },
    {
      shows: 'a partitioned table, in a schema with a quoted name',
      given:
        'CREATE SCHEMA "App"; CREATE TABLE "App".logs (at date, kind text) PARTITION BY RANGE (at); CREATE TABLE "App".rest PARTITION OF "App".logs DEFAULT',
      sql: `ALTER TABLE "App".logs ADD CHECK (kind <> '')`,
    },
    {
      shows: 'a domain that columns have',
      given: 'CREATE DOMAIN amount AS integer; CREATE TABLE orders (id bigint PRIMARY KEY, price amount)',
      sql: 'ALTER DOMAIN amount ADD CONSTRAINT positive CHECK (VALUE > 0)',
    },
  ],
  good: [
    {
      shows: 'NOT VALID',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, price integer)',
      sql: 'ALTER TABLE orders ADD CONSTRAINT orders_price_positive CHECK (price > 0) NOT VALID',
    },
    {
      shows: 'a check that is validated in another transaction',
      given: 'CREATE TABLE orders (id bigint PRIMARY KEY, price integer); ALTER TABLE orders ADD CONSTRAINT positive CHECK (price > 0) NOT VALID',
      sql: 'ALTER TABLE orders VALIDATE CONSTRAINT positive',
    },
    { shows: 'a table that the same batch makes', sql: 'CREATE TABLE orders (price integer); ALTER TABLE orders ADD CHECK (price > 0)' },
  ],
})
