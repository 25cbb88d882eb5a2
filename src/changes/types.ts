/** Types as statements name them. */
import type { Catalog, TypeReference } from '../model/catalog.ts'
import type { Json, Tree } from '../model/json.ts'
import { display, type QualifiedName, qualified, quoteIdentifier } from '../model/name.ts'
import { printExpression } from '../sql/print.ts'
import { child, flag, list, strings, text } from '../sql/tree.ts'
import { notUnderstood } from './refusal.ts'

/** Base types of `pg_catalog` (pg_type on 18.4), looked up before the search path. */
const builtin = new Set(
  `bool bytea char name int8 int2 int2vector int4 regproc text oid tid xid cid oidvector json xml pg_node_tree point lseg path box polygon line float4 float8 circle money macaddr inet cidr
  macaddr8 aclitem bpchar varchar date time timestamp timestamptz interval timetz bit varbit numeric refcursor regprocedure regoper regoperator regclass regtype regrole regnamespace
  regcollation regconfig regdictionary uuid pg_lsn tsvector gtsvector tsquery jsonb jsonpath txid_snapshot pg_snapshot xid8 int4range numrange tsrange tstzrange daterange int8range
  int4multirange nummultirange tsmultirange tstzmultirange datemultirange int8multirange record cstring any anyarray void trigger event_trigger language_handler internal anyelement
  anynonarray anyenum anyrange anymultirange anycompatible anycompatiblearray anycompatiblenonarray anycompatiblerange anycompatiblemultirange fdw_handler index_am_handler
  table_am_handler tsm_handler unknown`.split(/\s+/),
)

/** `serial` and its kin, with the integer type they stand for. Only when written without a schema. */
const serials: Readonly<Record<string, 'smallint' | 'integer' | 'bigint'>> = {
  smallserial: 'smallint',
  serial2: 'smallint',
  serial: 'integer',
  serial4: 'integer',
  bigserial: 'bigint',
  serial8: 'bigint',
}

/** A type of PostgreSQL's own. */
export const builtinType = (name: string, array = false): TypeReference => ({ schema: 'pg_catalog', name, typmods: [], array })

/** The catalog's own name of an integer type. */
export const integerTypes = { smallint: 'int2', integer: 'int4', bigint: 'int8' } as const

/** The sequence type of an integer column's type, if it is one. */
export const sequenceType = (type: TypeReference): 'smallint' | 'integer' | 'bigint' | undefined =>
  type.schema !== 'pg_catalog' || type.array
    ? undefined
    : (Object.keys(integerTypes) as (keyof typeof integerTypes)[]).find((name) => integerTypes[name] === type.name)

/** The integer type that an unqualified `serial` stands for. */
export const serialType = (typeName: Tree): 'smallint' | 'integer' | 'bigint' | undefined => {
  const names = strings(list(typeName, 'names'))
  return names.length === 1 && list(typeName, 'arrayBounds').length === 0 ? serials[names[0] ?? ''] : undefined
}

/** True when a type of that name is the catalog's: an enum, domain, composite, range, or a relation's row type. */
export const isUserType = (catalog: Catalog, name: QualifiedName): boolean => catalog.types.has(name) || catalog.tables.has(name) || catalog.views.has(name)

/** Finds the schema of a type's name: pg_catalog first, then the search path. Undefined: neither has it (extension types). */
export const resolveTypeName = (
  names: readonly string[],
  catalog: Catalog,
  searchPath: readonly string[],
): { readonly schema?: string; readonly name: string } => {
  const name = names.at(-1) ?? ''
  if (names.length > 1) return { schema: names.at(-2) ?? '', name }
  if (builtin.has(name)) return { schema: 'pg_catalog', name }
  const schema = searchPath.find((candidate) => isUserType(catalog, qualified(candidate, name)))
  return schema === undefined ? { name } : { schema, name }
}

