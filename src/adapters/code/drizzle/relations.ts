/** `relations(table, …)` and `defineRelations(schema, …)`: which key of a query's `with` means which table. */
import { any, type CallSite, Model, native, type Site, type Value } from '../value.ts'
import { partsOf } from './expression.ts'
import { Namespace } from './model.ts'
import { propertiesOf } from './properties.ts'
import type { Registry, RelationsByTable } from './registry.ts'
import { Relation } from './relation.ts'
import { Source } from './source.ts'
import { each } from './values.ts'

const columnsIn = (config: Value | undefined, names: readonly string[], site: Site): Relation['columns'] => {
  const { known } = propertiesOf(config, site)
  return names.flatMap((name) => partsOf(known.get(name)?.value, site).mentions.map(({ column }) => column))
}

const helper = (many: boolean): Value =>
  native(many ? 'many' : 'one', (site) => new Relation(site.args[0] ?? any, many, columnsIn(site.args[1], ['fields', 'references'], site)))

const helpers = new Namespace('drizzle relation helpers', { one: helper(false), many: helper(true) })

const relationsIn = (value: Value, site: Site): ReadonlyMap<string, Relation> =>
  new Map(
    [...propertiesOf(value, site).known].flatMap(([key, property]) =>
      each(property.value)
        .filter((single): single is Relation => single instanceof Relation)
        .map((relation) => [key, relation] as const),
    ),
  )

/** `relations(posts, ({ one, many }) => ({ … }))`. */
export const relations = (registry: Registry): Value =>
  native('relations', (site) => {
    const [tables, callback] = site.args
    if (callback === undefined) return any
    const read = (): RelationsByTable => {
      const found = relationsIn(site.machine.invoke(callback, [helpers], site), site)
      return new Map(each(tables).flatMap((table) => (table instanceof Source ? [[table.number, found] as const] : [])))
    }
    registry.relate(read)
    return any
  })

/** `r.one.users({ from: r.posts.authorId, to: r.users.id })`, and `r.posts.authorId`. */
class RelationsBuilder extends Model {
  readonly what = 'drizzle relations builder'
  readonly #schema: Value
  constructor(schema: Value) {
    super()
    this.#schema = schema
  }

  override get(name: string, site: Site): Value {
    return name === 'one' || name === 'many' ? new TargetChoice(this.#schema, name === 'many') : site.machine.get(this.#schema, name, site)
  }
}

class TargetChoice extends Model {
  readonly what = 'drizzle relation target'
  readonly #schema: Value
  readonly #many: boolean
  constructor(schema: Value, many: boolean) {
    super()
    this.#schema = schema
    this.#many = many
  }

  override get(name: string, at: Site): Value {
    const target = at.machine.get(this.#schema, name, at)
    return native(name, (site) => new Relation(target, this.#many, columnsIn(site.args[0], ['from', 'to'], site)))
  }
}

/** What `defineRelations` gives: it is handed to `drizzle({ relations })`, and has the tables by key. */
class DefinedRelations extends Model {
  readonly what = 'drizzle relations'
  readonly #schema: Value
  constructor(schema: Value) {
    super()
    this.#schema = schema
  }

  override get(name: string, site: Site): Value {
    return site.machine.get(this.#schema, name, site)
  }
}

const defined = (schema: Value, callback: Value, site: CallSite): RelationsByTable => {
  const { known } = propertiesOf(site.machine.invoke(callback, [new RelationsBuilder(schema)], site), site)
  return new Map(
    [...known].flatMap(([key, { value }]) =>
      each(site.machine.get(schema, key, site)).flatMap((table) => (table instanceof Source ? [[table.number, relationsIn(value, site)] as const] : [])),
    ),
  )
}

/** `defineRelations(schema, (r) => ({ posts: { author: r.one.users(…) } }))`. */
export const defineRelations = (registry: Registry): Value =>
  native('defineRelations', (site) => {
    const [schema = any, callback] = site.args
    if (callback !== undefined) registry.relate(() => defined(schema, callback, site))
    return new DefinedRelations(schema)
  })
