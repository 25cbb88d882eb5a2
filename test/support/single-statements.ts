/** Makers of single DDL statements of every kind that a database's catalog can hold, written for a catalog as a server prints it. */
import { partsOf, quoteIdentifier } from '../../src/model/name.ts'
import type { PrintedCatalog, PrintedObject } from '../../src/model/printed.ts'
import { type Draw, literal } from './generate-draw.ts'

/** Writes one statement, or nothing where there is nothing to write it about. */
export type PrintedMaker = (draw: Draw, printed: PrintedCatalog) => string | undefined

const all = (printed: PrintedCatalog, ...kinds: readonly string[]): readonly PrintedObject[] => printed.objects.filter(({ kind }) => kinds.includes(kind))

const about =
  (kinds: string | readonly string[], make: (draw: Draw, object: PrintedObject, printed: PrintedCatalog) => string | undefined): PrintedMaker =>
  (draw, printed) => {
    const object = draw.maybe(all(printed, ...[kinds].flat()))
    return object && make(draw, object, printed)
  }

const name = (draw: Draw): string => `${draw.option('billing.', 4)}${draw.name()}`

/** A member's owner and its own name: `"public"."customers"` and `"name"`. */
const member = (identity: string): { readonly on: string; readonly name: string } => {
  const parts = partsOf(identity).map(quoteIdentifier)
  return { on: parts.slice(0, 2).join('.'), name: parts[2] ?? '' }
}

const onMember = (
  kinds: string | readonly string[],
  make: (draw: Draw, parts: { readonly on: string; readonly name: string }, object: PrintedObject) => string,
): PrintedMaker => about(kinds, (draw, object) => make(draw, member(object.identity), object))

/** What DDL calls objects of a kind. */
const words = ({ kind, value }: PrintedObject): string => {
  if (kind === 'table') return value.kind === 'foreign' ? 'FOREIGN TABLE' : 'TABLE'
  if (kind === 'view') return value.materialized ? 'MATERIALIZED VIEW' : 'VIEW'
  if (kind === 'type') return value.kind === 'domain' ? 'DOMAIN' : 'TYPE'
  if (kind === 'routine') return { procedure: 'PROCEDURE', aggregate: 'AGGREGATE' }[String(value.kind)] ?? 'FUNCTION'
  if (kind === 'attribute') return 'COLUMN'
  return kind.toUpperCase()
}

/** The object as DDL addresses it. */
const addressed = (object: PrintedObject): string => {
  const { kind, identity, value } = object
  const { on, name: own } = member(identity)
  switch (kind) {
    case 'constraint':
    case 'trigger':
    case 'rule':
    case 'policy':
      return `${words(object)} ${own} ON ${on}`
    case 'not-null':
      return `CONSTRAINT ${quoteIdentifier(String(value.name))} ON ${on}`
    case 'domain constraint':
      return `CONSTRAINT ${own} ON DOMAIN ${on}`
    case 'cast':
      return `CAST (${identity})`
    case 'transform':
      return `TRANSFORM FOR ${identity}`
    case 'user mapping':
      return `USER MAPPING FOR ${identity}`
    default:
      return `${words(object)} ${identity}`
  }
}

const schemaKinds = [
  ...['table', 'view', 'sequence', 'index', 'statistics', 'type', 'collation', 'conversion', 'routine', 'operator', 'operator family', 'operator class'],
  ...['text search configuration', 'text search dictionary', 'text search parser', 'text search template'],
]
const bareKinds = ['schema', 'extension', 'language', 'event trigger', 'access method', 'foreign data wrapper', 'server', 'publication', 'subscription']
const partKinds = ['column', 'attribute', 'constraint', 'not-null', 'domain constraint', 'trigger', 'rule', 'policy']
const owned = [
  ...schemaKinds.filter((kind) => !['index', 'text search parser', 'text search template'].includes(kind)),
  ...bareKinds.filter((kind) => !['extension', 'access method'].includes(kind)),
]

/** An object of a kind, the kind drawn first, so that rare ones come up as often as columns. */
const ofAny =
  (kinds: readonly string[], make: (draw: Draw, object: PrintedObject, printed: PrintedCatalog) => string | undefined): PrintedMaker =>
  (draw, printed) =>
    about(draw.of(kinds), make)(draw, printed)

const privileges: { readonly [words: string]: readonly string[] } = {
  TABLE: ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN', 'ALL', 'SELECT, INSERT'],
  SEQUENCE: ['USAGE', 'SELECT', 'UPDATE', 'ALL'],
  FUNCTION: ['EXECUTE', 'ALL'],
  PROCEDURE: ['EXECUTE', 'ALL'],
  SCHEMA: ['USAGE', 'CREATE', 'ALL'],
  TYPE: ['USAGE', 'ALL'],
  DOMAIN: ['USAGE'],
  LANGUAGE: ['USAGE'],
  'FOREIGN SERVER': ['USAGE'],
  'FOREIGN DATA WRAPPER': ['USAGE'],
}

const grantee = (draw: Draw): string => draw.of(['PUBLIC', 'strata_reader', 'strata_writer', 'CURRENT_USER'])

const granted = (draw: Draw, which: string, object: string): string => {
  const to = grantee(draw)
  if (draw.oneIn(2)) return `GRANT ${which} ON ${object} TO ${to}${to === 'PUBLIC' ? '' : draw.option(' WITH GRANT OPTION', 3)}`
  return `REVOKE ${draw.option('GRANT OPTION FOR ', 6)}${which} ON ${object} FROM ${to}${draw.option(' CASCADE', 2)}`
}

const grant: PrintedMaker = ofAny(['table', 'view', 'sequence', 'routine', 'schema', 'type', 'language', 'server', 'foreign data wrapper'], (draw, object) => {
  const word = words(object)
  const called = { VIEW: 'TABLE', 'MATERIALIZED VIEW': 'TABLE', 'FOREIGN TABLE': 'TABLE', AGGREGATE: 'FUNCTION', SERVER: 'FOREIGN SERVER' }[word] ?? word
  return granted(draw, draw.of(privileges[called] ?? ['ALL']), `${called} ${object.identity}`)
})

