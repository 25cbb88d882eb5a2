/** A digest of the rows of the system catalogs that a catalog is read from: says whether anything moved, without printing any of it. */
import { hash } from 'node:crypto'
import type { Answers } from './catalog-query.ts'

export type RawQuery = {
  /** `server_version_num`. */
  readonly version: number
  /** Also the cluster's roles and the database's settings, as `introspect` reads them. */
  readonly shared?: boolean
  /**
   * `moved`: two digests are equal only if no transaction in between changed a row, not even to and fro. `content`: what a rewrite of a table changes in
   * `pg_class` (VACUUM FULL, CLUSTER, REINDEX, TRUNCATE, REFRESH) is left out.
   */
  readonly of: 'moved' | 'content'
}

/** Rows of one catalog: what is hashed of each. `unless`: there are none where this catalog, which initdb leaves empty, has no page. */
type Source = { readonly columns: string; readonly from: string; readonly unless?: string }

/** A row never changes without a new version of it: whose it is, which transaction wrote it, and (one transaction may write twice) where it lies. */
const versions = (catalog: string, key = 'x.oid', where = ''): Source => ({ columns: `${key}, x.xmin, x.ctid`, from: `${catalog} x ${where}` })

const sparse = (catalog: string, key?: string, where?: string): Source => ({ ...versions(catalog, key, where), unless: catalog })

/** Other sessions' temporary objects come and go, and tables get new TOAST: neither is read. The OIDs of their schemas are put in here: planned once instead of in each statement. */
const passing = `'<passing schemas>'::oid[]`

const lasting = (column: string): string => `WHERE x.${column} <> ALL (${passing})`

const passingRelations = `SELECT c.oid FROM pg_catalog.pg_class c WHERE c.relnamespace = ANY (${passing})`

const inRelation = (column: string): string => `WHERE x.${column} NOT IN (${passingRelations})`

/** Of `pg_class` without what storage and statistics change: relfilenode, reltoastrelid, relpages, reltuples, relallvisible, relhasindex, relfrozenxid … */
const relationContent: Source = {
  columns: `x.oid, x.relname, x.relnamespace, x.reltype, x.reloftype, x.relowner, x.relam, x.reltablespace, x.relpersistence, x.relkind, x.relnatts, x.relrowsecurity,
  x.relforcerowsecurity, x.relispopulated, x.relreplident, x.relispartition, x.relacl, x.reloptions, x.relpartbound::text, t.reloptions`,
  from: `pg_catalog.pg_class x LEFT JOIN pg_catalog.pg_class t ON t.oid = x.reltoastrelid ${lasting('relnamespace')}`,
}

const relationVersions: readonly Source[] = [
  versions('pg_catalog.pg_class', 'x.oid', lasting('relnamespace')),
  versions('pg_catalog.pg_class', 'x.oid', `WHERE x.relnamespace = 'pg_toast'::regnamespace`),
]

/** What the catalog query asks of `pg_depend`: members of extensions and what depends on them, what owns a sequence, a range type's functions. */
const dependencies: Source = {
  columns: 'x.classid, x.objid, x.objsubid, x.refclassid, x.refobjid, x.refobjsubid, x.deptype, x.xmin',
  from: `pg_catalog.pg_depend x WHERE x.deptype IN ('e', 'x') OR (x.deptype IN ('a', 'i') AND x.classid = 'pg_catalog.pg_class'::regclass AND x.objid IN (SELECT s.seqrelid FROM pg_catalog.pg_sequence s WHERE s.seqrelid NOT IN (${passingRelations})))
    OR (x.deptype = 'i' AND x.classid = 'pg_catalog.pg_proc'::regclass)`,
}

/** By what everybody may read of them: the catalogs themselves are closed to all but superusers. */
const userMappings: Source = {
  columns: 'x.umid, x.umuser, x.srvname, x.umoptions',
  from: 'pg_catalog.pg_user_mappings x',
  unless: 'pg_catalog.pg_user_mapping',
}
const roles: Source = { columns: 'x.oid, x.rolname', from: 'pg_catalog.pg_roles x' }

const subscriptions = (version: number): Source => ({
  columns: [
    'oid, subdbid, subname, subowner, subenabled, subbinary, substream, subslotname, subsynccommit, subpublications',
    ...(version >= 150000 ? ['subdisableonerr, subtwophasestate'] : []),
    ...(version >= 160000 ? ['suborigin, subrunasowner, subpasswordrequired'] : []),
    ...(version >= 170000 ? ['subfailover'] : []),
  ]
    .join(', ')
    .replaceAll(/\w+/g, 'x.$&'),
  from: 'pg_catalog.pg_subscription x',
  unless: 'pg_catalog.pg_subscription',
})

const shared: readonly Source[] = [
  {
    columns: `x.oid, x.rolname, x.rolsuper, x.rolcreaterole, x.rolcreatedb, x.rolcanlogin, x.rolreplication, x.rolbypassrls, x.rolinherit, x.rolconnlimit, x.rolvaliduntil`,
    from: 'pg_catalog.pg_roles x',
  },
  versions('pg_catalog.pg_auth_members', 'x.roleid, x.member, x.grantor'),
  versions('pg_catalog.pg_db_role_setting', 'x.setdatabase, x.setrole'),
  versions('pg_catalog.pg_database', 'x.oid', 'WHERE x.datname = current_database()'),
  versions('pg_catalog.pg_shdescription', 'x.classoid, x.objoid'),
]

