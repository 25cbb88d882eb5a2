/** Migrations that are one big comment. `drizzle-kit pull` writes its first migration so: the database exists already. */
import { breakpoint } from './chunks.ts'

export type Uncommented = {
  /** The text with its comment marks blanked out: every other character keeps its place. */
  readonly text: string
  /** Whether it has the lines that drizzle-kit (0.16 to 1.0) writes above what it pulled. */
  readonly pulled: boolean
}

/** Both lines; older versions misspell the second one. Somebody may have put a comment mark before them. */
const header =
  /^[ \t]*(?:--[ \t]*)*(?:Current sql file was generated after introspecting the database|If you want to run this migration please uncomment this code)[^\n]*$/gm

const blank = (text: string): string => text.replaceAll(/[^\s]/g, ' ')

const remarksOnly = (text: string): boolean => text.split('\n').every((line) => /^\s*(?:--.*)?$/.test(line))

/** `--` at the start of each line taken off; undefined where a line has none. A line of its own with a breakpoint looks like a comment and is none. */
const withoutLineMarks = (sql: string): string | undefined => {
  const lines = sql.split('\n')
  if (!lines.every((line) => /^\s*(?:--.*)?$/.test(line))) return undefined
  return lines.map((line) => (line.trimStart().startsWith(breakpoint) ? line : line.replace(/^\s*-- ?/, blank))).join('\n')
}

/** The one block comment around all the rest taken off; undefined where something stands outside of it. */
const withoutBlockMarks = (sql: string, pulled: boolean): string | undefined => {
  const open = sql.indexOf('/*')
  const close = sql.lastIndexOf('*/')
  if (open === -1 || close < open + 2 || !remarksOnly(sql.slice(0, open)) || !remarksOnly(sql.slice(close + 2))) return undefined
  const inside = sql.slice(open + 2, close)
  // What was pulled may hold the mark in a text (`'*/5 * * * *'`), which ends the comment for the server and not for its author.
  return pulled || !inside.includes('*/') ? `${sql.slice(0, open)}  ${inside}  ${sql.slice(close + 2)}` : undefined
}

/** Whether a text that is nothing but a comment may be a schema; what it holds is not parsed. */
export const mayBePulled = (sql: string): boolean => {
  const inside = uncommented(sql)
  return inside !== undefined && (inside.pulled || /\bcreate\s+table\s[^;()]+\(/i.test(inside.text))
}

/** What a text that is nothing but a comment holds; undefined where something else stands in it. It may be prose. */
export const uncommented = (sql: string): Uncommented | undefined => {
  if (!/^\s*(?:--|\/\*)/.test(sql)) return undefined
  const bare = sql.replace(header, blank)
  const pulled = bare !== sql
  const lines = withoutLineMarks(bare)
  const text = withoutBlockMarks(lines ?? bare, pulled) ?? lines
  return text === undefined ? undefined : { text, pulled }
}