const general: readonly PrintedMaker[] = [
  ofAny(
    [...schemaKinds, ...bareKinds, ...partKinds, 'cast', 'transform', 'role'],
    (draw, object) => `COMMENT ON ${addressed(object)} IS ${draw.of([`'one'`, `'it''s two'`, 'NULL'])}`,
  ),
  ofAny([...schemaKinds, ...bareKinds.filter((kind) => kind !== 'extension'), 'role'], (draw, object) =>
    object.kind === 'operator' ? undefined : `ALTER ${addressed(object)} RENAME TO ${draw.name()}`,
  ),
  ofAny(owned, (draw, object) => `ALTER ${addressed(object)} OWNER TO ${draw.of(['strata_writer', 'strata_reader', 'CURRENT_USER'])}`),
  ofAny(
    schemaKinds.filter((kind) => kind !== 'index'),
    (draw, object) => `ALTER ${addressed(object)} SET SCHEMA ${draw.of(['billing', 'public'])}`,
  ),
  ofAny(
    [...schemaKinds, ...bareKinds, 'trigger', 'rule', 'policy', 'cast', 'transform', 'user mapping'],
    (draw, object) => `DROP ${addressed(object)}${object.kind === 'user mapping' ? '' : draw.of([' CASCADE', ' RESTRICT', ''])}`,
  ),
  grant,
  grant,
  ofAny(['routine', 'trigger', 'index', 'view'], (draw, object) => `ALTER ${addressed(object)} ${draw.option('NO ', 3)}DEPENDS ON EXTENSION hstore`),
]

const type = (draw: Draw): string =>
  draw.of([
    ...['integer', 'bigint', 'text', 'varchar(20)', 'numeric(8, 2)', 'boolean', 'jsonb', 'timestamptz(3)', 'text[]', 'uuid', 'char(4)', 'interval day to hour'],
    ...['billing.status', 'billing.positive', 'billing.money_amount', 'hstore', 'bit(3)'],
  ])

const onTable = (make: (draw: Draw, table: string, printed: PrintedCatalog, object: PrintedObject) => string | undefined): PrintedMaker =>
  about('table', (draw, object, printed) => make(draw, `${words(object)} ${object.identity}`, printed, object))

const otherTable = (draw: Draw, printed: PrintedCatalog): string => draw.maybe(all(printed, 'table'))?.identity ?? 'missing'

const columnsOf = (printed: PrintedCatalog, table: string): readonly string[] =>
  all(printed, 'column').flatMap(({ identity }) => (member(identity).on === table ? [member(identity).name] : []))

const column = (draw: Draw, printed: PrintedCatalog, table: string): string => draw.maybe(columnsOf(printed, table)) ?? 'missing'

const indexesOf = (printed: PrintedCatalog, table: string): readonly string[] =>
  all(printed, 'index').flatMap(({ identity, value }) =>
    new RegExp(` ON (ONLY )?${table.replaceAll('"', '"?').replaceAll('.', '\\.')} `).test(String(value.definition)) ? [member(identity).on] : [],
  )

const bare = (identity: string): string => quoteIdentifier(partsOf(identity)[1] ?? '')

const parameters = [
  ...['fillfactor = 70', 'fillfactor = 90', 'autovacuum_enabled = false', 'toast.autovacuum_enabled = false', 'parallel_workers = 3'],
  ...['toast_tuple_target = 200', 'user_catalog_table = true', 'vacuum_truncate = false', 'autovacuum_vacuum_threshold = 7'],
]

