/** Names and SQL for what is said of changes. */
import type { CodeFacts } from '../../../model/code.ts'
import { display, displayIdentifier, type RelationName } from '../../../model/name.ts'
import { tablesFor } from '../wanted.ts'

/** A name as people say it, without quotes. */
export const said = (quoted: string): string => display(quoted).replaceAll('"', '')

export const columnSaid = (on: RelationName, column: string): string => `${said(on)}.${column}`

/** Names as they stand in SQL for people: quoted only where PostgreSQL needs it. */
export const inSql = display
export const quoted = displayIdentifier

export const declaresColumn = (facts: CodeFacts, relation: RelationName, column: string): boolean =>
  tablesFor(facts, relation).some((at) => facts.tables[at]?.columns.some(({ name }) => name === column))

/** A column as the code calls it: that is what has to be changed there. */
export const inCode = (facts: CodeFacts, relation: RelationName, column: string): string => {
  const [key] = tablesFor(facts, relation).flatMap((at) => facts.tables[at]?.columns.find(({ name }) => name === column)?.key ?? [])
  return key === undefined || key === column ? column : `${key} (${column} in the database)`
}

/** What an earlier release may still do with something that this code does not declare. */
export const unseenOf = (what: string): string =>
  `This code no longer declares ${what}. What an earlier release does with it cannot be seen here: ask with --release REF.`
