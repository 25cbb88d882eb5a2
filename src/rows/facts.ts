/** What the rows of a table must obey, gathered from the table, its domains and its partitions. */
import { constraintColumns, elementColumns } from '../changes/columns-of.ts'
import { columnsIn } from '../changes/expressions.ts'
import { indexesOn } from '../changes/found-by.ts'
import type { Attribute, Catalog, Constraint, Expression, IndexElement, Table } from '../model/catalog.ts'
import { quoteIdentifier, type RelationName } from '../model/name.ts'
import { type Clause, clausesOf } from './clauses.ts'
import { aboutColumn, bareSql } from './constant.ts'
import { partitionsBelow } from './partition-bounds.ts'
import { castType, domainConditions, domainIsNotNull, shapeOf } from './shape.ts'

export type ForeignKey = Extract<Constraint, { type: 'foreign key' }>

/** Expressions that no two rows may have in common, among those of which `where` is true. */
export type Key = {
  readonly on: readonly string[]
  readonly columns: ReadonlySet<string>
  readonly where?: string
  /** NULL is a value like others. */
  readonly nullsNotDistinct: boolean
}

/** Expressions of which no two rows may have all operators hold between them. */
export type Exclusion = {
  readonly on: readonly { readonly sql: string; readonly operator: string }[]
  readonly columns: ReadonlySet<string>
  readonly where?: string
}

export type Facts = {
  readonly name: RelationName
  readonly columns: readonly Attribute[]
  readonly required: ReadonlySet<string>
  readonly foreignKeys: readonly ForeignKey[]
  readonly keys: readonly Key[]
  readonly exclusions: readonly Exclusion[]
  /** SQL that must not be false of a row. */
  readonly checks: readonly string[]
  readonly conditions: readonly (readonly Clause[])[]
  /** Columns of conditions that are not understood, with the constants beside them. */
  readonly unread: ReadonlyMap<string, readonly string[]>
  /** Columns of all conditions. */
  readonly mentioned: ReadonlySet<string>
  /** Columns that expressions are computed of, which an unexpected value may not get through. */
  readonly computedOf: ReadonlySet<string>
  readonly partitioned: boolean
}

type Owner = { readonly name: RelationName; readonly table: Table; readonly condition?: string }

const elementSql = ({ on }: IndexElement): string => (typeof on === 'string' ? quoteIdentifier(on) : `(${bareSql(on)})`)

const where = (condition: Expression | undefined): { readonly where?: string } => (condition ? { where: bareSql(condition) } : {})

/** A column as part of a key. Arrays of a domain do not compare with those of the type beneath it. */
const keyColumn = (catalog: Catalog, table: Table, name: string): string => {
  const type = table.columns.find((column) => column.name === name)?.type
  const column = quoteIdentifier(name)
  return type?.array && domainConditions(catalog, { ...type, array: false }).length > 0 ? `CAST(${column} AS ${castType(catalog, type)})` : column
}

const constraintKey = (catalog: Catalog, table: Table, constraint: Constraint): readonly Key[] =>
  (constraint.type === 'primary key' || constraint.type === 'unique') && !constraint.withoutOverlaps
    ? [
        {
          on: constraint.columns.map((column) => keyColumn(catalog, table, column)),
          columns: new Set(constraint.columns),
          nullsNotDistinct: constraint.nullsNotDistinct,
        },
      ]
    : []

const keysOf = (catalog: Catalog, { name, table }: Owner): readonly Key[] => [
  ...[...table.constraints.values()].flatMap((constraint) => constraintKey(catalog, table, constraint)),
  ...indexesOn(catalog, name).flatMap(([, index]): readonly Key[] =>
    index.unique
      ? [
          {
            on: index.elements.map((element) => (typeof element.on === 'string' ? keyColumn(catalog, table, element.on) : elementSql(element))),
            columns: new Set(elementColumns(index.elements)),
            nullsNotDistinct: index.nullsNotDistinct,
            ...where(index.where),
          },
        ]
      : [],
  ),
]

const operatorSql = (operator: readonly string[]): string =>
  operator.length > 1 ? `OPERATOR(${operator.slice(0, -1).map(quoteIdentifier).join('.')}.${operator.at(-1)})` : (operator[0] ?? '=')

const exclusionOf = (constraint: Constraint): readonly Exclusion[] => {
  if (constraint.type === 'exclusion')
    return [
      {
        on: constraint.elements.map(({ element, operator }) => ({ sql: elementSql(element), operator: operatorSql(operator) })),
        columns: new Set(constraintColumns(constraint)),
        ...where(constraint.where),
      },
    ]
  if ((constraint.type !== 'primary key' && constraint.type !== 'unique') || !constraint.withoutOverlaps) return []
  const last = constraint.columns.length - 1
  const on = constraint.columns.map((column, at) => ({ sql: quoteIdentifier(column), operator: at === last ? '&&' : '=' }))
  return [{ on, columns: new Set(constraint.columns) }]
}

const isEnforced = (constraint: Constraint): constraint is Extract<Constraint, { type: 'check' }> =>
  constraint.type === 'check' && constraint.state !== 'not enforced'

