/** Rows written since a migration that stand in the way of its rollback: asked for before anything runs. */
import { fillsItself } from '../../changes/columns.ts'
import { constraintColumns, indexColumns } from '../../changes/columns-of.ts'
import { equal } from '../../changes/equal.ts'
import { renameColumnIn } from '../../changes/expressions.ts'
import { columnOn } from '../../changes/found-by.ts'
import { apply } from '../../changes/index.ts'
import { displayType, printType, userTypeName } from '../../changes/types.ts'
import type { Attribute, Catalog, Constraint, TypeReference } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import type { Json } from '../../model/json.ts'
import { archivePrefix, display, displayIdentifier, type QualifiedName, quoteIdentifier, type RelationName } from '../../model/name.ts'
import { plainSql } from '../../rules/plain-sql.ts'
import { duplicateRows, orphanRows, rowsWhere, valuesWhere } from '../../rules/prechecks.ts'
import { lossOf } from '../../rules/type-loss.ts'
import { printExpression, quoteLiteral } from '../../sql/print.ts'
import { displayPlace } from './columns.ts'
import { type Earlier, Names } from './names.ts'

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

/** A table and its columns by the names that they have when the guard is asked. */
type Asked = { readonly on: RelationName; readonly name: (column: string) => string; readonly expression: <T extends Json>(tree: T) => T }

const askedOf = ({ table: on, columns }: Earlier): Asked => {
  const renamed = [...columns].filter(([later, earlier]) => later !== earlier)
  // Two columns may have changed names.
  const between = renamed.map(([, earlier], at) => [` ${at}`, earlier] as const)
  return {
    on,
    name: (column) => columns.get(column) ?? column,
    expression: (tree) =>
      [...renamed.map(([later], at) => [later, ` ${at}`] as const), ...between].reduce((current, [from, to]) => renameColumnIn(current, from, to), tree),
  }
}

/** The guard, with its query only where everything it names is there already. */
const guard = (what: string, { names }: Place, on: RelationName, columns: Iterable<string>, query: (asked: Asked) => string | undefined): readonly Guard[] => {
  const table = names.table(on)
  if (table === undefined) return []
  const earlier = names.earlier(on, columns)
  const text = earlier && query(askedOf(earlier))
  return [text === undefined ? { what, table } : { what, table, query: text }]
}

/** Every row is in the way of a column that nothing fills. */
const withoutValue = (on: RelationName, column: string, place: Place): readonly Guard[] =>
  guard(`${display(on)} has rows, for which ${displayIdentifier(column)} has no value`, place, on, [], (asked) => rowsWhere(asked.on))

/** Rows whose value fulfils a condition that names the column: it can be asked under that name only. */
const holding = (what: string, place: Place, on: RelationName, column: string, condition: string | undefined): readonly Guard[] =>
  guard(what, place, on, [column], (asked) => (condition !== undefined && asked.name(column) === column ? valuesWhere(asked.on, column, condition) : undefined))

const addedColumn = ({ on, attribute }: Change<'add-column'>, place: Place): readonly Guard[] => {
  return attribute.notNull && !fillsItself(attribute) ? withoutValue(on, attribute.name, place) : []
}

const notNull = ({ on, column }: Change<'set-not-null'>, place: Place): readonly Guard[] => {
  const known = place.names.column(on, column)
  if (known === undefined) return withoutValue(on, column, place)
  const aside = column.startsWith(archivePrefix) ? column.slice(archivePrefix.length).replace(/^[^_]*_/, '') : undefined
  const what =
    aside === undefined
      ? `${displayPlace(on, column)} holds NULLs`
      : `${display(on)} has rows written since, for which ${displayIdentifier(aside)} has no value`
  return guard(what, place, on, [column], (asked) => rowsWhere(asked.on, `${quoteIdentifier(asked.name(column))} IS NULL`))
}

/** A key or check over columns that come back with the rollback meets no value of theirs. */
const constrained = ({ on, name, constraint, unchecked }: Change<'add-constraint'>, place: Place): readonly Guard[] => {
  if (unchecked || ('state' in constraint && constraint.state !== 'valid')) return []
  const what = `rows of ${display(on)} break ${displayIdentifier(name)}`
  return guard(what, place, on, constraintColumns(constraint), (asked) => queryOf(asked, constraint, place))
}

const queryOf = ({ on, name, expression }: Asked, constraint: Constraint, { names }: Place): string | undefined => {
  switch (constraint.type) {
    case 'check':
      return rowsWhere(on, `NOT (${printExpression(expression(constraint.expression))})`)
    case 'foreign key': {
      const parent = names.earlier(constraint.references, constraint.referenced)
      const { match, columns, referenced } = constraint
      if (!parent) return undefined
      const theirs = { references: parent.table, referenced: referenced.map((column) => parent.columns.get(column) ?? column) }
      return plainSql(orphanRows(on, { match, columns: columns.map(name), ...theirs }))
    }
    case 'primary key':
    case 'unique':
      return duplicateRows(
        on,
        constraint.columns.map((column) => ({ on: name(column) })),
        'nullsNotDistinct' in constraint ? { nullsNotDistinct: constraint.nullsNotDistinct } : {},
      )
    default:
      return undefined
  }
}

const uniqueIndex = ({ name, index }: Change<'create-index'>, place: Place): readonly Guard[] => {
  if (!index.unique) return []
  return guard(
    `${display(index.relation)} holds duplicates for ${display(name)}`,
    place,
    index.relation,
    indexColumns(index),
    ({ on: relation, name: named, expression }) =>
      duplicateRows(
        relation,
        index.elements.map((element) => ({ ...element, on: typeof element.on === 'string' ? named(element.on) : expression(element.on) })),
        { nullsNotDistinct: index.nullsNotDistinct, where: index.where && expression(index.where) },
      ),
  )
}

/** A type that comes with the rollback, or is another one until then, cannot be asked for before. */
const isThere = ({ start, before }: Place, type: TypeReference): boolean => {
  const name = userTypeName(type)
  return name === undefined || (start.types.has(name) && equal(start.types.get(name), before.types.get(name)))
}

const typed = ({ on, column, to, using }: Change<'set-column-type'>, place: Place): readonly Guard[] => {
  const attribute = columnOn(place.before, on, column)
  const loss = attribute && lossOf({ column, from: attribute.type, to, using: undefined, default: undefined }, place.before, place.postgres)
  const text = attribute && using && `NOT pg_input_is_valid(${quoteIdentifier(column)}::text, ${quoteLiteral(plainSql(printType(to)))})`
  const condition = loss?.condition ?? (loss?.how === 'refused' && place.postgres >= 16 && isThere(place, to) ? text : undefined)
  if (!loss) return []
  return holding(`${displayPlace(on, column)} holds values that ${displayType(to)} does not take`, place, on, column, condition)
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
  return holding(`${displayPlace(on, name)} holds ${gone.join(', ')}, which the type had not before`, place, on, name, condition)
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
