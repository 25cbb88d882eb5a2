/** Mine's SQL with single statements taken out or written otherwise; every other byte stays. */
import { breakpoint } from '../../sql/chunks.ts'
import { readScript } from '../../sql/script.ts'

/** What becomes of one statement of a migration. */
export type StatementEdit = {
  /** Its position in its file, from 0. */
  readonly statement: number
  /** What stands in its place; without it nothing does. */
  readonly sql?: string
}

const replaced = (text: string, start: number, end: number, by: string): string => `${text.slice(0, start)}${by}${text.slice(end)}`

/** The end of a statement with its semicolon and the rest of an otherwise empty line. */
const endWithRest = (text: string, end: number): number => end + (/^\s*;?[^\S\n]*(?:\r?\n)?/.exec(text.slice(end))?.[0].length ?? 0)

const trimmedStart = (text: string): string => text.replace(/^\s*\n/, '')

/** Whole chunks go together with their breakpoint. */
const withoutChunks = (sql: string, gone: ReadonlySet<number>): string => {
  const chunks = sql.split(breakpoint).filter((_, at) => !gone.has(at))
  return gone.has(0) ? trimmedStart(chunks.join(breakpoint)) : chunks.join(breakpoint)
}

/** The text afterwards; undefined where no statement is left. Edits name each statement once. */
export const rewritten = (sql: string, edits: readonly StatementEdit[]): string | undefined => {
  const { statements, chunks } = readScript(sql)
  const byStatement = new Map(edits.map((edit) => [edit.statement, edit]))
  const stays = statements.filter(({ index }) => !byStatement.has(index) || byStatement.get(index)?.sql !== undefined)
  if (statements.length > 0 && stays.length === 0) return undefined
  const kept = new Set(stays.map(({ chunk }) => chunk))
  const emptied = new Set(chunks.flatMap(({ statements: count }, at) => (count > 0 && !kept.has(at) ? [at] : [])))
  const single = statements.filter(({ index, chunk }) => byStatement.has(index) && !emptied.has(chunk)).toReversed()
  const text = single.reduce((current, { index, start, end }) => {
    const by = byStatement.get(index)?.sql
    return by === undefined ? replaced(current, start.offset, endWithRest(current, end.offset), '') : replaced(current, start.offset, end.offset, by)
  }, sql)
  return withoutChunks(text, emptied)
}
