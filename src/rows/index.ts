/** Rows for the tables of a catalog, as SQL: like those of production, tidy or not. */
import { rootOf } from '../changes/found-by.ts'
import type { Catalog, Table } from '../model/catalog.ts'
import { display, type RelationName } from '../model/name.ts'
import type { Plan } from './columns.ts'
import { type Facts, type ForeignKey, factsOf } from './facts.ts'
import { insertSql, withoutOrphans } from './insert.ts'
import { type Group, groupsOf, isRequiredKey, withParents } from './order.ts'
import { samplesOf } from './parents.ts'
import { type State, statesOf } from './states.ts'

/**
 * `benign`: no NULL where it can be avoided, and all values differ. `adverse`: a quarter of what can be NULL is, values come twice where they may, and some
 * are what a cast loses or a comparison stumbles over. Foreign keys hold in both.
 */
export type SeedStyle = 'benign' | 'adverse'

/** SQL that puts rows into one table: to be run by a superuser while `session_replication_role` is `replica`, so that no trigger fires. */
export type TableSeed = { readonly table: RelationName; readonly sql: string }

export type Seeds = {
  /** In the order to be run: parents before children; tables that refer to each other in a circle come twice. */
  readonly seeds: readonly TableSeed[]
  readonly unseedable: readonly { readonly table: RelationName; readonly why: string }[]
}

export type SeedOptions = {
  /** How many rows each table gets, or as many fewer as its keys allow. Default: 20. */
  readonly rows?: number
  readonly style: SeedStyle
  /** Where row numbers start. A second seeding with another offset brings other rows. Default: 0. */
  readonly offset?: number
  /** Values for columns that are no part of a key, as their types read them. */
  readonly values?: GivenValues
}

/** By table and column. */
export type GivenValues = ReadonlyMap<RelationName, ReadonlyMap<string, readonly string[]>>

/** The tables that a table gets its rows together with, and the foreign keys whose parents come later. */
type Company = { readonly members: readonly Facts[]; readonly apart: ReadonlySet<ForeignKey> }

type Settings = { readonly rows: number; readonly adverse: boolean; readonly first: number; readonly values: GivenValues }

/** Rows are numbered from here: what a sequence gives to the first rows of an application stays free. */
const firstNumber = 1001
const usualRows = 20

/** Why a relation gets no rows of its own; undefined where it does. */
const refusal = (catalog: Catalog, name: RelationName, table: Table | undefined): string | undefined => {
  if (!table) return catalog.views.has(name) ? 'a view has no rows of its own' : 'it is no table of the catalog'
  if (table.kind === 'foreign') return 'a foreign table has its rows elsewhere'
  const leaves = table.kind === 'partitioned' ? [...catalog.tables.values()].some(({ partitionOf }) => partitionOf?.parent === name) : true
  return leaves ? undefined : 'it has no partition that could hold a row'
}

const columnsOnly = ({ required }: Facts): State => new Map([...required].map((column) => [column, { null: false }]))

/** Columns that are NULL in the first rows of a circle of tables. */
const loose = (catalog: Catalog, { foreignKeys }: Facts, members: readonly Facts[]): ReadonlySet<string> =>
  new Set(foreignKeys.filter(({ references }) => members.some(({ name }) => name === rootOf(catalog, references))).flatMap(({ columns }) => columns))

const planOf = (catalog: Catalog, facts: Facts, settings: Settings, { members, apart }: Company): Plan => {
  const circular = loose(catalog, facts, members)
  const own = facts.foreignKeys.filter((key) => key.references === facts.name && isRequiredKey(key, facts))
  const sampled = facts.foreignKeys.filter((key) => !own.includes(key) && !apart.has(key))
  return {
    catalog,
    facts,
    ...settings,
    given: settings.values.get(facts.name) ?? new Map(),
    states: statesOf(columnsOnly(facts), facts.conditions, (column) => !settings.adverse && !circular.has(column)),
    samples: samplesOf(sampled, (key) => isRequiredKey(key, facts)),
    own,
    apart,
  }
}

const none: ReadonlySet<ForeignKey> = new Set()

/** Writes the seeds of one group after the other, and remembers which tables stay empty. */
class Writer {
  readonly seeds: TableSeed[] = []
  readonly refused = new Map<RelationName, string>()
  readonly #catalog: Catalog
  readonly #settings: Settings

  constructor(catalog: Catalog, settings: Settings) {
    this.#catalog = catalog
    this.#settings = settings
  }

  write({ members, circular, promised }: Group): void {
    const { rows, first } = this.#settings
    if (!circular || rows < 2) return this.#pass(members, this.#settings, promised)
    const half = Math.ceil(rows / 2)
    this.#pass(members, { ...this.#settings, rows: half }, promised)
    // Parents are there now: the other half of the rows can refer to them.
    this.#pass(members, { ...this.#settings, rows: rows - half, first: first + half }, none)
  }

  #pass(members: readonly Facts[], settings: Settings, promised: ReadonlySet<ForeignKey>): void {
    for (const facts of members) this.#table(facts, settings, { members, apart: promised })
    const last = members.at(-1)
    if (last && promised.size > 0) this.seeds.push({ table: last.name, sql: withoutOrphans(members) })
  }

  #table(facts: Facts, settings: Settings, company: Company): void {
    if (this.refused.has(facts.name)) return
    const orphan = facts.foreignKeys.find((key) => isRequiredKey(key, facts) && this.refused.has(rootOf(this.#catalog, key.references)))
    const insert = orphan
      ? { why: `its rows need a row of ${display(orphan.references)}, which can have none` }
      : insertSql(planOf(this.#catalog, facts, settings, company))
    if ('why' in insert) this.refused.set(facts.name, insert.why)
    else this.seeds.push({ table: facts.name, sql: insert.sql })
  }
}

/**
 * Rows for tables, and for the tables that their foreign keys lead to. Each seed offers the database more rows than are wanted and lets its own conditions
 * choose: what is inserted meets every CHECK, key and foreign key, and a table whose conditions are too hard gets fewer rows, or none. Rows of partitions are
 * written through the root.
 */
export const seedRows = (
  catalog: Catalog,
  tables: ReadonlySet<RelationName> | 'all',
  { rows = usualRows, style, offset = 0, values = new Map() }: SeedOptions,
): Seeds => {
  const wanted = new Set([...(tables === 'all' ? catalog.tables.keys() : tables)].map((name) => rootOf(catalog, name)))
  const writer = new Writer(catalog, { rows, adverse: style === 'adverse', first: firstNumber + offset, values })
  const facts = (name: RelationName): Facts | undefined => {
    const table = catalog.tables.get(name)
    const why = refusal(catalog, name, table)
    if (why !== undefined) writer.refused.set(name, why)
    return why === undefined && table ? factsOf(catalog, name, table) : undefined
  }
  for (const group of groupsOf(withParents(wanted, facts, catalog), catalog)) writer.write(group)
  return { seeds: writer.seeds, unseedable: [...writer.refused].map(([table, why]) => ({ table, why })) }
}
