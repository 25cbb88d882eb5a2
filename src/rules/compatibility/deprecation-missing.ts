import { display, keyOf, member } from '../../model/name.ts'
import { plural } from '../../model/numbers.ts'
import { defineStepRule, type PolicyHit, type StepView } from '../define.ts'
import { deprecationOf } from '../deprecation.ts'
import { columnBefore, relationAfter, relationBefore } from '../origins.ts'
import { displayColumn } from '../running-code.ts'

const found = (view: StepView, what: string, object: string): Pick<PolicyHit, 'message' | 'object'> | undefined => {
  const deprecated = deprecationOf(view.step.statement, view)
  const days = view.deprecation?.days ?? 0
  if (!deprecated || deprecated.state === 'fulfilled') return undefined
  const asked = `The policy asks that it has been deprecated for ${plural(days, 'day')}`
  return {
    message:
      deprecated.state === 'absent'
        ? `${what} is dropped without a deprecation note. ${asked}.`
        : `The deprecation note on ${what.toLowerCase().replace(/^(\w+) .*/, '$1')} ${what.slice(what.indexOf(' ') + 1)} does not hold: ${deprecated.why}.`,
    object,
  }
}

export const deprecationMissing = defineStepRule({
  id: 'deprecation-missing',
  severity: 'error',
  summary: 'A table or column is dropped that was not deprecated for as long as the policy asks (policy.deprecation.days).',
  why: 'The team has agreed that nothing is dropped which somebody may still use: the note above the statement says since when everybody could know, and where it was discussed.',
  instead:
    'Write above the statement: -- pgstrata: deprecated since TAG|DATE, ticket ID (the tag of the migration, or the day as 2026-01-31, from which on it was deprecated), and wait until that is long enough ago.',
  judges: {
    'drop-table'(move, view) {
      const { change } = move
      if (change.implied || relationBefore(view.batch, move, change.name) === undefined) return undefined
      const hit = found(view, `Table ${display(change.name)}`, keyOf('table', change.name))
      return hit && { ...hit, relation: change.name }
    },
    'drop-column'(move, view) {
      const { change } = move
      if (change.implied || columnBefore(view.batch, move, change.on, change.column) === undefined || relationAfter(view.batch, move, change.on) === undefined)
        return undefined
      const hit = found(view, `Column ${displayColumn(change.on, change.column)}`, keyOf('column', member(change.on, change.column)))
      return hit && { ...hit, relation: change.on }
    },
  },
  bad: [
    {
      shows: 'no note',
      given: 'CREATE TABLE users (id bigint, note text)',
      sql: 'ALTER TABLE users DROP COLUMN note',
      deprecation: { days: 30 },
      also: ['drop-column'],
    },
    {
      shows: 'deprecated only a week ago',
      given: 'CREATE TABLE users (id bigint)',
      sql: '-- pgstrata: deprecated since 2030-12-25, ticket SHOP-12\nDROP TABLE users',
      deprecation: { days: 30 },
      also: ['drop-table'],
    },
    {
      shows: 'a migration that there is not',
      given: 'CREATE TABLE users (id bigint)',
      sql: '-- pgstrata: deprecated since 0007_gone, ticket SHOP-12\nDROP TABLE users',
      deprecation: { days: 30 },
      also: ['drop-table'],
    },
    {
      shows: 'no ticket',
      given: 'CREATE TABLE users (id bigint)',
      sql: '-- pgstrata: deprecated since 2030-01-01\nDROP TABLE users',
      deprecation: { days: 30 },
      also: ['drop-table'],
    },
  ],
  good: [
    {
      shows: 'deprecated since a migration that is old enough; the drop itself is then only a note',
      given: 'CREATE TABLE users (id bigint)',
      sql: '-- pgstrata: deprecated since 0003_unused, ticket SHOP-12\nDROP TABLE users',
      deprecation: { days: 30, made: { '0003_unused': '2030-11-01' } },
      also: ['drop-table'],
    },
    {
      shows: 'a table that the same batch made',
      sql: 'CREATE TABLE users (id bigint); DROP TABLE users',
      deprecation: { days: 30 },
    },
  ],
})
