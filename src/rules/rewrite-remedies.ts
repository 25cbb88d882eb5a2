/** What to do instead of writing a whole table anew: a column that is filled in small batches. */
import { childrenOf } from '../changes/found-by.ts'
import type { Attribute, Catalog, Table } from '../model/catalog.ts'
import type { Remedy } from '../model/finding.ts'
import { quoteIdentifier, type RelationName } from '../model/name.ts'
import { identifiers } from '../sql/print.ts'
import { plainSql } from './plain-sql.ts'

type Steps = Remedy['steps']

const primaryKey = (table: Table | undefined): readonly string[] => {
  const key = [...(table?.constraints.values() ?? [])].find(({ type }) => type === 'primary key')
  return key?.type === 'primary key' ? key.columns : []
}

/** An UPDATE of at most 10,000 rows for which a condition holds, to be run again until it updates none. */
export const inBatches = (catalog: Catalog, on: RelationName, set: string, condition: string): string => {
  const key = primaryKey(catalog.tables.get(on))
  // A ctid is a row's place in one file; a table with partitions has several.
  const listed = key.length > 0 ? identifiers(key) : childrenOf(catalog, on).length > 0 ? 'tableoid, ctid' : 'ctid'
  return `UPDATE ${on} SET ${set} WHERE ${listed.includes(',') ? `(${listed})` : listed} IN (SELECT ${listed} FROM ${on} WHERE ${condition} LIMIT 10000)`
}

/** A name of a column that the table has not. */
export const freeColumn = (table: Table | undefined, wanted: string): string => {
  let name = wanted
  for (let next = 2; table?.columns.some((column) => column.name === name); next++) name = `${wanted}${next}`
  return name
}

/** NOT NULL of a column that old rows have meanwhile: said first, checked in the deployment after. From PostgreSQL 18 on in words of its own. */
export const notNullSteps = (on: RelationName, { name }: Pick<Attribute, 'name'>, constraint: string, postgres: number): Steps => {
  const condition = postgres >= 18 ? `NOT NULL ${quoteIdentifier(name)}` : `CHECK (${quoteIdentifier(name)} IS NOT NULL)`
  const quoted = quoteIdentifier(constraint)
  const settle = postgres >= 18 ? [] : [`ALTER TABLE ${on} ALTER COLUMN ${quoteIdentifier(name)} SET NOT NULL`, `ALTER TABLE ${on} DROP CONSTRAINT ${quoted}`]
  return [
    { when: 'next deployment', sql: [plainSql(`ALTER TABLE ${on} ADD CONSTRAINT ${quoted} ${condition} NOT VALID`)] },
    { when: 'next deployment', sql: [`ALTER TABLE ${on} VALIDATE CONSTRAINT ${quoted}`, ...settle].map(plainSql), note: 'One deployment later still.' },
  ]
}
