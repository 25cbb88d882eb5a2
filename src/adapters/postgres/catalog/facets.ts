/** Facets: what is said of objects of every kind, as objects of their own so that a comparison can leave it out. */
import { flag, objectOf, options, quoted } from './fragment.ts'

const letters = `x.privilege_type || CASE WHEN x.is_grantable THEN '*' ELSE '' END`

/**
 * Privileges as they differ from PostgreSQL's own default. `ALL` stands for whatever the major knows (17 added MAINTAIN), `(owner)` for the owner, so that
 * the same GRANT reads alike in every major and under every owner. `*` = with grant option.
 */
const privilegesOf = (acl: string, initial: string, owner: string, all: string): string => `(
  SELECT jsonb_strip_nulls(jsonb_build_object(
    'granted', jsonb_object_agg(g.grantee, g.privileges) FILTER (WHERE g.side = 'now' AND NOT g.same),
    'revoked', jsonb_agg(g.grantee ORDER BY g.grantee COLLATE "C") FILTER (WHERE g.side = 'initial' AND g.alone)))
  FROM (
    SELECT s.*, count(*) OVER (PARTITION BY s.grantee, s.privileges) = 2 AS same, count(*) OVER (PARTITION BY s.grantee) = 1 AS alone
    FROM (
      SELECT x.side, CASE x.grantee WHEN 0 THEN 'PUBLIC' WHEN ${owner} THEN '(owner)' ELSE x.grantee::regrole::text END AS grantee,
        CASE WHEN count(DISTINCT ${letters}) = ${all} AND bool_and(x.is_grantable) THEN 'ALL*' WHEN count(DISTINCT ${letters}) = ${all} AND NOT bool_or(x.is_grantable) THEN 'ALL'
          ELSE string_agg(DISTINCT ${letters}, ', ' ORDER BY ${letters}) END AS privileges
      FROM (SELECT 'now' AS side, a.* FROM aclexplode(${acl}) a UNION ALL SELECT 'initial', a.* FROM aclexplode(${initial}) a) x
      GROUP BY x.side, x.grantee) s) g)`

const countOf = (type: string, owner: string): string => `(SELECT count(*) FROM aclexplode(acldefault(${type}, ${owner})) e WHERE e.grantee = ${owner})`

// The schema public belongs to the bootstrap user before 15 and to pg_database_owner since.
const owners = `SELECT 'owner', o.kind || ' ' || o.identity, ${objectOf({ owner: 'o.owner::regrole::text' })} FROM object o
  WHERE o.owner IS NOT NULL AND NOT (o.kind = 'schema' AND o.identity = '"public"' AND (o.owner = 10 OR o.owner::regrole::text = 'pg_database_owner'))`

/** What initdb gave (the schema public: less since 15), else the built-in default. */
const initial = `coalesce((SELECT i.initprivs FROM pg_init_privs i WHERE i.classoid = o.classid AND i.objoid = o.objid AND i.objsubid = o.objsubid AND i.privtype = 'i'),
    CASE WHEN o.owner IS NOT NULL THEN acldefault(o.acltype, o.owner) END)`

// A column's privileges have no default of their own and no owner but the table's.
const privileges = `SELECT 'privileges', p.target, p.value::text FROM (
  SELECT o.kind || ' ' || o.identity AS target, ${privilegesOf('o.acl', initial, 'o.owner', `CASE WHEN o.owner IS NULL THEN 4 ELSE ${countOf('o.acltype', 'o.owner')} END`)} AS value
  FROM object o WHERE o.acl IS NOT NULL) p WHERE p.value <> '{}'`

const objectTypes = `CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'large objects' END`
const defaultType = `(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END)::"char"`

// For one schema they are added to the built-in default; for the whole database they replace it.
const defaultPrivileges = `SELECT 'default privileges', p.target, p.value::text FROM (
  SELECT ${quoted('pg_get_userbyid(d.defaclrole)')} || coalesce('.' || n.identity, '') || '.' || ${quoted(objectTypes)} AS target,
    ${privilegesOf('d.defaclacl', `CASE WHEN d.defaclnamespace = 0 THEN acldefault(${defaultType}, d.defaclrole) END`, 'd.defaclrole', countOf(defaultType, 'd.defaclrole'))} AS value
  FROM pg_default_acl d LEFT JOIN namespace n ON n.oid = d.defaclnamespace WHERE d.defaclnamespace = 0 OR n.oid IS NOT NULL) p WHERE p.value <> '{}'`

