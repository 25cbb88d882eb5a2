/** Makers of statements about views, routines, triggers, policies, rules, privileges, definitions and what changes no object. */
import type { Attribute, Catalog, Table } from '../../src/model/catalog.ts'
import { type keyOf, localName, parseKey, partsOf, type RelationName, schemaOf } from '../../src/model/name.ts'
import { condition, sortable, sortOf } from './generate-columns.ts'
import { type Draw, type Maker, quote, rolesIn, write } from './generate-draw.ts'

const behaviour = (draw: Draw): string => draw.of(['', '', ' RESTRICT', ' CASCADE', ' CASCADE'])
const on = <T>(subject: T | undefined, make: (subject: T) => string | undefined): string | undefined => (subject === undefined ? undefined : make(subject))

type Source = { readonly name: RelationName; readonly columns: readonly string[]; readonly table: Table | undefined }

/** A table or view to read from. */
const source = (draw: Draw, catalog: Catalog): Source | undefined =>
  draw.maybe<Source>(
    [
      ...[...catalog.tables].map(([name, table]) => ({ name, table, columns: table.columns.map((column) => column.name) })),
      ...[...catalog.views].map(([name, view]) => ({ name, table: undefined, columns: view.columns })),
    ].filter(({ columns }) => columns.length > 0),
  )

const where = (draw: Draw, from: Source, catalog: Catalog, range: string): string => {
  const column = draw.maybe(from.table?.columns ?? [])
  return column && draw.oneIn(2) ? ` WHERE ${condition(draw, column, catalog, `${range}${quote(column.name)}`)}` : ''
}

/** A query over relations of the catalog, its output columns all named differently. */
const query = (draw: Draw, catalog: Catalog): string | undefined => {
  const from = source(draw, catalog)
  if (!from) return undefined
  const relation = write(draw, from.name)
  const bare = quote(localName(from.name))
  const chosen = draw.some(from.columns, 3)
  const other = source(draw, catalog)
  const second = other && draw.maybe(other.columns)
  return draw.of([
    `SELECT * FROM ${relation}`,
    `SELECT ${chosen.map(quote).join(', ')} FROM ${relation}${where(draw, from, catalog, '')}`,
    `SELECT ${chosen.map((name) => `${bare}.${quote(name)}`).join(', ')} FROM ${relation}${where(draw, from, catalog, `${bare}.`)}`,
    `SELECT t.${quote(chosen[0] ?? '')} AS first, count(*) AS total FROM ${relation} t GROUP BY t.${quote(chosen[0] ?? '')}`.replace(/.*/s, (grouped) =>
      from.table && sortable(from.table.columns, catalog).some(({ name }) => name === chosen[0]) ? grouped : `SELECT count(*) AS total FROM ${relation}`,
    ),
    `SELECT ${chosen.map((name) => `t.${quote(name)}`).join(', ')} FROM ${relation} AS t${where(draw, from, catalog, 't.')}`,
    ...(other && second !== undefined
      ? [
          `SELECT l.${quote(chosen[0] ?? '')} AS l, r.${quote(second)} AS r FROM ${relation} l LEFT JOIN ${write(draw, other.name)} r ON true`,
          `WITH w AS (SELECT ${quote(second)} AS it FROM ${write(draw, other.name)}) SELECT it, 1 AS one FROM w`,
          `SELECT 1 AS one FROM ${relation} WHERE EXISTS (SELECT 1 FROM ${write(draw, other.name)} o WHERE o.${quote(second)} IS NULL)`,
        ]
      : []),
  ])
}

const onView =
  (
    make: (draw: Draw, words: string, name: string, catalog: Catalog, key: RelationName) => string | undefined,
    fits: (materialized: boolean) => boolean = () => true,
  ): Maker =>
  (draw, catalog) => {
    const found = draw.maybe([...catalog.views].filter(([, { materialized }]) => fits(materialized)))
    return found && make(draw, found[1].materialized ? 'MATERIALIZED VIEW' : 'VIEW', write(draw, found[0]), catalog, found[0])
  }

/** A view and its replacement, one after the other: only then is it sure that the columns still fit. */
export const replacedView: readonly Maker[] = ['', ', 1 AS extra'].map(
  (extra): Maker =>
    (_draw, catalog) => {
      const found = [...catalog.tables].find(([, { columns }]) => columns.length > 0)
      const column = found?.[1].columns[0]
      return (
        found && column && `CREATE OR REPLACE VIEW public.replaced AS SELECT t.${quote(column.name)}${extra} FROM ${partsOf(found[0]).map(quote).join('.')} t`
      )
    },
)

