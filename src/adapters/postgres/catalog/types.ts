/** Types, domains' constraints, collations, casts. */
import { type Fragment, flag, functionName, own, quoted, type Target, userMade } from './fragment.ts'

const when = (letter: string, expression: string): string => `CASE WHEN t.typtype = '${letter}' THEN ${expression} END`
const base = (expression: string): string => when('b', expression)

const range = (expression: string): string => when('r', `(SELECT ${expression} FROM pg_range g WHERE g.rngtypid = t.oid)`)

const types: Fragment = {
  kind: 'type',
  catalog: 'pg_type',
  oid: 't.oid',
  identity: `n.identity || '.' || ${quoted('t.typname')}`,
  value: {
    kind: `CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' WHEN 'c' THEN 'composite' WHEN 'p' THEN 'shell' ELSE 'base' END`,
    labels: when('e', '(SELECT jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid)'),
    base: when('d', 'format_type(t.typbasetype, t.typtypmod)'),
    notNull: when('d', flag('t.typnotnull')),
    default: `CASE WHEN t.typtype = 'd' THEN coalesce(pg_get_expr(t.typdefaultbin, 0), t.typdefault) WHEN t.typtype = 'b' THEN t.typdefault END`,
    collation: `CASE WHEN t.typtype = 'd' AND t.typcollation <> (SELECT b.typcollation FROM pg_type b WHERE b.oid = t.typbasetype) THEN t.typcollation::regcollation::text END`,
    subtype: range('format_type(g.rngsubtype, NULL)'),
    subtypeCollation: range('CASE WHEN g.rngcollation <> 0 THEN g.rngcollation::regcollation::text END'),
    subtypeOperatorClass: range('(SELECT o.opcname FROM pg_opclass o WHERE o.oid = g.rngsubopc)'),
    canonical: range(functionName('g.rngcanonical')),
    subtypeDifference: range(functionName('g.rngsubdiff')),
    multirange: range('g.rngmultitypid::regtype::text'),
    input: base(functionName('t.typinput')),
    output: base(functionName('t.typoutput')),
    receive: base(functionName('t.typreceive')),
    send: base(functionName('t.typsend')),
    modifierInput: base(functionName('t.typmodin')),
    modifierOutput: base(functionName('t.typmodout')),
    analyze: base(functionName('t.typanalyze')),
    subscript: base(functionName('t.typsubscript')),
    length: base('t.typlen'),
    byValue: base(flag('t.typbyval')),
    alignment: base('t.typalign'),
    storage: base('t.typstorage'),
    category: base('t.typcategory'),
    preferred: base(flag('t.typispreferred')),
    collatable: base(flag('t.typcollation <> 0')),
    delimiter: base(`NULLIF(t.typdelim, ',')`),
    element: base('CASE WHEN t.typelem <> 0 THEN format_type(t.typelem, NULL) END'),
  },
  owner: 't.typowner',
  privileges: { type: 'T', acl: 't.typacl' },
  // Arrays, multiranges and the row types of tables come with what they belong to.
  from: `pg_type t JOIN namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'b' AND t.typcategory <> 'A') OR (t.typtype = 'p' AND NOT t.typisdefined) OR c.relkind = 'c') AND ${own('pg_type', 't.oid')}
      AND NOT EXISTS (SELECT FROM member WHERE member.classid = 'pg_class'::regclass AND member.objid = t.typrelid)`,
  // A composite type's row in pg_class is what stands in the schema.
  present: { standing: 'pg_type', relation: `x.relkind = 'c'` },
}

const domainConstraints: Fragment = {
  kind: 'domain constraint',
  catalog: 'pg_constraint',
  oid: 'c.oid',
  identity: `n.identity || '.' || ${quoted('t.typname')} || '.' || ${quoted('c.conname')}`,
  value: { definition: 'pg_get_constraintdef(c.oid)' },
  // 17 and later keep a domain's NOT NULL here too; the domain itself says it in every major.
  from: `pg_constraint c JOIN pg_type t ON t.oid = c.contypid JOIN namespace n ON n.oid = t.typnamespace WHERE c.contype = 'c' AND ${own('pg_type', 't.oid')}`,
  present: { standing: 'pg_type' },
}

/** A domain's NOT NULL: PostgreSQL 18 keeps and prints its name, as a column's. */
const domainNotNullNames: Fragment = {
  kind: 'domain not-null',
  catalog: 'pg_constraint',
  oid: 'c.oid',
  identity: `n.identity || '.' || ${quoted('t.typname')}`,
  value: { name: 'c.conname' },
  from: `pg_constraint c JOIN pg_type t ON t.oid = c.contypid JOIN namespace n ON n.oid = t.typnamespace WHERE c.contype = 'n' AND ${own('pg_type', 't.oid')}`,
  present: { standing: 'pg_type' },
}

/** Where the major keeps a collation's ICU locale. */
const locale = (version: number): string =>
  version >= 170000 ? 'c.colllocale' : version >= 150000 ? 'c.colliculocale' : `CASE WHEN c.collprovider = 'i' THEN c.collcollate END`

const collations = ({ version }: Target): Fragment => ({
  kind: 'collation',
  catalog: 'pg_collation',
  oid: 'c.oid',
  identity: `n.identity || '.' || ${quoted('c.collname')}`,
  value: {
    provider: `CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'c' THEN 'libc' WHEN 'b' THEN 'builtin' ELSE 'default' END`,
    locale: locale(version),
    collate: `CASE WHEN c.collprovider = 'c' THEN c.collcollate END`,
    ctype: `CASE WHEN c.collprovider = 'c' THEN c.collctype END`,
    nondeterministic: flag('NOT c.collisdeterministic'),
    ...(version >= 160000 && { rules: 'c.collicurules' }),
  },
  owner: 'c.collowner',
  from: `pg_collation c JOIN namespace n ON n.oid = c.collnamespace WHERE ${own('pg_collation', 'c.oid')}`,
  present: { standing: 'pg_collation' },
})

const conversions: Fragment = {
  kind: 'conversion',
  catalog: 'pg_conversion',
  oid: 'c.oid',
  identity: `n.identity || '.' || ${quoted('c.conname')}`,
  value: {
    from: 'pg_encoding_to_char(c.conforencoding)',
    to: 'pg_encoding_to_char(c.contoencoding)',
    function: functionName('c.conproc'),
    default: flag('c.condefault'),
  },
  owner: 'c.conowner',
  from: `pg_conversion c JOIN namespace n ON n.oid = c.connamespace WHERE ${own('pg_conversion', 'c.oid')}`,
  present: { standing: 'pg_conversion' },
}

const casts: Fragment = {
  kind: 'cast',
  catalog: 'pg_cast',
  oid: 'c.oid',
  identity: `format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget, NULL)`,
  value: {
    function: functionName('c.castfunc'),
    method: `CASE c.castmethod WHEN 'f' THEN 'function' WHEN 'i' THEN 'inout' ELSE 'binary' END`,
    context: `CASE c.castcontext WHEN 'e' THEN 'explicit' WHEN 'a' THEN 'assignment' ELSE 'implicit' END`,
  },
  from: `pg_cast c WHERE ${userMade('pg_cast', 'c.oid')}`,
  present: { made: 'pg_cast' },
}

export const typesAndCasts = (target: Target): readonly Fragment[] => [
  types,
  domainConstraints,
  ...(target.version >= 180000 ? [domainNotNullNames] : []),
  collations(target),
  conversions,
  casts,
]
