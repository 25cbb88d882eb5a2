/** What a statement wrote into PostgreSQL's own system catalogs, read raw: a witness that knows nothing of how we read and compare them. */
import type { Json } from '../../src/model/json.ts'
import type { Session } from '../../src/model/session.ts'
import { literal } from './generate-draw.ts'

export type RawRow = { readonly catalog: string; readonly row: { readonly [column: string]: Json } }
export type RawCatalog = {
  /** A line per row; of rows that are as old as the database, how many each catalog has. */
  readonly lines: readonly string[]
  /** The rows, without the old ones. */
  readonly rows: readonly RawRow[]
}

/** Samples of data, dependencies that follow from other rows, and what is the cluster's beyond roles and the database itself. */
const unread = [
  'pg_statistic',
  'pg_statistic_ext_data',
  'pg_largeobject',
  'pg_largeobject_metadata',
  'pg_shdepend',
  'pg_shseclabel',
  'pg_parameter_acl',
  'pg_replication_origin',
  'pg_tablespace',
]

/** Where rows lie, how many there are, up to where they are frozen, and flags that are cleared late. */
const volatile: { readonly [catalog: string]: readonly string[] } = {
  pg_class: [
    ...['relfilenode', 'relpages', 'reltuples', 'relallvisible', 'relallfrozen', 'relfrozenxid', 'relminmxid', 'relrewrite'],
    ...['relhasindex', 'relhasrules', 'relhastriggers', 'relhassubclass'],
  ],
  pg_attribute: ['attmissingval', 'atthasmissing'],
  pg_index: ['indcheckxmin'],
  pg_database: ['datfrozenxid', 'datminmxid'],
}

/** What PostgreSQL prints of the trees that it keeps expressions as. */
const printedTrees: { readonly [catalog: string]: { readonly [column: string]: string } } = {
  pg_attrdef: { adbin: 'pg_get_expr(x.adbin, x.adrelid)' },
  pg_index: { indexprs: 'pg_get_expr(x.indexprs, x.indrelid)', indpred: 'pg_get_expr(x.indpred, x.indrelid)' },
  pg_constraint: { conbin: 'pg_get_expr(x.conbin, x.conrelid)' },
  pg_statistic_ext: { stxexprs: 'pg_get_expr(x.stxexprs, x.stxrelid)' },
  pg_policy: { polqual: 'pg_get_expr(x.polqual, x.polrelid)', polwithcheck: 'pg_get_expr(x.polwithcheck, x.polrelid)' },
}

/** The privileges that a missing ACL stands for. */
const implied: { readonly [catalog: string]: string } = {
  pg_class: `acldefault(CASE x.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", x.relowner)`,
  pg_proc: `acldefault('f', x.proowner)`,
  pg_type: `acldefault('T', x.typowner)`,
  pg_namespace: `acldefault('n', x.nspowner)`,
  pg_language: `acldefault('l', x.lanowner)`,
  pg_foreign_data_wrapper: `acldefault('F', x.fdwowner)`,
  pg_foreign_server: `acldefault('S', x.srvowner)`,
}

/** What is older and changes all the same: the schema public with its comment, and comments on extensions. */
const alsoNew: { readonly [catalog: string]: readonly string[] } = {
  pg_namespace: [`x.nspname = 'public'`],
  pg_description: [
    `x.classoid = 'pg_extension'::regclass`,
    `x.classoid = 'pg_namespace'::regclass AND x.objoid = (SELECT n.oid FROM pg_namespace n WHERE n.nspname = 'public')`,
  ],
}

/** Of dependencies only what a statement sets by itself: owned sequences, members of extensions, DEPENDS ON EXTENSION. */
const only: { readonly [catalog: string]: string } = { pg_depend: `x.deptype IN ('a', 'e', 'x')`, pg_database: 'x.datname = current_database()' }

/** A reader of all rows that were written after this moment, and of how many older ones are left. */
export const rawReader = async (session: Session): Promise<() => Promise<RawCatalog>> => {
  const [{ xid } = {}] = await session.query('SELECT pg_current_xact_id()::text AS xid')
  const catalogs = (
    await session.query(
      `SELECT relname FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' AND relname <> ALL ('{${unread.join()}}') ORDER BY relname`,
    )
  ).map(({ relname }) => String(relname))
  const isLater = `age(x.xmin) < age(${literal(String(Number(xid) % 2 ** 32))}::xid)`
  // Each a statement of its own, for one query of all of them costs the server more.
  const sql = catalogs
    .map((catalog) => {
      const trees = Object.entries(printedTrees[catalog] ?? {}).flatMap(([column, text]) => [`'${column} as text'`, text])
      const more = [...(implied[catalog] ? ["'implied'", implied[catalog]] : []), ...trees]
      const beside = more.length > 0 ? ` || jsonb_build_object(${more.join()})` : ''
      const text = `(to_jsonb(x) - '{${(volatile[catalog] ?? []).join()}}'::text[]${beside})::text`
      const where = only[catalog] === undefined ? '' : ` WHERE ${only[catalog]}`
      const isNew = `(${[isLater, ...(alsoNew[catalog] ?? [])].join(' OR ')})`
      return `SELECT count(*) FILTER (WHERE NOT ${isNew}) AS old, array_agg(${text}) FILTER (WHERE ${isNew}) AS rows FROM ${catalog} x${where}`
    })
    .join(';')
  return async () => {
    const answers = await session.results(sql)
    const texts = catalogs.flatMap((catalog, at) => ((answers[at]?.[0]?.rows ?? []) as readonly string[]).map((text) => ({ catalog, text })))
    let rows: readonly RawRow[] | undefined
    return {
      lines: [
        ...texts.map(({ catalog, text }) => `${catalog} ${text}`),
        ...catalogs.map((catalog, at) => `${catalog} ${String(answers[at]?.[0]?.old)} old rows`),
      ],
      get rows() {
        rows ??= texts.map(({ catalog, text }) => ({ catalog, row: JSON.parse(text) as RawRow['row'] }))
        return rows
      },
    }
  }
}