export const createView: Maker = (draw, catalog) => on(query(draw, catalog), (select) => `CREATE VIEW ${draw.newName(catalog)} AS ${select}`)

const views: readonly Maker[] = [
  (draw, catalog) =>
    on(query(draw, catalog), (select) => `CREATE VIEW ${draw.newName(catalog)}${draw.option(' WITH (security_barrier = true)', 8)} AS ${select}`),
  createView,
  (draw, catalog) =>
    on(
      query(draw, catalog),
      (select) =>
        `CREATE MATERIALIZED VIEW ${draw.option('IF NOT EXISTS ', 6)}${draw.newName(catalog)} AS ${select}${[...catalog.views.values()].some(({ withData }) => !withData) || draw.oneIn(6) ? ' WITH NO DATA' : ''}`,
    ),
  onView((draw, words, name) => `DROP ${words} ${draw.option('IF EXISTS ', 4)}${name}${behaviour(draw)}`),
  onView((draw, words, name) => `ALTER ${words} ${name} RENAME TO ${draw.name()}`),
  onView((draw, words, name, catalog) => `ALTER ${words} ${name} SET SCHEMA ${quote(draw.schema(catalog))}`),
  onView((draw, words, name, catalog, key) =>
    on(draw.maybe(catalog.views.get(key)?.columns ?? []), (column) => `ALTER ${words} ${name} RENAME COLUMN ${quote(column)} TO ${draw.columnName()}`),
  ),
  onView((draw, words, name) => `COMMENT ON ${words} ${name} IS ${draw.of([`'seen'`, 'NULL'])}`),
  onView(
    (draw, _words, name) => `ALTER VIEW ${name} ${draw.of(['SET (security_barrier = true)', 'RESET (security_barrier)', 'SET (security_invoker = true)'])}`,
    (materialized) => !materialized,
  ),
  onView(
    (draw, _words, name, catalog, key) =>
      on(
        draw.maybe(catalog.views.get(key)?.columns ?? []),
        (column) => `CREATE INDEX ${draw.option(`${draw.name()} `, 2)}ON ${name} ((${quote(column)} IS NULL))`,
      ),
    (materialized) => materialized,
  ),
  (draw, catalog) => {
    const from = draw.maybe(catalog.tables.keys())
    if (!from) return undefined
    const replaced = draw.maybe([...catalog.views].filter(([, { materialized }]) => !materialized))
    return replaced && `CREATE OR REPLACE VIEW ${write(draw, replaced[0])} AS SELECT * FROM ${write(draw, from)}`
  },
]

const functionName = (draw: Draw, catalog: Catalog): string => {
  const schema = draw.schema(catalog)
  const name = draw.of(['f', 'touch', 'Do It'].map(quote))
  return schema === 'public' ? name : `${quote(schema)}.${name}`
}

const routineWords = (catalog: Catalog, name: string): string =>
  ({ function: 'FUNCTION', procedure: 'PROCEDURE', aggregate: 'AGGREGATE' })[catalog.routines.get(name)?.kind ?? 'function']

const onRoutine =
  (make: (draw: Draw, words: string, name: string, catalog: Catalog) => string | undefined): Maker =>
  (draw, catalog) => {
    const found = draw.maybe(catalog.routines.keys())
    return found && make(draw, routineWords(catalog, found), found, catalog)
  }

const bodies = [
  `(a integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a + 1'`,
  `() RETURNS text LANGUAGE sql AS $$ SELECT 'it''s' $$`,
  `(a text, b text DEFAULT 'x') RETURNS text LANGUAGE sql STABLE RETURN a || b`,
  `(a integer, OUT b integer) LANGUAGE plpgsql AS 'BEGIN b := a; END'`,
  `() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`,
  `(VARIADIC a integer[]) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'`,
] as const

const triggerFunction = (draw: Draw, catalog: Catalog): string | undefined =>
  draw.maybe(
    [...catalog.routines]
      .filter(([, { definition }]) => JSON.stringify(definition).includes('"trigger"'))
      .map(([name]) => name.slice(0, name.lastIndexOf('('))),
  )

