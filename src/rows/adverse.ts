/** Values that break what was written for tidy ones: what a cast loses, what an empty text is not, what sorts and compares in unexpected ways. */
import { quoteLiteral } from '../sql/print.ts'
import { code } from './plain.ts'

const texts = ['', '007', ' padded ', 'MiXeD Case', `O'Hara "Zoë"`, '0', '-1', '1.50', 'null', 'two\nlines', '2023-02-30', 'true']
/** A long text where the type has no limit; where it has one, the limit, but no more than this. */
const longText = 300
const longest = 1000

const textTypes = new Set(['text', 'varchar', 'bpchar', 'citext'])

const literals = (values: readonly string[]): readonly string[] => values.map(quoteLiteral)

const textValues = (room: number | undefined): readonly string[] => [
  ...literals(texts.map((value) => [...value].slice(0, room).join(''))),
  `repeat('x', ${Math.min(room ?? longText, longest)})`,
]

const numbers = ['0', '-1', '7', '7', '1.50', '0.1', '-3.75', '99999.99']

/** Those that fit into precision and scale. */
const numericValues = (precision: number | undefined, scale = 0): readonly string[] =>
  literals(
    precision === undefined
      ? [...numbers, '12345678901234567890.123456789']
      : numbers.filter((value) => Math.abs(Number(value)) < 10 ** (precision - scale) - 1),
  )

const moments = ['2024-02-29 23:59:59.999999', '1969-12-31 23:59:59.123456', '2024-03-31 02:30:00.000001', '0001-01-01 00:00:00', '9999-12-31 23:59:59']

const fixed: Readonly<Record<string, readonly string[]>> = {
  int2: literals(['0', '-1', '7', '7', '300']),
  int4: literals(['0', '-1', '7', '7', '100000']),
  int8: literals(['0', '-1', '7', '7', '5000000000', '9007199254740993']),
  float4: literals(['0', '-0.5', '0.1', '0.1', '1e-7', '16777217']),
  float8: literals(['0', '-0.5', '0.1', '0.1', '1e-7', '9007199254740993']),
  money: literals(['0', '-1.50', '0.01', '0.01']),
  bytea: literals(['\\x', '\\x00', '\\x00', '\\xff00ff']),
  date: literals(['2024-02-29', '1969-12-31', '0001-01-01', '9999-12-31', '2024-02-29']),
  timestamp: literals([...moments, '2024-02-29 23:59:59.999999']),
  timestamptz: literals([...moments.map((value) => `${value}+00`), '2024-02-29 23:59:59.999999+00']),
  time: literals(['00:00:00', '23:59:59.999999', '24:00:00', '00:00:00']),
  timetz: literals(['00:00:00+14', '23:59:59.999999-12', '00:00:00+14']),
  interval: literals(['0', '1 mon -1 day', '00:00:00.000001', '-00:00:01', '1 mon -1 day']),
  json: literals(['{}', '{"b": 1,  "a": 2, "a": 3}', '{"n": null}', '{}']),
  jsonb: literals(['{}', '{"a": {"b": [1, "2", null]}}', '{"n": null}', '{"n": 1.50}', '{}']),
  uuid: literals(['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'ffffffff-ffff-ffff-ffff-ffffffffffff']),
  inet: literals(['::1', '10.0.0.1/8', '10.0.0.1/8', '0.0.0.0']),
  tsvector: literals(['', 'v:1A', 'v:1A']),
  xml: literals(['<v/>', '<v/>', '<v>&lt;</v>']),
  int4range: literals(['empty', '[1,5)', '(,)', '[1,5)']),
  int8range: literals(['empty', '[1,5)', '(,)', '[1,5)']),
  numrange: literals(['empty', '[1,5]', '(,)', '[1,5]']),
  daterange: literals(['empty', '[2024-01-01,)', '[2024-01-01,)']),
  tsrange: literals(['empty', '[2024-01-01,)', '[2024-01-01,)']),
  tstzrange: literals(['empty', '[2024-01-01 00:00+00,)', '[2024-01-01 00:00+00,)']),
}

/** Values of a scalar type, as SQL to be cast to it; some come twice, and the texts are cut where the type's limit is. None for a type without such. */
export const adverseValues = (name: string, modifiers: readonly number[]): readonly string[] => {
  if (textTypes.has(name)) return textValues(modifiers[0])
  if (name === 'numeric') return numericValues(modifiers[0], modifiers[1])
  return fixed[name] ?? []
}

const prefixes = literals(['00', ' ', 'MiXeD ', `O'Hara `, '-', ''])
/** What a prefix and the number behind it take. */
const roomForPrefix = 16

/** A value for a column that must hold each value once, if the type has more to offer than the plain one. */
export const adverseKey = (name: string, number: string, modifiers: readonly number[]): string | undefined => {
  if (textTypes.has(name) && (modifiers[0] ?? roomForPrefix) >= roomForPrefix)
    return `(ARRAY[${prefixes.join(', ')}])[1 + mod(${number}, ${prefixes.length})] || ${code(number)}`
  return ['int4', 'int8'].includes(name) ? `CASE WHEN mod(${number}, 2) = 0 THEN ${number} ELSE -${number} END` : undefined
}
