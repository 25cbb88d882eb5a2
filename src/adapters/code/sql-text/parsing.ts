/** Texts as syntax trees: a fragment parses once it stands in a statement that has a place for it. Answers are kept, by text. */

import type { Tree } from '../../../model/json.ts'
import { parseRaw, SqlError } from '../../../sql/parser.ts'
import { child, list, strings, walk } from '../../../sql/tree.ts'
import { bare } from './bare.ts'
import type { SqlPlace } from './nouns.ts'
import { withParameters } from './placeholders.ts'
import { formCount, holeOf, printed, type Spelling } from './spelling.ts'

/** The table of the statement around a fragment. It has no columns: the builder's tables are outside of it. */
export const around = '\u0003'

type Frame = { readonly id: string; readonly before: string /** What it begins with, for clauses. */; readonly begins?: RegExp }

const table = `"${around}"`

const whole: Frame = { id: 'statement', before: '' }
const select: Frame = { id: 'select', before: 'SELECT ' }
const condition: Frame = { id: 'condition', before: 'SELECT 1 WHERE ' }
const order: Frame = { id: 'order', before: 'SELECT 1 ORDER BY ' }
const group: Frame = { id: 'group', before: 'SELECT 1 GROUP BY ' }
const from: Frame = { id: 'from', before: 'SELECT 1 FROM ' }
const assignment: Frame = { id: 'assignment', before: `UPDATE ${table} SET ${table} = ` }
const assignments: Frame = { id: 'assignments', before: `UPDATE ${table} SET ` }

