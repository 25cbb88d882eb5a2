import type { BatchStep } from '../../changes/batch.ts'
import { clipIdentifier } from '../../changes/names.ts'
import type { Change } from '../../model/change.ts'
import { localName, quoteIdentifier } from '../../model/name.ts'
import { defineBatchRule } from '../define.ts'

const isLong = (name: string): boolean => clipIdentifier(name) !== name
const bytes = (name: string): number => new TextEncoder().encode(name).length

/** False for most texts, fast: 64 bytes are 64 characters of ASCII, or at least 21 others. A quoted name may have blanks. */
const mayHaveLong = (sql: string): boolean =>
  (/^[\x00-\x7f]*$/.test(sql) ? /"(?:[^"]|""){64}|(?<![\w$])[\w$]{64}/ : /"(?:[^"]|""){21}|(?<![\w$\u0080-\uffff])[\w$\u0080-\uffff]{21}/).test(sql)

/** Identifiers of a text that PostgreSQL cuts: quoted ones, and plain words. */
const longNames = (sql: string): readonly string[] => {
  if (!mayHaveLong(sql)) return []
  const found = [...sql.matchAll(/"((?:[^"]|"")+)"|'(?:[^']|'')*'|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain?.toLowerCase() : quoted.replaceAll('""', '"'),
  )
  return [...new Set(found.filter((name): name is string => name !== undefined && isLong(name)))]
}

/** The name that a change gives to something, or takes a table away by. */
const givenBy = (change: Change): string | undefined => {
  switch (change.kind) {
    case 'create-table':
    case 'create-index':
    case 'create-view':
    case 'create-sequence':
    case 'create-type':
      return localName(change.name)
    case 'add-constraint':
    case 'create-trigger':
    case 'create-policy':
    case 'create-rule':
      return change.name
    case 'add-column':
      return change.attribute.name
    case 'add-enum-value':
      return undefined
    // What goes with its rows is named as nobody wrote it.
    case 'drop-table':
      return localName(change.name)
    default:
      return 'to' in change && typeof change.to === 'string' && change.kind.startsWith('rename-') ? change.to : undefined
  }
}

/** Columns of a new table are not changes of their own. */
const namesGiven = ({ moves }: BatchStep): ReadonlySet<string> =>
  new Set(
    moves.flatMap(({ change }) => [
      ...(change.implied ? [] : [givenBy(change) ?? '']),
      ...(change.kind === 'create-table' ? change.table.columns.map(({ name }) => name) : []),
    ]),
  )

const clashCodes = new Set(['42710', '42P07', '42701', '42P06'])

export const identifierTooLong = defineBatchRule({
  id: 'identifier-too-long',
  severity: 'note',
  summary: 'A name is longer than the 63 bytes that PostgreSQL keeps.',
  why: 'PostgreSQL cuts it and only says so in a NOTICE. Errors name what nobody wrote, tools that compare names see a difference, and two names with the same beginning are one: the second is refused, or, behind IF NOT EXISTS or a handler for duplicate_object, silently not made. That is an error; a name that is only cut is a note.',
  instead: "Give it a shorter name. Drizzle's foreign keys get one by foreignKey({ name: 'short_fk', … }), indexes and constraints by their first argument.",
  check({ batch }) {
    const cut = new Map<string, string>()
    return batch.steps.flatMap((at) => {
      const given = namesGiven(at)
      const refused = at.step.refused !== undefined && clashCodes.has(at.step.refused.sqlstate)
      return longNames(at.step.statement.text).flatMap((name) => {
        const kept = clipIdentifier(name)
        const other = cut.get(kept)
        const clashes = other !== undefined && other !== name && !given.has(kept) && (refused || at.moves.length === 0)
        if (other === undefined) cut.set(kept, name)
        // Named only, or there already: neither made nor missed.
        if (!given.has(kept) && !clashes) return []
        const end = clashes ? ` So does ${quoteIdentifier(other)}: the two are one name, and this one is ${refused ? 'refused' : 'not made'}.` : ''
        return [
          {
            at,
            message: `${quoteIdentifier(name)} has ${bytes(name)} bytes; PostgreSQL keeps 63 and calls it ${quoteIdentifier(kept)}.${end}`,
            object: name,
            ...(clashes ? { severity: 'error' as const } : {}),
            ...(refused ? { claim: { fails: at.step.refused?.sqlstate ?? '' } } : {}),
          },
        ]
      })
    })
  },
  bad: [
    {
      shows: 'a foreign key as Drizzle names it',
      given:
        'CREATE TABLE environment_policy_approval_requirements (id bigint PRIMARY KEY); CREATE TABLE environment_policy_release_channels (policy_id bigint PRIMARY KEY)',
      sql: 'ALTER TABLE "environment_policy_release_channels" ADD CONSTRAINT "environment_policy_release_channels_policy_id_environment_policy_approval_requirements_id_fk" FOREIGN KEY ("policy_id") REFERENCES "environment_policy_approval_requirements" ("id") NOT VALID',
    },
    {
      shows: 'a table that is dropped under a name of which only the beginning counts',
      given: `CREATE TABLE "${'t'.repeat(63)}" (id bigint PRIMARY KEY)`,
      sql: `DROP TABLE "${'t'.repeat(70)}"`,
      also: ['drop-table'],
    },
    {
      shows: 'a name with blanks',
      sql: 'CREATE TABLE "the list of all of the orders that we have had from our customers so far" (id bigint)',
    },
    {
      shows: 'two names that are one: the second is not made',
      given: 'CREATE TABLE "orders_of_all_customers_in_all_regions" (a bigint, b bigint)',
      sql: `DO $$ BEGIN ALTER TABLE "orders_of_all_customers_in_all_regions" ADD CONSTRAINT "orders_of_all_customers_in_all_regions_check_that_it_is_positive_a" CHECK (a > 0) NOT VALID; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
--> statement-breakpoint
DO $$ BEGIN ALTER TABLE "orders_of_all_customers_in_all_regions" ADD CONSTRAINT "orders_of_all_customers_in_all_regions_check_that_it_is_positive_b" CHECK (b > 0) NOT VALID; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
    },
  ],
  good: [
    { shows: 'just 63 bytes', sql: `CREATE TABLE "${'a'.repeat(63)}" (id bigint)` },
    {
      shows: 'a long text that is no name',
      given: 'CREATE TABLE notes (id bigint, body text)',
      sql: `ALTER TABLE notes ADD CONSTRAINT body_ok CHECK (body <> '${'x'.repeat(80)}') NOT VALID`,
    },
    {
      shows: 'a long name that is only dropped',
      given: `CREATE TABLE t (a bigint CONSTRAINT "${'c'.repeat(70)}" CHECK (a > 0))`,
      sql: `ALTER TABLE t DROP CONSTRAINT "${'c'.repeat(70)}"`,
    },
  ],
})