/** A TypeName node as a reference. */
export const readType = (typeName: Tree, catalog: Catalog, searchPath: readonly string[]): TypeReference => {
  if (flag(typeName, 'pct_type')) return notUnderstood(`the type is copied from a column (%TYPE)`)
  const typmods = list(typeName, 'typmods') as readonly Json[]
  return { ...resolveTypeName(strings(list(typeName, 'names')), catalog, searchPath), typmods, array: list(typeName, 'arrayBounds').length > 0 }
}

/** True for a user's type: neither pg_catalog's nor an extension's. */
export const isUserMade = ({ schema }: TypeReference): boolean => schema !== undefined && schema !== 'pg_catalog'

/** The qualified name of a user's type, or undefined for pg_catalog's and extensions' types. */
export const userTypeName = (type: TypeReference): QualifiedName | undefined =>
  type.schema === undefined || type.schema === 'pg_catalog' ? undefined : qualified(type.schema, type.name)

/** A type in SQL: always quoted; every spelling here is one that PostgreSQL accepts: `"pg_catalog"."varchar"(10)[]`. */
export const printType = (type: TypeReference): string => {
  const name = type.schema === undefined ? quoteIdentifier(type.name) : qualified(type.schema, type.name)
  const typmods = type.typmods.length === 0 ? '' : `(${type.typmods.map((typmod) => printExpression(typmod as Tree)).join(', ')})`
  return `${name}${typmods}${type.array ? '[]' : ''}`
}

const spoken: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  bool: 'boolean',
  float4: 'real',
  float8: 'double precision',
  bpchar: 'char',
  timestamptz: 'timestamptz',
  varbit: 'bit varying',
}

/** A type as a person writes it: `varchar(10)`, `timestamptz[]`, `mood`. */
export const displayType = (type: TypeReference): string => {
  const user = userTypeName(type)
  const name = user ? display(user) : (spoken[type.name] ?? type.name)
  const typmods = type.typmods.map((typmod) => printExpression(typmod as Tree))
  return `${name}${typmods.length > 0 && type.name !== 'interval' ? `(${typmods.join(', ')})` : ''}${type.array ? '[]' : ''}`
}

/** A reference as a TypeName node, for use inside expressions. */
export const typeNode = (type: TypeReference): Tree => ({
  names: [...(type.schema === undefined ? [] : [type.schema]), type.name].map((sval) => ({ String: { sval } })),
  ...(type.typmods.length > 0 ? { typmods: type.typmods } : {}),
  typemod: -1,
  ...(type.array ? { arrayBounds: [{ Integer: { ival: -1 } }] } : {}),
})

/** A CollateClause's name. */
export const readCollation = (clause: Tree | undefined): readonly string[] | undefined => (clause ? strings(list(clause, 'collname')) : undefined)

/** COLLATE and its name, with a blank before, or nothing. */
export const printCollation = (collation: readonly string[] | undefined): string => (collation ? ` COLLATE ${collation.map(quoteIdentifier).join('.')}` : '')

/** DefElem nodes as options: values as text. */
export const readOptions = (elements: readonly Tree[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    elements.map((element) => {
      const option = child(element, 'DefElem') ?? element
      const namespace = text(option, 'defnamespace')
      return [`${namespace ? `${namespace}.` : ''}${text(option, 'defname') ?? ''}`, optionText(option.arg)]
    }),
  )

/** A DefElem's value as text; an option without a value is `true`. */
export const optionText = (value: Json | undefined): string => {
  if (value === undefined || value === null) return 'true'
  const node = value as Tree
  const integer = child(node, 'Integer')
  if (integer) return String(integer.ival ?? 0)
  const float = child(node, 'Float')
  if (float) return text(float, 'fval') ?? '0'
  const boolean = child(node, 'Boolean')
  if (boolean) return String(boolean.boolval === true)
  const string = child(node, 'String')
  if (string) return text(string, 'sval') ?? ''
  const typeName = child(node, 'TypeName')
  if (typeName) return strings(list(typeName, 'names')).join('.')
  const names = child(node, 'List')
  if (names) return strings(list(names, 'items')).join('.')
  return printExpression(node)
}
