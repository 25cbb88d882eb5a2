/** Small changes to a statement's own text. Each answer is a guess: who asks reads it and takes the first that says what is wanted. */

import { tokenPattern } from '../../sql/tokens.ts'

type Token = { readonly text: string; readonly start: number; readonly end: number; readonly depth: number }

const isBlank = ({ text }: Token): boolean => /^(?:\s|--|\/\*)/.test(text)

const isWord = (token: Token | undefined, word: string): boolean => token?.text.toUpperCase() === word

/** The tokens of a text without blanks and comments; those of a dollar-quoted body (a DO block's) stand in its place. */
const tokensOf = (sql: string, from = 0): readonly Token[] => {
  let depth = 0
  const tokens: Token[] = []
  for (const match of sql.matchAll(tokenPattern)) {
    const [text] = match
    const start = from + match.index
    if (text === ')') depth--
    const token = { text, start, end: start + text.length, depth }
    if (text === '(') depth++
    const tag = /^\$\w*\$/.exec(text)?.[0]
    if (tag !== undefined && text.length >= 2 * tag.length) tokens.push(...tokensOf(text.slice(tag.length, -tag.length), start + tag.length))
    else if (!isBlank(token)) tokens.push(token)
  }
  return tokens
}

/** The comments of a statement, in their order. */
export const commentsOf = (sql: string): readonly string[] =>
  [...sql.matchAll(tokenPattern)].map(([text]) => text.trimEnd()).filter((text) => text.startsWith('--') || text.startsWith('/*'))

const inserted = (sql: string, at: number, words: string, end: number = at): string => sql.slice(0, at) + words + sql.slice(end)

/** NOT VALID behind each part of a statement that can be the constraint: parts end at a comma or semicolon outside of brackets. */
export const notValidSpellings = (sql: string): readonly string[] => {
  const tokens = tokensOf(sql)
  const found: string[] = []
  let isConstraint = false
  tokens.forEach((token, at) => {
    isConstraint ||= /^(?:check|references)$/i.test(token.text)
    const next = tokens[at + 1]
    const ends = next === undefined || ((next.text === ',' || next.text === ';') && next.depth === 0)
    if (ends && isConstraint) found.push(inserted(sql, token.end, ' NOT VALID'))
    if (ends) isConstraint = false
  })
  return found
}

/** CREATE INDEX with IF NOT EXISTS, DROP INDEX with IF EXISTS, both without CONCURRENTLY; a text that says so already as it is. */
export const tolerantIndexSpellings = (sql: string): readonly string[] => {
  const tokens = tokensOf(sql)
  return [
    sql,
    ...tokens.flatMap((token, at) => {
      if (!isWord(token, 'INDEX')) return []
      const drops = isWord(tokens[at - 1], 'DROP')
      const concurrently = isWord(tokens[at + 1], 'CONCURRENTLY') ? tokens[at + 1] : undefined
      const condition = isWord(tokens[at + (concurrently ? 2 : 1)], 'IF') ? '' : drops ? ' IF EXISTS' : ' IF NOT EXISTS'
      return [inserted(sql, token.end, condition, concurrently?.end ?? token.end)]
    }),
  ]
}

/** CREATE INDEX and DROP INDEX with CONCURRENTLY. */
export const concurrentSpellings = (sql: string): readonly string[] =>
  tokensOf(sql).flatMap((token) => (isWord(token, 'INDEX') ? [inserted(sql, token.end, ' CONCURRENTLY')] : []))
