/**
 * A value of each scalar type from a number: other numbers, other values, as far as the type reaches; greater numbers, greater values where the type has an
 * order that people know. The same number gives the same value in every table, so what refers to a row without a foreign key finds it too.
 */

/** SQL of a value, to be cast to its type, from SQL of a number and from the type's modifiers. */
type Plain = (number: string, modifiers: readonly number[]) => string

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Below this a text cannot hold `v1001001`. */
const roomForCode = 8

/** A text of at most `room` letters. Short ones repeat late: after 36, 256, 4096 … numbers. */
export const code = (number: string, room = Number.POSITIVE_INFINITY): string => {
  if (room >= roomForCode) return `'v' || (1000000 + ${number})`
  if (room === 1) return `substr('${letters}', 1 + mod(${number}, ${letters.length}), 1)`
  return `right('0000000' || to_hex(${number}), ${room})`
}

const hex = (number: string, digits: number): string => `lpad(to_hex(${number}), ${digits}, '0')`

/** PostgreSQL's length of an integer that `bit` is cast from. */
const integerBits = 32

/** More digits than this are not needed to tell numbers apart. */
const enoughDigits = 15

const numeric: Plain = (number, [precision, scale = 0]) => {
  if (precision === undefined) return `${number} + 0.25`
  const digits = Math.min(precision, enoughDigits)
  return scale >= 0
    ? `mod(CAST(${number} AS numeric), ${10 ** digits}) / CAST('1e${scale}' AS numeric)`
    : `mod(CAST(${number} AS numeric), ${10 ** digits}) * CAST('1e${-scale}' AS numeric)`
}

const vectorOf =
  (zeros: string): Plain =>
  (number, [dimensions = 3]) =>
    `'[' || repeat('${zeros}', ${dimensions - 1}) || ${number} || ']'`

const rangeOf =
  (name: string, from: (number: string) => string): Plain =>
  (number) =>
    `${name}(${from(`(2 * ${number})`)}, ${from(`(2 * ${number} + 1)`)})`

const hour = `interval '1 hour'`
const day = (number: string): string => `date '2020-01-01' + ${number}`
const moment = (number: string): string => `timestamp '2020-01-01' + ${number} * ${hour}`
const instant = (number: string): string => `timestamptz '2020-01-01 00:00:00+00' + ${number} * ${hour}`
const same = (number: string): string => number
const text: Plain = (number, [room]) => code(number, room)
const object: Plain = (number) => `jsonb_build_object('n', ${number})`
const pair = (number: string): string => `'(' || ${number} || ',' || ${number} || ')'`
const identifier: Plain = (number) => `CAST(${number} AS oid)`
const snapshot: Plain = (number) => `${number} || ':' || ${number} || ':'`

const ranges: Readonly<Record<string, Plain>> = {
  int4range: rangeOf('int4range', same),
  int8range: rangeOf('int8range', same),
  numrange: rangeOf('numrange', same),
  daterange: rangeOf('daterange', day),
  tsrange: rangeOf('tsrange', moment),
  tstzrange: rangeOf('tstzrange', instant),
}

const multiranges: Readonly<Record<string, Plain>> = Object.fromEntries(
  Object.entries(ranges).map(([name, range]) => [
    name.replace('range', 'multirange'),
    ((number, modifiers) => `${name.replace('range', 'multirange')}(${range(number, modifiers)})`) satisfies Plain,
  ]),
)

const registered: Readonly<Record<string, Plain>> = Object.fromEntries(
  'oid regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype'
    .split(' ')
    .map((name) => [name, identifier]),
)

