/** SQL files as statements with the positions a person sees. */
import type { Chunk, Comment, Position, Script, Statement, SyntaxFault } from '../model/statement.ts'
import { parseRaw, type RawStatement } from './parser.ts'
import { stripPositions, unwrap } from './tree.ts'

/** Drizzle splits a file at exactly this text, wherever it stands, bodies and comments included. */
export const breakpoint = '--> statement-breakpoint'

type Places = (offset: number) => Position

const placesIn = (text: string): Places => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { offset, line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
  }
}

const ascii = /^[\x00-\x7f]*$/

/** Byte offsets (UTF-8) of a text as character offsets. */
const characterOffsets = (text: string): ((byte: number) => number) => {
  if (ascii.test(text)) return (byte) => byte
  const offsets: number[] = []
  let at = 0
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    const bytes = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
    for (let byte = 0; byte < bytes; byte++) offsets.push(at)
    at += character.length
  }
  offsets.push(at)
  return (byte) => offsets[byte] ?? at
}

const commentPattern = /--(?!> statement-breakpoint)([^\n]*)|\/\*([\s\S]*?)\*\//g

/** Comments in the gap before a statement. One that ends the line of the statement before belongs to that one. */
const commentsIn = (gap: string, from: number, first: boolean, place: Places): readonly Comment[] =>
  [...gap.matchAll(commentPattern)]
    .filter((match) => first || gap.slice(0, match.index).includes('\n'))
    .map((match) => ({ text: (match[1] ?? match[2] ?? '').trim(), start: place(from + match.index) }))

/** The parser's own refusal, not a fault of ours. */
const isSyntaxFault = (error: unknown): boolean => error instanceof Error && 'sqlDetails' in error

const trimmedEnd = (text: string): string => text.replace(/(?:\s|;|--[^\n]*$)+$/, '')

type Read = { readonly statements: Statement[]; readonly faults: SyntaxFault[] }

const readChunk = (chunk: string, at: number, number: number, place: Places, into: Read): number => {
  let raw: readonly RawStatement[]
  try {
    raw = parseRaw(chunk)
  } catch (error) {
    if (/^\s*$/.test(chunk)) return 0
    if (!isSyntaxFault(error)) throw error
    const cursor = Math.max(0, (error as { sqlDetails?: { cursorPosition?: number } }).sqlDetails?.cursorPosition ?? 0)
    into.faults.push({ message: (error as Error).message, at: place(at + Math.min(cursor, chunk.length)), chunk: number, text: chunk.trim() })
    return 0
  }
  const character = characterOffsets(chunk)
  let gapStart = 0
  raw.forEach((statement, position) => {
    const start = character(statement.stmt_location ?? 0)
    const full = chunk.slice(start, statement.stmt_len === undefined ? undefined : character((statement.stmt_location ?? 0) + statement.stmt_len))
    const lead = /^\s*/.exec(full)?.[0].length ?? 0
    const text = trimmedEnd(full.slice(lead))
    const [node, tree] = unwrap(stripPositions(statement.stmt))
    into.statements.push({
      text,
      node,
      tree,
      chunk: number,
      index: into.statements.length,
      start: place(at + start + lead),
      end: place(at + start + lead + text.length),
      comments: commentsIn(chunk.slice(gapStart, start + lead), at + gapStart, position === 0, place),
    })
    gapStart = start + full.length
  })
  return raw.length
}

/**
 * Reads a migration's SQL as Drizzle sends it: one query for each chunk between breakpoints. What PostgreSQL's parser refuses is a fault with its place;
 * the other chunks are read all the same. An empty text has no statement.
 */
export const readScript = (sql: string): Script => {
  const body = sql.startsWith('\uFEFF') ? ` ${sql.slice(1)}` : sql
  const place = placesIn(body)
  const into: Read = { statements: [], faults: [] }
  const chunks: Chunk[] = []
  let at = 0
  body.split(breakpoint).forEach((text, number) => {
    chunks.push({ text, start: place(at), statements: readChunk(text, at, number, place, into) })
    at += text.length + breakpoint.length
  })
  return { ...into, chunks }
}

/** Reads one or several statements without breakpoints; throws the parser's error when the text is not SQL. For our own texts. */
export const readStatements = (sql: string): readonly Statement[] => {
  const place = placesIn(sql)
  const into: Read = { statements: [], faults: [] }
  readChunk(sql, 0, 0, place, into)
  const fault = into.faults[0]
  if (fault) throw new SyntaxError(`${fault.message} at line ${fault.at.line}, column ${fault.at.column}`)
  return into.statements
}
