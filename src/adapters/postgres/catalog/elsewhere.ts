/** What ties a database to others: extensions, foreign data, publications, subscriptions. */
import { type Fragment, flag, functionName, options, own, quoted, role, sorted, type Target } from './fragment.ts'

const extensions: Fragment = {
  kind: 'extension',
  catalog: 'pg_extension',
  oid: 'e.oid',
  identity: quoted('e.extname'),
  value: { schema: '(SELECT n.nspname FROM pg_namespace n WHERE n.oid = e.extnamespace)' },
  from: 'pg_extension e',
}

/** Apart from the extension itself, for comparers to whom a newer minor of it is the same. */
const extensionVersions: Fragment = { ...extensions, kind: 'extension version', value: { version: 'e.extversion' } }

const wrappers: Fragment = {
  kind: 'foreign data wrapper',
  catalog: 'pg_foreign_data_wrapper',
  oid: 'w.oid',
  identity: quoted('w.fdwname'),
  value: { handler: functionName('w.fdwhandler'), validator: functionName('w.fdwvalidator'), options: options('w.fdwoptions') },
  owner: 'w.fdwowner',
  privileges: { type: 'F', acl: 'w.fdwacl' },
  from: `pg_foreign_data_wrapper w WHERE ${own('pg_foreign_data_wrapper', 'w.oid')}`,
  present: { filled: 'pg_foreign_data_wrapper' },
}

const servers: Fragment = {
  kind: 'server',
  catalog: 'pg_foreign_server',
  oid: 's.oid',
  identity: quoted('s.srvname'),
  value: {
    wrapper: '(SELECT w.fdwname FROM pg_foreign_data_wrapper w WHERE w.oid = s.srvfdw)',
    type: 's.srvtype',
    version: 's.srvversion',
    options: options('s.srvoptions'),
  },
  owner: 's.srvowner',
  privileges: { type: 'S', acl: 's.srvacl' },
  from: `pg_foreign_server s WHERE ${own('pg_foreign_server', 's.oid')}`,
  present: { filled: 'pg_foreign_server' },
}

/** The view, not the table: it shows options only to those who may see them, and the table nothing but to superusers. */
const userMappings: Fragment = {
  kind: 'user mapping',
  catalog: 'pg_user_mapping',
  oid: 'u.umid',
  identity: `${role('u.umuser')} || ' SERVER ' || ${quoted('u.srvname')}`,
  value: { options: options('u.umoptions') },
  from: 'pg_user_mappings u',
  present: { filled: 'pg_foreign_server' },
}

const publishedTables = (version: number): string =>
  version >= 150000
    ? `(SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('table', p.prrelid::regclass::text, 'where', pg_get_expr(p.prqual, p.prrelid),
        'columns', (SELECT jsonb_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = p.prrelid AND a.attnum = ANY (p.prattrs))))
        ORDER BY p.prrelid::regclass::text) FROM pg_publication_rel p WHERE p.prpubid = b.oid)`
    : `(SELECT jsonb_agg(jsonb_build_object('table', p.prrelid::regclass::text) ORDER BY p.prrelid::regclass::text)
        FROM pg_publication_rel p WHERE p.prpubid = b.oid)`

const publications = ({ version }: Target): Fragment => ({
  kind: 'publication',
  catalog: 'pg_publication',
  oid: 'b.oid',
  identity: quoted('b.pubname'),
  value: {
    allTables: flag('b.puballtables'),
    publish: `array_to_string(ARRAY[CASE WHEN b.pubinsert THEN 'insert' END, CASE WHEN b.pubupdate THEN 'update' END, CASE WHEN b.pubdelete THEN 'delete' END,
      CASE WHEN b.pubtruncate THEN 'truncate' END], ', ')`,
    viaRoot: flag('b.pubviaroot'),
    tables: publishedTables(version),
    ...(version >= 150000 && {
      schemas:
        '(SELECT jsonb_agg(p.pnnspid::regnamespace::text ORDER BY p.pnnspid::regnamespace::text) FROM pg_publication_namespace p WHERE p.pnpubid = b.oid)',
    }),
    ...(version >= 180000 && { generatedColumns: `CASE b.pubgencols WHEN 's' THEN 'stored' END` }),
  },
  owner: 'b.pubowner',
  from: `pg_publication b WHERE ${own('pg_publication', 'b.oid')}`,
  present: { filled: 'pg_publication' },
})

/** As it differs from the major's own default, so that one that nobody has set reads alike in every major. */
const streaming = (version: number): string =>
  version >= 180000
    ? `CASE s.substream WHEN 'f' THEN 'off' WHEN 't' THEN 'on' END`
    : version >= 160000
      ? `CASE s.substream WHEN 't' THEN 'on' WHEN 'p' THEN 'parallel' END`
      : `CASE WHEN s.substream THEN 'on' END`

/** The connection string is a secret and is not asked for. */
const subscriptions = ({ version }: Target): Fragment => ({
  kind: 'subscription',
  catalog: 'pg_subscription',
  oid: 's.oid',
  identity: quoted('s.subname'),
  value: {
    publications: sorted('s.subpublications'),
    disabled: flag('NOT s.subenabled'),
    slot: 's.subslotname',
    synchronousCommit: `NULLIF(s.subsynccommit, 'off')`,
    binary: flag('s.subbinary'),
    streaming: streaming(version),
    ...(version >= 150000 && { disableOnError: flag('s.subdisableonerr'), twoPhase: flag(`s.subtwophasestate <> 'd'`) }),
    ...(version >= 160000 && {
      origin: `NULLIF(s.suborigin, 'any')`,
      runAsOwner: flag('s.subrunasowner'),
      passwordNotRequired: flag('NOT s.subpasswordrequired'),
    }),
    ...(version >= 170000 && { failover: flag('s.subfailover') }),
  },
  owner: 's.subowner',
  from: 'pg_subscription s WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())',
  present: { filled: 'pg_subscription' },
})

export const elsewhere = (target: Target): readonly Fragment[] => [
  extensions,
  extensionVersions,
  wrappers,
  servers,
  userMappings,
  publications(target),
  subscriptions(target),
]