const tables: readonly PrintedMaker[] = [
  onTable((draw, table) => `ALTER ${table} ADD COLUMN ${draw.columnName()} ${type(draw)}${draw.option(' NOT NULL')}`),
  onTable(
    (draw, table) =>
      `ALTER ${table} ADD COLUMN ${draw.columnName()} ${draw.of([`text DEFAULT 'x'`, 'bigint GENERATED ALWAYS AS IDENTITY', 'int GENERATED ALWAYS AS (1 + 1) STORED', 'int GENERATED ALWAYS AS (2) VIRTUAL', 'serial', 'text COLLATE "C"', 'text STORAGE EXTERNAL', 'text COMPRESSION pglz'])}`,
  ),
  onTable((draw, table) => `ALTER ${table} ${draw.of(['SET', 'SET', 'SET', 'RESET'])} (${draw.of(parameters)})`.replace(/RESET \((\S+) = .*\)/, 'RESET ($1)')),
  onTable((draw, table) => `ALTER ${table} SET ${draw.of(['UNLOGGED', 'LOGGED', 'WITHOUT CLUSTER', 'TABLESPACE fast', 'TABLESPACE pg_default'])}`),
  onTable((draw, table) => `ALTER ${table} REPLICA IDENTITY ${draw.of(['FULL', 'NOTHING', 'DEFAULT'])}`),
  onTable((draw, table) => `ALTER ${table} ${draw.of(['ENABLE', 'DISABLE', 'FORCE', 'NO FORCE'])} ROW LEVEL SECURITY`),
  onTable((draw, table) => `ALTER ${table} ${draw.of(['DISABLE', 'ENABLE', 'DISABLE'])} TRIGGER ${draw.of(['ALL', 'USER'])}`),
  onTable((draw, table, printed, { identity }) => {
    const index = draw.maybe(indexesOf(printed, identity))
    return index && `ALTER ${table} ${draw.of(['CLUSTER ON', 'REPLICA IDENTITY USING INDEX'])} ${bare(index)}`
  }),
  onTable((draw, table, printed) => `ALTER ${table} ${draw.of(['INHERIT', 'NO INHERIT'])} ${otherTable(draw, printed)}`),
  onTable((draw, table) => `ALTER ${table} ${draw.of(['OF billing.money_amount', 'NOT OF'])}`),
  onTable((draw, table, printed) => `ALTER ${table} DETACH PARTITION ${otherTable(draw, printed)}`),
  (draw, printed) =>
    `ALTER TABLE events ATTACH PARTITION ${otherTable(draw, printed)} ${draw.of([`FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')`, 'DEFAULT'])}`,
  (draw) => `CREATE TABLE ${name(draw)} PARTITION OF events ${draw.of([`FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')`, 'DEFAULT'])}`,
  (draw) => `ALTER TABLE ${draw.of(['events DETACH PARTITION events_2025', 'dogs NO INHERIT animals', 'dogs INHERIT animals'])}`,
  onTable((draw, table, printed, { identity }) => {
    const by = column(draw, printed, identity)
    return `ALTER ${table} ADD ${draw.option(`CONSTRAINT ${draw.name()} `, 2)}${draw.of([`CHECK (${by} IS NOT NULL)`, `CHECK (${by} IS NOT NULL) NO INHERIT`, `CHECK (${by} IS NULL) NOT VALID`, `CHECK (${by} IS NOT NULL) NOT ENFORCED`, `UNIQUE (${by})`, `UNIQUE NULLS NOT DISTINCT (${by})`, `PRIMARY KEY (${by})`, `EXCLUDE USING gist (${by} WITH =)`, `NOT NULL ${by}`, `NOT NULL ${by} NO INHERIT`, `FOREIGN KEY (${by}) REFERENCES customers`, `FOREIGN KEY (${by}) REFERENCES customers NOT VALID`])}`
  }),
  (draw) => `CREATE ${draw.option('UNLOGGED ')}TABLE ${name(draw)} (id integer${draw.option(' PRIMARY KEY')}, ${draw.columnName()} ${type(draw)})`,
  (draw, printed) => `CREATE TABLE ${name(draw)} (LIKE ${otherTable(draw, printed)} INCLUDING ALL)`,
  (draw) => `CREATE TABLE ${name(draw)} AS SELECT 1 AS one, 'x'::text AS two`,
  (draw) => `CREATE TABLE ${name(draw)} OF billing.money_amount`,
  (draw, printed) => `CREATE TABLE ${name(draw)} () INHERITS (${otherTable(draw, printed)})`,
  (draw) => `CREATE TABLE ${name(draw)} (a integer, b text) PARTITION BY ${draw.of(['LIST (a)', 'HASH (a, b)', 'RANGE (a, b COLLATE "C")', 'LIST ((a + 1))'])}`,
  (draw) => `CREATE FOREIGN TABLE ${name(draw)} (id integer OPTIONS (field 'Id')) SERVER remote OPTIONS (path '/x')`,
  about('table', (draw, { identity, value }) =>
    value.kind === 'foreign' ? `ALTER FOREIGN TABLE ${identity} OPTIONS (${draw.of([`ADD name 'near'`, `SET name 'far'`, 'DROP name'])})` : undefined,
  ),
  (draw) => `ALTER FOREIGN TABLE far ALTER id OPTIONS (${draw.of([`ADD field 'x'`, `SET field 'y'`, 'DROP field'])})`,
]

const onColumn = (make: (draw: Draw, parts: { readonly on: string; readonly name: string }, object: PrintedObject) => string): PrintedMaker =>
  onMember('column', make)

const columns: readonly PrintedMaker[] = [
  onColumn((draw, { on, name: own }) => `ALTER TABLE ${on} ALTER ${own} TYPE ${type(draw)}`),
  onColumn((_draw, { on, name: own }, { value }) => `ALTER TABLE ${on} ALTER ${own} TYPE ${String(value.type)}`),
  onColumn(
    (draw, { on, name: own }, { value }) =>
      `ALTER TABLE ${on} ALTER ${own} TYPE ${/^(text|character)/.test(String(value.type)) ? draw.of(['text', 'varchar(120)', 'text COLLATE "C"', 'text COLLATE "POSIX"']) : draw.of(['bigint', 'numeric', 'text[][]'])}`,
  ),
  onColumn((draw, { on, name: own }) => `ALTER TABLE ${on} ALTER ${own} SET DEFAULT ${draw.of(['NULL', '1', `'2'`, 'now()', `'{}'`])}`),
  onColumn((_draw, { on, name: own }, { value }) => `ALTER TABLE ${on} ALTER ${own} SET DEFAULT ${String(value.default ?? '3')}`),
  onColumn((draw, { on, name: own }) => `ALTER TABLE ${on} ALTER ${own} ${draw.of(['DROP DEFAULT', 'SET NOT NULL', 'DROP NOT NULL'])}`),
  onColumn(
    (draw, { on, name: own }) =>
      `ALTER TABLE ${on} ALTER ${own} SET ${draw.of(['STORAGE EXTERNAL', 'STORAGE MAIN', 'STORAGE PLAIN', 'STORAGE DEFAULT', 'COMPRESSION pglz', 'COMPRESSION default', 'STATISTICS 77', 'STATISTICS -1', 'STATISTICS 0'])}`,
  ),
  onColumn(
    (draw, { on, name: own }) =>
      `ALTER TABLE ${on} ALTER ${own} ${draw.of(['SET (n_distinct = 9)', 'SET (n_distinct_inherited = -0.5)', 'RESET (n_distinct)'])}`,
  ),
  onColumn((draw, { on, name: own }) => `ALTER TABLE ${on} DROP COLUMN ${own}${draw.option(' CASCADE', 2)}`),
  onColumn((draw, { on, name: own }) => `ALTER TABLE ${on} RENAME COLUMN ${own} TO ${draw.columnName()}`),
  onColumn(
    (draw, { on, name: own }) =>
      `ALTER TABLE ${on} ALTER ${own} ${draw.of(['ADD GENERATED ALWAYS AS IDENTITY', 'ADD GENERATED BY DEFAULT AS IDENTITY', 'DROP IDENTITY', 'SET GENERATED ALWAYS', 'SET GENERATED BY DEFAULT', 'SET INCREMENT BY 3 SET CYCLE', 'SET EXPRESSION AS (1)', 'DROP EXPRESSION'])}`,
  ),
  (draw) =>
    `ALTER TABLE billing.invoices ALTER ${draw.of(['id SET GENERATED BY DEFAULT', 'id SET CACHE 9', 'id DROP IDENTITY', 'vat SET EXPRESSION AS (net * 0.2)', 'vat DROP EXPRESSION', 'id RESTART WITH 5'])}`,
  onColumn((draw, { on, name: own }) => granted(draw, `${draw.of(['SELECT', 'INSERT', 'UPDATE', 'REFERENCES', 'ALL'])} (${own})`, on)),
]

