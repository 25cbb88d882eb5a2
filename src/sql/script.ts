/** SQL files as statements with the positions a person sees. */
import type { Chunk, Comment, Position, Script, Statement, SyntaxFault } from '../model/statement.ts'
import { breakpoint, splitChunks, type TextChunk } from './chunks.ts'
import { type Uncommented, uncommented } from './commented.ts'
import { mended } from './mend.ts'
import { parseRaw, type RawStatement, SqlError } from './parser.ts'
import { wordsEnd } from './tokens.ts'
import { unwrap } from './tree.ts'

type Places = (offset: number) => Position
type Stretch = { readonly start: number; readonly end: number }

/** The position of the last of some ascending numbers that is not above `wanted`; -1 where all are. */
const lastUpTo = (ascending: readonly number[], wanted: number): number => {
  let low = -1
  let high = ascending.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((ascending[middle] ?? 0) <= wanted) low = middle
    else high = middle - 1
  }
  return low
}

const placesIn = (text: string): Places => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    const line = lastUpTo(starts, offset)
    return { offset, line: line + 1, column: offset - (starts[line] ?? 0) + 1 }
  }
}

const ascii = /^[\x00-\x7f]*$/

const utf8Length = (character: string): number => {
  const point = character.codePointAt(0) ?? 0
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
}

/** A stretch of characters that are not ASCII: `at` counts characters, `byte` bytes of the text before it. */
type Wide = { readonly text: string; readonly at: number; readonly byte: number }

const wideStretches = (text: string): readonly Wide[] => {
  const found: Wide[] = []
  let ahead = 0
  for (const { 0: wide, index } of text.matchAll(/[^\x00-\x7f]+/g)) {
    found.push({ text: wide, at: index, byte: index + ahead })
    for (const character of wide) ahead += utf8Length(character) - character.length
  }
  return found
}

const characterAt = ({ text, at, byte }: Wide, wanted: number): number => {
  let [character, reached] = [at, byte]
  for (const next of text) {
    const bytes = utf8Length(next)
    if (reached + bytes > wanted) return character
    reached += bytes
    character += next.length
  }
  return character + wanted - reached
}

/** Byte offsets (UTF-8) of a text as character offsets. */
const characterOffsets = (text: string): ((byte: number) => number) => {
  if (ascii.test(text)) return (byte) => byte
  const stretches = wideStretches(text)
  const starts = stretches.map(({ byte }) => byte)
  return (byte) => {
    const before = stretches[lastUpTo(starts, byte)]
    return before ? characterAt(before, byte) : byte
  }
}

/** A breakpoint looks like a comment and is none. */
const commentPattern = new RegExp(`--(?!${breakpoint.slice(2)})([^\\n]*)|/\\*([\\s\\S]*?)\\*/`, 'g')

/** Comments in the gap before a statement. One that ends the line of the statement before belongs to that one. */
const commentsIn = (gap: string, from: number, first: boolean, place: Places): readonly Comment[] =>
  (gap.includes('--') || gap.includes('/*') ? [...gap.matchAll(commentPattern)] : [])
    .filter((match) => first || gap.slice(0, match.index).includes('\n'))
    .map((match) => ({ text: (match[1] ?? match[2] ?? '').trim(), start: place(from + match.index) }))

/** Without the comments behind it. Most statements have no `--` in their last line, and need no second look. */
const trimmedEnd = (text: string): string => {
  const trimmed = text.replace(/[\s;]+$/, '')
  return trimmed.slice(trimmed.lastIndexOf('\n') + 1).includes('--') ? trimmed.slice(0, wordsEnd(trimmed)) : trimmed
}

type Read = { readonly statements: Statement[]; readonly faults: SyntaxFault[] }

/** A statement as the parser has it, with what stands before it since the one before; characters of the text. */
type Parsed = { readonly stmt: RawStatement['stmt']; readonly from: number; readonly to: number }

const parsedIn = (text: string): readonly Parsed[] => {
  const character = characterOffsets(text)
  return parseRaw(text).map(({ stmt, stmt_location: at = 0, stmt_len: bytes }) => ({
    stmt,
    from: character(at),
    to: bytes === undefined ? text.length : character(at + bytes),
  }))
}

const addStatements = (sql: string, { start, end }: Stretch, number: number, parsed: readonly Parsed[], place: Places, into: Read): void => {
  let gapStart = start
  parsed.forEach(({ stmt, from, to }, position) => {
    const [first, last] = [Math.max(from, start), Math.min(to, end)]
    const full = sql.slice(first, last)
    const lead = /^\s*/.exec(full)?.[0].length ?? 0
    const text = trimmedEnd(full.slice(lead))
    const [node, tree] = unwrap(stmt)
    into.statements.push({
      text,
      node,
      tree,
      chunk: number,
      index: into.statements.length,
      start: place(first + lead),
      end: place(first + lead + text.length),
      comments: commentsIn(sql.slice(gapStart, first + lead), gapStart, position === 0, place),
    })
    gapStart = last
  })
}

