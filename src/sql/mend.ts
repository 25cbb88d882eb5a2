/**
 * What drizzle-kit writes wrongly when it pulls (0.31, seen on fifteen databases), taken out of a statement: operator classes of an index beside the wrong columns, defaults and policies that
 * call functions, which it does not pull, defaults that are cut in the middle, checks with a parenthesis too many. Blanked out, so that all else keeps its place.
 */

export type Complaint = {
  readonly sqlstate?: string
  /** Characters from the start of the text. */
  readonly position?: number | undefined
}

const blank = (text: string): string => text.replaceAll(/[^\s]/g, ' ')

const blanked = (text: string, from: number, to: number): string => `${text.slice(0, from)}${blank(text.slice(from, to))}${text.slice(to)}`

const operatorClass = / [a-z0-9_]+_ops\b/g

const withoutOperatorClasses = (text: string): string | undefined => {
  const mended = text.replace(operatorClass, blank)
  return mended === text ? undefined : mended
}

/** Where an item of a CREATE TABLE begins: drizzle-kit starts a line with each column and constraint. An expression may go over several lines. */
const itemStart = /\n[ \t]+(?="|CONSTRAINT )|\n\)/g

type Extent = { readonly from: number; readonly to: number }

/** The item at a position; at the end of the table the last one, which has closed it too early. */
const itemAt = (text: string, position: number): Extent | undefined => {
  const starts = [...text.matchAll(itemStart)].map(({ index }) => index + 1)
  const found = starts.findLastIndex((start) => start <= position)
  const at = found === starts.length - 1 ? found - 1 : found
  const [from, to] = [starts[at], starts[at + 1]]
  return from === undefined || to === undefined ? undefined : { from, to }
}

const columnDefault = /^(\s*".* )(DEFAULT .*?)(?: NOT NULL)?,?\s*$/s

/** A column without its default, or a table without a constraint. */
const withoutItemAt = (text: string, position: number): string | undefined => {
  const item = itemAt(text, position)
  if (!item) return undefined
  const { from, to } = item
  const sql = text.slice(from, to)
  const [, before, clause] = columnDefault.exec(sql) ?? []
  if (before !== undefined && clause !== undefined) return blanked(text, from + before.length, from + before.length + clause.length)
  if (!/^\s*CONSTRAINT /.test(sql)) return undefined
  const comma = sql.trimEnd().endsWith(',') ? -1 : text.slice(0, from).trimEnd().length - 1
  return blanked(text[comma] === ',' ? blanked(text, comma, comma + 1) : text, from, to)
}

/** A policy without its conditions: `pull` leaves most of them out anyway. */
const withoutConditions = (text: string): string | undefined => {
  const [clause] = / (?:USING|WITH CHECK) \(.*$/s.exec(text) ?? []
  return clause === undefined ? undefined : blanked(text, text.length - clause.length, text.length)
}

/** A text without what PostgreSQL complains of; undefined where nothing can be taken out. To be called again with the next complaint. */
export const mended = (text: string, { sqlstate, position }: Complaint): string | undefined => {
  if (/^\s*CREATE (?:UNIQUE )?INDEX /.test(text)) return sqlstate === '42804' || sqlstate === '42704' ? withoutOperatorClasses(text) : undefined
  if (/^\s*CREATE TABLE /.test(text) && position !== undefined) return withoutItemAt(text, position)
  if (/^\s*CREATE POLICY /.test(text)) return sqlstate === '42883' ? withoutConditions(text) : undefined
  return undefined
}
