/** Which table of the code a name in SQL means. */
import type { KnownTable, TableName } from './nouns.ts'
import type { Base } from './scopes.ts'

/** The catalog's own tables are no table of an application. */
const isSystem = (schema: string | undefined, name: string): boolean =>
  schema === 'pg_catalog' || schema === 'information_schema' || (schema === undefined && name.startsWith('pg_'))

const exactly = (table: TableName, known: KnownTable | undefined): Base => ({ schema: table.schema, name: table.name, known, confidence: 'certain' })

export class Tables {
  readonly all: readonly KnownTable[]
  readonly #byName = new Map<string, KnownTable[]>()
  readonly #byColumn = new Map<string, KnownTable[]>()

  constructor(tables: readonly KnownTable[]) {
    this.all = tables
    for (const table of tables) {
      this.#add(this.#byName, table.name, table)
      for (const { name } of table.columns) this.#add(this.#byColumn, name, table)
    }
  }

  #add(map: Map<string, KnownTable[]>, name: string, table: KnownTable): void {
    const there = map.get(name)
    if (there) there.push(table)
    else map.set(name, [table])
  }

  hasName(name: string): boolean {
    return this.#byName.has(name)
  }

  find({ schema, name }: TableName): KnownTable | undefined {
    return this.#byName.get(name)?.find((table) => table.schema === schema)
  }

  symbol(table: TableName): Base {
    return exactly(table, this.find(table))
  }

  /** Undefined for a system table. A name without a schema is looked for in `public` first: the search path is not known. */
  named(name: string, schema?: string): Base | undefined {
    if (isSystem(schema, name)) return undefined
    if (schema !== undefined) return this.symbol({ schema, name })
    const tables = this.#byName.get(name) ?? []
    const first = tables.find((table) => table.schema === 'public') ?? tables[0]
    if (!first) return exactly({ schema: 'public', name }, undefined)
    if (tables.length === 1) return exactly(first, first)
    if (first.schema === 'public') return { ...exactly(first, first), confidence: 'high' }
    return { ...exactly(first, first), confidence: 'possible', candidates: tables.map((table) => ({ schema: table.schema, name: table.name })) }
  }

  /** The tables that have a column of that name. */
  withColumn(column: string): readonly KnownTable[] {
    return this.#byColumn.get(column) ?? []
  }
}

const kept = new WeakMap<readonly KnownTable[], Tables>()

/** One list of tables is looked through for all fragments of a project: it is indexed once. */
export const tablesOf = (tables: readonly KnownTable[]): Tables => {
  const known = kept.get(tables) ?? new Tables(tables)
  kept.set(tables, known)
  return known
}
