/** Scripts for psql, pg_dump's plain format above all, as SQL that a server takes: what is psql's own is blanked out, so that every line keeps its number. */
import { plural } from '../model/numbers.ts'

export type PsqlScript = {
  readonly sql: string
  /** What was taken out and says nothing of the schema, in words. */
  readonly notes: readonly string[]
  /** What was taken out and may have made something: its line and psql's word. */
  readonly unread: readonly { readonly line: number; readonly command: string; readonly why: string }[]
}

type Cut = { readonly start: number; readonly end: number; readonly kind: 'rows' | 'command' | 'database' | 'setting' | 'public'; readonly text: string }

const wordSign = /[\w\u0080-\uffff$]/
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y
const interesting = /['"$\\;]|--|\/\*/g

const endOr = (found: number, text: string): number => (found < 0 ? text.length : found)

/** Behind the quote that closes what `quote` opened before `from`; a doubled quote closes nothing. */
const quotedEnd = (sql: string, quote: string, from: number): number => {
  for (let at = sql.indexOf(quote, from); at >= 0; at = sql.indexOf(quote, at + 2)) if (sql[at + 1] !== quote) return at + 1
  return sql.length
}

/** The same for `E'…'`, where a backslash takes the next sign with it. */
const escapedEnd = (sql: string, from: number): number => {
  for (let at = from; at < sql.length; at++) {
    if (sql[at] === '\\') at++
    else if (sql[at] === "'" && sql[at + 1] === "'") at++
    else if (sql[at] === "'") return at + 1
  }
  return sql.length
}

/** Block comments hold others. */
const commentEnd = (sql: string, from: number): number => {
  let depth = 1
  for (const { 0: mark, index } of sql.slice(from).matchAll(/\/\*|\*\//g)) {
    depth += mark === '/*' ? 1 : -1
    if (depth === 0) return from + index + 2
  }
  return sql.length
}

const isEscaping = (sql: string, quote: number): boolean => /[eE]/.test(sql[quote - 1] ?? '') && !wordSign.test(sql[quote - 2] ?? '')

const dollarEnd = (sql: string, at: number): number => {
  if (wordSign.test(sql[at - 1] ?? '')) return at + 1
  dollarTag.lastIndex = at
  const tag = dollarTag.exec(sql)?.[0]
  if (tag === undefined) return at + 1
  const close = sql.indexOf(tag, at + tag.length)
  return close < 0 ? sql.length : close + tag.length
}

/** Where the rows behind a COPY end: behind the line `\.`, or with the file. */
const rowsEnd = (sql: string, from: number): number => {
  const end = /^\\\.\r?$\n?/gm
  end.lastIndex = from
  return end.exec(sql) === null ? sql.length : end.lastIndex
}

const lineEnd = (sql: string, from: number): number => endOr(sql.indexOf('\n', from), sql)

/** Statements that a database cannot have of itself, that it has already, or that older servers do not know. */
const kindOf = (statement: string): 'rows' | 'database' | 'setting' | 'public' | undefined => {
  if (/^copy\b[\s\S]*\bfrom\s+p?stdin\b/i.test(statement)) return 'rows'
  if (/^(?:(?:create|alter|drop)|(?:comment|security\s+label\b.*)\s+on|(?:grant|revoke)\b.*\bon)\s+database\b/is.test(statement)) return 'database'
  if (/^set\s+transaction_timeout\b/i.test(statement)) return 'setting'
  return /^create\s+schema\s+"?public"?$/i.test(statement) ? 'public' : undefined
}

/** Commands that send the statement before them, as a semicolon does. */
const sends = /^\\(?:g|gx|gdesc|gexec|gset|watch|crosstabview)\b/

/** What is not the server's, in order. */
const cutsIn = (sql: string): readonly Cut[] => {
  const cuts: Cut[] = []
  // A statement begins at its first sign that is neither blank nor of a comment.
  let begin: number | undefined
  let at = 0
  const endStatement = (end: number): number => {
    const text = sql.slice(begin ?? end, end).trim()
    const kind = kindOf(text)
    if (kind !== undefined && begin !== undefined) cuts.push({ start: begin, end: end + 1, kind, text })
    begin = undefined
    return kind === 'rows' ? cutRows(end) : end + 1
  }
  const cutRows = (semicolon: number): number => {
    const start = Math.min(lineEnd(sql, semicolon) + 1, sql.length)
    const end = rowsEnd(sql, start)
    cuts.push({ start, end, kind: 'rows', text: '' })
    return end
  }
  const cutCommand = (start: number): number => {
    const end = lineEnd(sql, start)
    if (sends.test(sql.slice(start, end))) begin = undefined
    cuts.push({ start, end, kind: 'command', text: sql.slice(start, end).trim() })
    return end
  }
  while (at < sql.length) {
    interesting.lastIndex = at
    const found = interesting.exec(sql)
    const next = found?.index ?? sql.length
    const lead = begin === undefined ? sql.slice(at, next).search(/\S/) : -1
    if (lead >= 0) begin = at + lead
    if (!found) break
    const [sign] = found
    if (begin === undefined && (sign === "'" || sign === '"' || sign === '$')) begin = next
    if (sign === "'") at = isEscaping(sql, next) ? escapedEnd(sql, next + 1) : quotedEnd(sql, sign, next + 1)
    else if (sign === '"') at = quotedEnd(sql, sign, next + 1)
    else if (sign === '$') at = dollarEnd(sql, next)
    else if (sign === '--') at = lineEnd(sql, next)
    else if (sign === '/*') at = commentEnd(sql, next + 2)
    else if (sign === '\\') at = cutCommand(next)
    else at = endStatement(next)
  }
  return cuts
}

/** Lines stay; of all but rows, which may be millions, columns too. */
const blank = (text: string, cut: Cut): string => {
  if (cut.kind === 'rows') return text.replaceAll(/[^\n]+/g, '')
  const spaces = text.replaceAll(/[^\n]/g, ' ')
  return cut.kind === 'command' && sends.test(text) ? `;${spaces.slice(1)}` : spaces
}

const without = (sql: string, cuts: readonly Cut[]): string => {
  const parts: string[] = []
  let at = 0
  for (const cut of cuts) {
    parts.push(sql.slice(at, cut.start), blank(sql.slice(cut.start, cut.end), cut))
    at = cut.end
  }
  parts.push(sql.slice(at))
  return parts.join('')
}

const newlines = (text: string): number => text.split('\n').length - 1

/** Rows of one COPY: its lines without the last one, `\.`. */
const rowsIn = (sql: string, { start, end }: Cut): number => {
  const lines = sql.slice(start, end).replace(/\r?\n$/, '')
  return lines === '' ? 0 : newlines(lines) + (/(?:^|\n)\\\.\r?$/.test(lines) ? 0 : 1)
}

const commandOf = ({ text }: Cut): string => /^\\(?:[a-zA-Z_]+|.)/.exec(text)?.[0] ?? text

/** Commands of psql that bring SQL from elsewhere or choose between SQL. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/^\\(?:i|ir|include|include_relative)$/, 'It reads another file.'],
  [/^\\(?:if|elif|else|endif)$/, 'What stands between conditions of psql is taken as if all of it ran.'],
  [/^\\(?:gexec|gset)$/, 'It runs or keeps what a query answers.'],
  [/^\\!$/, 'It runs another program.'],
]

const reasonOf = (cut: Cut): string | undefined => reasons.find(([command]) => command.test(commandOf(cut)))?.[1]

/** The databases that the script connects to: with a second one, what it makes belongs to several. */
const connections = (cuts: readonly Cut[]): readonly Cut[] => {
  const seen = new Set<string>()
  return cuts.filter((cut) => {
    const name = /^\\c(?:onnect)?\s+(?:-\S+\s+)*(.*)$/.exec(cut.text)?.[1]
    if (name === undefined || seen.has(name)) return false
    seen.add(name)
    return seen.size > 1
  })
}

const notesOn = (sql: string, cuts: readonly Cut[]): readonly string[] => {
  const of = (kind: Cut['kind']): readonly Cut[] => cuts.filter((cut) => cut.kind === kind)
  const tables = of('rows').filter(({ text }) => text !== '').length
  const rows = of('rows').reduce((sum, cut) => sum + (cut.text === '' ? rowsIn(sql, cut) : 0), 0)
  const commands = of('command')
  return [
    ...(tables > 0 ? [`${plural(rows, 'row')} of ${plural(tables, 'COPY', 'COPYs')} left out`] : []),
    ...(commands.length > 0 ? [`${plural(commands.length, 'command')} of psql left out (${[...new Set(commands.map(commandOf))].sort().join(', ')})`] : []),
    ...(of('database').length > 0 ? [`${plural(of('database').length, 'statement')} about the database itself left out`] : []),
    ...(of('public').length > 0 ? ['CREATE SCHEMA public left out: an empty database has it'] : []),
  ]
}

/**
 * A script for psql as SQL for a server. Taken out are psql's commands (`\connect`, `\restrict` …), `COPY … FROM stdin` with its rows, statements about databases,
 * `CREATE SCHEMA public` (an empty database has it) and `SET transaction_timeout`, which servers before 17 refuse. Quotes, dollar quotes and comments are PostgreSQL's own.
 */
export const fromPsql = (sql: string): PsqlScript => {
  const cuts = cutsIn(sql)
  const line = ({ start }: Cut): number => newlines(sql.slice(0, start)) + 1
  const others = new Set(connections(cuts))
  const unread = cuts.flatMap((cut) => {
    const why = others.has(cut) ? 'The script goes on in another database.' : cut.kind === 'command' ? reasonOf(cut) : undefined
    return why === undefined ? [] : [{ line: line(cut), command: commandOf(cut), why }]
  })
  return { sql: without(sql, cuts), notes: notesOn(sql, cuts), unread }
}
