/** Facets: what is said of objects of every kind, as objects of their own so that a comparison can leave it out. */
import { type Expression, type Fragment, firstOwn, inLines, literal, objectOf, options, type Presence, quoted } from './fragment.ts'

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

/** The schema public belongs to the bootstrap user before 15 and to pg_database_owner since. */
export const ownerOf = ({ kind, identity, owner }: Fragment): string => {
  if (owner === undefined) return `''`
  const told = objectOf({ owner: `${owner}::regrole::text` })
  return kind === 'schema'
    ? `CASE WHEN NOT (${identity} = '"public"' AND (${owner} = 10 OR ${owner}::regrole::text = 'pg_database_owner')) THEN ${told} END`
    : told
}

/** What initdb gave (the schema public: less since 15), else the built-in default. A column's privileges have no default of their own and no owner but the table's. */
export const grantsOf = ({ catalog, oid, subid, owner, privileges }: Fragment): string => {
  if (!privileges) return `''`
  const { acl, type } = privileges
  const kept = `(SELECT i.initprivs FROM pg_init_privs i WHERE i.classoid = '${catalog}'::regclass AND i.objoid = ${oid} AND i.objsubid = ${subid ?? 0} AND i.privtype = 'i')`
  const initial = owner === undefined ? kept : `coalesce(${kept}, acldefault('${type}', ${owner}))`
  const told = privilegesOf(acl, initial, owner ?? 'NULL::oid', owner === undefined ? '4' : countOf(`'${type}'`, owner))
  return `CASE WHEN ${acl} IS NOT NULL THEN NULLIF(${told}::text, '{}') END`
}

/** A statement of the reading that answers objects of one facet. */
export type FacetStatement = { readonly sql: string; readonly present?: Presence }

const facet = (kind: string, target: string, value: string, from: string): string => inLines({ kind: literal(kind), identity: target, value }, from)

const objectTypes = `CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'large objects' END`
const defaultType = `(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END)::"char"`

// For one schema they are added to the built-in default; for the whole database they replace it.
const defaultPrivileges: FacetStatement = {
  sql: facet(
    'default privileges',
    'p.target',
    'p.value',
    `(SELECT ${quoted('pg_get_userbyid(d.defaclrole)')} || coalesce('.' || n.identity, '') || '.' || ${quoted(objectTypes)} AS target,
      NULLIF(${privilegesOf('d.defaclacl', `CASE WHEN d.defaclnamespace = 0 THEN acldefault(${defaultType}, d.defaclrole) END`, 'd.defaclrole', countOf(defaultType, 'd.defaclrole'))}::text, '{}') AS value
      FROM pg_default_acl d LEFT JOIN namespace n ON n.oid = d.defaclnamespace WHERE d.defaclnamespace = 0 OR n.oid IS NOT NULL) p WHERE p.value IS NOT NULL`,
  ),
  present: { filled: 'pg_default_acl' },
}

const nonEmpty = (target: string, value: { readonly [key: string]: Expression }, from: string): string =>
  facet('statistics target', 'f.target', 'f.value', `(SELECT ${target} AS target, ${objectOf(value)} AS value FROM ${from}) f WHERE f.value <> '{}'`)

// Some minors of 15 keep a private counter among a column's options.
const columnOptions = `(SELECT array_agg(x) FROM unnest(a.attoptions) x WHERE x !~ '^pg_attver=')`

const columnTargets: FacetStatement = {
  sql: nonEmpty(
    `'column ' || r.identity || '.' || ${quoted('a.attname')}`,
    // ALTER INDEX names a column by its number.
    { target: 'NULLIF(a.attstattarget::int, -1)', options: options(columnOptions), number: `CASE WHEN r.relkind IN ('i', 'I') THEN a.attnum END` },
    `relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE r.relkind IN ('r', 'p', 'f', 'm', 'i', 'I') AND (a.attstattarget::int >= 0 OR a.attoptions IS NOT NULL)`,
  ),
  present: { column: 'x.attstattarget::int >= 0 OR x.attoptions IS NOT NULL' },
}

