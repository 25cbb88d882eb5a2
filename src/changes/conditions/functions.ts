/** Functions whose value follows from their arguments and the catalog. */
import { displayIdentifier } from '../../model/name.ts'
import { quoteLiteral } from '../../sql/print.ts'
import type { Reading } from '../reading.ts'
import { present, unknown, type Value } from '../system-tables.ts'
import { registered } from './registered.ts'

type Called = (reading: Reading, args: readonly Value[]) => Value

/** `format()`: %I, %L, %s, %%, with positions. */
const format = (pattern: string, values: readonly Value[]): Value => {
  let next = 0
  let known = true
  const formatted = pattern.replaceAll(/%(?:(\d+)\$)?([ILs%])/g, (_match, position: string | undefined, letter: string) => {
    if (letter === '%') return '%'
    const value = values[position === undefined ? next++ : Number(position) - 1]
    if (value === undefined || typeof value === 'symbol') {
      known = false
      return ''
    }
    if (letter === 'L') return value === null ? 'NULL' : quoteLiteral(String(value))
    return letter === 'I' ? displayIdentifier(String(value)) : String(value ?? '')
  })
  return known ? formatted : unknown
}

/** A function of a text: NULL of NULL. */
const ofText =
  (change: (given: string, reading: Reading, rest: readonly Value[]) => Value): Called =>
  (reading, [first, ...rest]) =>
    first === undefined ? unknown : typeof first === 'symbol' || first === null ? first : change(String(first), reading, rest)

/** `to_regclass` and its kin: NULL where the cast would refuse. */
const toRegistered = (type: string): Called => ofText((name, reading) => registered.get(type)?.find(reading, name) ?? null)

/** A definition as PostgreSQL prints it, which memory does not have. */
const printed: Called = (_reading, [first]) => (first === null ? null : present)

const functions: ReadonlyMap<string, Called> = new Map<string, Called>([
  ['to_regclass', toRegistered('regclass')],
  ['to_regtype', toRegistered('regtype')],
  ['to_regnamespace', toRegistered('regnamespace')],
  ['current_schema', ({ searchPath, catalog }) => searchPath.find((schema) => catalog.schemas.has(schema)) ?? null],
  ['lower', ofText((given) => given.toLowerCase())],
  ['upper', ofText((given) => given.toUpperCase())],
  ['quote_ident', ofText(displayIdentifier)],
  ['quote_literal', ofText(quoteLiteral)],
  ['concat', (_reading, args) => (args.some((value) => typeof value === 'symbol') ? unknown : args.map((value) => value ?? '').join(''))],
  ['format', ofText((pattern, _reading, values) => format(pattern, values))],
  ['pg_get_constraintdef', printed],
  ['pg_get_expr', printed],
  ['pg_get_indexdef', printed],
  ['pg_get_viewdef', printed],
  ['pg_get_functiondef', printed],
])

/** The value of a call; unknown for a function that is not known here. */
export const call = (reading: Reading, name: string, args: readonly Value[]): Value => {
  const known = functions.get(name)
  return known ? known(reading, args) : unknown
}
