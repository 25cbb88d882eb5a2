/** `db`, and the `tx` of a transaction: what `drizzle(…)` gives. */
import { keyOf } from '../machine/join.ts'
import { any, type CallSite, Model, type Site, type Value } from '../value.ts'
import { changeOf } from './change.ts'
import { Insert } from './insert.ts'
import { DrizzleModel, type Methods } from './model.ts'
import { QueryBuilder } from './query-builder.ts'
import { recordExpression, recordTable } from './record.ts'
import type { Registry } from './registry.ts'
import { TableQuery } from './relational.ts'
import { runText } from './run-text.ts'
import { Source } from './source.ts'
import { Update } from './update.ts'
import { each, elementsOf, listOf, mapEach } from './values.ts'

/** `db.query`: tables by their key in the schema. */
class QueryRoot extends Model {
  readonly what = 'drizzle query'
  readonly #registry: Registry
  readonly #schema: Value | undefined

  constructor(registry: Registry, schema: Value | undefined) {
    super()
    this.#registry = registry
    this.#schema = schema
  }

  override get(name: string, site: Site): Value | undefined {
    this.#registry.once(`schema of query root ${this.id}`, () => this.#readSchema(site))
    const known = this.#schema === undefined ? [] : each(site.machine.get(this.#schema, name, site)).filter((table) => table instanceof Source)
    const table = known[0] ?? this.#registry.tableAs(name)
    if (table instanceof Source) return this.#registry.ground.once(`table query ${table.number}`, () => new TableQuery(table, this.#registry))
    site.machine.gap(`db.query.${name} is of a table that is not known`, site)
    return undefined
  }

  /** Relations may stand in files of their own, which nobody but the schema names. */
  #readSchema(site: Site): void {
    if (this.#schema !== undefined) site.machine.entries(this.#schema, site)
  }

  override element(site: Site): Value {
    site.machine.gap('db.query of a table by a name that is not known', site)
    return any
  }
}

/** `db.transaction(async (tx) => …)`: `tx` is as `db`. */
class Transaction extends Model {
  readonly what = 'drizzle transaction'
  readonly #callback: Model
  readonly #db: Database

  constructor(db: Database) {
    super()
    this.#db = db
    this.#callback = new TransactionCallback(db)
  }

  override call(site: CallSite): Value {
    return site.machine.invoke(site.args[0] ?? any, [this.#db], site)
  }

  override parameters(): readonly Value[] {
    return [this.#callback]
  }
}

/** Only its type is asked for: `Parameters<Parameters<typeof db.transaction>[0]>[0]`. */
class TransactionCallback extends Model {
  readonly what = 'drizzle transaction callback'
  readonly #db: Database

  constructor(db: Database) {
    super()
    this.#db = db
  }

  override parameters(): readonly Value[] {
    return [this.#db]
  }
}

export class Database extends DrizzleModel {
  readonly what = 'drizzle database'
  readonly #registry: Registry
  readonly #schema: Value | undefined
  readonly #builder: QueryBuilder
  /** What it sends its statements with: `db.$client`. */
  client: Value | undefined

  constructor(registry: Registry, schema: Value | undefined) {
    super()
    this.#registry = registry
    this.#schema = schema
    this.#builder = new QueryBuilder(registry.ground)
  }

  protected override methods(): Methods {
    return {
      insert: (site) => this.#table(site, (table) => new Insert(this.#registry.ground, table, this.#builder)),
      update: (site) => this.#table(site, (table) => new Update(this.#registry.ground, table)),
      delete: (site) => this.#table(site, (table) => this.#delete(table, site)),
      $count: (site) => this.#count(site),
      execute: (site) => runText(this.#registry.ground, site),
      batch: (site) => listOf(elementsOf(site.args[0]).map((query) => site.machine.awaited(query, site))),
      refreshMaterializedView: (site) => this.#table(site, (view) => this.#refresh(view, site)),
      with: () => this,
    }
  }

  override get(name: string, site: Site): Value | undefined {
    if (name === 'query' || name === '_query') return this.#root()
    if (name === '$primary') return this
    if (name === '$client') return this.client
    if (name === 'transaction') return this.#registry.ground.once(`transaction ${this.id}`, () => new Transaction(this))
    return super.get(name, site) ?? this.#builder.get(name, site)
  }

  #root(): Value {
    return this.#registry.ground.once(`query root ${this.id}`, () => new QueryRoot(this.#registry, this.#schema))
  }

  #table(site: CallSite, then: (table: Source) => Value): Value {
    return mapEach(site.args[0], (table) => {
      if (table instanceof Source) return then(table)
      site.machine.gap('a statement on a table that is not known', site)
      return any
    })
  }

  #delete(table: Source, site: CallSite): Value {
    recordTable(table, 'delete', 'delete', site)
    return changeOf(this.#registry.ground, table, 'delete', site)
  }

  #refresh(view: Source, site: CallSite): Value {
    recordTable(view, 'sql', 'write', site)
    return any
  }

  #count(site: CallSite): Value {
    const [table, condition] = site.args
    const from = each(table).filter((single) => single instanceof Source)
    for (const source of from) recordTable(source, 'select', 'read', site)
    recordExpression(condition, { role: 'where', from }, site, this.#registry.ground)
    return any
  }
}

/** One for each schema. */
export const databaseOf = (registry: Registry, schema?: Value): Database =>
  registry.ground.once(`database ${schema === undefined ? '-' : keyOf(schema)}`, () => new Database(registry, schema))
