/** What taking a migration back loses in this database, counted there. */
import { columnOn } from '../../../changes/found-by.ts'
import { printType } from '../../../changes/types.ts'
import type { Loss } from '../../../features/rollback/losses.ts'
import type { RollbackClass } from '../../../features/rollback/verdict.ts'
import type { Catalog, Expression } from '../../../model/catalog.ts'
import { PostgresRefusal } from '../../../model/error.ts'
import type { Finding } from '../../../model/finding.ts'
import type { Json } from '../../../model/json.ts'
import { archivePrefix, display, isArchived, quoteIdentifier } from '../../../model/name.ts'
import { plural } from '../../../model/numbers.ts'
import type { Session } from '../../../model/session.ts'
import { reportedFinding } from '../../../rules/report.ts'
import { printExpression, quoteLiteral } from '../../../sql/print.ts'
import type { Way } from './ways.ts'

/** `rows`: how many there are now; undefined: nobody knows. */
export type Counted = { readonly loss: Loss; readonly since: boolean; readonly rows: number | undefined; readonly exact: boolean }

/** Milliseconds for one count: whoever goes back is in a hurry. */
const longestCount = 1_000

const calls = /"(?:FuncCall|SQLValueFunction|NextValueExpr)"/

/** An expression that gives one value, whenever it is asked. */
const constantOf = (value: Expression | { readonly sequence: string } | undefined): string | undefined =>
  value === undefined || 'sequence' in value || calls.test(JSON.stringify(value)) ? undefined : printExpression(value)

/** Rows in which somebody has written another value than the column gives by itself. */
const writtenIn = (catalog: Catalog, { table, columns = [] }: Loss): string =>
  columns
    .map((name) => {
      const attribute = columnOn(catalog, table, name)
      const [column, constant] = [quoteIdentifier(name), constantOf(attribute?.default)]
      return attribute === undefined || constant === undefined
        ? `${column} IS NOT NULL`
        : `${column}::text IS DISTINCT FROM (${constant})::${printType(attribute.type)}::text`
    })
    .join(' OR ')

/** The rows that go: of a column that is dropped, those in which it was written. */
const goingSql = (catalog: Catalog, loss: Loss): string => `SELECT FROM ${loss.table}${loss.columns === undefined ? '' : ` WHERE ${writtenIn(catalog, loss)}`}`

/** Rows that are there in these, as it can be told in a second. */
const countIn = async (session: Session, from: string, table: string): Promise<Pick<Counted, 'rows' | 'exact'>> => {
  const limits = [
    'BEGIN READ ONLY',
    'SET LOCAL row_security = off',
    `SET LOCAL statement_timeout = ${longestCount}`,
    `SET LOCAL lock_timeout = ${longestCount}`,
  ]
  try {
    const [row] = await session.script([...limits, `SELECT count(*) AS rows FROM (${from}) AS going`].join(';\n'))
    return { rows: Number(row?.rows), exact: true }
  } catch (error) {
    if (!(error instanceof PostgresRefusal)) throw error
  } finally {
    await session.script('ROLLBACK')
  }
  const [row] = await session.query(`SELECT reltuples::bigint AS rows FROM pg_catalog.pg_class WHERE oid = to_regclass(${quoteLiteral(table)})`)
  const estimate = Number(row?.rows ?? -1)
  return { rows: estimate > 0 ? estimate : undefined, exact: false }
}

/** An archive goes when what it keeps has come back. */
const isOfApp = ({ table, columns = [] }: Loss): boolean => !isArchived(table) && !columns.some((name) => name.startsWith(archivePrefix))

/** What an earlier run has already removed is not there to be lost. */
const isThere = async (session: Session, { table, columns = [] }: Loss): Promise<boolean> => {
  const [row] = await session.query(
    'SELECT count(*) = cardinality($2::text[]) AND to_regclass($1) IS NOT NULL AS there FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass($1) AND attname = ANY ($2) AND attnum > 0 AND NOT attisdropped',
    [table, columns],
  )
  return row?.there === true
}