const sources = ({ version, shared: withShared = false, of }: RawQuery): readonly Source[] => [
  ...(of === 'content' ? [relationContent] : relationVersions),
  dependencies,
  userMappings,
  roles,
  subscriptions(version),
  versions('pg_catalog.pg_namespace', 'x.oid', lasting('oid')),
  versions('pg_catalog.pg_attribute', 'x.attrelid, x.attnum', inRelation('attrelid')),
  versions('pg_catalog.pg_attrdef', 'x.oid', inRelation('adrelid')),
  versions('pg_catalog.pg_constraint', 'x.oid', lasting('connamespace')),
  versions('pg_catalog.pg_index', 'x.indexrelid', inRelation('indexrelid')),
  sparse('pg_catalog.pg_inherits', 'x.inhrelid, x.inhseqno', inRelation('inhrelid')),
  sparse('pg_catalog.pg_trigger', 'x.oid', inRelation('tgrelid')),
  versions('pg_catalog.pg_rewrite', 'x.oid', inRelation('ev_class')),
  sparse('pg_catalog.pg_policy', 'x.oid', inRelation('polrelid')),
  sparse('pg_catalog.pg_sequence', 'x.seqrelid', inRelation('seqrelid')),
  sparse('pg_catalog.pg_foreign_table', 'x.ftrelid', inRelation('ftrelid')),
  sparse('pg_catalog.pg_partitioned_table', 'x.partrelid', inRelation('partrelid')),
  sparse('pg_catalog.pg_statistic_ext', 'x.oid', lasting('stxnamespace')),
  versions('pg_catalog.pg_type', 'x.oid', lasting('typnamespace')),
  sparse('pg_catalog.pg_enum'),
  versions('pg_catalog.pg_range', 'x.rngtypid'),
  versions('pg_catalog.pg_proc', 'x.oid', lasting('pronamespace')),
  versions('pg_catalog.pg_aggregate', 'x.aggfnoid::oid'),
  versions('pg_catalog.pg_language'),
  sparse('pg_catalog.pg_transform'),
  sparse('pg_catalog.pg_event_trigger'),
  versions('pg_catalog.pg_extension'),
  sparse('pg_catalog.pg_foreign_data_wrapper'),
  sparse('pg_catalog.pg_foreign_server'),
  sparse('pg_catalog.pg_publication'),
  sparse('pg_catalog.pg_publication_rel'),
  ...(version >= 150000 ? [sparse('pg_catalog.pg_publication_namespace')] : []),
  versions('pg_catalog.pg_collation'),
  versions('pg_catalog.pg_conversion'),
  versions('pg_catalog.pg_cast'),
  versions('pg_catalog.pg_ts_config'),
  versions('pg_catalog.pg_ts_config_map', 'x.mapcfg, x.maptokentype, x.mapseqno'),
  versions('pg_catalog.pg_ts_dict'),
  versions('pg_catalog.pg_ts_parser'),
  versions('pg_catalog.pg_ts_template'),
  versions('pg_catalog.pg_operator'),
  versions('pg_catalog.pg_opclass'),
  versions('pg_catalog.pg_opfamily'),
  versions('pg_catalog.pg_amop'),
  versions('pg_catalog.pg_amproc'),
  versions('pg_catalog.pg_am'),
  versions('pg_catalog.pg_tablespace'),
  sparse('pg_catalog.pg_default_acl'),
  versions('pg_catalog.pg_init_privs', 'x.classoid, x.objoid, x.objsubid'),
  versions('pg_catalog.pg_description', 'x.classoid, x.objoid, x.objsubid'),
  sparse('pg_catalog.pg_seclabel', 'x.classoid, x.objoid, x.objsubid'),
  ...(withShared ? shared : []),
]

/** The number of rows and the sum of their 64-bit hashes: of a set, whatever its order. */
const digest = ({ columns, from }: Source): string =>
  `SELECT count(*)::text || ' ' || coalesce(sum(hash_record_extended(ROW(${columns}), 0)), 0)::text AS sums FROM ${from}`

/** The server's version and the current user, which decide what can be seen; the schemas that pass; and which of these catalogs have a page. */
const looking = (catalogs: readonly string[]): string =>
  `SELECT current_setting('server_version_num') || ' ' || current_user AS who,
  (SELECT coalesce(array_agg(n.oid), '{}')::text FROM pg_catalog.pg_namespace n WHERE n.nspname ~ '^pg_(toast$|(toast_)?temp_)') AS passing,
  ARRAY[${catalogs.map((catalog) => `pg_relation_size('${catalog}') > 0`).join(', ')}]::text[] AS filled`

/** The same where there is no row. */
const none = '0 0'

/** A digest in two steps of one snapshot; each statement is of its own, for one query of all of them costs the server twice as much. */
export type RawReading = {
  readonly first: readonly string[]
  second(first: Answers): readonly string[]
  /** From the answers to both steps: 64 hexadecimal digits. */
  digest(first: Answers, second: Answers): string
}

export const rawReading = (query: RawQuery): RawReading => {
  const all = sources(query)
  const catalogs = [...new Set(all.flatMap(({ unless }) => unless ?? []))]
  const statements = all.map(digest)
  const asked = ([rows]: Answers): readonly boolean[] => {
    const filled = rows?.[0]?.filled as readonly unknown[] | undefined
    const empty = new Set(catalogs.filter((_, at) => filled?.[at] === 'false'))
    return all.map(({ unless }) => unless === undefined || !empty.has(unless))
  }
  return {
    first: [looking(catalogs)],
    second: (first) => {
      const wanted = asked(first)
      const schemas = `'${String(first[0]?.[0]?.passing)}'::oid[]`
      return statements.filter((_, at) => wanted[at]).map((sql) => sql.replaceAll(passing, schemas))
    },
    digest: (first, second) => {
      const sums = second.map((rows) => String(rows[0]?.sums)).values()
      const lines = asked(first).map((isAsked) => (isAsked ? String(sums.next().value) : none))
      return hash('sha256', [String(first[0]?.[0]?.who), ...lines].join('\n'))
    },
  }
}
