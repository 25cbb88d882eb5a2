/** Rows written since a migration that stand in the way of its rollback: asked for before anything runs. */
import { equal } from '../../changes/equal.ts'
import { columnsIn } from '../../changes/expressions.ts'
import { apply } from '../../changes/index.ts'
import { displayType, printType, userTypeName } from '../../changes/types.ts'
import type { Attribute, Catalog, Constraint, TypeReference } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { display, displayIdentifier, type QualifiedName, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { plainSql } from '../../rules/plain-sql.ts'
import { duplicateRows, orphanRows, rowsWhere, valuesWhere } from '../../rules/prechecks.ts'
import { lossOf } from '../../rules/type-loss.ts'
import { printExpression, quoteLiteral } from '../../sql/print.ts'
import { columnIn, displayPlace } from './columns.ts'
import { Names } from './names.ts'

export type Guard = {
  /** For people: `users.note holds NULLs`. */
  readonly what: string
  /** The table whose rows are asked for, by the name that it has before the rollback. */
  readonly table: RelationName
  /** Each row of the answer is in the way. Undefined: it cannot be asked before the rollback runs. */
  readonly query?: string
}

/** `start`: the catalog in which the guards are asked; `before`: the one before the change. */
type Place = { readonly start: Catalog; readonly before: Catalog; readonly names: Names; readonly postgres: number }

/** The guard, with its query only where everything it names has that name already. */
const guard = (what: string, { names }: Place, on: RelationName, columns: Iterable<string>, query: string | undefined): readonly Guard[] => {
  const table = names.table(on)
  if (table === undefined) return []
  return [query !== undefined && names.areSame(on, columns) ? { what, table, query } : { what, table }]
}

const addedColumn = ({ on, attribute }: Change<'add-column'>, place: Place): readonly Guard[] => {
  const fills = attribute.default !== undefined || attribute.identity !== undefined || attribute.generated !== undefined
  if (!attribute.notNull || fills) return []
  return guard(`${display(on)} has rows, for which ${displayIdentifier(attribute.name)} has no value`, place, on, [], rowsWhere(on))
}

const notNull = ({ on, column }: Change<'set-not-null'>, place: Place): readonly Guard[] => {
  const known = place.names.column(on, column)
  if (known === undefined) return guard(`${display(on)} has rows, for which ${displayIdentifier(column)} has no value`, place, on, [], rowsWhere(on))
  return guard(`${displayPlace(on, column)} holds NULLs`, place, on, [column], rowsWhere(on, `${quoteIdentifier(column)} IS NULL`))
}

/** A key or check over columns that come back with the rollback meets no value of theirs. */
const constrained = ({ on, name, constraint, unchecked }: Change<'add-constraint'>, place: Place): readonly Guard[] => {
  if (unchecked || ('state' in constraint && constraint.state !== 'valid')) return []
  const what = `rows of ${display(on)} break ${displayIdentifier(name)}`
  const columns = columnsOf(constraint)
  return guard(what, place, on, columns, queryOf(on, constraint, place))
}

const columnsOf = (constraint: Constraint): readonly string[] =>
  constraint.type === 'check' ? [...columnsIn(constraint.expression)] : 'columns' in constraint ? constraint.columns : []

const queryOf = (on: RelationName, constraint: Constraint, { names }: Place): string | undefined => {
  switch (constraint.type) {
    case 'check':
      return rowsWhere(on, `NOT (${printExpression(constraint.expression)})`)
    case 'foreign key':
      return names.areSame(constraint.references, constraint.referenced) ? plainSql(orphanRows(on, constraint)) : undefined
    case 'primary key':
    case 'unique':
      return duplicateRows(
        on,
        constraint.columns.map((column) => ({ on: column })),
        'nullsNotDistinct' in constraint ? { nullsNotDistinct: constraint.nullsNotDistinct } : {},
      )
    default:
      return undefined
  }
}

const uniqueIndex = ({ name, index }: Change<'create-index'>, place: Place): readonly Guard[] => {
  if (!index.unique) return []
  const columns = [...index.elements.flatMap(({ on }) => (typeof on === 'string' ? [on] : [...columnsIn(on)])), ...columnsIn(index.where)]
  return guard(
    `${display(index.relation)} holds duplicates for ${display(name)}`,
    place,
    index.relation,
    columns,
    duplicateRows(index.relation, index.elements, index),
  )
}

/** A type that comes with the rollback, or is another one until then, cannot be asked for before. */
const isThere = ({ start, before }: Place, type: TypeReference): boolean => {
  const name = userTypeName(type)
  return name === undefined || (start.types.has(name) && equal(start.types.get(name), before.types.get(name)))
}

const typed = ({ on, column, to, using }: Change<'set-column-type'>, place: Place): readonly Guard[] => {
  const attribute = columnIn(place.before, on, column)
  const loss = attribute && lossOf({ column, from: attribute.type, to, using: undefined, default: undefined }, place.before, place.postgres)
  const text = attribute && using && `NOT pg_input_is_valid(${quoteIdentifier(column)}::text, ${quoteLiteral(plainSql(printType(to)))})`
  const condition = loss?.condition ?? (loss?.how === 'refused' && place.postgres >= 16 && isThere(place, to) ? text : undefined)
  if (!loss) return []
  return guard(
    `${displayPlace(on, column)} holds values that ${displayType(to)} does not take`,
    place,
    on,
    [column],
    condition && valuesWhere(on, column, condition),
  )
}

const relabelled = ({ type, to }: Change<'set-enum-values'>, place: Place): readonly Guard[] => {
  const known = place.before.types.get(type)
  const gone = known?.kind === 'enum' ? known.labels.filter((label) => !to.includes(label)) : []
  if (gone.length === 0) return []
  return [...place.before.tables].flatMap(([on, table]) =>
    table.columns.filter((column) => isOf(column, type)).flatMap((column) => holdsLabel(on, column, gone, place)),
  )
}

const isOf = ({ type: reference }: Attribute, type: QualifiedName): boolean => userTypeName(reference) === type

const holdsLabel = (on: RelationName, { name, type }: Attribute, gone: readonly string[], place: Place): readonly Guard[] => {
  const labels = `ARRAY[${gone.map(quoteLiteral).join(', ')}]`
  const condition = type.array ? `${quoteIdentifier(name)}::text[] && ${labels}` : `${quoteIdentifier(name)}::text = ANY (${labels})`
  return guard(`${displayPlace(on, name)} holds ${gone.join(', ')}, which the type had not before`, place, on, [name], valuesWhere(on, name, condition))
}

const guardsOf = (change: Change, place: Place): readonly Guard[] => {
  switch (change.kind) {
    case 'add-column':
      return addedColumn(change, place)
    case 'set-not-null':
      return notNull(change, place)
    case 'add-constraint':
      return constrained(change, place)
    case 'create-index':
      return uniqueIndex(change, place)
    case 'set-column-type':
      return typed(change, place)
    case 'set-enum-values':
      return relabelled(change, place)
    default:
      return []
  }
}

/** What may stop the rollback, in the order in which it would. `after`: the catalog that it starts from; `postgres`: the server's major. */
export const guardsIn = (rollback: readonly Change[], after: Catalog, postgres: number): readonly Guard[] => {
  const names = new Names()
  let before = after
  const found = rollback.flatMap((change) => {
    const guards = guardsOf(change, { start: after, before, names, postgres })
    names.follow(change)
    before = apply(change, before)
    return guards
  })
  return [...new Map(found.map((each) => [each.query ?? each.what, each])).values()]
}
