/** `pgView('name').as((qb) => qb.select(…))`, `pgView('name', { … }).existing()`. */
import { any, type CallSite, type Value } from '../value.ts'
import { unknownColumn } from './builder.ts'
import { Column } from './column.ts'
import { declareTable } from './declare.ts'
import { Expression } from './expression.ts'
import { DrizzleModel, type Methods } from './model.ts'
import { Query } from './query.ts'
import { QueryBuilder } from './query-builder.ts'
import type { Registry } from './registry.ts'
import { Row } from './row.ts'
import type { Table, TableHead } from './table.ts'
import { each, isCallable } from './values.ts'

/** A view's column has the name that its query gives it. */
const viewColumn = (view: Table, key: string, field: Value): Column | undefined => {
  if (field instanceof Column) return new Column(view.ground, view, key, { ...field.facts, name: field.name }, [field])
  if (!(field instanceof Expression)) return undefined
  const behind = [...field.parts.mentions, ...field.parts.texts.flatMap(({ holes }) => holes.mentions)].map(({ column }) => column)
  return new Column(view.ground, view, key, { ...unknownColumn(view.head), name: field.alias ?? key }, [...new Set(behind)])
}

export class ViewStart extends DrizzleModel {
  readonly what = 'drizzle view'
  readonly #registry: Registry
  readonly #head: TableHead
  readonly #columns: Value | undefined

  constructor(registry: Registry, head: TableHead, columns: Value | undefined) {
    super()
    this.#registry = registry
    this.#head = head
    this.#columns = columns
  }

  protected override methods(): Methods {
    const itself = (): Value => this
    return { with: itself, using: itself, tablespace: itself, withNoData: itself, existing: (site) => this.#declare(site), as: (site) => this.#as(site) }
  }

  #declare(site: CallSite): Table {
    return declareTable(this.#registry, this.#head, this.#columns, site)
  }

  #as(site: CallSite): Value {
    const view = this.#declare(site)
    if (this.#columns !== undefined) return view
    for (const definition of each(site.args[0])) {
      const query = isCallable(definition) ? site.machine.invoke(definition, [new QueryBuilder(view.ground, true)], site) : definition
      for (const single of each(query)) this.#select(view, single instanceof Query ? single.rowValue() : any)
    }
    return view
  }

  #select(view: Table, rows: Value | undefined): void {
    for (const row of each(rows)) {
      if (!(row instanceof Row)) continue
      for (const [key, field] of row.shape) {
        const column = each(field).map((single) => viewColumn(view, key, single))[0]
        if (column !== undefined && !view.columns.has(key)) view.columns.set(key, column)
      }
    }
  }
}
