/** SQL for people: identifiers quoted only where PostgreSQL needs it, the schemas `public` and `pg_catalog` left out. */

/** Keywords that are more than a name somewhere (pg_get_keywords() on 18.4, all but the unreserved ones): these stay quoted. */
const keywords = new Set(
  `all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char character check coalesce collate collation column concurrently
  constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user dec decimal default deferrable desc distinct do else end except
  exists extract false fetch float for foreign freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect interval into is isnull join json
  json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value lateral leading least left like limit localtime localtimestamp
  merge_action national natural nchar none normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay placing position precision primary real references
  returning right row select session_user setof similar smallint some substring symmetric system_user table tablesample then time timestamp to trailing treat trim true union unique user using
  values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable`.split(
    /\s+/,
  ),
)

/** Types whose unquoted names are keywords with the same meaning, or that people write otherwise. Without a length, `bit`, `char` and `interval` are not the same. */
const types: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  bool: 'boolean',
  varchar: 'varchar',
  numeric: 'numeric',
  timestamp: 'timestamp',
  time: 'time',
  json: 'json',
}

/** A text, a dollar-quoted text, or a name: one to three quoted parts. */
const tokens = /E'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|\$(\w*)\$[\s\S]*?\$\1\$|"(?:[^"]|"")*"(?:\."(?:[^"]|"")*")*/g

const plain = (quoted: string): string => {
  const name = quoted.slice(1, -1)
  return /^[a-z_][a-z0-9_]*$/.test(name) && !keywords.has(name) ? name : quoted
}

const plainName = (quoted: string): string => {
  const parts = quoted.match(/"(?:[^"]|"")*"/g) ?? []
  const [first = '', second] = parts
  if (second === undefined) return plain(first)
  if (first === '"pg_catalog"') return types[second.slice(1, -1)] ?? plain(second)
  return (first === '"public"' ? parts.slice(1) : parts).map(plain).join('.')
}

/** The same SQL with as few quotes as it needs. */
export const plainSql = (sql: string): string => sql.replace(tokens, (token) => (token.startsWith('"') ? plainName(token) : token))
