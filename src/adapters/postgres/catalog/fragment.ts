/** One statement of a catalog's reading: objects of one kind, and what there is to say of each. */
import { randomBytes } from 'node:crypto'

/** What the query is built for. */
export type Target = {
  /** `server_version_num`. */
  readonly version: number
}

/** An SQL expression; of a condition that is said only where it is true, of a number, or of what is JSON's text already, what is cheaper than `to_json`. */
export type Expression = string | { readonly flag: string } | { readonly number: string } | { readonly json: string }

/** Whether the database has what is spoken of. */
export type IsPresent = (presence: Presence) => boolean

/** What is asked for only where there can be such a thing: a server plans a part of a statement whether it runs or not. */
export type Sometimes = { readonly told: Expression; readonly present: Presence; readonly otherwise?: Expression }

/** Objects of one kind. All texts but `kind` are SQL expressions over `from`. */
export type Fragment = {
  /** A kind's name, or an SQL expression that gives it (`{ sql }`). */
  readonly kind: string | { readonly sql: string }
  /** The system catalog that holds the objects. */
  readonly catalog: string
  readonly oid: string
  /** Column number, for columns. */
  readonly subid?: string
  readonly identity: string
  /** Keys whose expression is null are left out. A jsonb below a key has no nulls in its objects. */
  readonly value: { readonly [key: string]: Expression | Sometimes }
  readonly owner?: string
  /** The ACL, with the letter that `acldefault` knows it by; `present` as below, of any that is not the default. */
  readonly privileges?: { readonly type: string; readonly acl: string; readonly present?: Presence }
  /** What the facet `storage` says of it, as `value`; `when`: a condition that is true where there is something to say. */
  readonly storage?: { readonly value: { readonly [key: string]: Expression }; readonly when?: string; readonly present?: Presence }
  /** FROM and WHERE, over `relation`, `namespace` and `member` of the census and the system catalogs; it may ask for what some value is asked for. */
  readonly from: string | ((isPresent: IsPresent) => string)
  /** Without it the kind is always asked for. */
  readonly present?: Presence
}

/**
 * What is true where there is such an object, one of these at least: a kind of which there is none is not asked for.
 * - `standing`: an object of this catalog depends on a schema of the user's, as all do that stand in one.
 * - `filled`: the catalog, which initdb leaves empty, has a page.
 * - `schema`, `relation`, `column`, `trigger`: a condition over a row `x` of `pg_namespace`, `pg_class`, `pg_attribute`, `pg_trigger` that is a user's.
 * - `made`: the catalog has a row that is no older than the first database.
 */
export type Presence = { readonly [how in 'standing' | 'filled' | 'schema' | 'relation' | 'column' | 'trigger' | 'made']?: string }

/** What users make has OIDs from here on (FirstNormalObjectId, access/transam.h). */
export const firstOwn = 16_384

/** A text as an SQL literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** An identifier, quoted always. */
export const quoted = (name: string): string => `'"' || replace(${name}::text, '"', '""') || '"'`

/** True, or absent; inside of another expression. */
export const flag = (condition: string): string => `NULLIF(${condition}, false)`

/** A role as DDL names it; 0 is PUBLIC. */
export const role = (oid: string): string => `CASE ${oid} WHEN 0 THEN 'PUBLIC' ELSE ${oid}::regrole::text END`

/** A function, or nothing for 0. */
export const functionName = (oid: string): string => `CASE WHEN ${oid}::oid <> 0 THEN ${oid}::oid::regprocedure::text END`

/** A text array in a fixed order; null when it is empty. */
export const sorted = (array: string): string => `(SELECT jsonb_agg(x ORDER BY x COLLATE "C") FROM unnest(${array}) x)`

/** Options (`{name=value}`) as an object, with the values of what names a secret masked. */
export const options = (array: string): string =>
  `(SELECT jsonb_object_agg(split_part(x, '=', 1), CASE WHEN split_part(x, '=', 1) ~* 'passw|secret|token|key' THEN '***' ELSE substr(x, strpos(x, '=') + 1) END) FROM unnest(${array}) x)`

