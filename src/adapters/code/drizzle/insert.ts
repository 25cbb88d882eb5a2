/** `db.insert(table)`. */
import type { CallSite, Value } from '../value.ts'
import { changeOf } from './change.ts'
import { Column, columnsOf } from './column.ts'
import type { Ground } from './ground.ts'
import { DrizzleModel, type Methods } from './model.ts'
import { Query } from './query.ts'
import { recordColumn, recordExpression, recordImplicit, recordTable } from './record.ts'
import { Row } from './row.ts'
import type { Source } from './source.ts'
import { each, isCallable } from './values.ts'
import { recordWritten } from './written.ts'

export class Insert extends DrizzleModel {
  readonly what = 'drizzle insert'
  readonly #ground: Ground
  readonly #table: Source
  /** What `(qb) => ...` gets. */
  readonly #queryBuilder: Value

  constructor(ground: Ground, table: Source, queryBuilder: Value) {
    super()
    this.#ground = ground
    this.#table = table
    this.#queryBuilder = queryBuilder
  }

  protected override methods(): Methods {
    return { values: (site) => this.#values(site), select: (site) => this.#select(site), overridingSystemValue: () => this }
  }

  #values(site: CallSite): Value {
    recordTable(this.#table, 'values', 'write', site)
    for (const written of recordWritten(this.#table, site.args[0], 'values', site, this.#ground)) {
      site.machine.insert({ table: this.#table.number, ...written }, site)
    }
    return changeOf(this.#ground, this.#table, 'insert', site)
  }

  /** INSERT ... SELECT writes the columns whose keys the query has. */
  #select(site: CallSite): Value {
    recordTable(this.#table, 'values', 'write', site)
    for (const arg of each(site.args[0])) {
      const given = isCallable(arg) ? site.machine.invoke(arg, [this.#queryBuilder], site) : arg
      for (const query of each(given)) this.#selected(query, site)
    }
    return changeOf(this.#ground, this.#table, 'insert', site)
  }

  #selected(query: Value, site: CallSite): void {
    const rows = query instanceof Query ? each(query.rowValue()).filter((row): row is Row => row instanceof Row) : []
    if (rows.length === 0) {
      recordExpression(query, { role: 'sql' }, site, this.#ground)
      recordImplicit(columnsOf(this.#table), 'values', 'write', site)
      return site.machine.insert({ table: this.#table.number, given: [], open: true }, site)
    }
    for (const row of rows) this.#columns(row, site)
  }

  #columns(row: Row, site: CallSite): void {
    const columns = [...row.shape.keys()].map((key) => this.#table.fields().get(key)).filter((column): column is Column => column instanceof Column)
    for (const column of columns) recordColumn(column, 'values', 'write', site)
    site.machine.insert({ table: this.#table.number, given: columns.map(({ name }) => name), open: false }, site)
  }
}