const clauses: readonly Frame[] = [
  { id: 'and', before: 'SELECT 1 WHERE true ', begins: /^(?:and|or)\b/i },
  { id: 'with', before: '', begins: /^with\b/i },
  { id: 'from clause', before: 'SELECT 1 ', begins: /^(?:from\b|,)/i },
  { id: 'set clause', before: `UPDATE ${table} `, begins: /^set\b/i },
  { id: 'returning', before: `DELETE FROM ${table} `, begins: /^returning\b/i },
  { id: 'conflict', before: `INSERT INTO ${table} DEFAULT VALUES `, begins: /^on\s+conflict\b/i },
  { id: 'on', before: `SELECT 1 FROM ${table} JOIN ${table} `, begins: /^on\b/i },
  { id: 'direction', before: 'SELECT 1 ORDER BY 1 ', begins: /^(?:asc|desc|nulls)\b/i },
  {
    id: 'clause',
    before: `SELECT 1 FROM ${table} `,
    begins: /^(?:where|group|order|having|limit|offset|fetch|join|left|right|full|inner|cross|natural|union|intersect|except|for|window)\b/i,
  },
  { id: 'operator', before: 'SELECT NULL ', begins: /^(?:::|[-+*/<>=~!@#%^&|?]|is\b|in\b|not\b|like\b|ilike\b|between\b|over\b|at\s+time\b)/i },
]

const verbs =
  /^[\s(]*(?:select|with|insert|update|delete|merge|values|table|truncate|copy|create|alter|drop|comment|call|do|begin|start|commit|rollback|savepoint|release|set|reset|show|explain|refresh|vacuum|analyze|lock|listen|notify|unlisten|grant|revoke|reindex|cluster|prepare|execute|deallocate|declare|fetch|discard|abort|end)\b/i

const byPlace: { readonly [place in SqlPlace]: readonly Frame[] } = {
  statement: [whole],
  select: [select, order, whole],
  from: [from, whole],
  condition: [condition, select, whole],
  group: [group, select],
  order: [order],
  assignment: [assignment, select, whole],
  unknown: [select, assignments, order, from],
}

const withoutParentheses = (text: string): string => {
  const next = text.replaceAll(/\([^()]*\)/g, '')
  return next === text ? text : withoutParentheses(next)
}

/** `a = 1, b = 2` are assignments, and no comparisons that are selected. */
const isList = (start: string): boolean => /^(?:\w+|"[^"]+")\s*=/.test(start) && withoutParentheses(start).includes(',')

const framesFor = (place: SqlPlace, text: string): readonly Frame[] => {
  const start = bare(text)
  const clause = clauses.filter(({ begins }) => begins?.test(start))
  if (place === 'statement') return verbs.test(start) ? [whole] : [whole, ...clause]
  if (place !== 'unknown') return [...clause, ...byPlace[place]]
  const first = verbs.test(start) ? [...clause, whole] : clause
  return isList(start) ? [...first, assignments, ...byPlace[place]] : [...first, ...byPlace[place]]
}

export type Parsed = {
  readonly frame: string
  readonly statements: readonly Tree[]
}
export type Refused = { readonly why: string }

/** The hole whose text the parser complains of. */
const holeAt = (stretches: readonly (readonly [number, number])[], position: number): number =>
  stretches.findIndex(([start, end]) => position >= start && position < end)

/** The name before a hole: the parser takes `total $1` for a constant of a type `total`. */
const wordBefore = /(?:^|[^\w."])(?:([A-Za-z_]\w*)|"([^"]+)")\s*$/

/** Constants are written so: `interval $1`. */
const typeWords = new Set(['interval', 'date', 'time', 'timestamp', 'timestamptz'])

/** Whether a tree has a hole as a constant of a type of that name. */
const hasConstant = (statements: readonly Tree[], hole: number, type: string): boolean => {
  let found = false
  walk(statements, (node) => {
    const cast = child(node, 'TypeCast')
    if (cast && holeOf(Number(child(child(cast, 'arg'), 'ParamRef')?.number)) === hole)
      found ||= strings(list(child(cast, 'typeName'), 'names')).at(-1) === type
    return !found
  })
  return found
}

const misreadHole = (statements: readonly Tree[], texts: readonly string[], forms: readonly number[]): number =>
  forms.findIndex((form, hole) => {
    const [, plain, quoted] = wordBefore.exec(texts[hole] ?? '') ?? []
    const word = quoted ?? plain?.toLowerCase()
    return form === 0 && word !== undefined && !typeWords.has(word) && hasConstant(statements, hole, word)
  })

/** Parses in one frame. The parser's complaint says which hole needs another form: the one it points at, else the one that was changed last. */
const parseIn = (frame: Frame, texts: readonly string[]): Parsed | Refused => {
  const forms: number[] = texts.slice(1).map(() => 0)
  let changed = -1
  for (let attempts = 0; ; attempts++) {
    const { text, stretches } = printed({ texts }, forms)
    try {
      const statements = parseRaw(`${frame.before}${text}\n`).map(({ stmt }) => stmt)
      const misread = misreadHole(statements, texts, forms)
      if (misread === -1) return { frame: frame.id, statements }
      forms[misread] = 1
    } catch (error) {
      if (!(error instanceof SqlError)) throw error
      const named = holeAt(stretches, (error.position ?? -1) - frame.before.length)
      if (named !== -1) changed = named
      const form = (forms[changed] ?? formCount) + 1
      if (form >= formCount || attempts > 30) return { why: error.message }
      forms[changed] = form
    }
  }
}

const tryFrames = (place: SqlPlace, texts: readonly string[]): Parsed | Refused => {
  let first: Refused | undefined
  for (const frame of framesFor(place, texts.join(' '))) {
    const parsed = parseIn(frame, texts)
    if ('statements' in parsed) return parsed
    first ??= parsed
  }
  return first ?? { why: 'no SQL' }
}

const tryAll = (place: SqlPlace, texts: readonly string[]): Parsed | Refused => {
  const first = tryFrames(place, texts)
  if ('statements' in first) return first
  const others = texts.map((text) => withParameters(text) ?? text)
  if (others.every((text, at) => text === texts[at])) return first
  const second = tryFrames(place, others)
  return 'statements' in second ? second : first
}

const kept = new Map<string, Parsed | Refused>()
/** A server that lives long sees texts come and go. */
const most = 20_000

/** `loadSql()` of src/sql/parser.ts must have been awaited. */
export const parse = (place: SqlPlace, { texts }: Pick<Spelling, 'texts'>): Parsed | Refused => {
  const key = `${place}\u0000${texts.join('\u0000')}`
  const known = kept.get(key)
  if (known) return known
  if (kept.size >= most) kept.clear()
  const parsed = tryAll(place, texts)
  kept.set(key, parsed)
  return parsed
}
