/** Mine's SQL with single statements taken out or written otherwise; every other byte stays. */
import { breakpoint, splitChunks } from '../../sql/chunks.ts'
import { readScript } from '../../sql/script.ts'

/** What becomes of one statement of a migration. */
export type StatementEdit = {
  /** Its position in its file, from 0. */
  readonly statement: number
  /** What stands in its place; without it nothing does. */
  readonly sql?: string
}

/** A stretch of the text, and what stands in its place. */
type Cut = { readonly start: number; readonly end: number; readonly by: string }

/** The end of a statement with its semicolon and the rest of an otherwise empty line. */
const endWithRest = (text: string, end: number): number => end + (/^\s*;?[^\S\n]*(?:\r?\n)?/.exec(text.slice(end))?.[0].length ?? 0)

const trimmedStart = (text: string): string => text.replace(/^\s*\n/, '')

/** Whole chunks go together with a breakpoint: the one before them, or at the top of the file the one behind. */
const chunkCuts = (sql: string, gone: ReadonlySet<number>): readonly Cut[] =>
  splitChunks(sql).flatMap(({ start, end }, at, all) => {
    if (!gone.has(at)) return []
    const leads = all.slice(0, at).every((_, before) => gone.has(before))
    return [leads ? { start, end: end + breakpoint.length, by: '' } : { start: start - breakpoint.length, end, by: '' }]
  })

/** The text afterwards; undefined where no statement is left. Edits name each statement once. */
export const rewritten = (sql: string, edits: readonly StatementEdit[]): string | undefined => {
  const { statements, chunks } = readScript(sql)
  const byStatement = new Map(edits.map((edit) => [edit.statement, edit]))
  const stays = statements.filter(({ index }) => !byStatement.has(index) || byStatement.get(index)?.sql !== undefined)
  if (statements.length > 0 && stays.length === 0) return undefined
  const kept = new Set(stays.map(({ chunk }) => chunk))
  const emptied = new Set(chunks.flatMap(({ statements: count }, at) => (count > 0 && !kept.has(at) ? [at] : [])))
  const single = statements
    .filter(({ index, chunk }) => byStatement.has(index) && !emptied.has(chunk))
    .map(({ index, start, end }): Cut => {
      const by = byStatement.get(index)?.sql
      return { start: start.offset, end: by === undefined ? endWithRest(sql, end.offset) : end.offset, by: by ?? '' }
    })
  // From the end, so that what stands before keeps its place.
  const cuts = [...single, ...chunkCuts(sql, emptied)].toSorted((a, b) => b.start - a.start)
  const text = cuts.reduce((current, { start, end, by }) => `${current.slice(0, start)}${by}${current.slice(end)}`, sql)
  return emptied.has(0) ? trimmedStart(text) : text
}