const routines: readonly Maker[] = [
  (draw, catalog) => `CREATE ${draw.option('OR REPLACE ', 3)}FUNCTION ${functionName(draw, catalog)}${draw.of(bodies)}`,
  (draw, catalog) => `CREATE FUNCTION ${functionName(draw, catalog)}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`,
  (draw, catalog) => `CREATE PROCEDURE ${functionName(draw, catalog)}(a integer) LANGUAGE sql AS 'SELECT 1'`,
  (draw, catalog) =>
    on(draw.maybe(catalog.tables), ([table, { columns }]) =>
      on(
        draw.maybe(columns),
        (column) =>
          `CREATE FUNCTION ${functionName(draw, catalog)}(${draw.of(['', `t ${write(draw, table)}`])}) RETURNS bigint LANGUAGE sql ${draw.oneIn(2) ? `BEGIN ATOMIC SELECT count(*) FROM ${write(draw, table)} x WHERE x.${quote(column.name)} IS NULL; END` : `AS 'SELECT 1::bigint'`}`,
      ),
    ),
  (draw, catalog) =>
    on(draw.maybe(catalog.types.keys()), (type) =>
      `CREATE FUNCTION ${functionName(draw, catalog)}(a ${write(draw, type)}) RETURNS ${draw.of(['integer', `SETOF ${write(draw, type)}`])} LANGUAGE plpgsql AS 'BEGIN RETURN; END'`.replace(
        `RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN; END'`,
        `RETURNS integer LANGUAGE sql AS 'SELECT 1'`,
      ),
    ),
  onRoutine((draw, words, name) => `DROP ${words} ${draw.option('IF EXISTS ', 4)}${name}${behaviour(draw)}`),
  onRoutine((draw, words, name) => `ALTER ${words} ${name} RENAME TO ${draw.of(['f', 'touch', 'Do It'].map(quote))}`),
  onRoutine((draw, words, name, catalog) => `ALTER ${words} ${name} SET SCHEMA ${quote(draw.schema(catalog))}`),
  onRoutine((draw, words, name) =>
    words === 'FUNCTION'
      ? `ALTER FUNCTION ${name} ${draw.of(['STABLE', 'VOLATILE', 'COST 20', 'PARALLEL SAFE', 'STRICT', `SET work_mem = '4MB'`])}`
      : undefined,
  ),
  onRoutine((draw, words, name) => `COMMENT ON ${words} ${name} IS ${draw.of([`'does it'`, 'NULL'])}`),
]

export const createTrigger =
  (orReplace: string): Maker =>
  (draw, catalog) => {
    const routine = triggerFunction(draw, catalog)
    const found = draw.maybe(catalog.tables)
    if (!routine || !found) return undefined
    const [name, table] = found
    const column = draw.maybe(table.columns.filter(({ generated }) => !generated))
    const of = column && draw.oneIn(3) ? ` OF ${quote(column.name)}` : ''
    const when = column && draw.oneIn(3) ? ` WHEN (${condition(draw, column, catalog, `NEW.${quote(column.name)}`)})` : ''
    const kind = draw.of(['plain', 'plain', 'statement', orReplace === '' ? 'constraint' : 'plain'] as const)
    const trigger = draw.name()
    if (kind === 'constraint')
      return `CREATE CONSTRAINT TRIGGER ${trigger} AFTER INSERT OR UPDATE${of} ON ${write(draw, name)} DEFERRABLE${draw.option(' INITIALLY DEFERRED', 2)} FOR EACH ROW${when} EXECUTE FUNCTION ${routine}()`
    if (kind === 'statement')
      return `CREATE ${orReplace}TRIGGER ${trigger} AFTER DELETE ON ${write(draw, name)} FOR EACH STATEMENT EXECUTE FUNCTION ${routine}('x')`
    return `CREATE ${orReplace}TRIGGER ${trigger} ${draw.of(['BEFORE', 'AFTER'])} UPDATE${of} ON ${write(draw, name)} FOR EACH ROW${when} EXECUTE FUNCTION ${routine}()`
  }

/** A maker about one part of a table, drawn from one of its maps. */
const onPart =
  (part: 'triggers' | 'policies' | 'rules', make: (draw: Draw, name: string, table: string, catalog: Catalog, owner: Table) => string | undefined): Maker =>
  (draw, catalog) => {
    const found = draw.maybe([...catalog.tables].flatMap(([table, value]) => [...value[part].keys()].map((name) => ({ table, value, name }))))
    return found && make(draw, quote(found.name), write(draw, found.table), catalog, found.value)
  }

