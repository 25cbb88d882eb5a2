/** What keeps candidates from colliding with each other and with rows that are there. */
import type { RelationName } from '../model/name.ts'
import type { Exclusion, Key } from './facts.ts'

const applies = (where: string | undefined): string => (where === undefined ? 'true' : `(${where}) IS TRUE`)

/** The rows of the table as a source of the key's expressions `"#0"`, `"#1"` … */
const existing = (table: RelationName, on: readonly string[], where: string | undefined): string =>
  `(SELECT ${on.map((sql, at) => `${sql} AS "#${at}"`).join(', ')} FROM ${table} WHERE ${applies(where)}) AS "#there"`

const unless = (where: string | undefined, condition: string): string => (where === undefined ? condition : `((${where}) IS NOT TRUE OR ${condition})`)

/** True of a candidate that has a key no row of the table has. */
export const isNewKey = (table: RelationName, { on, where, nullsNotDistinct }: Key): string => {
  const same = on.map((sql, at) => `"#there"."#${at}" ${nullsNotDistinct ? 'IS NOT DISTINCT FROM' : '='} ${sql}`)
  return unless(where, `NOT EXISTS (SELECT FROM ${existing(table, on, where)} WHERE ${same.join(' AND ')})`)
}

/** The candidate's place among those with the same key. */
export const keyRank = ({ on, where }: Key): string =>
  `row_number() OVER (PARTITION BY ${[...on, ...(where === undefined ? [] : [applies(where)])].join(', ')} ORDER BY "#c")`

/** True of the first candidate with a key, and of those that the key does not tell apart. */
export const isFirst = ({ on, where, nullsNotDistinct }: Key, rank: string): string =>
  [`${rank} = 1`, ...(where === undefined ? [] : [`(${where}) IS NOT TRUE`]), ...(nullsNotDistinct ? [] : on.map((sql) => `${sql} IS NULL`))].join(' OR ')

/** True of a candidate that no row of the table excludes, and no candidate before it. */
export const isNotExcluded = (table: RelationName, candidates: string, { on, where }: Exclusion): string => {
  const expressions = on.map(({ sql }) => sql)
  const clash = on.map(({ sql, operator }, at) => `"#there"."#${at}" ${operator} ${sql}`).join(' AND ')
  const earlier = `(SELECT "#c" AS "#before", ${expressions.map((sql, at) => `${sql} AS "#${at}"`).join(', ')} FROM ${candidates} WHERE ${applies(where)}) AS "#there"`
  return unless(
    where,
    `NOT EXISTS (SELECT FROM ${existing(table, expressions, where)} WHERE ${clash}) AND NOT EXISTS (SELECT FROM ${earlier} WHERE "#there"."#before" < "#c" AND ${clash})`,
  )
}