// Extensions bring their own comments, and initdb comments the schema public.
const comments = `SELECT 'comment', o.kind || ' ' || o.identity, ${objectOf({ text: 'c.description' })} FROM object o
  JOIN pg_description c ON c.classoid = o.classid AND c.objoid = o.objid AND c.objsubid = o.objsubid
  WHERE o.kind NOT IN ('extension', 'extension version') AND (o.kind, c.description) <> ('schema', 'standard public schema')`

const labels = `SELECT 'security label', o.kind || ' ' || o.identity || ' FOR ' || l.provider, ${objectOf({ label: 'l.label' })} FROM object o
  JOIN pg_seclabel l ON l.classoid = o.classid AND l.objoid = o.objid AND l.objsubid = o.objsubid WHERE o.kind <> 'extension version'`

const nonEmpty = (kind: string, target: string, value: { readonly [key: string]: string }, from: string): string =>
  `SELECT '${kind}', f.target, f.value FROM (SELECT ${target} AS target, ${objectOf(value)} AS value FROM ${from}) f WHERE f.value <> '{}'`

const column = `'column ' || r.identity || '.' || ${quoted('a.attname')}`
const relationTarget = `CASE WHEN r.relkind IN ('i', 'I') THEN 'index ' WHEN r.relkind IN ('v', 'm') THEN 'view ' ELSE 'table ' END || r.identity`
// Some minors of 15 keep a private counter among a column's options.
const columnOptions = `(SELECT array_agg(x) FROM unnest(a.attoptions) x WHERE x !~ '^pg_attver=')`

const columnTargets = nonEmpty(
  'statistics target',
  column,
  // ALTER INDEX names a column by its number.
  { target: 'NULLIF(a.attstattarget::int, -1)', options: options(columnOptions), number: `CASE WHEN r.relkind IN ('i', 'I') THEN a.attnum END` },
  `relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE r.relkind IN ('r', 'p', 'f', 'm', 'i', 'I') AND (a.attstattarget::int >= 0 OR a.attoptions IS NOT NULL)`,
)

const statisticsTargets = nonEmpty(
  'statistics target',
  `'statistics ' || n.identity || '.' || ${quoted('s.stxname')}`,
  { target: 'NULLIF(s.stxstattarget::int, -1)' },
  'pg_statistic_ext s JOIN namespace n ON n.oid = s.stxnamespace',
)

const relationStorage = nonEmpty(
  'storage',
  relationTarget,
  {
    options: options('r.reloptions'),
    toast: '(SELECT ' + options('t.reloptions') + ' FROM pg_class t WHERE t.oid = r.reltoastrelid)',
    tablespace: '(SELECT t.spcname FROM pg_tablespace t WHERE t.oid = r.reltablespace)',
    accessMethod: `CASE WHEN r.relkind IN ('r', 'm', 'p') THEN (SELECT NULLIF(m.amname, 'heap') FROM pg_am m WHERE m.oid = r.relam) END`,
    unpopulated: `CASE WHEN r.relkind = 'm' THEN ${flag('NOT r.relispopulated')} END`,
  },
  `relation r WHERE r.relkind IN ('r', 'p', 'f', 'm', 'i', 'I')`,
)

const columnStorage = nonEmpty(
  'storage',
  column,
  {
    storage: `CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END END`,
    compression: `CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END`,
  },
  `relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped JOIN pg_type t ON t.oid = a.atttypid
    WHERE r.relkind IN ('r', 'p', 'f', 'm') AND (a.attstorage <> t.typstorage OR a.attcompression <> '')`,
)

const databaseComment = `SELECT 'comment', 'database "current"', ${objectOf({ text: 'c.description' })} FROM pg_shdescription c
  WHERE c.classoid = 'pg_database'::regclass AND c.objoid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())`

const roleComments = `SELECT 'comment', 'role ' || ${quoted('r.rolname')}, ${objectOf({ text: 'c.description' })} FROM pg_shdescription c
  JOIN pg_roles r ON r.oid = c.objoid WHERE c.classoid = 'pg_authid'::regclass`

/** Facets of a database's own objects; with `shared`, of the cluster's too. Each SELECT gives kind, identity and value. */
export const facets = (shared: boolean): readonly string[] => [
  owners,
  privileges,
  defaultPrivileges,
  comments,
  labels,
  columnTargets,
  statisticsTargets,
  relationStorage,
  columnStorage,
  ...(shared ? [databaseComment, roleComments] : []),
]