const readChunk = (chunk: string, at: number, number: number, place: Places, into: Read): number => {
  // No server takes a text with a zero byte, and the parser would end there without a word.
  const zero = chunk.indexOf('\0')
  if (zero >= 0) {
    into.faults.push({ message: 'invalid byte sequence for encoding "UTF8": 0x00', at: place(at + zero), chunk: number, text: chunk.trim() })
    return 0
  }
  if (/^\s*$/.test(chunk)) return 0
  try {
    const parsed = parsedIn(chunk)
    addStatements(chunk, { start: 0, end: chunk.length }, number, parsed, (offset) => place(at + offset), into)
    return parsed.length
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    into.faults.push({ message: error.message, at: place(at + Math.min(error.position ?? 0, chunk.length)), chunk: number, text: chunk.trim() })
    return 0
  }
}

/** What stands between two chunks when they are parsed in one go; as long as a breakpoint, and on a line of its own, so that no comment takes it. */
const separator = `\n;${' '.repeat(breakpoint.length - 2)}`

/**
 * The statements of each chunk, from one call of the parser: a call for each takes a third longer. Undefined where that could read otherwise than chunk by chunk:
 * when the parser refuses a part, when a statement, a string or a block comment may reach over a breakpoint.
 */
const parsedAtOnce = (sql: string, chunks: readonly TextChunk[]): readonly (readonly Parsed[])[] | undefined => {
  if (chunks.length === 1 || sql.includes('/*') || sql.includes('\0')) return undefined
  let parsed: readonly Parsed[]
  try {
    parsed = parsedIn(chunks.map(({ text }) => text).join(separator))
  } catch (error) {
    if (error instanceof SqlError) return undefined
    throw error
  }
  const all: Parsed[][] = chunks.map(() => [])
  let at = 0
  for (const statement of parsed) {
    while (statement.to > (chunks[at]?.end ?? Number.POSITIVE_INFINITY) + 1) at++
    const [own, before] = [all[at], chunks[at - 1]]
    if (!own || (before && statement.from < before.end)) return undefined
    own.push(statement)
  }
  return all
}

const readChunks = (sql: string, place: Places): Script => {
  const into: Read = { statements: [], faults: [] }
  const split = splitChunks(sql)
  const parsed = parsedAtOnce(sql, split)
  const read = (chunk: TextChunk, number: number): number => {
    const own = parsed?.[number]
    if (!own) return readChunk(chunk.text, chunk.start, number, place, into)
    addStatements(sql, chunk, number, own, place, into)
    return own.length
  }
  const chunks = split.map((chunk, number): Chunk => ({ text: chunk.text, start: place(chunk.start), statements: read(chunk, number) }))
  return { ...into, chunks }
}

/** The text with its faults mended as far as that goes. A chunk has one fault at a time. */
const mendAll = (text: string, script: Script, place: Places): { readonly script: Script; readonly mended: ReadonlySet<number> } => {
  const touched = new Set<number>()
  let sql = text
  let next = script
  let open = script.faults
  while (open.length > 0) {
    const before = sql
    for (const { chunk, at } of open) {
      const range = splitChunks(sql)[chunk]
      const better = range && mended(range.text, { position: at.offset - range.start })
      if (!range || better === undefined) continue
      touched.add(chunk)
      sql = `${sql.slice(0, range.start)}${better}${sql.slice(range.end)}`
    }
    if (sql === before) break
    next = readChunks(sql, place)
    open = next.faults
  }
  return { script: next, mended: touched }
}

/** What a comment holds, where it is a schema and no remark: it makes a table, and all of it is SQL. What drizzle-kit wrote may hold statements that are none, and is mended. */
const schemaIn = ({ text, pulled }: Uncommented, place: Places): Script['commented'] => {
  const script = readChunks(text, place)
  if (!pulled && script.faults.length > 0) return undefined
  const better = mendAll(text, script, place)
  const { statements, faults } = better.script
  return statements.some(({ node }) => node === 'CreateStmt')
    ? { statements, faults, mended: statements.filter(({ chunk }) => better.mended.has(chunk)) }
    : undefined
}

/**
 * Reads a migration's SQL as Drizzle sends it: one query for each chunk between breakpoints. What PostgreSQL's parser refuses is a fault with its place;
 * the other chunks are read all the same. An empty text has no statement. A file that is one big comment says what stands in it (`commented`) and has no statement either:
 * where breakpoints cut the comment apart, the server refuses the first piece, and the others never run.
 */
export const readScript = (sql: string): Script => {
  const body = sql.startsWith('\uFEFF') ? ` ${sql.slice(1)}` : sql
  const place = placesIn(body)
  const script = readChunks(body, place)
  const inside = uncommented(body)
  const commented = inside && schemaIn(inside, place)
  return commented ? { ...script, statements: [], commented } : script
}

/** A statement with another text of the same length in its place; undefined where that is no SQL. */
export const rewritten = (statement: Statement, text: string): Statement | undefined => {
  const { statements } = readChunks(text, placesIn(text))
  const [only, ...more] = statements
  if (!only || more.length > 0) return undefined
  const { start, end, index, chunk, comments } = statement
  return { ...only, start, end, index, chunk, comments }
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