const policyCondition = (draw: Draw, columns: readonly Attribute[], catalog: Catalog): string => {
  const column = draw.maybe(columns)
  const other = source(draw, catalog)
  const name = other && draw.maybe(other.columns)
  if (other && name !== undefined && draw.oneIn(3)) return `EXISTS (SELECT 1 FROM ${write(draw, other.name)} o WHERE o.${quote(name)} IS NOT NULL)`
  return column ? condition(draw, column, catalog) : 'true'
}
const roleList = (draw: Draw, catalog: Catalog): string => [...draw.some(rolesIn(catalog).map(quote), 2)].join(', ') || draw.of(['public', 'CURRENT_USER'])

export const createPolicy: Maker = (draw, catalog) =>
  on(draw.maybe(catalog.tables), ([name, { columns }]) => {
    const command = draw.of(['ALL', 'SELECT', 'INSERT', 'UPDATE', 'DELETE'])
    const using = command === 'INSERT' ? '' : ` USING (${policyCondition(draw, columns, catalog)})`
    const check =
      ['ALL', 'INSERT', 'UPDATE'].includes(command) && (command === 'INSERT' || draw.oneIn(2)) ? ` WITH CHECK (${policyCondition(draw, columns, catalog)})` : ''
    return `CREATE POLICY ${draw.name()} ON ${write(draw, name)}${draw.option(' AS RESTRICTIVE', 4)} FOR ${command}${draw.option(` TO ${roleList(draw, catalog)}`, 2)}${using}${check}`
  })

export const createRule: Maker = (draw, catalog) =>
  on(draw.maybe(catalog.tables), ([name, { columns }]) =>
    on(
      draw.maybe(columns),
      (column) =>
        `CREATE ${draw.option('OR REPLACE ', 3)}RULE ${draw.name()} AS ON ${draw.of(['INSERT', 'DELETE'])} TO ${write(draw, name)}${draw.oneIn(2) ? ' DO INSTEAD NOTHING' : ` DO ALSO ${draw.of(['NOTHING', `SELECT count(${quote(localName(name))}.${quote(column.name)}) FROM ${write(draw, name)}`])}`}`,
    ),
  )

const parts: readonly Maker[] = [
  createTrigger(''),
  createTrigger('OR REPLACE '),
  (draw, catalog) =>
    on(triggerFunction(draw, catalog), (routine) =>
      onPart(
        'triggers',
        (drawn, name, table) =>
          `CREATE OR REPLACE TRIGGER ${name} ${drawn.of(['BEFORE', 'AFTER'])} INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION ${routine}()`,
      )(draw, catalog),
    ),
  onPart('triggers', (draw, name, table) => `DROP TRIGGER ${draw.option('IF EXISTS ', 4)}${name} ON ${table}`),
  onPart('triggers', (draw, name, table) => `ALTER TRIGGER ${name} ON ${table} RENAME TO ${draw.name()}`),
  onPart('triggers', (draw, name, table) => `ALTER TABLE ${table} ${draw.of(['DISABLE', 'ENABLE', 'ENABLE ALWAYS', 'ENABLE REPLICA'])} TRIGGER ${name}`),
  onPart('triggers', (draw, name, table) => `COMMENT ON TRIGGER ${name} ON ${table} IS ${draw.of([`'fires'`, 'NULL'])}`),
  createPolicy,
  onPart('policies', (draw, name, table) => `DROP POLICY ${draw.option('IF EXISTS ', 4)}${name} ON ${table}`),
  onPart('policies', (draw, name, table) => `ALTER POLICY ${name} ON ${table} RENAME TO ${draw.name()}`),
  onPart('policies', (draw, name, table, catalog) => `ALTER POLICY ${name} ON ${table} TO ${roleList(draw, catalog)}`),
  onPart('policies', (draw, name, table) => `COMMENT ON POLICY ${name} ON ${table} IS ${draw.of([`'guards'`, 'NULL'])}`),
  createRule,
  onPart(
    'rules',
    (draw, name, table) => `CREATE OR REPLACE RULE ${name} AS ON ${draw.of(['INSERT', 'DELETE'])} TO ${table} DO ${draw.of(['ALSO', 'INSTEAD'])} NOTHING`,
  ),
  onPart('rules', (draw, name, table) => `DROP RULE ${draw.option('IF EXISTS ', 4)}${name} ON ${table}`),
  onPart('rules', (draw, name, table) => `ALTER RULE ${name} ON ${table} RENAME TO ${draw.name()}`),
  onPart('rules', (draw, name, table) => `COMMENT ON RULE ${name} ON ${table} IS ${draw.of([`'rewrites'`, 'NULL'])}`),
]