const onConstraint = (make: (draw: Draw, table: string, own: string) => string): PrintedMaker =>
  about(['constraint', 'not-null'], (draw, { kind, identity, value }) => {
    const { on, name: own } = member(identity)
    return make(draw, `ALTER TABLE ${on}`, kind === 'constraint' ? own : quoteIdentifier(String(value.name)))
  })

const parts: readonly PrintedMaker[] = [
  onConstraint((draw, table, own) => `${table} RENAME CONSTRAINT ${own} TO ${draw.name()}`),
  onConstraint((draw, table, own) => `${table} DROP CONSTRAINT ${own}${draw.option(' CASCADE', 2)}`),
  onConstraint((_draw, table, own) => `${table} VALIDATE CONSTRAINT ${own}`),
  onConstraint(
    (draw, table, own) =>
      `${table} ALTER CONSTRAINT ${own} ${draw.of(['DEFERRABLE', 'DEFERRABLE INITIALLY DEFERRED', 'NOT DEFERRABLE', 'NOT ENFORCED', 'ENFORCED', 'INHERIT', 'NO INHERIT'])}`,
  ),
  (draw) =>
    `ALTER TABLE billing.invoices ALTER CONSTRAINT invoices_customer ${draw.of(['DEFERRABLE', 'DEFERRABLE INITIALLY DEFERRED', 'NOT ENFORCED', 'ENFORCED'])}`,
  about(
    'index',
    (draw, { identity }) =>
      `ALTER INDEX ${identity} ${draw.of(['SET (fillfactor = 55)', 'RESET (fillfactor)', 'SET (deduplicate_items = off)', 'SET TABLESPACE fast'])}`,
  ),
  about('index', (draw, { identity }) => `ALTER INDEX ${identity} ALTER COLUMN ${draw.of(['1', '2'])} SET STATISTICS ${draw.of(['99', '-1'])}`),
  onTable((draw, _words, printed, { identity }) => {
    const by = column(draw, printed, identity)
    return `CREATE ${draw.option('UNIQUE ', 4)}INDEX ${draw.option(`${draw.name()} `, 2)}ON ${draw.option('ONLY ', 6)}${identity} ${draw.of([`(${by})`, `(${by} DESC)`, `USING hash (${by})`, `USING brin (${by}) WITH (pages_per_range = 8)`, `((${by} IS NULL))`, `(${by}) INCLUDE (${by})`, `(${by}) WHERE ${by} IS NOT NULL`, `(${by}) TABLESPACE fast`])}`
  }),
  onTable((draw, _words, printed, { identity }) => {
    const index = draw.maybe(all(printed, 'index'))
    return index && `ALTER INDEX ${draw.maybe(indexesOf(printed, identity)) ?? 'missing'} ATTACH PARTITION ${index.identity}`
  }),
  about('view', (draw, object) =>
    object.value.materialized
      ? `ALTER MATERIALIZED VIEW ${object.identity} ${draw.of(['SET (fillfactor = 44)', 'RESET (fillfactor)', 'CLUSTER ON sums_state', 'SET WITHOUT CLUSTER', 'ALTER net SET STATISTICS 3', 'ALTER state SET STATISTICS 4', 'SET TABLESPACE fast', 'SET (toast.autovacuum_enabled = false)'])}`
      : `ALTER VIEW ${object.identity} ${draw.of(['SET (security_invoker = true)', 'SET (security_barrier)', 'SET (check_option = local)', 'RESET (security_invoker)', 'RESET (check_option)', 'ALTER net SET DEFAULT 5', 'ALTER net DROP DEFAULT', 'RENAME COLUMN net TO nett'])}`,
  ),
  () => 'REFRESH MATERIALIZED VIEW sums WITH NO DATA',
  () => 'REFRESH MATERIALIZED VIEW sums',
  (draw, printed) => {
    const table = otherTable(draw, printed)
    const by = column(draw, printed, table)
    return `CREATE ${draw.of(['', 'OR REPLACE ', 'MATERIALIZED '])}VIEW ${name(draw)}${draw.option(' (first)', 3)} AS SELECT ${by} FROM ${table}`
  },
  () => 'CREATE OR REPLACE VIEW open_invoices AS SELECT id, net, note FROM billing.invoices',
  () => 'CREATE OR REPLACE VIEW open_invoices AS SELECT id, net FROM billing.invoices WHERE net > 5',
  (draw, printed) =>
    `CREATE SEQUENCE ${name(draw)}${draw.of(['', ' AS smallint', ' START 5 MINVALUE 2', ` OWNED BY ${draw.maybe(all(printed, 'column'))?.identity ?? 'x.y'}`])}`,
  about(
    'sequence',
    (draw, { identity }, printed) =>
      `ALTER SEQUENCE ${identity} ${draw.of(['INCREMENT 7', 'MINVALUE 0', 'MAXVALUE 100000', 'CACHE 4', 'CYCLE', 'NO CYCLE', 'AS integer', 'AS bigint', 'START 3', 'RESTART', 'OWNED BY NONE', `OWNED BY ${draw.maybe(all(printed, 'column'))?.identity ?? 'x.y'}`, 'SET UNLOGGED', 'SET LOGGED'])}`,
  ),
  onTable(
    (draw, _words, _printed, { identity }) =>
      `CREATE ${draw.option('OR REPLACE ', 3)}TRIGGER ${draw.of(['stamp_invoice', draw.name()])} ${draw.of(['BEFORE', 'AFTER'])} ${draw.of(['UPDATE', 'INSERT OR DELETE', 'INSERT'])} ON ${identity} FOR EACH ROW EXECUTE FUNCTION ${draw.of(['stamp()', `stamp('x')`])}`,
  ),
  () => 'CREATE TRIGGER via INSTEAD OF INSERT ON open_invoices FOR EACH ROW EXECUTE FUNCTION stamp()',
  onTable(
    (draw, _words, _printed, { identity }) =>
      `CREATE CONSTRAINT TRIGGER ${draw.name()} AFTER INSERT ON ${identity} DEFERRABLE${draw.option(' INITIALLY DEFERRED')} FOR EACH ROW EXECUTE FUNCTION stamp()`,
  ),
  onMember('trigger', (draw, { on, name: own }) => `ALTER TABLE ${on} ${draw.of(['DISABLE', 'ENABLE', 'ENABLE ALWAYS', 'ENABLE REPLICA'])} TRIGGER ${own}`),
  (draw) =>
    `ALTER TABLE ${draw.of(['events', 'events_2025', 'ONLY events', 'billing.invoices', 'event_notes', 'customers'])} ${draw.of(['DISABLE', 'ENABLE', 'ENABLE ALWAYS', 'ENABLE REPLICA'])} TRIGGER ${draw.of(['stamp_event', 'stamp_invoice', 'ALL'])}`,
  onMember('trigger', (draw, { on, name: own }) => `ALTER TRIGGER ${own} ON ${on} RENAME TO ${draw.name()}`),
  onMember('rule', (draw, { on, name: own }) => `ALTER TABLE ${on} ${draw.of(['DISABLE', 'ENABLE', 'ENABLE ALWAYS', 'ENABLE REPLICA'])} RULE ${own}`),
  onMember('rule', (draw, { on, name: own }) => `ALTER RULE ${own} ON ${on} RENAME TO ${draw.name()}`),
  onTable(
    (draw, _words, _printed, { identity }) =>
      `CREATE OR REPLACE RULE ${draw.of(['keep_customers', draw.name()])} AS ON ${draw.of(['DELETE', 'INSERT', 'UPDATE'])} TO ${identity} ${draw.option('WHERE 1 = 2 ')}DO ${draw.of(['INSTEAD NOTHING', 'ALSO NOTHING', 'ALSO NOTIFY x'])}`,
  ),
  onTable(
    (draw, _words, printed, { identity }) =>
      `CREATE POLICY ${draw.name()} ON ${identity}${draw.option(' AS RESTRICTIVE')} FOR ${draw.of(['ALL', 'SELECT', 'DELETE'])} TO ${draw.of(['strata_reader', 'PUBLIC', 'strata_reader, strata_writer'])} USING (${draw.of(['true', `${column(draw, printed, identity)} IS NOT NULL`])})`,
  ),
  onMember(
    'policy',
    (draw, { on, name: own }) =>
      `ALTER POLICY ${own} ON ${on} ${draw.of(['TO strata_writer', 'TO PUBLIC', 'TO strata_reader, strata_writer', 'USING (1 = 2)', 'USING (true)', 'WITH CHECK (true)', `RENAME TO ${draw.name()}`])}`,
  ),
  onTable((draw, _words, printed, { identity }) => {
    const [a, b] = [column(draw, printed, identity), column(draw, printed, identity)]
    return `CREATE STATISTICS ${draw.option(name(draw), 2)}${draw.of(['', ' (ndistinct)', ' (mcv, dependencies)'])} ON ${draw.of([`${a}, ${b}`, `(${a} IS NULL)`, `${a}, (${b} IS NULL)`])} FROM ${identity}`
  }),
  about('statistics', (draw, { identity }) => `ALTER STATISTICS ${identity} SET STATISTICS ${draw.of(['12', '34', '-1', 'DEFAULT'])}`),
]

