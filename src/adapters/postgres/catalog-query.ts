/** The one query that reads a whole catalog, built for a server's version. */
import { elsewhere } from './catalog/elsewhere.ts'
import { facets } from './catalog/facets.ts'
import { type Fragment, literal, quoted, select, type Target } from './catalog/fragment.ts'
import { operatorsAndMethods } from './catalog/operators.ts'
import { relations } from './catalog/relations.ts'
import { routinesAndLanguages } from './catalog/routines.ts'
import { sharedObjects } from './catalog/shared.ts'
import { textSearch } from './catalog/text-search.ts'
import { typesAndCasts } from './catalog/types.ts'

export type TableName = { readonly schema: string; readonly table: string }

export type CatalogQuery = {
  /** `server_version_num`. */
  readonly version: number
  /** Tables that are not part of the design: the ledger. Their indexes and sequences go with them, and so does a schema that holds nothing else. */
  readonly exclude?: readonly TableName[]
  /** Also the cluster's: roles, and the database's own settings, owner, privileges and comment. */
  readonly shared?: boolean
}

const isExcluded = (exclude: readonly TableName[]): string =>
  exclude.length === 0 ? 'false' : `(s.nspname, c.relname) IN (${exclude.map(({ schema, table }) => `(${literal(schema)}, ${literal(table)})`).join(', ')})`

const ledgerSchemas = (exclude: readonly TableName[]): string => {
  const names = [...new Set(exclude.map(({ schema }) => schema))].filter((name) => name !== 'public')
  return names.length === 0 ? 'false' : `s.nspname IN (${names.map(literal).join(', ')})`
}

/** The schema's other relations, functions and types: none of them may be there when a schema is left out with its ledger. */
const holdsNothingElse = `NOT EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = s.oid AND c.oid NOT IN (SELECT oid FROM excluded))
    AND NOT EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = s.oid)
    AND NOT EXISTS (SELECT FROM pg_type t WHERE t.typnamespace = s.oid AND t.typrelid = 0 AND t.typcategory <> 'A')`

const frame = (exclude: readonly TableName[]): string => `
member AS MATERIALIZED (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
excluded_table AS MATERIALIZED (SELECT c.oid FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace WHERE ${isExcluded(exclude)}),
excluded AS MATERIALIZED (
  SELECT oid FROM excluded_table
  UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid IN (SELECT oid FROM excluded_table)
  UNION ALL SELECT objid FROM pg_depend WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i') AND refobjid IN (SELECT oid FROM excluded_table)
),
namespace AS MATERIALIZED (
  SELECT s.*, ${quoted('s.nspname')} AS identity, (${ledgerSchemas(exclude)}) AND ${holdsNothingElse} AS ledger_only
  FROM pg_namespace s WHERE s.nspname !~ '^pg_' AND s.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM member WHERE member.classid = 'pg_namespace'::regclass AND member.objid = s.oid)
),
relation AS MATERIALIZED (
  SELECT c.*, n.identity || '.' || ${quoted('c.relname')} AS identity FROM pg_class c JOIN namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'c', 'i', 'I') AND c.oid NOT IN (SELECT oid FROM excluded)
    AND NOT EXISTS (SELECT FROM member WHERE member.classid = 'pg_class'::regclass AND member.objid = c.oid)
    AND NOT EXISTS (SELECT FROM pg_index i JOIN member ON member.classid = 'pg_class'::regclass AND member.objid = i.indrelid WHERE i.indexrelid = c.oid)
)`

const fragments = (target: Target, shared: boolean): readonly Fragment[] => [
  ...relations(target),
  ...typesAndCasts(target),
  ...routinesAndLanguages,
  ...operatorsAndMethods,
  ...textSearch,
  ...elsewhere(target),
  ...(shared ? sharedObjects(target) : []),
]

/**
 * The text of the query. It answers rows `kind`, `identity`, `value` (canonical JSON as text), in the order of kind and identity by bytes. It wants an empty
 * `search_path`, so that every name is printed in full.
 */
export const catalogQuery = ({ version, exclude = [], shared = false }: CatalogQuery): string => `
WITH ${frame(exclude)},
object AS MATERIALIZED (
${fragments({ version }, shared).map(select).join('\nUNION ALL\n')}
),
printed AS (
SELECT kind, identity, value FROM object
UNION ALL ${facets(shared).join('\nUNION ALL ')}
)
SELECT kind, identity, value FROM printed ORDER BY kind COLLATE "C", identity COLLATE "C"`

/** The same catalog's fingerprint, made in the server: only 64 characters travel. */
export const fingerprintQuery = (query: CatalogQuery): string => `
SELECT encode(sha256(convert_to(coalesce(string_agg(kind || ' ' || identity || ' ' || encode(sha256(convert_to(value, 'UTF8')), 'hex') || E'\\n', ''), ''), 'UTF8')), 'hex') AS fingerprint
FROM (${catalogQuery(query)}) catalog`
