/** Rows of parents for foreign keys: samples of what is in the database, joined where keys share columns. */
import { quoteIdentifier } from '../model/name.ts'
import type { ForeignKey } from './facts.ts'

/** No more parents than this, or than twice the wanted rows, are looked at; the newest are. */
const manyParents = 400
/** And of those that are joined with others, no more than this. */
const mostJoined = 60

/** Foreign keys that share columns, directly or through others. */
export type Sample = {
  readonly name: string
  readonly keys: readonly ForeignKey[]
  readonly columns: ReadonlySet<string>
}

const overlap = (a: ReadonlySet<string>, b: Iterable<string>): boolean => [...b].some((column) => a.has(column))

/** One sample for keys that have nothing in common with others; those that cannot be NULL come first in each. */
export const samplesOf = (keys: readonly ForeignKey[], isRequired: (key: ForeignKey) => boolean): readonly Sample[] => {
  const sets: ForeignKey[][] = []
  for (const key of keys) {
    const touching = sets.filter((set) => overlap(new Set(set.flatMap(({ columns }) => columns)), key.columns))
    for (const set of touching) sets.splice(sets.indexOf(set), 1)
    sets.push([...touching.flat(), key])
  }
  return sets.map((set, at) => ({
    name: `#p${at}`,
    keys: [...set].sort((a, b) => Number(isRequired(b)) - Number(isRequired(a)) || a.columns.length - b.columns.length),
    columns: new Set(set.flatMap(({ columns }) => columns)),
  }))
}

const parentRows = ({ references, referenced }: ForeignKey, most: number): string => {
  const columns = [...new Set(referenced)].map(quoteIdentifier)
  const filled = columns.map((column) => `${column} IS NOT NULL`).join(' AND ')
  return `(SELECT ${columns.join(', ')}, ctid AS "#at" FROM ${references} WHERE ${filled} ORDER BY tableoid DESC, ctid DESC LIMIT ${most})`
}

/** A common table expression: possible values of the sample's columns, numbered from 0. Keys that may be NULL are where no parent fits. */
export const sampleSql = ({ name, keys }: Sample, rows: number, isRequired: (key: ForeignKey) => boolean): string => {
  const known = new Map<string, string>()
  const all = Math.max(manyParents, 2 * rows)
  const most = keys.length > 1 ? mostJoined : all
  const joins = keys.map((key, at) => {
    const alias = quoteIdentifier(`#f${at}`)
    const pairs = key.columns.map((column, position) => [column, `${alias}.${quoteIdentifier(key.referenced[position] ?? '')}`] as const)
    const shared = pairs.flatMap(([column, sql]) => (known.has(column) ? [`${known.get(column)} = ${sql}`] : []))
    for (const [column, sql] of pairs) if (!known.has(column)) known.set(column, sql)
    if (at === 0) return `${parentRows(key, most)} AS ${alias}`
    return `${isRequired(key) ? '' : 'LEFT '}JOIN ${parentRows(key, most)} AS ${alias} ON ${shared.length > 0 ? shared.join(' AND ') : 'true'}`
  })
  const columns = [...known].map(([column, sql]) => `${sql} AS ${quoteIdentifier(column)}`)
  const positions = keys.map((_key, at) => `"#f${at}"."#at"`).join(', ')
  const order = `num_nulls(${positions}), ${positions}`
  return `${quoteIdentifier(name)} AS MATERIALIZED (SELECT row_number() OVER () - 1 AS "#n", "#s".* FROM (SELECT ${columns.join(', ')} FROM ${joins.join(' ')} ORDER BY ${order} LIMIT ${all}) AS "#s")`
}

/** How candidates are joined with a sample: the newest parents first, each candidate with another; `step` moves the pairs apart in later rounds. */
export const sampleJoin = ({ name }: Sample, rows: number, step: number, adverse: boolean): string => {
  const quoted = quoteIdentifier(name)
  const all = `(SELECT count(*) FROM ${quoted})`
  const at = `"#c" + "#r" * ${step}`
  const number = adverse ? `CASE WHEN "#r" = 0 THEN "#c" / 2 ELSE ${at} END` : at
  return `LEFT JOIN ${quoted} ON ${quoted}."#n" = mod(${number} + greatest(${all} - ${rows}, 0), nullif(${all}, 0))`
}

/** True of a row, under the alias `row`, whose foreign key holds. `same`: the row may be its own parent. */
export const holdsSql = ({ columns, references, referenced, match }: ForeignKey, row: string, same: boolean): string => {
  const own = columns.map((column) => `${row}.${quoteIdentifier(column)}`)
  const equal = (to: string): string => own.map((column, at) => `${to}.${quoteIdentifier(referenced[at] ?? '')} = ${column}`).join(' AND ')
  const absent = own.map((column) => `${column} IS NULL`).join(match === 'full' ? ' AND ' : ' OR ')
  return [`(${absent})`, `EXISTS (SELECT FROM ${references} AS "#parent" WHERE ${equal('"#parent"')})`, ...(same ? [`(${equal(row)})`] : [])].join(' OR ')
}
