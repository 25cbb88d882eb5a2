/** The end of archives: what is still there of them, until when it was to be kept, and what drops it. */
import type { Catalog } from '../../../model/catalog.ts'
import type { Migration } from '../../../model/history.ts'
import { archivePrefix, localName, quoteIdentifier, schemaOf } from '../../../model/name.ts'
import type { Instant } from '../../../model/world.ts'
import { plainSql } from '../../../rules/plain-sql.ts'
import { numberOf, schemaFor, tablesSchemaFor, untilOf } from './text.ts'

export type OpenArchive = {
  readonly migration: Migration
  /** The last day on which it is kept, `2027-01-31`; undefined where its migration does not say. */
  readonly until: string | undefined
  /** Without semicolons. After them the migration cannot be rolled back with its rows any more. */
  readonly drops: readonly string[]
}

const dropsOf = ({ tag }: Migration, { schemas, tables }: Catalog): readonly string[] => {
  const own = [schemaFor(tag), tablesSchemaFor(tag)].filter((schema) => schemas.has(schema))
  const columns = [...tables].flatMap(([on, table]) =>
    own.includes(schemaOf(on))
      ? []
      : table.columns.flatMap(({ name }) =>
          name.startsWith(`${archivePrefix}${numberOf(tag)}_`) ? [`ALTER TABLE ${on} DROP COLUMN ${quoteIdentifier(name)}`] : [],
        ),
  )
  const kept = [...tables.keys()].filter((on) => own.includes(schemaOf(on))).sort((a, b) => localName(a).localeCompare(localName(b)))
  return [...columns, ...kept.map((on) => `DROP TABLE ${on}`), ...own.map((schema) => `DROP SCHEMA ${quoteIdentifier(schema)} RESTRICT`)].map((sql) =>
    plainSql(sql),
  )
}

/** Archives that the catalog still has, in the order of their migrations. */
export const openArchives = (migrations: readonly Migration[], catalog: Catalog): readonly OpenArchive[] =>
  migrations.flatMap((migration) => {
    const drops = dropsOf(migration, catalog)
    return drops.length === 0 ? [] : [{ migration, until: untilOf(migration.sql ?? ''), drops }]
  })

/** Whether its last day is past. One without a day is kept until somebody names it. */
export const isDue = ({ until }: OpenArchive, now: Instant): boolean => until !== undefined && Date.parse(`${until}T23:59:59.999Z`) < now