/** What a way back loses here. `verdict`: undefined where it was not proven. */
export const lossesIn = async (session: Session, { rollback, after, keeps, begun }: Way, verdict: RollbackClass | undefined): Promise<readonly Counted[]> => {
  const counted: Counted[] = []
  // What depends on the rows is decided by the proof; what has begun has been judged.
  for (const loss of !begun && (verdict === 'lossy' || verdict === undefined) ? rollback.loses : [])
    counted.push({ loss, since: false, ...(await countIn(session, `SELECT FROM ${loss.table}`, loss.table)) })
  for (const loss of keeps ? [] : rollback.since.filter(isOfApp))
    if (!begun || (await isThere(session, loss))) counted.push({ loss, since: true, ...(await countIn(session, goingSql(after, loss), loss.table)) })
  return counted
}

/** Nothing is there that could be missed; of a table that was emptied or dropped nobody can say that. */
const isNothing = ({ since, rows, exact, loss }: Counted): boolean => exact && rows === 0 && (since || loss.columns !== undefined)

const rowsText = ({ rows, exact, since, loss }: Counted): string => {
  if (rows === undefined) return since ? 'not counted' : 'its table is not there now'
  const count = `${exact ? '' : 'about '}${plural(rows, 'row')}`
  return since && loss.columns !== undefined && exact ? `written in ${count}` : count
}

/** `all rows of users (3 rows)` */
const lossText = (counted: Counted): string => `${counted.loss.what} (${rowsText(counted)})`

/** What a way back loses: an error unless somebody has accepted it. */
export const lossFindings = (way: Way, counted: readonly Counted[], accepted: boolean): readonly Finding[] => {
  const lost = counted.filter((each) => !isNothing(each))
  if (lost.length === 0) return []
  const { migration } = way.rollback
  const message = `Taking back ${migration.tag} loses ${lost.map(lossText).join('; ')}.`
  const place = { ...(way.file === undefined ? {} : { file: way.file }), migration: migration.tag }
  if (accepted) return [reportedFinding('rollback-loses', `${message} Accepted.`, place, 'rows', { severity: 'note' })]
  const help = lost.some(({ since }) => since)
    ? '--keep copies what was written since into a schema of its own first; --accept-loss goes back without it.'
    : '--accept-loss goes back without it: only a backup has it.'
  return [reportedFinding('rollback-loses', message, place, 'rows', { help })]
}

/** Where the file leaves the transaction in which what is empty is watched. */
export const unwatchedFindings = ({ file, rollback: { migration } }: Way, counted: readonly Counted[], accepted: boolean): readonly Finding[] => {
  const empty = counted.filter((each) => each.since && isNothing(each))
  if (empty.length === 0) return []
  const what = empty.map(({ loss }) => loss.what).join('; ')
  const message = `Taking back ${migration.tag} cannot be watched: the file leaves its transaction. Of ${what} nothing is there to be lost now, and what is written meanwhile goes unseen.`
  const place = { ...(file === undefined ? {} : { file }), migration: migration.tag }
  if (accepted) return [reportedFinding('rollback-loses', `${message} Accepted.`, place, 'unwatched', { severity: 'note' })]
  return [
    reportedFinding('rollback-loses', message, place, 'unwatched', { help: 'Keep what it removes in one transaction, at its start; --accept-loss goes on.' }),
  ]
}

/** What was empty when it was counted must still be, when nobody can write there any more. */
export const stillEmpty = (
  { after }: Way,
  counted: readonly Counted[],
): readonly { readonly what: string; readonly table: Loss['table']; readonly query: string }[] =>
  counted
    .filter((each) => each.since && isNothing(each))
    .map(({ loss }) => ({ what: `${loss.what}: something has been written there meanwhile`, table: loss.table, query: goingSql(after, loss) }))

export const lossData = (counted: readonly Counted[]): Json =>
  counted
    .filter((each) => !isNothing(each))
    .map(({ loss, since, rows, exact }) => ({
      what: loss.what,
      table: display(loss.table),
      columns: [...(loss.columns ?? [])],
      since,
      rows: rows ?? null,
      exact,
    }))
