/** SQL text for an engine with stub extensions: storage parameters of their access methods are taken out, and nothing else is touched. */

type Token = { readonly text: string; readonly start: number; readonly end: number; readonly kind: 'word' | 'quoted' | 'body' | 'other' }

/** Comments and blanks match nothing that is kept; strings, quoted names and dollar-quoted bodies are one token each. */
const lexer =
  /--[^\n]*|\/\*|(?<space>\s+)|(?<string>[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*')|(?<quoted>"(?:[^"]|"")*")|(?<tag>\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)|(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(?<other>\d[\w.]*|[\s\S])/y

/** Block comments nest. The end of the one that starts at `start`. */
const commentEnd = (sql: string, start: number): number => {
  const marks = /\/\*|\*\//g
  marks.lastIndex = start
  let depth = 0
  for (let mark = marks.exec(sql); mark; mark = marks.exec(sql)) {
    depth += mark[0] === '/*' ? 1 : -1
    if (depth === 0) return marks.lastIndex
  }
  return sql.length
}

const bodyEnd = (sql: string, start: number, tag: string): number => {
  const close = sql.indexOf(tag, start + tag.length)
  return close < 0 ? sql.length : close + tag.length
}

const tokensOf = (sql: string): readonly Token[] => {
  const tokens: Token[] = []
  let at = 0
  while (at < sql.length) {
    lexer.lastIndex = at
    const match = lexer.exec(sql)
    if (!match) return tokens
    const { quoted, tag, word, string, other } = match.groups ?? {}
    const end = match[0] === '/*' ? commentEnd(sql, at) : tag ? bodyEnd(sql, at, tag) : at + match[0].length
    const kind = word ? 'word' : quoted ? 'quoted' : tag ? 'body' : string || other ? 'other' : undefined
    if (kind) tokens.push({ text: sql.slice(at, end), start: at, end, kind })
    at = end
  }
  return tokens
}

const says = (token: Token | undefined, word: string): boolean => token?.kind === 'word' && token.text.toLowerCase() === word

const nameOf = ({ kind, text }: Token): string => (kind === 'quoted' ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase())

/** The position after the closing parenthesis of the one at `open`. */
const closing = (tokens: readonly Token[], open: number): number => {
  let depth = 0
  for (let at = open; at < tokens.length; at += 1) {
    const { text, kind } = tokens[at] as Token
    if (kind !== 'other') continue
    if (text === '(') depth += 1
    if (text === ')') depth -= 1
    if (depth === 0) return at + 1
  }
  return tokens.length
}

type Cut = { readonly start: number; readonly end: number; readonly text: string }

const isSemicolon = ({ kind, text }: Token) => kind === 'other' && text === ';'

/** Statements as ranges of tokens; a body's own semicolons are inside its one token. */
const statementsOf = (tokens: readonly Token[]): readonly (readonly Token[])[] => {
  const ends = tokens.flatMap((token, at) => (isSemicolon(token) ? [at] : []))
  return [...ends, tokens.length].map((end, at) => tokens.slice(at === 0 ? 0 : (ends[at - 1] ?? 0) + 1, end))
}

/** CREATE [UNIQUE] INDEX may follow other words: BEGIN or THEN of PL/pgSQL. */
const isCreateIndex = (tokens: readonly Token[]): boolean =>
  tokens.some((token, at) => says(token, 'create') && (says(tokens[at + 1], 'index') || (says(tokens[at + 1], 'unique') && says(tokens[at + 2], 'index'))))

const optionCuts = (statement: readonly Token[], methods: ReadonlySet<string>): readonly Cut[] => {
  if (!isCreateIndex(statement)) return []
  const using = statement.findIndex((token, at) => says(token, 'using') && methods.has(nameOf(statement[at + 1] ?? token)))
  if (using < 0) return []
  const afterColumns = closing(statement, using + 2)
  const withAt = statement.findIndex((token, at) => at >= afterColumns && says(token, 'with') && statement[at + 1]?.text === '(')
  const first = statement[withAt]
  const last = statement[closing(statement, withAt + 1) - 1]
  return withAt < 0 || !first || !last ? [] : [{ start: first.start, end: last.end, text: '' }]
}

const bodyCut = (token: Token, methods: ReadonlySet<string>): readonly Cut[] => {
  if (token.kind !== 'body') return []
  const tag = token.text.slice(0, token.text.indexOf('$', 1) + 1)
  const inner = token.text.slice(tag.length, -tag.length)
  return token.text.length < tag.length * 2 || !token.text.endsWith(tag)
    ? []
    : [{ start: token.start, end: token.end, text: `${tag}${withoutIndexOptions(inner, methods)}${tag}` }]
}

const replace = (sql: string, cuts: readonly Cut[]): string => {
  const inOrder = cuts.toSorted((a, b) => a.start - b.start)
  const parts = inOrder.map(({ start, text }, at) => sql.slice(inOrder[at - 1]?.end ?? 0, start) + text)
  return parts.join('') + sql.slice(inOrder.at(-1)?.end ?? 0)
}

/**
 * Takes `WITH (…)` out of every CREATE INDEX … USING one of `methods`, also inside dollar-quoted bodies. Comments, strings and other statements stay
 * as they are.
 */
export const withoutIndexOptions = (sql: string, methods: ReadonlySet<string>): string => {
  const lower = sql.toLowerCase()
  if (![...methods].some((method) => lower.includes(method))) return sql
  const tokens = tokensOf(sql)
  const cuts = [...statementsOf(tokens).flatMap((statement) => optionCuts(statement, methods)), ...tokens.flatMap((token) => bodyCut(token, methods))]
  return cuts.length === 0 ? sql : replace(sql, cuts)
}