const builtin: Readonly<Record<string, Plain>> = {
  ...ranges,
  ...multiranges,
  ...registered,
  bool: (number) => `mod(${number}, 2) = 0`,
  int2: (number) => `mod(${number}, 32000)`,
  int4: same,
  int8: same,
  float4: (number) => `${number} + 0.5`,
  float8: (number) => `${number} + 0.5`,
  numeric,
  money: (number) => `${number} + 0.25`,
  text,
  varchar: text,
  bpchar: (number, [room = 1]) => code(number, room),
  char: (number) => code(number, 1),
  name: text,
  refcursor: text,
  uuid: (number) => `'00000000-0000-4000-8000-' || ${hex(number, 12)}`,
  bytea: (number) => `decode(${hex(number, 8)}, 'hex')`,
  bit: (number, [length = 1]) => `CAST(${number} AS bit(${length}))`,
  varbit: (number, [length = integerBits]) => `CAST(${number} AS bit(${Math.min(length, integerBits)}))`,
  date: day,
  timestamp: moment,
  timestamptz: instant,
  time: (number) => `time '00:00' + ${number} * interval '1 minute'`,
  timetz: (number) => `timetz '00:00+00' + ${number} * interval '1 minute'`,
  interval: (number) => `${number} * ${hour}`,
  json: object,
  jsonb: object,
  jsonpath: (number) => `'$.v' || ${number}`,
  xml: (number) => `'<v>' || ${number} || '</v>'`,
  tsvector: (number) => `'v' || ${number}`,
  tsquery: (number) => `'v' || ${number}`,
  inet: (number) => `inet '10.0.0.0' + ${number}`,
  cidr: (number) => `host(inet '10.0.0.0' + ${number}) || '/32'`,
  macaddr: (number) => hex(number, 12),
  macaddr8: (number) => hex(number, 16),
  point: pair,
  line: (number) => `'{1,-1,' || ${number} || '}'`,
  lseg: (number) => `'[(0,0),(1,' || ${number} || ')]'`,
  box: (number) => `'((0,0),(1,' || ${number} || '))'`,
  path: (number) => `'[(0,0),(1,' || ${number} || ')]'`,
  polygon: (number) => `'((0,0),(1,0),(1,' || ${number} || '))'`,
  circle: (number) => `'<(0,0),' || ${number} || '>'`,
  xid: (number) => `CAST(${number} AS text)`,
  cid: (number) => `CAST(${number} AS text)`,
  xid8: (number) => `CAST(${number} AS text)`,
  tid: (number) => `'(0,' || mod(${number}, 60000) || ')'`,
  pg_lsn: (number) => `'0/' || to_hex(${number})`,
  pg_snapshot: snapshot,
  txid_snapshot: snapshot,
  aclitem: (number) => `makeaclitem(10, CAST(${number} AS oid), 'SELECT', false)`,
  int2vector: (number) => `'1 ' || mod(${number}, 32000)`,
  oidvector: (number) => `'1 ' || ${number}`,
}

/** Types of extensions that are widely used, by name. */
const ofExtensions: Readonly<Record<string, Plain>> = {
  citext: text,
  hstore: (number) => `'"n"=>"' || ${number} || '"'`,
  ltree: (number) => `'v.' || ${number}`,
  lquery: (number) => `'v.' || ${number}`,
  ltxtquery: (number) => `'v' || ${number}`,
  cube: pair,
  seg: (number) => `CAST(${number} AS text)`,
  vector: vectorOf('0.5,'),
  halfvec: vectorOf('0.5,'),
  sparsevec: (number, [dimensions = 3]) => `'{1:' || ${number} || '}/${dimensions}'`,
  geometry: (number) => `'POINT(' || mod(${number}, 90) || ' ' || mod(${number}, 90) || ')'`,
  geography: (number) => `'POINT(' || mod(${number}, 90) || ' ' || mod(${number}, 90) || ')'`,
  semver: (number) => `'1.0.' || ${number}`,
}

/** The value of a scalar type; undefined where the type is not known. */
export const plainValue = (name: string, number: string, modifiers: readonly number[]): string | undefined =>
  (builtin[name] ?? ofExtensions[name])?.(number, modifiers)