/** Not part of an extension. */
export const own = (catalog: string, oid: string): string =>
  `NOT EXISTS (SELECT FROM member WHERE member.classid = '${catalog}'::regclass AND member.objid = ${oid})`

/** Made after initdb, and not part of an extension: for objects that stand in no schema. */
export const userMade = (catalog: string, oid: string): string => `${oid} >= ${firstOwn} AND ${own(catalog, oid)}`

/** jsonb prints its keys by length, then by bytes. */
const byJsonb = ([a]: readonly [string, Expression], [b]: readonly [string, Expression]): number => a.length - b.length || (a < b ? -1 : 1)

const memberOf = ([key, expression]: readonly [string, Expression]): string => {
  // to_json and || are strict: a key without a value costs nothing.
  if (typeof expression === 'string') return `${literal(`"${key}": `)} || to_json(${expression})`
  if ('flag' in expression) return `CASE WHEN ${expression.flag} THEN ${literal(`"${key}": true`)} END`
  return `${literal(`"${key}": `)} || (${'json' in expression ? expression.json : expression.number})::text`
}

/** An object's value as the text of a jsonb, keys without nulls left out; made without jsonb, which costs more than all the rest for a column. */
export const objectOf = (value: { readonly [key: string]: Expression }): string => {
  const parts = Object.entries(value).sort(byJsonb).map(memberOf)
  return parts.length === 0 ? `'{}'::text` : `'{' || concat_ws(', ', ${parts.join(', ')}) || '}'`
}

/** Of what is asked for only sometimes, what counts here. */
export const presentIn = (value: Fragment['value'], isPresent: IsPresent): { readonly [key: string]: Expression } =>
  Object.fromEntries(
    Object.entries(value).flatMap(([key, expression]): readonly (readonly [string, Expression])[] => {
      if (typeof expression === 'string' || !('told' in expression)) return [[key, expression]]
      const { told, present, otherwise } = expression
      const counts = isPresent(present) ? told : otherwise
      return counts === undefined ? [] : [[key, counts]]
    }),
  )

/** What a statement of the reading says of an object. A facet has a kind, a value and an identity only. */
export type Line = {
  readonly kind: string
  readonly value: string
  /** Of the row that the object is: what comments hang on. */
  readonly key: string
  readonly owner: string
  readonly privileges: string
  readonly storage: string
  readonly identity: string
}

/** The identity comes last: it may have any character in it, and a value's JSON none that ends a field. */
const fields = ['kind', 'value', 'key', 'owner', 'privileges', 'storage', 'identity'] as const

/** Nobody's name has what nobody can know. */
const end = `\n${randomBytes(6).toString('hex')}\n`

/**
 * A whole answer as one text, a line per row: many rows would cost more on their way than to make. Null where there is none. Each field is a list of expressions to be joined; nulls
 * are nothing.
 */
export const inLines = (selected: { readonly [F in keyof Line]?: string }, from: string): string => {
  const parts = fields.map((field) => selected[field] ?? `''`).join(`, E'\\t', `)
  return `SELECT string_agg(concat(${parts}), ${literal(end)}) AS lines FROM ${from}`
}

/** What `inLines` wrote, line by line. A part of a text keeps the whole of it in memory, and costs more than to look for where it ends. */
export function* linesOf(lines: string): Generator<Line> {
  let [start, kind] = [0, '']
  const next = (): string => {
    const [from, tab] = [start, lines.indexOf('\t', start)]
    start = tab + 1
    return lines.slice(from, tab)
  }
  while (start !== -1) {
    // Neighbours are of one kind, which is then one text.
    const own = next()
    if (own !== kind) kind = own
    const [value, key, owner, privileges, storage] = [next(), next(), next(), next(), next()] as const
    const stop = lines.indexOf(end, start)
    yield { kind, value, key, owner, privileges, storage, identity: lines.slice(start, stop === -1 ? lines.length : stop) }
    start = stop === -1 ? -1 : stop + end.length
  }
}

export const kindOf = (kind: Fragment['kind']): string => (typeof kind === 'string' ? literal(kind) : kind.sql)
