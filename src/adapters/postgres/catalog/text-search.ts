/** Text search: configurations, dictionaries, parsers, templates. */
import { type Fragment, functionName, own, quoted } from './fragment.ts'

const configurations: Fragment = {
  kind: 'text search configuration',
  catalog: 'pg_ts_config',
  oid: 'c.oid',
  identity: `n.identity || '.' || ${quoted('c.cfgname')}`,
  value: {
    parser: "(SELECT p.prsnamespace::regnamespace::text || '.' || quote_ident(p.prsname) FROM pg_ts_parser p WHERE p.oid = c.cfgparser)",
    mappings: `(SELECT jsonb_object_agg(token, dictionaries) FROM (
        SELECT t.alias AS token, jsonb_agg(m.mapdict::regdictionary::text ORDER BY m.mapseqno) AS dictionaries
        FROM pg_ts_config_map m JOIN ts_token_type(c.cfgparser) t ON t.tokid = m.maptokentype WHERE m.mapcfg = c.oid GROUP BY t.alias) mapping)`,
  },
  owner: 'c.cfgowner',
  from: `pg_ts_config c JOIN namespace n ON n.oid = c.cfgnamespace WHERE ${own('pg_ts_config', 'c.oid')}`,
  present: { standing: 'pg_ts_config' },
}

const dictionaries: Fragment = {
  kind: 'text search dictionary',
  catalog: 'pg_ts_dict',
  oid: 'd.oid',
  identity: `n.identity || '.' || ${quoted('d.dictname')}`,
  value: {
    template: `(SELECT t.tmplnamespace::regnamespace::text || '.' || quote_ident(t.tmplname) FROM pg_ts_template t WHERE t.oid = d.dicttemplate)`,
    options: 'd.dictinitoption',
  },
  owner: 'd.dictowner',
  from: `pg_ts_dict d JOIN namespace n ON n.oid = d.dictnamespace WHERE ${own('pg_ts_dict', 'd.oid')}`,
  present: { standing: 'pg_ts_dict' },
}

const parsers: Fragment = {
  kind: 'text search parser',
  catalog: 'pg_ts_parser',
  oid: 'p.oid',
  identity: `n.identity || '.' || ${quoted('p.prsname')}`,
  value: {
    start: functionName('p.prsstart'),
    token: functionName('p.prstoken'),
    end: functionName('p.prsend'),
    headline: functionName('p.prsheadline'),
    types: functionName('p.prslextype'),
  },
  from: `pg_ts_parser p JOIN namespace n ON n.oid = p.prsnamespace WHERE ${own('pg_ts_parser', 'p.oid')}`,
  present: { standing: 'pg_ts_parser' },
}

const templates: Fragment = {
  kind: 'text search template',
  catalog: 'pg_ts_template',
  oid: 't.oid',
  identity: `n.identity || '.' || ${quoted('t.tmplname')}`,
  value: { init: functionName('t.tmplinit'), lexize: functionName('t.tmpllexize') },
  from: `pg_ts_template t JOIN namespace n ON n.oid = t.tmplnamespace WHERE ${own('pg_ts_template', 't.oid')}`,
  present: { standing: 'pg_ts_template' },
}

export const textSearch: readonly Fragment[] = [configurations, dictionaries, parsers, templates]
