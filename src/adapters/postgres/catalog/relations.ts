/** Schemas, tables, columns, constraints, indexes, views, sequences, and what hangs on a table. */
import { type Expression, type Fragment, flag, objectOf, options, own, type Presence, quoted, role, type Sometimes, sorted, type Target } from './fragment.ts'

const grantsOnRelations = { relation: 'x.relacl IS NOT NULL' }

const relationStorage = {
  options: options('r.reloptions'),
  toast: `(SELECT ${options('t.reloptions')} FROM pg_class t WHERE t.oid = r.reltoastrelid)`,
  tablespace: '(SELECT t.spcname FROM pg_tablespace t WHERE t.oid = r.reltablespace)',
  accessMethod: `CASE WHEN r.relkind IN ('r', 'm', 'p') THEN (SELECT CASE WHEN r.relkind = 'p' OR m.amname <> 'heap' THEN m.amname END FROM pg_am m WHERE m.oid = r.relam) END`,
}

const storedOtherwise = {
  relation: `x.reloptions IS NOT NULL OR x.reltablespace <> 0 OR x.relkind = 'm' OR (x.relkind IN ('r', 'p') AND x.relam <> 0 AND (x.relkind = 'p' OR x.relam NOT IN (SELECT m.oid FROM pg_am m WHERE m.amname = 'heap')))
    OR x.reltoastrelid IN (SELECT t.oid FROM pg_class t WHERE t.relkind = 't' AND t.reloptions IS NOT NULL)`,
}

/** What only tables with parents have, and what only foreign tables have. */
const parentTables: Presence = { filled: 'pg_inherits' }
const inherited = (told: Expression): Sometimes => ({ told, present: parentTables })
const foreign = (told: Expression): Sometimes => ({ told, present: { filled: 'pg_foreign_table' } })

const schemas: Fragment = {
  kind: 'schema',
  catalog: 'pg_namespace',
  oid: 'n.oid',
  identity: 'n.identity',
  value: {},
  owner: 'n.nspowner',
  privileges: {
    type: 'n',
    acl: 'n.nspacl',
    present: { schema: `x.nspacl IS DISTINCT FROM (SELECT i.initprivs FROM pg_init_privs i WHERE i.classoid = 'pg_namespace'::regclass AND i.objoid = x.oid)` },
  },
  from: 'namespace n WHERE NOT n.ledger_only',
}

const parents = `(SELECT jsonb_agg(inhparent::regclass::text ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = r.oid)`

const tables: Fragment = {
  kind: 'table',
  catalog: 'pg_class',
  oid: 'r.oid',
  identity: 'r.identity',
  value: {
    kind: `CASE r.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned' ELSE 'foreign' END`,
    unlogged: { flag: `r.relpersistence = 'u'` },
    rowSecurity: { flag: 'r.relrowsecurity' },
    forceRowSecurity: { flag: 'r.relforcerowsecurity' },
    replicaIdentity: `CASE r.relreplident WHEN 'd' THEN NULL WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' ELSE 'index' END`,
    inherits: inherited(`CASE WHEN NOT r.relispartition THEN ${parents} END`),
    partitionOf: inherited(`CASE WHEN r.relispartition THEN ${parents} -> 0 END`),
    partitionBound: inherited('pg_get_expr(r.relpartbound, r.oid)'),
    partitionBy: { told: `CASE WHEN r.relkind = 'p' THEN pg_get_partkeydef(r.oid) END`, present: { filled: 'pg_partitioned_table' } },
    ofType: 'CASE WHEN r.reloftype <> 0 THEN r.reloftype::regtype::text END',
    server: foreign(
      `CASE WHEN r.relkind = 'f' THEN (SELECT srvname FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = r.oid) END`,
    ),
    options: foreign(`CASE WHEN r.relkind = 'f' THEN ${options('(SELECT ftoptions FROM pg_foreign_table f WHERE f.ftrelid = r.oid)')} END`),
  },
  owner: 'r.relowner',
  privileges: { type: 'r', acl: 'r.relacl', present: grantsOnRelations },
  storage: { value: relationStorage, present: storedOtherwise },
  from: `relation r WHERE r.relkind IN ('r', 'p', 'f')`,
}

const views: Fragment = {
  kind: 'view',
  catalog: 'pg_class',
  oid: 'r.oid',
  identity: 'r.identity',
  value: {
    materialized: { flag: `r.relkind = 'm'` },
    definition: 'pg_get_viewdef(r.oid)',
    options: `CASE WHEN r.relkind = 'v' THEN ${options('r.reloptions')} END`,
  },
  owner: 'r.relowner',
  privileges: { type: 'r', acl: 'r.relacl', present: grantsOnRelations },
  // A view has options of its own, which are part of what it is.
  storage: {
    value: Object.fromEntries(
      Object.entries({ ...relationStorage, unpopulated: flag('NOT r.relispopulated') }).map(([key, told]) => [
        key,
        `CASE WHEN r.relkind = 'm' THEN ${told} END`,
      ]),
    ),
    present: storedOtherwise,
  },
  from: `relation r WHERE r.relkind IN ('v', 'm')`,
  present: { relation: `x.relkind IN ('v', 'm')` },
}