const inType =
  (kind: string, make: (draw: Draw, identity: string, object: PrintedObject) => string | undefined): PrintedMaker =>
  (draw, printed) => {
    const object = draw.maybe(all(printed, 'type').filter(({ value }) => value.kind === kind))
    return object && make(draw, object.identity, object)
  }

const types: readonly PrintedMaker[] = [
  (draw) =>
    `CREATE TYPE ${name(draw)} AS ${draw.of([`ENUM ('a', 'b')`, 'ENUM ()', '(x integer, y text COLLATE "C")', 'RANGE (subtype = int8)', 'RANGE (subtype = text, collation = "C")'])}`,
  (draw) => `CREATE TYPE ${name(draw)}`,
  (draw) => `CREATE DOMAIN ${name(draw)} AS ${type(draw)}${draw.of(['', ' NOT NULL', ' CHECK (VALUE IS NOT NULL)', ' DEFAULT NULL', ' COLLATE "C"'])}`,
  inType('enum', (draw, identity) => `ALTER TYPE ${identity} ADD VALUE ${literal(draw.name())}${draw.option(` BEFORE 'sent'`)}`),
  inType('enum', (draw, identity, { value }) => {
    const label = draw.maybe((value.labels ?? []) as readonly string[])
    return label === undefined ? undefined : `ALTER TYPE ${identity} RENAME VALUE ${literal(label)} TO ${literal(draw.name())}`
  }),
  inType(
    'domain',
    (draw, identity) =>
      `ALTER DOMAIN ${identity} ${draw.of(['SET NOT NULL', 'SET NOT NULL', 'DROP NOT NULL', 'SET DEFAULT 5', 'DROP DEFAULT', `ADD ${draw.option(`CONSTRAINT ${draw.name()} `, 2)}CHECK (VALUE < 9)`, 'ADD CHECK (VALUE < 8) NOT VALID', `ADD CONSTRAINT ${draw.name()} NOT NULL`])}`,
  ),
  onMember('domain constraint', (draw, { on, name: own }) =>
    `ALTER DOMAIN ${on} ${draw.of(['VALIDATE CONSTRAINT', 'DROP CONSTRAINT', 'RENAME CONSTRAINT'])} ${own}`.replace(/(RENAME .*)$/, `$1 TO ${draw.name()}`),
  ),
  (draw) => `ALTER DOMAIN billing.positive ${draw.of([`RENAME CONSTRAINT positive_not_null TO ${draw.name()}`, 'DROP CONSTRAINT positive_not_null'])}`,
  (draw) => `COMMENT ON CONSTRAINT positive_not_null ON DOMAIN billing.positive IS ${draw.of([`'must'`, 'NULL'])}`,
  inType(
    'composite',
    (draw, identity) =>
      `ALTER TYPE ${identity} ${draw.of([`ADD ATTRIBUTE ${draw.columnName()} ${type(draw)}`, `RENAME ATTRIBUTE amount TO ${draw.columnName()}`, 'ALTER ATTRIBUTE amount TYPE numeric(9, 1)', 'DROP ATTRIBUTE currency', 'ALTER ATTRIBUTE currency TYPE text COLLATE "C"'])} ${draw.of(['', 'CASCADE'])}`,
  ),
  inType(
    'base',
    (draw, identity) =>
      `ALTER TYPE ${identity} SET (${draw.of(['STORAGE = plain', 'STORAGE = extended', 'SUBSCRIPT = raw_array_subscript_handler', 'ANALYZE = array_typanalyze', 'RECEIVE = NONE'])})`,
  ),
  inType(
    'range',
    (draw, identity, { value }) =>
      `${draw.of([`COMMENT ON TYPE ${String(value.multirange)} IS 'many'`, `ALTER TYPE ${String(value.multirange)} RENAME TO ${draw.name()}`, `COMMENT ON TYPE ${identity} IS 'range'`])}`,
  ),
  (draw, printed) => `COMMENT ON TYPE ${otherTable(draw, printed)} IS ${draw.of([`'a row'`, 'NULL'])}`,
  (draw, printed) => granted(draw, 'USAGE', `TYPE ${otherTable(draw, printed)}`),
  (draw) =>
    `CREATE COLLATION ${name(draw)} (provider = ${draw.of([`icu, locale = 'de'`, `icu, locale = 'de', deterministic = false`, `libc, locale = 'C'`, `builtin, locale = 'C.UTF-8'`, `icu, locale = 'und', rules = '&V << w'`])})`,
  (draw) => `CREATE COLLATION ${name(draw)} FROM "C"`,
  about('collation', (_draw, { identity }) => `ALTER COLLATION ${identity} REFRESH VERSION`),
  (draw) => `CREATE ${draw.option('DEFAULT ')}CONVERSION ${name(draw)} FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8`,
  (draw) =>
    `CREATE CAST (${draw.of(['billing.status', 'billing.money_amount', 'customers'])} AS ${draw.of(['integer', 'jsonb', 'hstore'])}) WITH INOUT${draw.of(['', ' AS ASSIGNMENT', ' AS IMPLICIT'])}`,
]

