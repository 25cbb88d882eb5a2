/** `db.query.users.findMany({ columns, with, where, orderBy, extras })`. Without columns it sends all of them. */

import type { UseRole } from '../../../model/code.ts'
import { keyOf } from '../machine/join.ts'
import { any, type CallSite, nextId, type Site, type Value } from '../value.ts'
import { type Column, columnsOf } from './column.ts'
import { called, recordFilter, recordOrder } from './filter.ts'
import { DrizzleModel, type Methods } from './model.ts'
import { type Properties, propertiesOf } from './properties.ts'
import { Query } from './query.ts'
import { recordColumn, recordExpression, recordImplicit, recordTable } from './record.ts'
import type { Registry } from './registry.ts'
import type { Relation } from './relation.ts'
import { type Row, rowOf } from './row.ts'
import { Source } from './source.ts'
import { each, mapEach, unionOf } from './values.ts'

const isFalse = (value: Value): boolean => value.kind === 'literal' && value.value === false
const isTrue = (value: Value): boolean => value.kind === 'literal' && value.value === true

/** `{ a: true }` means a alone, `{ a: false }` all but a. */
const chosen = (table: Source, columns: Value | undefined, site: Site): { readonly named: readonly Column[]; readonly rest: readonly Column[] } => {
  const all = columnsOf(table)
  if (columns === undefined) return { named: [], rest: all }
  const { known, open } = propertiesOf(columns, site)
  const saying = (says: (value: Value) => boolean): readonly Column[] => all.filter(({ key }) => says(known.get(key)?.value ?? any))
  const named = saying(isTrue)
  if (named.length > 0 || (known.size === 0 && !open)) return { named, rest: [] }
  const left = new Set(saying(isFalse))
  return { named: [], rest: all.filter((column) => !left.has(column)) }
}

const recordClause = (name: 'where' | 'orderBy' | 'extras', role: UseRole, table: Source, { known }: Properties, site: Site, registry: Registry): void => {
  for (const single of each(known.get(name)?.value)) {
    if (single.kind === 'object' && name === 'where') recordFilter(table, single, site, registry)
    else if (single.kind === 'object' && name === 'orderBy') recordOrder(table, single, site)
    else recordExpression(called(single, table, site, registry.ground), { role, from: [table] }, site, registry.ground)
  }
}

/** The columns by which the tables are joined: those of this side, or of the relation back. */
const joinColumns = (relation: Relation, from: Source, to: Source, registry: Registry): readonly Column[] => {
  if (relation.columns.length > 0) return relation.columns
  const back = registry.relationsOf(to.number).find(({ target, columns }) => target instanceof Source && target.number === from.number && columns.length > 0)
  return back?.columns ?? []
}

const related = (table: Source, relation: Relation, config: Value, site: Site, registry: Registry): Value =>
  mapEach(relation.target, (target) => {
    if (!(target instanceof Source)) return any
    recordImplicit(joinColumns(relation, table, target, registry), 'join', 'read', site)
    const row = find(target, config, site, registry)
    return relation.many ? { kind: 'array', id: nextId(), element: row } : row
  })

const withRelations = (table: Source, value: Value | undefined, site: Site, registry: Registry): readonly (readonly [string, Value])[] =>
  [...propertiesOf(value, site).known].flatMap(([key, property]) => {
    if (isFalse(property.value)) return []
    const relation = registry.relation(table.number, key)
    if (relation !== undefined) return [[key, related(table, relation, property.value, site, registry)] as const]
    site.machine.gap(`${table.name} has no relation ${key} that is known`, site, table.number)
    return [[key, any] as const]
  })

/** Tells what a query for a table uses, and gives a row of it. */
const find = (table: Source, config: Value | undefined, site: Site, registry: Registry): Row => {
  const properties = propertiesOf(config, site)
  const { named, rest } = chosen(table, properties.known.get('columns')?.value, site)
  recordTable(table, 'select', 'read', site)
  for (const column of named) recordColumn(column, 'select', 'read', site)
  recordImplicit(rest, 'select', 'read', site)
  recordClause('where', 'where', table, properties, site, registry)
  recordClause('orderBy', 'order', table, properties, site, registry)
  recordClause('extras', 'select', table, properties, site, registry)
  const relations = withRelations(table, properties.known.get('with')?.value, site, registry)
  return rowOf(registry.ground, new Map<string, Value>([...[...named, ...rest].map((column) => [column.key, column] as const), ...relations]))
}

class Found extends Query {
  readonly what = 'drizzle relational query'
  readonly #row: Value
  readonly #first: boolean

  constructor(row: Value, first: boolean, site: Site) {
    super(site)
    this.#row = row
    this.#first = first
  }

  override rowValue(): Value {
    return this.#row
  }

  protected override result(): Value {
    return this.#first ? this.#row : super.result()
  }
}

/** `db.query.users`. */
export class TableQuery extends DrizzleModel {
  readonly what = 'drizzle table query'
  readonly #table: Source
  readonly #registry: Registry

  constructor(table: Source, registry: Registry) {
    super()
    this.#table = table
    this.#registry = registry
  }

  protected override methods(): Methods {
    return { findMany: (site) => this.#find(site, false), findFirst: (site) => this.#find(site, true) }
  }

  #find(site: CallSite, first: boolean): Value {
    const configs = site.args[0] === undefined ? [undefined] : each(site.args[0])
    const row = unionOf(configs.map((config) => find(this.#table, config, site, this.#registry)))
    const { file, line } = site.place
    return this.#registry.ground.once(`found ${file}:${line} ${first} ${keyOf(row)}`, () => new Found(row, first, site))
  }
}
