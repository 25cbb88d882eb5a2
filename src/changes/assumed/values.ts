/** What assumed things are made of. */
import type { Constraint, Table, TypeReference } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import type { RelationName } from '../../model/name.ts'

/** The type of a column that no statement has told: no type that PostgreSQL would give a column, so nothing about it is known to be harmless. */
export const unknownType: TypeReference = { name: 'unknown', typmods: [], array: false }

/** True for the type of an assumed column. */
export const isUnknownType = ({ schema, name }: TypeReference): boolean => schema === undefined && name === unknownType.name

/** A table of which only the name is known. */
export const emptyTable: Table = {
  kind: 'table',
  persistence: 'permanent',
  columns: [],
  constraints: new Map(),
  policies: new Map(),
  triggers: new Map(),
  rules: new Map(),
  options: {},
  rowSecurity: false,
  forceRowSecurity: false,
  inherits: [],
}

/** Stands for an expression that is not known. */
export const noExpression: Tree = { A_Const: { isnull: true } }

/** A partitioned table whose key is not known. */
export const partitioned = (strategy: string): Partial<Table> => ({ kind: 'partitioned', partitionBy: { strategy, partParams: [] } })

/** A primary key or unique constraint. */
export const keyConstraint = (type: 'primary key' | 'unique', columns: readonly string[]): Constraint => ({
  type,
  columns,
  include: [],
  nullsNotDistinct: false,
  options: {},
  deferrable: false,
  initiallyDeferred: false,
})

/** The column that a name of the form `t_a_not_null` tells, as PostgreSQL forms it and as people form theirs. */
export const columnInName = (table: string, constraint: string): string | undefined => {
  const rest = constraint.startsWith(`${table}_`) ? constraint.slice(table.length + 1) : constraint
  return /^(.+?)_(?:is_)?not_?null$/.exec(rest)?.[1]
}

/** A foreign key whose columns are not known. */
export const foreignKey = (references: RelationName): Constraint => ({
  type: 'foreign key',
  columns: [],
  references,
  referenced: [],
  match: 'simple',
  onUpdate: 'no action',
  onDelete: 'no action',
  setColumns: [],
  state: 'valid',
  deferrable: false,
  initiallyDeferred: false,
})

/** `column IS NOT NULL` */
export const notNullTest = (column: string): Tree => ({
  NullTest: { arg: { ColumnRef: { fields: [{ String: { sval: column } }] } }, nulltesttype: 'IS_NOT_NULL' },
})