const bodies = [
  `() RETURNS integer LANGUAGE sql AS 'SELECT 1'`,
  `(a integer DEFAULT 1) RETURNS integer LANGUAGE sql RETURN a + 1`,
  `(a text) RETURNS SETOF text LANGUAGE sql ROWS 5 AS 'SELECT a'`,
  `(OUT a text, OUT b text) LANGUAGE plpgsql AS 'BEGIN END'`,
  `(a anyelement, VARIADIC b text[]) RETURNS anyelement LANGUAGE sql AS 'SELECT a'`,
  '(a hstore) RETURNS TABLE (x text, y text) LANGUAGE sql AS $$SELECT $q$a$q$, $q$b$q$$$',
] as const

const routines: readonly PrintedMaker[] = [
  (draw) => `CREATE ${draw.option('OR REPLACE ')}FUNCTION ${name(draw)}${draw.of(bodies)}`,
  (draw) => `CREATE ${draw.option('OR REPLACE ')}PROCEDURE ${draw.of(['do_nothing', name(draw)])}() LANGUAGE sql AS '${draw.of(['SELECT 1', 'SELECT 2'])}'`,
  (draw) =>
    `CREATE OR REPLACE FUNCTION add_one(i integer) RETURNS integer LANGUAGE sql ${draw.of(['IMMUTABLE', 'STABLE', 'STRICT', 'COST 3'])} AS 'SELECT i + ${draw.of(['1', '2', '3'])}'`,
  about('routine', (draw, { identity, value }) =>
    value.kind === 'function'
      ? `ALTER FUNCTION ${identity} ${draw.of(['STABLE', 'IMMUTABLE', 'VOLATILE', 'STRICT', 'CALLED ON NULL INPUT', 'SECURITY DEFINER', 'SECURITY INVOKER', 'LEAKPROOF', 'PARALLEL SAFE', 'PARALLEL RESTRICTED', 'COST 77', 'ROWS 9', `SET search_path = ''`, `SET work_mem = '3MB'`, 'RESET ALL', 'SET work_mem FROM CURRENT', 'SUPPORT array_unnest_support'])}`
      : value.kind === 'procedure'
        ? `ALTER PROCEDURE ${identity} ${draw.of(['SECURITY DEFINER', `SET search_path = ''`, 'RESET ALL'])}`
        : undefined,
  ),
  (draw) => {
    const options = draw.some(
      [
        ...[
          `initcond = '${draw.of(['0', '1'])}'`,
          'parallel = safe',
          'sspace = 8',
          'combinefunc = int4pl',
          'finalfunc = int4abs',
          'finalfunc_modify = shareable',
        ],
        'sortop = <',
      ],
      3,
    )
    const moving = `, msfunc = int4pl, minvfunc = int4mi, mstype = integer${draw.option(', mspace = 16', 2)}${draw.option(`, minitcond = '${draw.of(['0', '2'])}'`, 2)}${draw.option(', mfinalfunc = int4abs, mfinalfunc_modify = shareable', 2)}`
    return `CREATE OR REPLACE AGGREGATE ${draw.of(['total', draw.name()])}(integer) (sfunc = int4pl, stype = integer, ${options.join(', ')}${draw.option(moving, 2)})`
  },
  (draw) => `CREATE AGGREGATE ${name(draw)}(ORDER BY integer) (sfunc = int4pl, stype = integer)`,
  (draw) => `CREATE ${draw.option('TRUSTED ')}LANGUAGE ${draw.name()} HANDLER plpgsql_call_handler${draw.option(' INLINE plpgsql_inline_handler', 2)}`,
  () => 'CREATE TRANSFORM FOR hstore LANGUAGE plpgsql (FROM SQL WITH FUNCTION from_hstore(internal))',
  (draw) =>
    `CREATE EVENT TRIGGER ${draw.name()} ON ${draw.of(['ddl_command_end', 'sql_drop', `ddl_command_start WHEN TAG IN ('CREATE TABLE')`])} EXECUTE FUNCTION on_ddl()`,
  about('event trigger', (draw, { identity }) => `ALTER EVENT TRIGGER ${identity} ${draw.of(['DISABLE', 'ENABLE', 'ENABLE REPLICA', 'ENABLE ALWAYS'])}`),
]

