/** One part of the catalog query: objects of one kind, and what there is to say of each. */

/** What the query is built for. */
export type Target = {
  /** `server_version_num`. */
  readonly version: number
}

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
  readonly value: { readonly [key: string]: string }
  readonly owner?: string
  /** The ACL, with the letter that `acldefault` knows it by. */
  readonly privileges?: { readonly type: string; readonly acl: string }
  /** FROM and WHERE. */
  readonly from: string
}

/** A text as an SQL literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** An identifier, quoted always. */
export const quoted = (name: string): string => `'"' || replace(${name}::text, '"', '""') || '"'`

/** True, or absent. */
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
export const userMade = (catalog: string, oid: string): string => `${oid} >= 16384 AND ${own(catalog, oid)}`

/** jsonb prints its keys by length, then by bytes. */
const byJsonb = ([a]: readonly [string, string], [b]: readonly [string, string]): number => a.length - b.length || (a < b ? -1 : 1)

/** An object's value as the text of a jsonb, keys without nulls left out; made without jsonb, which costs more than all the rest for a column. */
export const objectOf = (value: Fragment['value']): string => {
  // to_json and || are strict: a key without a value costs nothing.
  const parts = Object.entries(value)
    .sort(byJsonb)
    .map(([key, expression]) => `${literal(`"${key}": `)} || to_json(${expression})`)
  return parts.length === 0 ? `'{}'::text` : `'{' || concat_ws(', ', ${parts.join(', ')}) || '}'`
}

const kindOf = (kind: Fragment['kind']): string => (typeof kind === 'string' ? `${literal(kind)}::text` : kind.sql)

/** The fragment as a SELECT with the columns that every fragment has. */
export const select = ({ kind, catalog, oid, subid, identity, value, owner, privileges, from }: Fragment): string =>
  `SELECT '${catalog}'::regclass::oid AS classid, ${oid} AS objid, ${subid ?? '0'} AS objsubid, ${kindOf(kind)} AS kind, ${identity} AS identity,
  ${objectOf(value)} AS value, ${owner ?? 'NULL::oid'} AS owner, ${privileges ? `'${privileges.type}'` : 'NULL'}::"char" AS acltype, ${privileges?.acl ?? 'NULL::aclitem[]'} AS acl
FROM ${from}`
