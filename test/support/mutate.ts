/** SQL that somebody has damaged: tokens swapped, lost, doubled and replaced, texts cut off, odd names. Seeded, so that what breaks can be made again. */

export type Random = () => number

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export const randomFrom = (seed: number): Random => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const below = (random: Random, count: number): number => Math.floor(random() * count)
export const oneOf = <T>(random: Random, items: readonly T[]): T => items[below(random, items.length)] as T

const tokenPattern = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$\w*\$|[\w\u0080-\uffff]+|\s+|[\s\S]/g

const odd: readonly string[] = [
  '""',
  '"a""b"',
  '"Ünïcode"',
  '"💥"',
  'U&"\\0041"',
  '"select"',
  `"${'x'.repeat(70)}"`,
  '"a.b"',
  'public.',
  'pg_catalog.int4',
  '__proto__',
  'constructor',
  '"toString"',
  'hasOwnProperty',
  '9223372036854775808',
  '-1',
  '1e999',
  "E'\\u0041'",
  "U&'\\+01F4A5'",
  '$1',
  '$$',
  '$x$',
  "'",
  '"',
  '/*',
  '*/',
  '--',
  '--> statement-breakpoint',
  ';',
  ';;',
  '(',
  ')',
  ',',
  '::',
  '\u0000',
  '\u00a0',
  '\u202e',
  '\ud800',
  '\ufeff',
  '\r\n',
  'CASCADE',
  'NOT VALID',
  'CONCURRENTLY',
  'IF EXISTS',
  'ONLY',
  'USING',
  'DEFAULT',
  'NULL',
  'COMMIT',
  'DO',
  'BEGIN',
]

type Mutation = (tokens: readonly string[], random: Random, others: readonly string[]) => readonly string[]

const without = <T>(items: readonly T[], at: number, count = 1): readonly T[] => [...items.slice(0, at), ...items.slice(at + count)]
const put = <T>(items: readonly T[], at: number, ...more: readonly T[]): readonly T[] => [...items.slice(0, at), ...more, ...items.slice(at)]

const mutations: readonly Mutation[] = [
  (tokens, random) => {
    const [a, b] = [below(random, tokens.length), below(random, tokens.length)]
    return tokens.map((token, at) => (at === a ? (tokens[b] ?? '') : at === b ? (tokens[a] ?? '') : token))
  },
  (tokens, random) => without(tokens, below(random, tokens.length), 1 + below(random, 3)),
  (tokens, random) => {
    const at = below(random, tokens.length)
    return put(tokens, at, ...tokens.slice(at, at + 1 + below(random, 4)))
  },
  (tokens, random) => [tokens.join('').slice(0, below(random, tokens.join('').length + 1))],
  (tokens, random) => tokens.map((token, at, all) => (at === below(random, all.length) && /\w/.test(token) ? oneOf(random, odd) : token)),
  (tokens, random) => put(tokens, below(random, tokens.length), ' ', oneOf(random, odd), ' '),
  (tokens, random, others) => put(tokens, below(random, tokens.length), ' ', oneOf(random, others), ' '),
  (tokens, random, others) => [...tokens, oneOf(random, ['; ', '\n--> statement-breakpoint\n', ' ']), oneOf(random, others)],
]

/** The text with one to three things done to it. */
export const mutated = (sql: string, random: Random, others: readonly string[]): string => {
  let tokens: readonly string[] = sql.match(tokenPattern) ?? [sql]
  for (let left = 1 + below(random, 3); left > 0; left--) tokens = oneOf(random, mutations)(tokens, random, others)
  return tokens.join('')
}