const searching = ['start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype'] as const

const operators: readonly PrintedMaker[] = [
  (draw) =>
    `CREATE OPERATOR ${draw.of(['====', '~~~', 'billing.###'])} (leftarg = text, rightarg = text, function = same${draw.of(['', ', commutator = ====', ', restrict = eqsel', ', negator = <<<', ', hashes'])})`,
  about(
    'operator',
    (draw, { identity }) =>
      `ALTER OPERATOR ${identity} SET (${draw.of(['RESTRICT = eqsel', 'RESTRICT = NONE', 'JOIN = eqjoinsel', 'HASHES', 'MERGES', 'COMMUTATOR = ===', 'NEGATOR = ~~~'])})`,
  ),
  (draw) => `CREATE OPERATOR FAMILY ${name(draw)} USING ${draw.of(['btree', 'hash', 'gist'])}`,
  (draw) =>
    `CREATE OPERATOR CLASS ${name(draw)} FOR TYPE integer USING btree${draw.of(['', ' FAMILY pg_catalog.integer_ops'])} AS OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 btint4cmp(integer, integer)`,
  about(
    'operator family',
    (draw, { identity }) =>
      `ALTER OPERATOR FAMILY ${identity} ${draw.of(['ADD OPERATOR 1 < (integer, integer)', 'ADD OPERATOR 1 < (int8, int8), OPERATOR 3 = (int8, int8)', 'ADD FUNCTION 1 (integer, integer) btint4cmp(integer, integer)', 'ADD FUNCTION 2 (integer, integer) btint4sortsupport(internal)', 'DROP OPERATOR 1 (integer, integer)', 'ADD OPERATOR 15 <-> (point, point) FOR ORDER BY float_ops'])}`,
  ),
  (draw) => `CREATE ACCESS METHOD ${draw.name()} TYPE ${draw.of(['TABLE HANDLER heap_tableam_handler', 'INDEX HANDLER bthandler'])}`,
  (draw, printed) => `ALTER TABLE ${otherTable(draw, printed)} SET ACCESS METHOD ${draw.maybe(all(printed, 'access method'))?.identity ?? 'heap'}`,
  (draw) =>
    `CREATE TEXT SEARCH DICTIONARY ${name(draw)} (template = ${draw.of(['simple', `simple, stopwords = 'english'`, `synonym, synonyms = 'synonym_sample'`])})`,
  about(
    'text search dictionary',
    (draw, { identity }) => `ALTER TEXT SEARCH DICTIONARY ${identity} (${draw.of([`stopwords = 'english'`, 'stopwords', 'accept = false'])})`,
  ),
  (draw) => `CREATE TEXT SEARCH CONFIGURATION ${name(draw)} (${draw.of(['copy = pg_catalog.simple', 'copy = pg_catalog.english', 'parser = "default"'])})`,
  about(
    'text search configuration',
    (draw, { identity }) =>
      `ALTER TEXT SEARCH CONFIGURATION ${identity} ${draw.of(['ALTER MAPPING FOR asciiword WITH plain_words', 'ALTER MAPPING FOR word, url WITH english_stem, simple', 'DROP MAPPING FOR url', 'ADD MAPPING FOR url WITH simple', 'ALTER MAPPING REPLACE simple WITH plain_words'])}`,
  ),
  (draw) => `CREATE TEXT SEARCH PARSER ${name(draw)} (${draw.of(searching)}${draw.option(', headline = prsd_headline', 2)})`,
  (draw) => `CREATE TEXT SEARCH TEMPLATE ${name(draw)} (${draw.option('init = dsimple_init, ', 2)}lexize = dsimple_lexize)`,
]