const grantee = (draw: Draw, catalog: Catalog): string => {
  const role = draw.maybe(rolesIn(catalog))
  return role === undefined || draw.oneIn(4) ? 'PUBLIC' : quote(role)
}
const grants = (draw: Draw, catalog: Catalog, privileges: readonly string[], object: string): string =>
  draw.oneIn(3)
    ? `REVOKE ${draw.of(privileges)} ON ${object} FROM ${grantee(draw, catalog)}${draw.option(' CASCADE', 3)}`
    : `GRANT ${draw.of(privileges)} ON ${object} TO ${grantee(draw, catalog)}`

const ownable = (draw: Draw, catalog: Catalog): string | undefined => {
  const subjects = [
    ...[...catalog.tables.keys()].map((name) => `TABLE ${write(draw, name)}`),
    ...[...catalog.views].map(([name, { materialized }]) => `${materialized ? 'MATERIALIZED ' : ''}VIEW ${write(draw, name)}`),
    ...[...catalog.types].filter(([, { kind }]) => kind !== 'base').map(([name, { kind }]) => `${kind === 'domain' ? 'DOMAIN' : 'TYPE'} ${write(draw, name)}`),
    ...[...catalog.sequences].filter(([, { ownedBy }]) => !ownedBy).map(([name]) => `SEQUENCE ${write(draw, name)}`),
    ...[...catalog.routines.keys()].map((name) => `${routineWords(catalog, name)} ${name}`),
    ...[...catalog.schemas.keys()].filter((name) => name !== 'public').map((name) => `SCHEMA ${quote(name)}`),
  ]
  return draw.maybe(subjects)
}

const privileges: readonly Maker[] = [
  (draw, catalog) =>
    on(source(draw, catalog), ({ name }) => grants(draw, catalog, ['SELECT', 'INSERT', 'ALL', 'SELECT, UPDATE'], `TABLE ${write(draw, name)}`)),
  (draw, catalog) =>
    on(draw.maybe(catalog.tables), ([name, { columns }]) =>
      on(draw.maybe(columns), (column) =>
        grants(draw, catalog, [`SELECT (${quote(column.name)})`, `UPDATE (${quote(column.name)})`], `TABLE ${write(draw, name)}`),
      ),
    ),
  (draw, catalog) => on(draw.maybe(catalog.sequences.keys()), (name) => grants(draw, catalog, ['USAGE', 'ALL'], `SEQUENCE ${write(draw, name)}`)),
  (draw, catalog) => on(draw.maybe(catalog.routines.keys()), (name) => grants(draw, catalog, ['EXECUTE', 'ALL'], `${routineWords(catalog, name)} ${name}`)),
  (draw, catalog) => grants(draw, catalog, ['USAGE', 'CREATE', 'ALL'], `SCHEMA ${quote(draw.schema(catalog))}`),
  (draw, catalog) => grants(draw, catalog, ['SELECT', 'ALL'], `ALL TABLES IN SCHEMA ${quote(draw.schema(catalog))}`),
  (draw, catalog) =>
    `ALTER DEFAULT PRIVILEGES ${draw.option(`IN SCHEMA ${quote(draw.schema(catalog))} `, 2)}${draw.oneIn(3) ? 'REVOKE' : 'GRANT'} ALL ON ${draw.of(['TABLES', 'SEQUENCES', 'FUNCTIONS', 'TYPES'])} `.replace(
      /(REVOKE|GRANT) (.*) $/,
      (_all, verb, rest) => `${verb} ${rest} ${verb === 'REVOKE' ? 'FROM' : 'TO'} ${grantee(draw, catalog)}`,
    ),
  (draw, catalog) =>
    on(ownable(draw, catalog), (subject) => on(draw.maybe(rolesIn(catalog)), (role) => `ALTER ${subject} OWNER TO ${draw.of([quote(role), 'CURRENT_USER'])}`)),
]

const statisticsOf = (catalog: Catalog) => [...catalog.definitions.keys()].filter((key) => key.startsWith('definition "statistics"'))
const published = (catalog: Catalog) => [...catalog.definitions.keys()].filter((key) => key.startsWith('definition "publication"'))
const definitionName = (key: string): string =>
  partsOf(parseKey(key as ReturnType<typeof keyOf>).name)
    .slice(1)
    .map(quote)
    .join('.')