/** The checks of a partition hold of the rows that go there. */
const checkSql = (check: Expression, { condition }: Owner): string =>
  condition === undefined ? `(${bareSql(check)}) IS NOT FALSE` : `((${condition}) IS NOT TRUE OR (${bareSql(check)}) IS NOT FALSE)`

/** A domain's conditions, asked of a column; of an array of the domain, of each element. */
const domainChecks = (catalog: Catalog, { name, type }: Attribute): readonly string[] => {
  const column = quoteIdentifier(name)
  const conditions = domainConditions(catalog, type.array ? { ...type, array: false } : type).map(({ expression }) => expression)
  if (!type.array) return conditions.map((condition) => `(${bareSql(aboutColumn(condition, name))}) IS NOT FALSE`)
  return conditions.map((condition) => `NOT EXISTS (SELECT FROM unnest(${column}) AS "#each" ("value") WHERE (${bareSql(condition)}) IS FALSE)`)
}

/** One of those that say the same is enough: partitions have copies of their parent's. */
const once = <T>(items: readonly T[]): readonly T[] => {
  const seen = new Map<string, T>()
  for (const item of items) {
    const key = JSON.stringify(item, (_key, value) => (value instanceof Set ? [...value] : value))
    if (!seen.has(key)) seen.set(key, item)
  }
  return [...seen.values()]
}

const foreignKeysOf = ({ table }: Owner): readonly ForeignKey[] =>
  [...table.constraints.values()].filter((constraint): constraint is ForeignKey => constraint.type === 'foreign key')

const sameReference = ({ columns, references, referenced, match }: ForeignKey): string => JSON.stringify([columns, references, referenced, match])

const isRequired = (catalog: Catalog, table: Table, attribute: Attribute): boolean =>
  attribute.notNull !== false ||
  attribute.identity !== undefined ||
  domainIsNotNull(catalog, attribute.type) ||
  [...table.constraints.values()].some((constraint) => constraint.type === 'primary key' && constraint.columns.includes(attribute.name))

/** Each label of an enum that a condition looks at is worth a state. */
const labelConditions = (catalog: Catalog, table: Table, mentioned: ReadonlySet<string>): readonly (readonly Clause[])[] =>
  table.columns.flatMap(({ name, type }) => {
    const shape = mentioned.has(name) ? shapeOf(catalog, type) : undefined
    return shape?.kind === 'enum' ? [[[{ column: name, demand: { oneOf: shape.labels } }]]] : []
  })

const computedOf = (catalog: Catalog, owners: readonly Owner[]): ReadonlySet<string> => {
  const expressions = owners.flatMap(({ name, table }) => [
    ...table.columns.flatMap(({ generated }) => (generated ? [generated.expression] : [])),
    ...indexesOn(catalog, name).flatMap(([, index]) => [
      ...index.elements.flatMap(({ on }) => (typeof on === 'string' ? [] : [on])),
      ...(index.where ? [index.where] : []),
    ]),
  ])
  return new Set(expressions.flatMap((expression) => [...columnsIn(expression)]))
}

/** What the rows of a table must obey; of a partitioned one, including its partitions. */
export const factsOf = (catalog: Catalog, name: RelationName, table: Table): Facts => {
  const partitions = partitionsBelow(catalog, name)
  const owners: readonly Owner[] = [{ name, table }, ...partitions]
  const partitioned = table.kind === 'partitioned'
  const leaves = partitions.filter(({ leaf, table: { kind } }) => leaf && kind === 'table')
  const ownChecks = [...table.constraints.values()].filter(isEnforced).map(({ expression }) => expression)
  const domains = table.columns.flatMap(({ name: column, type }) => domainConditions(catalog, type).map(({ expression }) => aboutColumn(expression, column)))
  const read = [...ownChecks, ...domains].map(clausesOf)
  const mentioned = new Set([...ownChecks, ...domains].flatMap((condition) => [...columnsIn(condition)]))
  const unread = new Map<string, readonly string[]>()
  for (const each of read) for (const [column, constants] of each.unread) unread.set(column, [...(unread.get(column) ?? []), ...constants])
  const routed = partitioned ? [`(${['false', ...leaves.map(({ condition }) => `(${condition})`)].join(' OR ')})`] : []
  return {
    name,
    columns: table.columns,
    required: new Set(table.columns.filter((attribute) => isRequired(catalog, table, attribute)).map((attribute) => attribute.name)),
    foreignKeys: [...new Map(owners.flatMap(foreignKeysOf).map((key) => [sameReference(key), key])).values()],
    keys: once(owners.flatMap((owner) => keysOf(catalog, owner))),
    exclusions: once(owners.flatMap((owner) => [...owner.table.constraints.values()].flatMap(exclusionOf))),
    checks: [
      ...new Set([
        ...routed,
        ...owners.flatMap((owner) => [...owner.table.constraints.values()].filter(isEnforced).map(({ expression }) => checkSql(expression, owner))),
        ...table.columns.flatMap((attribute) => domainChecks(catalog, attribute)),
      ]),
    ],
    conditions: [
      ...(partitioned ? [leaves.map(({ clause }) => clause)] : []),
      ...read.map(({ clauses }) => clauses),
      ...labelConditions(catalog, table, mentioned),
    ],
    unread,
    mentioned,
    computedOf: computedOf(catalog, owners),
    partitioned,
  }
}
