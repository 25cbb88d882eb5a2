/** What the modules of drizzle-orm export. */
import { ownValue } from '../own-value.ts'
import { textOf } from '../text-of.ts'
import { any, type CallSite, literal, Model, native, type Value } from '../value.ts'
import { columnBuilders } from './builder.ts'
import { columnsOf } from './column.ts'
import { databaseOf } from './database.ts'
import { operators } from './operators.ts'
import { propertiesOf } from './properties.ts'
import { QueryBuilder } from './query-builder.ts'
import type { Registry } from './registry.ts'
import { defineRelations, relations } from './relations.ts'
import { schemaExports } from './schema.ts'
import { setOperators } from './set-operations.ts'
import { Source } from './source.ts'
import { AliasedTable } from './table.ts'
import { each, mapEach } from './values.ts'

/** A config is where it has a property of that name: `drizzle(client, { schema })`, `drizzle({ client, schema })`. */
const configured = ({ args, ...site }: CallSite, name: string): Value | undefined =>
  args
    .flatMap(each)
    .filter(({ kind }) => kind === 'object')
    .map((config) => propertiesOf(config, site).known.get(name)?.value)
    .find((value) => value !== undefined)

const connect = (registry: Registry, site: CallSite): Value => {
  const casing = textOf(configured(site, 'casing'), site)
  if (casing === 'snake_case' || casing === 'camelCase') registry.ground.casing ??= casing
  const database = databaseOf(registry, configured(site, 'relations') ?? configured(site, 'schema'))
  database.client ??= configured(site, 'client') ?? site.args.flatMap(each).find((given) => given.kind === 'model')
  return database
}

/** `drizzle(…)`, and `drizzle.mock(…)`. */
class Drizzle extends Model {
  readonly what = 'drizzle'
  readonly #registry: Registry
  constructor(registry: Registry) {
    super()
    this.#registry = registry
  }

  override call(site: CallSite): Value {
    return connect(this.#registry, site)
  }

  /** `ReturnType<typeof drizzle<typeof schema>>` */
  override returned([schema]: readonly Value[]): Value {
    return databaseOf(this.#registry, schema)
  }

  override get(name: string): Value | undefined {
    return name === 'mock' ? this : undefined
  }
}

class QueryBuilderClass extends Model {
  readonly what = 'drizzle query builder class'
  readonly #registry: Registry
  constructor(registry: Registry) {
    super()
    this.#registry = registry
  }

  override construct(_site: CallSite): Value {
    return new QueryBuilder(this.#registry.ground)
  }
}

const onTable = (name: string, then: (table: Source, site: CallSite) => Value): Value =>
  native(name, (site) => mapEach(site.args[0], (table) => (table instanceof Source ? then(table, site) : any)))

const aliased = (name: string, registry: Registry): Value =>
  onTable(name, (table, site) => {
    const alias = textOf(site.args[1], site) ?? `${table.name}?`
    return registry.ground.once(`alias ${table.id} ${alias}`, () => new AliasedTable(table, alias))
  })

/** They come with all others: a field that is taken from them by a spread is named nowhere. */
const allColumns = (name: string): Value =>
  onTable(name, (table, { machine }) => machine.object(Object.fromEntries(columnsOf(table).map((column) => [column.key, column.asCarried]))))

const members = (registry: Registry): Readonly<Record<string, Value>> => ({
  ...operators(registry.ground).members,
  ...columnBuilders.members,
  ...schemaExports(registry),
  ...setOperators,
  relations: relations(registry),
  defineRelations: defineRelations(registry),
  defineRelationsPart: defineRelations(registry),
  drizzle: new Drizzle(registry),
  withReplicas: native('withReplicas', ({ args }) => args[0]),
  QueryBuilder: new QueryBuilderClass(registry),
  alias: aliased('alias', registry),
  aliasedTable: aliased('aliasedTable', registry),
  getTableColumns: allColumns('getTableColumns'),
  getColumns: allColumns('getColumns'),
  getViewSelectedFields: allColumns('getViewSelectedFields'),
  getTableName: onTable('getTableName', ({ name }) => literal(name)),
  getViewName: onTable('getViewName', ({ name }) => literal(name)),
  placeholder: native('placeholder', () => any),
  is: native('is', () => any),
})

/** Parts of drizzle-orm for other databases; their builders have the same names and make other tables. */
const others = /mysql|sqlite|singlestore|gel|mssql|cockroach|planetscale|tidb|libsql|sql-js|\/d1$/

/** `path` has `*` first where a namespace was imported. */
export const exportsOf = (registry: Registry): ((from: string, path: readonly string[]) => Value | undefined) => {
  const all = members(registry)
  return (from, path) => {
    const [name, ...deeper] = path[0] === '*' || path[0] === 'default' ? path.slice(1) : path
    if (name === undefined || deeper.length > 0) return undefined
    return others.test(from) && !name.endsWith('Table') ? undefined : ownValue(all, name)
  }
}