export const alterPublication: Maker = (draw, catalog) =>
  on(draw.maybe(published(catalog)), (key) =>
    draw.of([
      `ALTER PUBLICATION ${definitionName(key)} SET (publish = 'insert')`,
      `DROP PUBLICATION ${definitionName(key)}`,
      `ALTER PUBLICATION ${definitionName(key)} RENAME TO ${draw.name()}`,
    ]),
  )

const others: readonly Maker[] = [
  (draw, catalog) =>
    on(draw.maybe(catalog.tables), ([name, { columns }]) => {
      const chosen = draw.some(
        sortable(columns, catalog).filter(({ generated }) => generated?.stored !== false),
        3,
      )
      return chosen.length < 2
        ? undefined
        : `CREATE STATISTICS ${draw.option(`${draw.newName(catalog)} `, 2)}ON ${chosen.map((column) => quote(column.name)).join(', ')} FROM ${write(draw, name)}`
    }),
  (draw, catalog) =>
    on(draw.maybe(statisticsOf(catalog)), (key) =>
      draw.of([
        `ALTER STATISTICS ${definitionName(key)} SET STATISTICS 50`,
        `ALTER STATISTICS ${definitionName(key)} RENAME TO ${draw.name()}`,
        `DROP STATISTICS ${definitionName(key)}`,
        `COMMENT ON STATISTICS ${definitionName(key)} IS 'rows'`,
        `ALTER STATISTICS ${definitionName(key)} SET SCHEMA ${quote(draw.schema(catalog))}`,
      ]),
    ),
  // Of no table: one that is dropped leaves its publications silently, which memory does not follow.
  (draw) => `CREATE PUBLICATION ${draw.name()}`,
  alterPublication,
  () => 'CREATE ACCESS METHOD columnar TYPE TABLE HANDLER heap_tableam_handler',
  (draw, catalog) =>
    on(
      draw.maybe(catalog.tables),
      ([name]) =>
        `ALTER TABLE ${write(draw, name)} SET ${draw.of([...(catalog.definitions.has('definition "access method"."columnar"') ? ['ACCESS METHOD columnar', 'ACCESS METHOD DEFAULT'] : []), 'TABLESPACE fast', 'TABLESPACE pg_default'])}`,
    ),
  (draw, catalog) => `CREATE COLLATION ${draw.option('IF NOT EXISTS ', 3)}${draw.newName(catalog)} (provider = icu, locale = 'en-US')`,
  (draw, catalog) => on(draw.maybe([...catalog.schemas.keys()]), (name) => `COMMENT ON SCHEMA ${quote(name)} IS ${draw.of([`'place'`, 'NULL'])}`),
  (draw) =>
    draw.of([
      `SET LOCAL lock_timeout = '5s'`,
      'SELECT 1',
      'SAVEPOINT here',
      `SET LOCAL statement_timeout = 0`,
      `CREATE TEMPORARY TABLE IF NOT EXISTS scratch (id integer) ON COMMIT DROP`,
      'DROP TABLE IF EXISTS pg_temp.scratch',
    ]),
  (draw, catalog) =>
    on(draw.maybe(catalog.tables), ([name]) =>
      draw.of([
        published(catalog).length > 0 ? 'SELECT 2' : `DELETE FROM ${write(draw, name)} WHERE false`,
        `TRUNCATE ${write(draw, name)} CASCADE`,
        `ANALYZE ${write(draw, name)}`,
        `LOCK TABLE ${write(draw, name)} IN SHARE MODE`,
      ]),
    ),
  (draw, catalog) => `SET LOCAL search_path TO ${[...new Set([draw.schema(catalog), 'public'])].map(quote).join(', ')}`,
  (draw, catalog) => {
    const sources = [...catalog.tables.keys()].filter((name) => schemaOf(name) === 'public')
    return on(
      draw.maybe(sources),
      (name) =>
        `DO $do$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = 'public' AND table_name = '${localName(name)}') THEN DROP TABLE ${write(draw, name)}; END IF; END $do$`,
    )
  },
]

/** Whether a column can be compared for order, for those who write their own makers. */
export const isText = (column: Attribute, catalog: Catalog): boolean => sortOf(column.type, catalog) === 'text'

export const objectMakers: readonly Maker[] = [...views, ...routines, ...parts, ...privileges, ...others]