const plain = ({ catalog, row }: RawRow): string => `${catalog} ${JSON.stringify(row)}`

const beyond = (some: readonly string[], others: readonly string[]): readonly string[] => {
  const left = new Map<string, number>()
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1)
  return some.filter((line) => {
    const count = left.get(line) ?? 0
    left.set(line, count - 1)
    return count <= 0
  })
}

export type RawDifference = { readonly gone: readonly string[]; readonly made: readonly string[] }

const between = (before: readonly string[], after: readonly string[]): RawDifference => ({ gone: beyond(before, after), made: beyond(after, before) })

/** All that differs, to the last OID. */
export const rawDifference = (before: RawCatalog, after: RawCatalog): RawDifference => between(before.lines, after.lines)

export const isEmpty = ({ gone, made }: RawDifference): boolean => gone.length + made.length === 0

/** By what a row is known when it is made anew under another OID. */
const keys: { readonly [catalog: string]: (row: RawRow['row']) => readonly (Json | undefined)[] } = {
  pg_class: ({ relnamespace, relname }) => [relnamespace, relname],
  pg_type: ({ typnamespace, typname }) => [typnamespace, typname],
  pg_attrdef: ({ adrelid, adnum }) => [adrelid, adnum],
  pg_constraint: ({ conrelid, contypid, conname }) => [conrelid, contypid, conname],
  pg_trigger: ({ tgrelid, tgname, tgisinternal, tgconstraint, tgfoid }) => [tgrelid, tgisinternal ? `${tgconstraint} ${tgfoid}` : tgname],
  pg_rewrite: ({ ev_class, rulename }) => [ev_class, rulename],
  pg_statistic_ext: ({ stxnamespace, stxname }) => [stxnamespace, stxname],
  pg_publication_rel: ({ prpubid, prrelid }) => [prpubid, prrelid],
  pg_publication_namespace: ({ pnpubid, pnnspid }) => [pnpubid, pnnspid],
}

const oidsOf = ({ rows }: RawCatalog): ReadonlyMap<string, RawRow> =>
  new Map(rows.flatMap((row): [string, RawRow][] => (row.row.oid === undefined ? [] : [[String(row.row.oid), row]])))

/** A row as text, with the names of what the other side does not have under that OID. */
const namer = (mine: ReadonlyMap<string, RawRow>, theirs: ReadonlyMap<string, RawRow>): ((text: string) => string) => {
  const names = new Map<string, string>()
  const name = (oid: string): string => {
    const found = mine.get(oid)
    const key = found && !theirs.has(oid) ? keys[found.catalog] : undefined
    if (!found || !key) return oid
    const known = names.get(oid)
    if (known !== undefined) return known
    names.set(oid, oid)
    const made = `<${found.catalog} ${key(found.row).map((part) => named(String(part)))}>`.replaceAll(/["\\]/g, "'")
    names.set(oid, made)
    return made
  }
  const named = (text: string): string => text.replaceAll(/(?<!\d)\d{5,}(?!\d)/g, name)
  return named
}

/** What counts of a row; undefined: nothing of it. */
export type Reading = (row: RawRow, all: RawCatalog) => RawRow['row'] | undefined

const counts = ({ lines }: RawCatalog): readonly string[] => lines.filter((line) => line.endsWith(' old rows'))

const readLines = (all: RawCatalog, reading: Reading, named: (text: string) => string): readonly string[] => [
  ...counts(all),
  ...all.rows.flatMap(({ catalog, row }) => {
    const left = reading({ catalog, row }, all)
    return left ? [named(plain({ catalog, row: left }))] : []
  }),
]

/** What differs once all that was made anew goes by its name, and rows are read so. */
export const namedDifference = (before: RawCatalog, after: RawCatalog, reading: Reading = ({ row }) => row): RawDifference => {
  const [old, fresh] = [oidsOf(before), oidsOf(after)]
  return between(readLines(before, reading, namer(old, fresh)), readLines(after, reading, namer(fresh, old)))
}

const changedOf = (gone: string, made: string): string | undefined => {
  const [catalog = '', other = ''] = [gone, made].map((line) => line.slice(0, line.indexOf(' ')))
  if (catalog !== other || !gone.includes('{') || !made.includes('{')) return undefined
  const [from, to] = [gone, made].map((line) => JSON.parse(line.slice(line.indexOf(' '))) as RawRow['row'])
  const changed = Object.keys({ ...from, ...to }).filter((column) => JSON.stringify(from?.[column]) !== JSON.stringify(to?.[column]))
  return `  ${catalog} ${changed.map((column) => `${column} ${JSON.stringify(from?.[column])} -> ${JSON.stringify(to?.[column])}`).join(', ')}`
}

/** The rows for a person: of one that was changed only the columns that were. */
export const displayRows = ({ gone, made }: RawDifference): string => {
  const [from, to] = [gone[0], made[0]]
  const changed = gone.length === 1 && made.length === 1 && from !== undefined && to !== undefined ? changedOf(from, to) : undefined
  return changed ?? [...gone.map((row) => `  - ${row}`), ...made.map((row) => `  + ${row}`)].join('\n')
}