const sequences: Fragment = {
  kind: 'sequence',
  catalog: 'pg_class',
  oid: 'r.oid',
  identity: 'r.identity',
  value: {
    type: 'format_type(s.seqtypid, NULL)',
    start: 's.seqstart::text',
    increment: 's.seqincrement::text',
    minimum: 's.seqmin::text',
    maximum: 's.seqmax::text',
    cache: 's.seqcache::text',
    cycle: { flag: 's.seqcycle' },
    unlogged: { flag: `r.relpersistence = 'u'` },
    ownedBy: {
      json: `CASE WHEN d.refobjsubid > 0 THEN ${objectOf({
        table: 'd.refobjid::regclass::text',
        column: '(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = d.refobjid AND a.attnum = d.refobjsubid)',
        mode: `CASE d.deptype WHEN 'i' THEN 'internal' ELSE 'auto' END`,
      })} END`,
    },
  },
  owner: 'r.relowner',
  privileges: { type: 's', acl: 'r.relacl', present: grantsOnRelations },
  from: `relation r JOIN pg_sequence s ON s.seqrelid = r.oid
    LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_class'::regclass
    WHERE r.relkind = 'S'`,
  present: { filled: 'pg_sequence' },
}

const droppedColumns: Presence = { column: 'x.attisdropped' }

const columns: Fragment = {
  kind: { sql: `CASE r.relkind WHEN 'c' THEN 'attribute' ELSE 'column' END` },
  catalog: 'pg_class',
  oid: 'r.oid',
  subid: 'a.attnum',
  identity: `r.identity || '.' || ${quoted('a.attname')}`,
  value: {
    // Numbers of dropped columns stay behind in attnum; what SELECT * shows is the rank among the living.
    position: {
      told: {
        number: `CASE WHEN gone.numbers IS NULL THEN a.attnum ELSE a.attnum - (SELECT count(*) FROM unnest(gone.numbers) number WHERE number < a.attnum) END`,
      },
      present: droppedColumns,
      otherwise: { number: 'a.attnum' },
    },
    type: 'format_type(a.atttypid, a.atttypmod)',
    notNull: { flag: 'a.attnotnull' },
    // A default names no column: without its relation nothing of that has to be looked up, which for ten thousand tables is seconds.
    default: `CASE a.attgenerated WHEN '' THEN pg_get_expr(d.adbin, 0) ELSE pg_get_expr(d.adbin, d.adrelid) END`,
    identity: `CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END`,
    generated: `CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END`,
    collation: 'CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END',
    options: foreign(`CASE WHEN a.attfdwoptions IS NOT NULL THEN ${options('a.attfdwoptions')} END`),
    inherited: inherited({ flag: 'a.attinhcount > 0' }),
    local: inherited(`CASE WHEN a.attinhcount > 0 THEN a.attislocal END`),
  },
  privileges: { type: 'c', acl: 'a.attacl', present: { column: 'x.attacl IS NOT NULL' } },
  storage: {
    when: `a.attstorage <> t.typstorage OR a.attcompression <> ''`,
    value: {
      storage: `CASE WHEN r.relkind IN ('r', 'p', 'f', 'm') AND a.attstorage <> t.typstorage
        THEN CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END END`,
      compression: `CASE WHEN r.relkind IN ('r', 'p', 'f', 'm') THEN CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END END`,
    },
  },
  from: (isPresent) => `relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    ${isPresent(droppedColumns) ? 'LEFT JOIN (SELECT g.attrelid, array_agg(g.attnum) AS numbers FROM pg_attribute g WHERE g.attisdropped GROUP BY g.attrelid) gone ON gone.attrelid = a.attrelid' : ''}
    WHERE r.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')`,
}

const constraints: Fragment = {
  kind: 'constraint',
  catalog: 'pg_constraint',
  oid: 'c.oid',
  identity: `r.identity || '.' || ${quoted('c.conname')}`,
  value: {
    definition: 'pg_get_constraintdef(c.oid)',
    inherited: inherited({ flag: 'c.coninhcount > 0' }),
    local: inherited('CASE WHEN c.coninhcount > 0 THEN c.conislocal END'),
  },
  // A foreign key onto a partitioned table has a row for each of its partitions as well: PostgreSQL's own book-keeping, with names of its own.
  from: (isPresent) =>
    isPresent(parentTables)
      ? `pg_constraint c JOIN relation r ON r.oid = c.conrelid LEFT JOIN pg_constraint parent ON parent.oid = c.conparentid
    WHERE c.contype IN ('c', 'f', 'p', 'u', 'x') AND parent.conrelid IS DISTINCT FROM c.conrelid`
      : `pg_constraint c JOIN relation r ON r.oid = c.conrelid WHERE c.contype IN ('c', 'f', 'p', 'u', 'x')`,
}

