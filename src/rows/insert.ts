/** One INSERT … SELECT: more candidates than rows are wanted, and of them those that the table takes. */
import { displayType, printType } from '../changes/types.ts'
import type { Attribute } from '../model/catalog.ts'
import { quoteIdentifier } from '../model/name.ts'
import { identifiers } from '../sql/print.ts'
import { columnSql, type Plan, stepOf } from './columns.ts'
import { bareSql } from './constant.ts'
import type { Facts, ForeignKey } from './facts.ts'
import { isFirst, isNewKey, isNotExcluded, keyRank } from './keys.ts'
import { isRequiredKey } from './order.ts'
import { holdsSql, sampleJoin, sampleSql } from './parents.ts'

/** Written, or the reason why it cannot be. */
export type Insert = { readonly sql: string } | { readonly why: string }

/** No more candidates than this, or than twice the wanted rows, are compared with each other. */
const manyCompared = 400

/** How many times as many candidates as rows. */
const roundsOf = ({ facts, states }: Plan): number => {
  const checked = facts.unread.size > 0 ? 36 : facts.mentioned.size > 0 || facts.partitioned ? Math.max(10, 2 * states.length) : 3
  return Math.max(checked, facts.keys.length > 1 || facts.foreignKeys.length > 0 || facts.exclusions.length > 0 ? 10 : 4)
}

const numbers = ({ rows, first, states }: Plan, rounds: number): string =>
  `(SELECT "#i" AS "#c", ${first} + "#i" AS "#g", "#i" / ${rows} AS "#r", mod("#i" + "#i" / ${rows}, ${states.length}) AS "#s" FROM generate_series(0, ${rows * rounds - 1}) AS "#i") AS "#number"`

const isComputed = ({ generated }: Attribute): boolean => generated !== undefined

/** Generated columns that a key or a condition looks at. */
const computedColumns = ({ columns, keys, mentioned }: Facts): readonly string[] =>
  columns.flatMap(({ name, type, generated }) =>
    generated && (mentioned.has(name) || keys.some((key) => key.columns.has(name)))
      ? `CAST(${bareSql(generated.expression)} AS ${printType(type)}) AS ${quoteIdentifier(name)}`
      : [],
  )

const filters = ({ facts, own, apart }: Plan): readonly string[] => [
  ...facts.columns.filter((column) => facts.required.has(column.name) && !isComputed(column)).map(({ name }) => `${quoteIdentifier(name)} IS NOT NULL`),
  ...facts.checks,
  ...facts.foreignKeys.filter((key) => !apart.has(key)).map((key) => `(${holdsSql(key, '"#t"', own.includes(key))})`),
  ...facts.keys.map((key) => isNewKey(facts.name, key)),
]

/** Columns that no value is known for. */
const withoutValue = (names: readonly Attribute[]): string =>
  names.map((attribute) => `column ${attribute.name} is NOT NULL and no value of type ${displayType(attribute.type)} is known`).join('; ')

/** The INSERT for a plan. */
export const insertSql = (plan: Plan): Insert => {
  const { facts, rows } = plan
  const written = facts.columns.filter((column) => !isComputed(column))
  if (written.length === 0) return { sql: `INSERT INTO ${facts.name} SELECT FROM generate_series(1, ${rows})` }
  const values = written.map((attribute) => [attribute, columnSql(plan, attribute)] as const)
  const unknown = values.flatMap(([attribute, value]) => (value === undefined ? attribute : []))
  if (unknown.length > 0) return { why: withoutValue(unknown) }
  const names = identifiers(written.map(({ name }) => name))
  const isRequired = (key: ForeignKey): boolean => isRequiredKey(key, facts)
  const candidates = `SELECT "#c", ${values.map(([{ name }, value]) => `${value} AS ${quoteIdentifier(name)}`).join(', ')} FROM ${[
    numbers(plan, roundsOf(plan)),
    ...plan.samples.map((sample, at) => sampleJoin(sample, rows, stepOf(at) - 2, plan.adverse)),
  ].join(' ')}`
  const computed = computedColumns(facts)
  const whole = computed.length > 0 ? `SELECT "#t".*, ${computed.join(', ')} FROM (${candidates}) AS "#t"` : candidates
  const ranks = facts.keys.map((key, at) => `${keyRank(key)} AS "#k${at}"`)
  const fitting = `SELECT ${['"#t".*', ...ranks].join(', ')} FROM (${whole}) AS "#t" WHERE ${filters(plan).join(' AND ') || 'true'}`
  // Each candidate is compared with all before it where there are exclusions.
  const few = facts.exclusions.length > 0 ? ` ORDER BY "#c" LIMIT ${Math.max(manyCompared, 2 * rows)}` : ''
  const last = [
    ...facts.keys.map((key, at) => `(${isFirst(key, `"#k${at}"`)})`),
    ...facts.exclusions.map((exclusion) => isNotExcluded(facts.name, '"#fit"', exclusion)),
  ]
  const tables = [...plan.samples.map((sample) => sampleSql(sample, rows, isRequired)), `"#fit" AS (${fitting}${few})`]
  return {
    sql: `WITH ${tables.join(', ')} INSERT INTO ${facts.name} (${names}) OVERRIDING SYSTEM VALUE SELECT ${names} FROM "#fit" WHERE ${last.join(' AND ') || 'true'} ORDER BY "#c" LIMIT ${rows}`,
  }
}

/** Takes back rows whose parents were promised and did not come; as often as there are tables that wait for each other. */
export const withoutOrphans = (members: readonly Facts[]): string => {
  const names = new Set(members.map(({ name }) => name))
  const each = members.flatMap(({ name, foreignKeys }) =>
    foreignKeys.filter(({ references }) => names.has(references)).map((key) => `DELETE FROM ${name} AS "#t" WHERE NOT (${holdsSql(key, '"#t"', false)})`),
  )
  return members.flatMap(() => each).join(';\n')
}