const others: readonly PrintedMaker[] = [
  (draw) => `CREATE SCHEMA ${draw.name()}${draw.option(' AUTHORIZATION strata_writer')}`,
  (draw) => `CREATE EXTENSION ${draw.of(['citext', 'pg_trgm', 'pgcrypto'])}${draw.option(' SCHEMA billing')}`,
  (draw) => `ALTER EXTENSION ${draw.of(['hstore', 'btree_gist'])} SET SCHEMA ${draw.of(['billing', 'public'])}`,
  ofAny(
    ['table', 'routine', 'type', 'view', 'sequence', 'server'],
    (draw, object) => `ALTER EXTENSION hstore ${draw.of(['ADD', 'ADD', 'DROP'])} ${addressed(object)}`,
  ),
  (draw) => `CREATE FOREIGN DATA WRAPPER ${draw.name()}${draw.option(` OPTIONS (a 'b')`, 2)}`,
  about(
    'foreign data wrapper',
    (draw, { identity }) =>
      `ALTER FOREIGN DATA WRAPPER ${identity} ${draw.of([`OPTIONS (ADD a 'c')`, `OPTIONS (SET a 'd')`, 'VALIDATOR postgresql_fdw_validator', 'NO VALIDATOR'])}`,
  ),
  (draw) => `CREATE SERVER ${draw.name()}${draw.of(['', ` TYPE 'x' VERSION '1'`])} FOREIGN DATA WRAPPER elsewhere`,
  about(
    'server',
    (draw, { identity }) =>
      `ALTER SERVER ${identity} ${draw.of([`VERSION '2'`, `OPTIONS (SET host 'example.com')`, 'OPTIONS (DROP host)', `OPTIONS (ADD port '1')`])}`,
  ),
  about(
    'server',
    (draw, { identity }) =>
      `CREATE USER MAPPING FOR ${draw.of(['PUBLIC', 'strata_reader', 'CURRENT_USER'])} SERVER ${identity}${draw.option(` OPTIONS (login 'x')`, 2)}`,
  ),
  about('user mapping', (draw, { identity }) => `ALTER USER MAPPING FOR ${identity} OPTIONS (${draw.of([`ADD login 'y'`, `SET login 'z'`, 'DROP login'])})`),
  about('user mapping', (draw, { identity }) => `ALTER USER MAPPING FOR ${identity} OPTIONS (${draw.of(['ADD', 'SET'])} password '${draw.of(['a', 'b'])}')`),
  about('subscription', (_draw, { identity }) => `ALTER SUBSCRIPTION ${identity} CONNECTION 'dbname=elsewhere'`),
  (draw) => `ALTER ROLE strata_reader PASSWORD '${draw.of(['a', 'b'])}'`,
  (draw) => `ALTER SCHEMA public OWNER TO ${draw.of(['CURRENT_USER', 'pg_database_owner', 'strata_writer'])}`,
  (draw) => `COMMENT ON SCHEMA ${draw.of(['public', 'billing'])} IS ${draw.of(['NULL', `'standard public schema'`])}`,
  (draw, printed) =>
    `CREATE PUBLICATION ${draw.name()} ${draw.of(['', 'FOR ALL TABLES', 'FOR TABLES IN SCHEMA billing', `FOR TABLE ${otherTable(draw, printed)}`, `WITH (publish = 'insert')`, 'WITH (publish_generated_columns = stored)'])}`,
  about(
    'publication',
    (draw, { identity }, printed) =>
      `ALTER PUBLICATION ${identity} ${draw.of([`ADD TABLE ${otherTable(draw, printed)}`, `DROP TABLE ${otherTable(draw, printed)}`, 'SET TABLE customers', 'SET TABLE customers (id)', 'SET TABLE customers (id, name)', 'SET TABLE customers WHERE (id > 5)', 'ADD TABLES IN SCHEMA billing', 'DROP TABLES IN SCHEMA billing', `SET (publish = 'update')`, 'SET (publish_via_partition_root = true)', 'SET (publish_generated_columns = stored)'])}`,
  ),
  (draw) =>
    `CREATE SUBSCRIPTION ${draw.name()} CONNECTION 'dbname=nowhere' PUBLICATION everything WITH (connect = false${draw.of(['', ', binary = true', ', streaming = off', ', origin = none', ', run_as_owner = true', ', slot_name = NONE'])})`,
  about(
    'subscription',
    (draw, { identity }) =>
      `ALTER SUBSCRIPTION ${identity} ${draw.of(['SET (binary = true)', 'SET (disable_on_error = true)', 'SET (synchronous_commit = local)', 'SET (streaming = on)', 'SET (streaming = off)', 'SET (origin = none)', 'SET (slot_name = NONE)', 'SET PUBLICATION other WITH (refresh = false)', 'SET (password_required = false)'])}`,
  ),
  (draw) => {
    const verb = draw.of(['GRANT', 'GRANT', 'REVOKE'])
    return `ALTER DEFAULT PRIVILEGES ${draw.option('FOR ROLE strata_writer ')}${draw.option('IN SCHEMA billing ', 2)}${verb} ${draw.of(['ALL ON TABLES', 'SELECT ON TABLES', 'USAGE ON SEQUENCES', 'EXECUTE ON FUNCTIONS', 'USAGE ON TYPES', 'USAGE ON SCHEMAS', 'SELECT ON LARGE OBJECTS'])} ${verb === 'GRANT' ? 'TO' : 'FROM'} ${grantee(draw)}`
  },
  (draw) =>
    `${draw.of(['GRANT SELECT ON ALL TABLES', 'GRANT USAGE ON ALL SEQUENCES', 'GRANT EXECUTE ON ALL FUNCTIONS'])} IN SCHEMA ${draw.of(['billing', 'public'])} TO strata_reader`,
  (draw) => `CREATE ROLE ${draw.name()}${draw.of(['', ' LOGIN', ' IN ROLE strata_reader', ` VALID UNTIL '2030-01-01'`])}`,
  (draw) =>
    `ALTER ROLE strata_reader ${draw.of(['LOGIN', 'CREATEDB', 'CREATEROLE', 'BYPASSRLS', 'NOINHERIT', 'REPLICATION', 'SUPERUSER', 'CONNECTION LIMIT 4', `VALID UNTIL '2031-01-01'`, `SET work_mem = '2MB'`])}`,
  (draw) => `${draw.of(['GRANT', 'REVOKE'])} strata_writer ${draw.of(['TO', 'FROM'])} strata_reader`,
  (draw) => `GRANT strata_writer TO strata_reader WITH ${draw.of(['ADMIN TRUE', 'INHERIT FALSE', 'SET FALSE'])}`,
]

const families = [general, general, general, tables, tables, columns, columns, parts, parts, types, routines, operators, others] as const

/** One statement about the catalog. */
export const singleStatement = (draw: Draw, printed: PrintedCatalog): string => {
  for (let tries = 0; tries < 100; tries++) {
    const sql = draw.of<PrintedMaker>(draw.of<readonly PrintedMaker[]>(families))(draw, printed)
    if (sql !== undefined) return sql
  }
  return 'SELECT 1'
}
