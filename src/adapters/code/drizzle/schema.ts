/** `pgTable`, `pgEnum`, `pgView`, `pgSchema` and their like: what the code declares. */
import { textOf } from '../text-of.ts'
import { any, type CallSite, literal, native, type Site, type Value } from '../value.ts'
import { declareTable } from './declare.ts'
import { enumValues, PgEnum } from './enum.ts'
import { DrizzleModel, type Methods } from './model.ts'
import type { Registry } from './registry.ts'
import type { TableHead } from './table.ts'
import { ViewStart } from './view.ts'

type Kind = TableHead['kind']
/** What the code's own prefix makes of a table's name. */
type Rename = (name: string, site: Site) => string

const asIs: Rename = (name) => name

const head = (schema: string, kind: Kind, rename: Rename, site: CallSite): TableHead | undefined => {
  const name = textOf(site.args[0], site)
  if (name !== undefined) return { schema, kind, name: rename(name, site), place: site.place }
  site.machine.gap(`a ${kind} whose name is not known`, site)
  return undefined
}

const table = (registry: Registry, schema: string, rename: Rename, site: CallSite): Value => {
  const declared = head(schema, 'table', rename, site)
  return declared === undefined ? any : declareTable(registry, declared, site.args[1], site)
}

const view = (registry: Registry, schema: string, kind: Kind, site: CallSite): Value => {
  const declared = head(schema, kind, asIs, site)
  return declared === undefined ? any : new ViewStart(registry, declared, site.args[1])
}

const pgEnum = (registry: Registry, schema: string, site: CallSite): Value => {
  const name = textOf(site.args[0], site)
  return name === undefined ? any : registry.declareEnum(new PgEnum(schema, name, enumValues(site.args[1], site), site.place))
}

/** `pgSchema('auth')`. */
class PgSchema extends DrizzleModel {
  readonly what = 'drizzle schema'
  readonly #registry: Registry
  readonly #name: string

  constructor(registry: Registry, name: string) {
    super()
    this.#registry = registry
    this.#name = name
  }

  protected override methods(): Methods {
    return {
      table: (site) => table(this.#registry, this.#name, asIs, site),
      view: (site) => view(this.#registry, this.#name, 'view', site),
      materializedView: (site) => view(this.#registry, this.#name, 'materialized view', site),
      enum: (site) => pgEnum(this.#registry, this.#name, site),
    }
  }

  override get(name: string, site: Site): Value | undefined {
    return name === 'schemaName' ? literal(this.#name) : super.get(name, site)
  }
}

const schema = (registry: Registry, site: CallSite): Value => {
  const name = textOf(site.args[0], site)
  return name === undefined ? any : registry.ground.once(`schema ${name}`, () => new PgSchema(registry, name))
}

/** Stands for a name, and for no other text. */
const anyName = '\u0000'

/** What a creator's function makes of any name, where it only puts text around it. Asked once: a function that is called for a hundred tables is not told apart for each. */
const aroundName = (customize: Value, site: Site): string | undefined => {
  const made = site.machine.strings(site.machine.invoke(customize, [literal(anyName)], site))
  return made.length === 1 && made[0]?.split(anyName).length === 2 ? made[0] : undefined
}

/** `pgTableCreator((name) => `app_${name}`)`. */
const creator = (registry: Registry, { args: [customize], ...at }: CallSite): Value => {
  if (customize === undefined) return native('pgTable', (site) => table(registry, 'public', asIs, site))
  const around = aroundName(customize, at)
  const rename: Rename = (name, site) => around?.replace(anyName, () => name) ?? textOf(site.machine.invoke(customize, [literal(name)], site), site) ?? name
  return native('pgTable', (site) => table(registry, 'public', rename, site))
}

/** A table of another database is said once, and nothing of it is followed. */
const foreign = (registry: Registry, database: string, site: CallSite): Value => {
  registry.once(`foreign ${database}`, () => site.machine.gap(`tables of ${database} are not followed`, site))
  return any
}

const elsewhere = {
  mysqlTable: 'MySQL',
  sqliteTable: 'SQLite',
  singlestoreTable: 'SingleStore',
  gelTable: 'Gel',
  mssqlTable: 'SQL Server',
  cockroachTable: 'CockroachDB',
}

export const schemaExports = (registry: Registry): Readonly<Record<string, Value>> => ({
  pgTable: native('pgTable', (site) => table(registry, 'public', asIs, site)),
  pgTableCreator: native('pgTableCreator', (site) => creator(registry, site)),
  pgSchema: native('pgSchema', (site) => schema(registry, site)),
  pgEnum: native('pgEnum', (site) => pgEnum(registry, 'public', site)),
  pgView: native('pgView', (site) => view(registry, 'public', 'view', site)),
  pgMaterializedView: native('pgMaterializedView', (site) => view(registry, 'public', 'materialized view', site)),
  ...Object.fromEntries(Object.entries(elsewhere).map(([name, database]) => [name, native(name, (site) => foreign(registry, database, site))])),
})
