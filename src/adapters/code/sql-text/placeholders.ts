/** Placeholders of other drivers: `:name` and `?` written as PostgreSQL's `$1`. */
import { tokenPattern } from '../../../sql/tokens.ts'

const named = /(^|[^:\w])::?(?:'\w+'|"\w+"|[A-Za-z_]\w*)/

/** The tokens with `:name` joined to one; `::type` and `:=` stay. */
const withNamed = (tokens: readonly string[]): readonly string[] => {
  const result: string[] = []
  for (let at = 0; at < tokens.length; at++) {
    const [token = '', next = ''] = [tokens[at], tokens[at + 1]]
    const alone = token === ':' && tokens[at - 1] !== ':' && next !== ':'
    if (alone && /^[A-Za-z_]|^'\w+'$|^"\w+"$/.test(next)) {
      result.push('$0')
      at++
    } else result.push(token)
  }
  return result
}

/** `??` is a name in knex, `?` a value. */
const withQuestionMarks = (tokens: readonly string[]): readonly string[] => {
  const result: string[] = []
  for (let at = 0; at < tokens.length; at++) {
    const doubled = tokens[at] === '?' && tokens[at + 1] === '?'
    result.push(doubled ? '"\u0002"' : tokens[at] === '?' ? '$0' : (tokens[at] ?? ''))
    if (doubled) at++
  }
  return result
}

const tokensOf = (text: string): readonly string[] => [...text.matchAll(tokenPattern)].map(([token]) => token)

/** The text with its placeholders as parameters, or undefined where it has none. To be tried on a text that does not parse as it stands. */
export const withParameters = (text: string): string | undefined => {
  if (!named.test(text) && !text.includes('?')) return undefined
  const tokens = withNamed(tokensOf(text))
  const result = (tokens.includes('$0') ? tokens : withQuestionMarks(tokens)).join('')
  return result === text ? undefined : result
}
