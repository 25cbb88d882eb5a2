/** The first look at a database: what its reading is built for. The answers hold within one snapshot. */
import { ownSchema } from '../../../model/name.ts'
import type { Row } from '../../../model/session.ts'
import { firstOwn, literal, type Presence, quoted } from './fragment.ts'

export type TableName = { readonly schema: string; readonly table: string }

export type Census = {
  readonly schemas: readonly string[]
  /** Of these, those that hold nothing but the excluded tables. */
  readonly ledgerOnly: readonly string[]
  /** Relations that are left out. */
  readonly excluded: readonly string[]
  /** Members of extensions: OIDs of the catalog and of the object. */
  readonly members: readonly (readonly [catalog: string, oid: string])[]
  /** Where there is so much that looking things up one by one takes longer than reading all. */
  readonly large: boolean
  /** All conditions that are true, as one text. */
  readonly present: string
  /** Whether one of its conditions is true; no condition always is. */
  isPresent(presence: Presence | undefined): boolean
}

const isExcluded = (exclude: readonly TableName[]): string =>
  exclude.length === 0 ? 'false' : `(s.nspname, c.relname) IN (${exclude.map(({ schema, table }) => `(${literal(schema)}, ${literal(table)})`).join(', ')})`

const ledgerSchemas = (exclude: readonly TableName[]): string => {
  const names = [...new Set(exclude.map(({ schema }) => schema))].filter((name) => name !== 'public')
  return names.length === 0 ? 'false' : `s.nspname IN (${names.map(literal).join(', ')})`
}

const excludedOf = (exclude: readonly TableName[]): string => `
WITH excluded_table AS MATERIALIZED (SELECT c.oid FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace WHERE ${isExcluded(exclude)})
  SELECT oid::text FROM excluded_table
  UNION ALL SELECT indexrelid::text FROM pg_index WHERE indrelid IN (SELECT oid FROM excluded_table)
  UNION ALL SELECT objid::text FROM pg_depend WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i') AND refobjid IN (SELECT oid FROM excluded_table)`

/** The schema's other relations, functions and types: none of them may be there when a schema is left out with its ledger. */
const holdsNothingElse = (
  exclude: readonly TableName[],
): string => `NOT EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = s.oid AND c.oid::text NOT IN (${excludedOf(exclude)}))
    AND NOT EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = s.oid)
    AND NOT EXISTS (SELECT FROM pg_type t WHERE t.typnamespace = s.oid AND t.typrelid = 0 AND t.typcategory <> 'A')`

/** Bytes; a new database has 114,688. */
const largeCatalog = 180_224

const schemasOf = (exclude: readonly TableName[]): string => `
SELECT s.oid::text AS oid, ${exclude.length === 0 ? 'false' : `(${ledgerSchemas(exclude)}) AND ${holdsNothingElse(exclude)}`} AS ledger_only, pg_relation_size('pg_class') > ${largeCatalog} AS large
FROM pg_namespace s WHERE s.nspname !~ '^pg_' AND s.nspname NOT IN ('information_schema', ${literal(ownSchema)})
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass AND d.objid = s.oid AND d.deptype = 'e')`

/** What initdb's plpgsql has stands in pg_catalog, or is older than anybody's own. */
const membersOf = `SELECT d.classid::oid::text AS catalog, d.objid::text AS oid FROM pg_depend d WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
  AND d.refobjid NOT IN (SELECT e.oid FROM pg_extension e WHERE e.extname = 'plpgsql' AND e.oid < ${firstOwn})`

type How = keyof Presence
type Condition = readonly [how: How, what: string]

const conditionsOf = (presence: Presence): readonly Condition[] => Object.entries(presence) as readonly (readonly [How, string])[]

/** The schemas whose objects are PostgreSQL's own, or pass with a session. */
const systemSchemas = `SELECT n.oid FROM pg_namespace n WHERE n.nspname ~ '^pg_' OR n.nspname = 'information_schema'`

/** One scan for all conditions over the rows of a catalog: which of them some row fulfils. */
const someRow = (conditions: readonly string[], from: string): string =>
  `SELECT ARRAY[${conditions.map((condition) => `coalesce(bool_or(${condition}), false)`).join(', ')}]::text[] AS present FROM ${from}`

