/** SQL that a client's call sends: its uses are recorded where it is sent, once all tables are known. */
import type { CodeTable, CodeUse } from '../../../model/code.ts'
import { any, Model, type Site, type Value } from '../value.ts'
import { type ColumnName, readSqlText, type SqlPart, type SqlReading, type SqlUse, type TableName } from './index.ts'

/** Tables are declared while the program is followed: they are asked for at its end. */
export type TablesSoFar = () => readonly CodeTable[]

type Reading = () => SqlReading

const positionOf = (tables: readonly CodeTable[], { schema, name }: TableName): number =>
  tables.findIndex((table) => table.schema === schema && table.name === name)

/** A row of a result, by the names that the database gives. */
class SqlRow extends Model {
  readonly what = 'sql row'
  readonly #read: (name: string, site: Site) => void
  constructor(read: (name: string, site: Site) => void) {
    super()
    this.#read = read
  }

  override get(name: string, site: Site): Value {
    site.machine.atEnd(() => this.#read(name, site))
    return any
  }
}

export class SqlRuns {
  readonly #tables: TablesSoFar
  readonly #rows = new Map<string, SqlRow>()

  constructor(tables: TablesSoFar) {
    this.#tables = tables
  }

  /** Records what a statement does, and answers one of its rows. */
  run(parts: readonly SqlPart[], site: Site): Value {
    let known: SqlReading | undefined
    const reading: Reading = () => (known ??= readSqlText(parts, { place: 'statement', tables: this.#tables() }))
    site.machine.atEnd(() => this.#record(reading(), site))
    return this.#row(parts, reading)
  }

  /** Equal statements answer the same row: functions are followed once per kind of arguments. */
  #row(parts: readonly SqlPart[], reading: Reading): SqlRow {
    const key = JSON.stringify(parts)
    const row = this.#rows.get(key) ?? new SqlRow((name, site) => this.#readProperty(reading(), name, site))
    this.#rows.set(key, row)
    return row
  }

  #readProperty({ output }: SqlReading, name: string, site: Site): void {
    for (const column of output ?? []) if (column.name === name) for (const from of column.from) this.#property(from, site)
  }

  #property({ schema, table: name, column }: ColumnName, site: Site): void {
    const table = positionOf(this.#tables(), { schema, name })
    if (table !== -1) site.machine.use({ table, column, access: 'read', role: 'property', via: 'explicit', confidence: 'high' }, site)
  }

  #record({ uses, inserts, unread }: SqlReading, site: Site): void {
    for (const use of uses) for (const table of use.candidates ?? [{ schema: use.schema, name: use.table }]) this.#use(use, table, site)
    for (const { given, open, ...table } of inserts) {
      const position = positionOf(this.#tables(), table)
      if (position !== -1) site.machine.insert({ table: position, given, open }, site)
    }
    for (const why of unread) site.machine.gap(`SQL: ${why}`, site)
  }

  #use({ column, value, access, role, via, confidence }: SqlUse, named: TableName, site: Site): void {
    const table = positionOf(this.#tables(), named)
    if (table === -1) return site.machine.gap(`SQL names ${named.schema}.${named.name}, which the code declares nowhere`, site)
    const use: Omit<CodeUse, 'file' | 'line'> = {
      table,
      ...(column === undefined ? {} : { column }),
      ...(value === undefined ? {} : { value }),
      access,
      role,
      via,
      confidence,
    }
    site.machine.use(use, site)
  }
}