const statisticsTargets: FacetStatement = {
  sql: nonEmpty(
    `'statistics ' || n.identity || '.' || ${quoted('s.stxname')}`,
    { target: 'NULLIF(s.stxstattarget::int, -1)' },
    'pg_statistic_ext s JOIN namespace n ON n.oid = s.stxnamespace',
  ),
  present: { filled: 'pg_statistic_ext' },
}

const databaseComment: FacetStatement = {
  sql: facet(
    'comment',
    `'database "current"'`,
    objectOf({ text: 'c.description' }),
    `pg_shdescription c WHERE c.classoid = 'pg_database'::regclass AND c.objoid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())`,
  ),
}

const roleComments: FacetStatement = {
  sql: facet(
    'comment',
    `'role ' || ${quoted('r.rolname')}`,
    objectOf({ text: 'c.description' }),
    `pg_shdescription c JOIN pg_roles r ON r.oid = c.objoid WHERE c.classoid = 'pg_authid'::regclass`,
  ),
}

/** Facets that no fragment says of its own objects; with `shared`, the cluster's too. */
export const facetStatements = (shared: boolean): readonly FacetStatement[] => [
  defaultPrivileges,
  columnTargets,
  statisticsTargets,
  ...(shared ? [databaseComment, roleComments] : []),
]

/** A statement whose lines say something of the objects that have their key, under the identity that `identity` adds to theirs. */
export type NoteStatement = FacetStatement & { readonly kind: string; readonly of: (kind: string, value: string, identity: string) => boolean }

const keyOf = (alias: string): string => `${alias}.classoid::oid, ' ', ${alias}.objoid, ' ', ${alias}.objsubid`

/** PG_PUBLIC_NAMESPACE, catalog/pg_namespace.dat: the one object of initdb's that is a user's. */
const publicSchema = 2200

/** Extensions bring their own comments, and initdb comments the schema public. */
export const comments: NoteStatement = {
  kind: 'comment',
  sql: inLines(
    { key: keyOf('c'), value: objectOf({ text: 'c.description' }) },
    `pg_description c WHERE (c.objoid >= ${firstOwn} OR c.objoid = ${publicSchema}) AND c.classoid <> 'pg_extension'::regclass
    AND NOT (c.classoid = 'pg_namespace'::regclass AND c.description = 'standard public schema' AND c.objoid IN (SELECT n.oid FROM pg_namespace n WHERE n.nspname = 'public'))`,
  ),
  of: () => true,
}

const labels: NoteStatement = {
  kind: 'security label',
  sql: inLines({ key: keyOf('l'), identity: `' FOR ' || l.provider`, value: objectOf({ label: 'l.label' }) }, 'pg_seclabel l'),
  present: { filled: 'pg_seclabel' },
  of: (kind) => kind !== 'extension version',
}

/** `ALTER … DEPENDS ON EXTENSION`: it is dropped with the extension. */
const extensionDependencies: NoteStatement = {
  kind: 'extension dependency',
  sql: inLines(
    { key: `d.classid::oid, ' ', d.objid, ' 0'`, identity: `' ON ' || ${quoted('e.extname')}`, value: objectOf({}) },
    `pg_depend d JOIN pg_extension e ON e.oid = d.refobjid WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x'`,
  ),
  present: { made: 'pg_extension' },
  of: (kind) => kind !== 'extension version',
}

/** Constraints whose own triggers `DISABLE TRIGGER ALL` and its like have switched; said of the table on which they would fire, which for a foreign key are two. */
const enforcement: NoteStatement = {
  kind: 'enforcement',
  sql: inLines(
    { key: `'pg_class'::regclass::oid, ' ', o.tgrelid, ' 0'`, value: 'o.value::text' },
    `(SELECT t.tgrelid, jsonb_object_agg(c.conrelid::regclass::text || '.' || quote_ident(c.conname),
        CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' ELSE 'always' END ORDER BY t.tgtype, t.tgenabled) AS value
      FROM pg_trigger t JOIN pg_constraint c ON c.oid = t.tgconstraint WHERE t.tgisinternal AND t.tgenabled <> 'O' AND c.contype <> 't' GROUP BY t.tgrelid) o`,
  ),
  present: { trigger: `x.tgisinternal AND x.tgenabled <> 'O'` },
  of: () => true,
}

/** Beside comments, which are asked for first. */
export const noteStatements: readonly NoteStatement[] = [labels, extensionDependencies, enforcement]