/** By how a condition is asked: the statement that tells of each whether it is true, as text. */
const asked: { readonly [H in How]: (what: readonly string[]) => string } = {
  standing: (catalogs) =>
    `SELECT ARRAY[${catalogs.map((catalog) => `'${catalog}'::regclass = ANY (found)`).join(', ')}]::text[] AS present
    FROM (SELECT array_agg(DISTINCT d.classid) AS found FROM pg_depend d WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid NOT IN (${systemSchemas})) standing`,
  filled: (catalogs) => `SELECT ARRAY[${catalogs.map((catalog) => `pg_relation_size('${catalog}') > 0`).join(', ')}]::text[] AS present`,
  relation: (conditions) => someRow(conditions, `pg_class x WHERE x.oid >= ${firstOwn}`),
  column: (conditions) => someRow(conditions, `pg_attribute x WHERE x.attrelid >= ${firstOwn} AND x.attnum > 0`),
  schema: (conditions) => someRow(conditions, `pg_namespace x WHERE x.oid NOT IN (${systemSchemas})`),
  trigger: (conditions) =>
    `SELECT ARRAY[${conditions.map((condition) => `EXISTS (SELECT FROM pg_trigger x WHERE ${condition})`).join(', ')}]::text[] AS present`,
  made: (catalogs) =>
    `SELECT ARRAY[${catalogs.map((catalog) => `EXISTS (SELECT FROM ${catalog} x WHERE x.oid >= ${firstOwn})`).join(', ')}]::text[] AS present`,
}

export type Look = {
  readonly statements: readonly string[]
  /** From the answers to the statements. */
  census(answers: readonly (readonly Row[])[]): Census
}

/** A first look: a database has few of the kinds of things that there are, and asking for one costs the server the same whether it has it. */
export const look = (exclude: readonly TableName[], presences: readonly Presence[]): Look => {
  const conditions = presences.flatMap(conditionsOf)
  const groups = (Object.keys(asked) as readonly How[]).flatMap((how) => {
    const all = [...new Set(conditions.flatMap(([each, what]) => (each === how ? [what] : [])))]
    return all.length === 0 ? [] : [{ how, all }]
  })
  const head = [schemasOf(exclude), membersOf, ...(exclude.length === 0 ? [] : [excludedOf(exclude)])]
  return {
    statements: [...head, ...groups.map(({ how, all }) => asked[how](all))],
    census: (answers) => {
      const [schemas = [], members = [], excluded = []] = answers
      const present = new Set(
        groups.flatMap(({ how, all }, at) => {
          const [row] = answers[head.length + at] ?? []
          return all.filter((_, place) => (row?.present as readonly unknown[] | undefined)?.[place] === 'true').map((what) => `${how} ${what}`)
        }),
      )
      return {
        schemas: schemas.map(({ oid }) => String(oid)),
        ledgerOnly: schemas.flatMap(({ oid, ledger_only }) => (ledger_only === true ? [String(oid)] : [])),
        excluded: exclude.length === 0 ? [] : excluded.map(({ oid }) => String(oid)),
        members: members.map(({ catalog, oid }) => [String(catalog), String(oid)]),
        present: [...present].join('\n'),
        large: schemas.some(({ large }) => large === true),
        isPresent: (presence) => presence === undefined || conditionsOf(presence).some(([how, what]) => present.has(`${how} ${what}`)),
      }
    },
  }
}

const list = (oids: readonly string[]): string => `'{${oids.join(',')}}'::oid[]`

const memberRows = (members: Census['members']): string =>
  members.length === 0
    ? 'SELECT NULL::oid AS classid, NULL::oid AS objid WHERE false'
    : `SELECT * FROM unnest(${list(members.map(([catalog]) => catalog))}, ${list(members.map(([, oid]) => oid))}) m(classid, objid)`

const without = (excluded: readonly string[]): string => (excluded.length === 0 ? '' : ` AND c.oid <> ALL (${list(excluded)})`)

/** What fragments read from beside the system catalogs, each after what it is made of. */
const readable = ({ schemas, ledgerOnly, excluded, members }: Census): readonly (readonly [name: string, rows: string])[] => [
  ['member', memberRows(members)],
  [
    'namespace',
    `SELECT s.*, ${quoted('s.nspname')} AS identity, s.oid = ANY (${list(ledgerOnly)}) AS ledger_only FROM pg_namespace s WHERE s.oid = ANY (${list(schemas)})`,
  ],
  [
    'relation',
    `SELECT c.*, ${quoted('s.nspname')} || '.' || ${quoted('c.relname')} AS identity FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
  WHERE c.relnamespace = ANY (${list(schemas)}) AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'c', 'i', 'I')${without(excluded)}${
    members.length === 0
      ? ''
      : ` AND NOT EXISTS (SELECT FROM member WHERE member.classid = 'pg_class'::regclass AND member.objid = c.oid)
    AND NOT EXISTS (SELECT FROM pg_index i JOIN member ON member.classid = 'pg_class'::regclass AND member.objid = i.indrelid WHERE i.indexrelid = c.oid)`
  }`,
  ],
]

/** Puts `WITH` before a statement: of `namespace`, `relation` and `member` what it reads from, for a server spends time on the others too. */
export const framing = (census: Census): ((sql: string) => string) => {
  const all = readable(census)
  // One too many does no harm.
  return (sql) => {
    const used = all.filter(([name], at) => sql.includes(name) || all.slice(at + 1).some(([other, rows]) => sql.includes(other) && rows.includes(name)))
    return used.length === 0 ? sql : `WITH ${used.map(([name, rows]) => `${name} AS NOT MATERIALIZED (${rows})`).join(',\n')}\n${sql}`
  }
}
