/** Functions, procedures, aggregates, languages, transforms, event triggers. */
import { type Fragment, flag, functionName, own, quoted, sorted, userMade } from './fragment.ts'

const aggregate = (expression: string): string => `CASE WHEN p.prokind = 'a' THEN (SELECT ${expression} FROM pg_aggregate g WHERE g.aggfnoid = p.oid) END`

const routines: Fragment = {
  kind: 'routine',
  catalog: 'pg_proc',
  oid: 'p.oid',
  identity: `n.identity || '.' || ${quoted('p.proname')} || '(' || oidvectortypes(p.proargtypes) || ')'`,
  value: {
    kind: `CASE p.prokind WHEN 'f' THEN 'function' WHEN 'p' THEN 'procedure' WHEN 'w' THEN 'window' ELSE 'aggregate' END`,
    definition: `CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END`,
    arguments: `CASE WHEN p.prokind = 'a' THEN pg_get_function_arguments(p.oid) END`,
    parallel: `CASE WHEN p.prokind = 'a' THEN NULLIF(p.proparallel, 'u') END`,
    kindOfAggregate: aggregate(`CASE g.aggkind WHEN 'o' THEN 'ordered set' WHEN 'h' THEN 'hypothetical set' END`),
    state: aggregate('format_type(g.aggtranstype, NULL)'),
    transition: aggregate(functionName('g.aggtransfn')),
    final: aggregate(functionName('g.aggfinalfn')),
    finalExtra: aggregate(flag('g.aggfinalextra')),
    finalModify: aggregate(`NULLIF(g.aggfinalmodify, 'r')`),
    combine: aggregate(functionName('g.aggcombinefn')),
    serialize: aggregate(functionName('g.aggserialfn')),
    deserialize: aggregate(functionName('g.aggdeserialfn')),
    initial: aggregate('g.agginitval'),
    space: aggregate('NULLIF(g.aggtransspace, 0)'),
    sortOperator: aggregate('CASE WHEN g.aggsortop <> 0 THEN g.aggsortop::regoperator::text END'),
    movingState: aggregate('CASE WHEN g.aggmtranstype <> 0 THEN format_type(g.aggmtranstype, NULL) END'),
    movingTransition: aggregate(functionName('g.aggmtransfn')),
    movingInverse: aggregate(functionName('g.aggminvtransfn')),
    movingFinal: aggregate(functionName('g.aggmfinalfn')),
    movingFinalExtra: aggregate(flag('g.aggmfinalextra')),
    movingFinalModify: aggregate(`NULLIF(g.aggmfinalmodify, 'r')`),
    movingSpace: aggregate('NULLIF(g.aggmtransspace, 0)'),
    movingInitial: aggregate('g.aggminitval'),
  },
  owner: 'p.proowner',
  privileges: { type: 'f', acl: 'p.proacl' },
  // The constructors of a range type belong to it.
  from: `pg_proc p JOIN namespace n ON n.oid = p.pronamespace WHERE ${own('pg_proc', 'p.oid')}
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')`,
  present: { standing: 'pg_proc' },
}

const languages: Fragment = {
  kind: 'language',
  catalog: 'pg_language',
  oid: 'l.oid',
  identity: quoted('l.lanname'),
  value: {
    trusted: flag('l.lanpltrusted'),
    handler: functionName('l.lanplcallfoid'),
    inline: functionName('l.laninline'),
    validator: functionName('l.lanvalidator'),
  },
  owner: 'l.lanowner',
  privileges: { type: 'l', acl: 'l.lanacl' },
  from: `pg_language l WHERE ${userMade('pg_language', 'l.oid')}`,
  present: { made: 'pg_language' },
}

const transforms: Fragment = {
  kind: 'transform',
  catalog: 'pg_transform',
  oid: 't.oid',
  identity: `format_type(t.trftype, NULL) || ' LANGUAGE ' || (SELECT ${quoted('l.lanname')} FROM pg_language l WHERE l.oid = t.trflang)`,
  value: { fromSql: functionName('t.trffromsql'), toSql: functionName('t.trftosql') },
  from: `pg_transform t WHERE ${own('pg_transform', 't.oid')}`,
  present: { filled: 'pg_transform' },
}

const eventTriggers: Fragment = {
  kind: 'event trigger',
  catalog: 'pg_event_trigger',
  oid: 't.oid',
  identity: quoted('t.evtname'),
  value: {
    event: 't.evtevent',
    function: functionName('t.evtfoid'),
    enabled: `CASE t.evtenabled WHEN 'O' THEN NULL WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' ELSE 'always' END`,
    tags: sorted('t.evttags'),
  },
  owner: 't.evtowner',
  from: `pg_event_trigger t WHERE ${own('pg_event_trigger', 't.oid')}`,
  present: { filled: 'pg_event_trigger' },
}

export const routinesAndLanguages: readonly Fragment[] = [routines, languages, transforms, eventTriggers]
