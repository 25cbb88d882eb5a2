/** Operators, their classes and families, access methods. */
import { type Fragment, flag, functionName, own, quoted, userMade } from './fragment.ts'

const operatorName = (oid: string): string => `CASE WHEN ${oid} <> 0 THEN ${oid}::regoperator::text END`
const method = (oid: string): string => `(SELECT m.amname FROM pg_am m WHERE m.oid = ${oid})`
const type = (oid: string): string => `CASE WHEN ${oid} <> 0 THEN format_type(${oid}, NULL) END`

const operators: Fragment = {
  kind: 'operator',
  catalog: 'pg_operator',
  oid: 'o.oid',
  identity: `n.identity || '.' || o.oprname || '(' || coalesce(${type('o.oprleft')}, 'NONE') || ', ' || coalesce(${type('o.oprright')}, 'NONE') || ')'`,
  value: {
    result: type('o.oprresult'),
    function: functionName('o.oprcode'),
    commutator: operatorName('o.oprcom'),
    negator: operatorName('o.oprnegate'),
    restrict: functionName('o.oprrest'),
    join: functionName('o.oprjoin'),
    hashes: flag('o.oprcanhash'),
    merges: flag('o.oprcanmerge'),
  },
  owner: 'o.oprowner',
  from: `pg_operator o JOIN namespace n ON n.oid = o.oprnamespace WHERE ${own('pg_operator', 'o.oid')}`,
  present: { standing: 'pg_operator' },
}

const sortFamily = `(SELECT sf.opfnamespace::regnamespace::text || '.' || quote_ident(sf.opfname) FROM pg_opfamily sf WHERE sf.oid = a.amopsortfamily)`

const families: Fragment = {
  kind: 'operator family',
  catalog: 'pg_opfamily',
  oid: 'f.oid',
  identity: `n.identity || '.' || ${quoted('f.opfname')} || ' USING ' || ${method('f.opfmethod')}`,
  value: {
    operators: `(SELECT jsonb_agg(jsonb_build_array(a.amopstrategy, a.amopopr::regoperator::text, ${sortFamily}) ORDER BY a.amopstrategy, a.amopopr::regoperator::text)
      FROM pg_amop a WHERE a.amopfamily = f.oid)`,
    functions: `(SELECT jsonb_agg(jsonb_build_array(a.amprocnum, format_type(a.amproclefttype, NULL), format_type(a.amprocrighttype, NULL), a.amproc::oid::regprocedure::text)
        ORDER BY a.amprocnum, format_type(a.amproclefttype, NULL), format_type(a.amprocrighttype, NULL))
      FROM pg_amproc a WHERE a.amprocfamily = f.oid)`,
  },
  owner: 'f.opfowner',
  from: `pg_opfamily f JOIN namespace n ON n.oid = f.opfnamespace WHERE ${own('pg_opfamily', 'f.oid')}`,
  present: { standing: 'pg_opfamily' },
}

const classes: Fragment = {
  kind: 'operator class',
  catalog: 'pg_opclass',
  oid: 'c.oid',
  identity: `n.identity || '.' || ${quoted('c.opcname')} || ' USING ' || ${method('c.opcmethod')}`,
  value: {
    type: type('c.opcintype'),
    default: flag('c.opcdefault'),
    storage: type('c.opckeytype'),
    family: '(SELECT f.opfname FROM pg_opfamily f WHERE f.oid = c.opcfamily)',
  },
  owner: 'c.opcowner',
  from: `pg_opclass c JOIN namespace n ON n.oid = c.opcnamespace WHERE ${own('pg_opclass', 'c.oid')}`,
  present: { standing: 'pg_opclass' },
}

const accessMethods: Fragment = {
  kind: 'access method',
  catalog: 'pg_am',
  oid: 'a.oid',
  identity: quoted('a.amname'),
  value: { type: `CASE a.amtype WHEN 'i' THEN 'index' ELSE 'table' END`, handler: functionName('a.amhandler') },
  from: `pg_am a WHERE ${userMade('pg_am', 'a.oid')}`,
  present: { made: 'pg_am' },
}

export const operatorsAndMethods: readonly Fragment[] = [operators, families, classes, accessMethods]