const notNullNames: Fragment = {
  kind: 'not-null',
  catalog: 'pg_constraint',
  oid: 'c.oid',
  identity: `r.identity || '.' || ${quoted('a.attname')}`,
  value: {
    name: 'c.conname',
    noInherit: { flag: 'c.connoinherit' },
    notValid: { flag: 'NOT c.convalidated' },
    inherited: inherited({ flag: 'c.coninhcount > 0' }),
    local: inherited('CASE WHEN c.coninhcount > 0 THEN c.conislocal END'),
  },
  from: `pg_constraint c JOIN relation r ON r.oid = c.conrelid JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] AND a.attnum > 0
    WHERE c.contype = 'n' AND r.relkind IN ('r', 'p', 'f')`,
}

const withClause = `(SELECT ' WITH (' || string_agg(name || '=' || CASE WHEN quote_ident(value) = value THEN value ELSE quote_literal(value) END, ', ' ORDER BY place) || ')'
      FROM (SELECT split_part(x, '=', 1) AS name, substr(x, strpos(x, '=') + 1) AS value, place FROM unnest(r.reloptions) WITH ORDINALITY o(x, place)) parts)`

const indexes: Fragment = {
  kind: 'index',
  catalog: 'pg_class',
  oid: 'r.oid',
  identity: 'r.identity',
  value: {
    definition: `CASE WHEN r.reloptions IS NULL THEN pg_get_indexdef(i.indexrelid) ELSE replace(pg_get_indexdef(i.indexrelid), ${withClause}, '') END`,
    invalid: { flag: 'NOT i.indisvalid' },
    notReady: { flag: 'NOT i.indisready' },
    clustered: { flag: 'i.indisclustered' },
    replicaIdentity: { flag: 'i.indisreplident' },
    deferrable: { flag: 'NOT i.indimmediate' },
    constraint: 'c.conname',
    partOf: inherited('CASE WHEN r.relispartition THEN (SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = r.oid) END'),
  },
  storage: { value: relationStorage, present: storedOtherwise },
  from: `pg_index i JOIN relation r ON r.oid = i.indexrelid
    LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid AND c.contype IN ('p', 'u', 'x')`,
}

const enabled = (letter: string): string => `CASE ${letter} WHEN 'O' THEN NULL WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' ELSE 'always' END`

const triggers: Fragment = {
  kind: 'trigger',
  catalog: 'pg_trigger',
  oid: 't.oid',
  identity: `r.identity || '.' || ${quoted('t.tgname')}`,
  value: { definition: 'pg_get_triggerdef(t.oid)', enabled: enabled('t.tgenabled'), partOf: flag('t.tgparentid <> 0') },
  // 14 calls a partition's copies of its parent's triggers internal, 15 and later do not: left out while they are true copies.
  from: `pg_trigger t JOIN relation r ON r.oid = t.tgrelid LEFT JOIN pg_trigger parent ON parent.oid = t.tgparentid
    WHERE (NOT t.tgisinternal OR NOT parent.tgisinternal) AND parent.tgenabled IS DISTINCT FROM t.tgenabled`,
  // Foreign keys have triggers of their own, which are none of these.
  present: { trigger: 'NOT x.tgisinternal OR x.tgparentid <> 0' },
}

const rules: Fragment = {
  kind: 'rule',
  catalog: 'pg_rewrite',
  oid: 'w.oid',
  identity: `r.identity || '.' || ${quoted('w.rulename')}`,
  value: { definition: 'pg_get_ruledef(w.oid)', enabled: enabled('w.ev_enabled') },
  from: `pg_rewrite w JOIN relation r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'`,
  present: { relation: 'x.relhasrules' },
}

const policies: Fragment = {
  kind: 'policy',
  catalog: 'pg_policy',
  oid: 'p.oid',
  identity: `r.identity || '.' || ${quoted('p.polname')}`,
  value: {
    command: `CASE p.polcmd WHEN '*' THEN 'all' WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' ELSE 'delete' END`,
    restrictive: { flag: 'NOT p.polpermissive' },
    roles: sorted(`(SELECT array_agg(${role('o')}) FROM unnest(p.polroles) o)`),
    using: 'pg_get_expr(p.polqual, p.polrelid)',
    check: 'pg_get_expr(p.polwithcheck, p.polrelid)',
  },
  from: 'pg_policy p JOIN relation r ON r.oid = p.polrelid',
  present: { filled: 'pg_policy' },
}

const statistics: Fragment = {
  kind: 'statistics',
  catalog: 'pg_statistic_ext',
  oid: 's.oid',
  identity: `n.identity || '.' || ${quoted('s.stxname')}`,
  value: { definition: 'pg_get_statisticsobjdef(s.oid)' },
  owner: 's.stxowner',
  from: `pg_statistic_ext s JOIN namespace n ON n.oid = s.stxnamespace JOIN relation r ON r.oid = s.stxrelid WHERE ${own('pg_statistic_ext', 's.oid')}`,
  present: { filled: 'pg_statistic_ext' },
}

/** PostgreSQL 18 names and keeps NOT NULL. */
const hasNotNullNames = ({ version }: Target) => version >= 180000

export const relations = (target: Target): readonly Fragment[] => [
  schemas,
  tables,
  views,
  sequences,
  columns,
  constraints,
  ...(hasNotNullNames(target) ? [notNullNames] : []),
  indexes,
  triggers,
  rules,
  policies,
  statistics,
]
