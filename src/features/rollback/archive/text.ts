/** How a rewritten migration is written, and what its archive is called. */
import { archivePrefix, partsOf, quoteIdentifier } from '../../../model/name.ts'
import { plainSql } from '../../../rules/plain-sql.ts'
import type { Made } from '../inverse.ts'

/** Between two statements; the first one needs its semicolon before it. */
export const breakpoint = '\n--> statement-breakpoint\n'

/** `0042_late_dawn`: `0042`. */
export const numberOf = (tag: string): string => /^\d+/.exec(tag)?.[0] ?? partsOf(quoteIdentifier(tag)).join('_').slice(0, 40)

/** `0042_late_dawn`: `pgstrata_archive_0042`. */
export const schemaFor = (tag: string): string => `${archivePrefix}${numberOf(tag)}`

/** Where tables are that were set aside. */
export const tablesSchemaFor = (tag: string): string => `${schemaFor(tag)}_tables`

const untilLine = /^-- pgstrata: archive until (\d{4}-\d{2}-\d{2})$/m

/** The first line of a rewritten migration. */
export const withUntil = (sql: string, until: string): string => `-- pgstrata: archive until ${until}\n${sql}`

/** The last day on which a migration's archive is kept, as its text says. */
export const untilOf = (sql: string): string | undefined => untilLine.exec(sql)?.[1]

/** As in the migration: names of `public` need no schema, unless it looks elsewhere itself. */
export const writing = ({ made }: { readonly made: readonly Made[] }): ((sql: string) => string) =>
  made.some(({ change }) => change.kind === 'set-session' && change.setting === 'search_path') ? (sql) => sql : plainSql
