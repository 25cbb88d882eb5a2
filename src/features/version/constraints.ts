/** What is kept out of a table, or no longer. */
import { equal } from '../../changes/equal.ts'
import { columnsIn, hasSubquery } from '../../changes/expressions.ts'
import { indexesOn } from '../../changes/found-by.ts'
import { isVolatile } from '../../changes/volatility.ts'
import type { Attribute, Catalog, Constraint, Expression, ForeignKeyAction, Index } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import type { RelationName } from '../../model/name.ts'
import { child, list, strings, text } from '../../sql/tree.ts'
import { type Judgement, major, minor, none, patch, strongest } from './judgement.ts'
import type { Moment } from './moment.ts'
import type { Flag } from './numbers.ts'

type Of<T extends Constraint['type']> = Extract<Constraint, { type: T }>
type ForeignKey = Of<'foreign key'>
type Check = Of<'check'>

/** What makes rows unique: a constraint or an index. */
type Key = { readonly elements: Index['elements']; readonly where?: Expression; readonly nullsNotDistinct: boolean }

const keyOfConstraint = (constraint: Constraint): Key | undefined =>
  constraint.type === 'primary key' || constraint.type === 'unique'
    ? { elements: constraint.columns.map((on) => ({ on })), nullsNotDistinct: constraint.nullsNotDistinct }
    : undefined

const keyOfIndex = ({ elements, where, nullsNotDistinct }: Index): Key => ({
  // The order of an index says nothing of what it keeps out.
  elements: elements.map(({ descending: _descending, nulls: _nulls, ...element }) => element),
  ...(where === undefined ? {} : { where }),
  nullsNotDistinct,
})

export const keysOf = (catalog: Catalog, on: RelationName): readonly Key[] => [
  ...[...(catalog.tables.get(on)?.constraints.values() ?? [])].flatMap((constraint) => keyOfConstraint(constraint) ?? []),
  ...indexesOn(catalog, on).flatMap(([, index]) => (index.unique ? [keyOfIndex(index)] : [])),
]

/** Two rows that the new key keeps apart were kept apart by an old one: it has fewer columns, on all rows or the same ones. */
const implies = (old: Key, now: Key): boolean =>
  old.elements.every((element) => now.elements.some((other) => equal(element, other))) &&
  (old.where === undefined || equal(old.where, now.where)) &&
  (old.nullsNotDistinct || !now.nullsNotDistinct)

const sameKey = (a: Key, b: Key): boolean => implies(a, b) && implies(b, a)

export const generates = ({ default: value, identity }: Attribute): boolean =>
  identity !== undefined || (value !== undefined && ('sequence' in value || isVolatile(value as Expression)))

/** Columns that this migration adds, as they are in the end. */
const newColumns = (on: RelationName, columns: readonly string[], moment: Moment): readonly Attribute[] =>
  columns.flatMap((column) => (moment.oldColumn(on, column) ? [] : (moment.newColumn(on, column) ?? [])))

const staysNull = ({ default: value, identity, generated, notNull }: Attribute): boolean => value === undefined && !identity && !generated && notNull === false

/** A key with its columns called otherwise; expressions stay as they are. */
const renamed = (key: Key, name: (column: string) => string): Key => ({
  ...key,
  elements: key.elements.map((element) => (typeof element.on === 'string' ? { ...element, on: name(element.on) } : element)),
})

const uniqueness = (on: RelationName, key: Key, moment: Moment): Judgement => {
  const before = keysOf(moment.start, moment.startName(on))
  const asBefore = renamed(key, (column) => moment.startColumn(on, column))
  if (before.some((old) => implies(old, asBefore))) return patch('no row that was let in before is kept out now')
  const columns = key.elements.flatMap(({ on: column }) => (typeof column === 'string' ? [column] : [...columnsIn(column)]))
  const fresh = newColumns(on, columns, moment)
  // An UPDATE of an older column may meet what new code wrote into the new ones.
  if (fresh.length < columns.length) return major('code that writes a value a second time fails')
  if (fresh.some(staysNull) && !key.nullsNotDistinct) return minor('code that does not know the new column leaves it NULL, and NULLs are never equal')
  if (fresh.some(generates)) return minor('the new column fills itself, each time with another value')
  return major('code that writes a value a second time fails')
}

/** Functions that answer NULL to a NULL, of those that stand in conditions. */
const strictFunctions = new Set(
  'char_length character_length length octet_length lower upper btrim ltrim rtrim trim jsonb_typeof json_typeof abs date_part date_trunc array_length jsonb_array_length'.split(
    ' ',
  ),
)

/** What an expression comes to; undefined where that is not known. */
export type Value = boolean | number | string | null | undefined

const constant = (node: Expression | undefined): Value => {
  const value = child(node, 'A_Const')
  if (!value) return undefined
  if (value.isnull === true) return null
  const [integer, decimal, truth, string] = ['ival', 'fval', 'boolval', 'sval'].map((key) => child(value, key))
  if (integer) return Number(integer.ival ?? 0)
  if (decimal) return Number(text(decimal, 'fval'))
  return truth ? truth.boolval === true : string && text(string, 'sval')
}

/** A number may be written as a text: `DEFAULT '0'`. */
const compared = (left: Value, right: Value): number | undefined => {
  if (left === undefined || right === undefined || left === null || right === null) return undefined
  if (typeof left === typeof right) return left < right ? -1 : left > right ? 1 : 0
  const [a, b] = [Number(left), Number(right)]
  return typeof left === 'boolean' || typeof right === 'boolean' || Number.isNaN(a) || Number.isNaN(b) ? undefined : a - b
}

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '>': (order) => order > 0,
  '<=': (order) => order <= 0,
  '>=': (order) => order >= 0,
}

const allOrNone = (values: readonly Value[], decisive: boolean): Value =>
  values.includes(decisive) ? decisive : values.includes(undefined) ? undefined : values.includes(null) ? null : !decisive

type Values = (column: string) => Value

/** Lists of `IN`, `= ANY (ARRAY[…])`, and the limits of BETWEEN. */
const itemsOf = (node: unknown): readonly Expression[] => {
  if (Array.isArray(node)) return node as readonly Expression[]
  const tree = node as Expression | undefined
  const inner = child(child(tree, 'TypeCast'), 'arg')
  return inner ? itemsOf(inner) : [...list(child(tree, 'A_ArrayExpr'), 'elements'), ...list(child(tree, 'List'), 'items')]
}

const operationValue = (operation: Expression, values: Values): Value => {
  const [kind, name] = [text(operation, 'kind') ?? '', strings(list(operation, 'name')).at(-1) ?? '']
  const left = evaluated(child(operation, 'lexpr'), values)
  if (kind === 'AEXPR_IN' || kind === 'AEXPR_OP_ANY') {
    const hits = itemsOf(operation.rexpr).map((item) => equality(left, evaluated(item, values)))
    const among = hits.length === 0 ? undefined : allOrNone(hits, true)
    return name === '=' ? among : name === '<>' && kind === 'AEXPR_IN' && typeof among === 'boolean' ? !among : among === null ? null : undefined
  }
  if (kind === 'AEXPR_BETWEEN') {
    const [low, high] = itemsOf(operation.rexpr).map((item) => compared(left, evaluated(item, values)))
    return left === null ? null : low === undefined || high === undefined ? undefined : low >= 0 && high <= 0
  }
  const right = evaluated(child(operation, 'rexpr'), values)
  if (kind === 'AEXPR_DISTINCT' || kind === 'AEXPR_NOT_DISTINCT') {
    const order = left === null || right === null ? (left === undefined || right === undefined ? undefined : left === right ? 0 : 1) : compared(left, right)
    return order === undefined ? undefined : (order !== 0) === (kind === 'AEXPR_DISTINCT')
  }
  if (kind !== 'AEXPR_OP' && !kind.startsWith('AEXPR_LIKE') && !kind.startsWith('AEXPR_ILIKE')) return undefined
  if (left === null || right === null) return null
  const order = compared(left, right)
  const compare = kind === 'AEXPR_OP' ? comparisons[name] : undefined
  return order === undefined || !compare ? undefined : compare(order)
}

const equality = (left: Value, right: Value): Value => {
  if (left === null || right === null) return null
  const order = compared(left, right)
  return order === undefined ? undefined : order === 0
}

/** What a condition comes to in a row of these values, as PostgreSQL answers it. Texts are compared for being equal alone where a collation could tell them apart. */
export const evaluated = (expression: Expression | undefined, values: Values): Value => {
  const [column, test, logic, operation, call, cast] = ['ColumnRef', 'NullTest', 'BoolExpr', 'A_Expr', 'FuncCall', 'TypeCast'].map((key) =>
    child(expression, key),
  )
  if (column) return values(strings(list(column, 'fields')).at(-1) ?? '')
  if (cast) return evaluated(child(cast, 'arg'), values)
  if (test) {
    const value = evaluated(child(test, 'arg'), values)
    return value === undefined ? undefined : (value === null) === (text(test, 'nulltesttype') === 'IS_NULL')
  }
  if (logic) {
    const parts = list(logic, 'args').map((part) => evaluated(part, values))
    const [first] = parts
    if (text(logic, 'boolop') === 'NOT_EXPR') return typeof first === 'boolean' ? !first : first === null ? null : undefined
    return allOrNone(parts, text(logic, 'boolop') === 'OR_EXPR')
  }
  if (call) {
    const strict = strictFunctions.has(strings(list(call, 'funcname')).at(-1) ?? '')
    return strict && list(call, 'args').some((argument) => evaluated(argument, values) === null) ? null : undefined
  }
  return operation ? operationValue(operation, values) : constant(expression)
}

/** What a new column holds where code leaves it out. */
export const leftOut = (column: Attribute | undefined): Value => {
  if (!column || column.generated || column.identity) return undefined
  if (column.default === undefined) return column.notNull === false ? null : undefined
  return 'sequence' in column.default ? undefined : evaluated(column.default, () => undefined)
}

/** `c IN ('a', 'b')`, `c = ANY (ARRAY['a', 'b'])`: what is looked for, and where. */
const membership = (expression: Expression): { readonly of: Expression | undefined; readonly values: readonly Expression[] } | undefined => {
  const operation = child(expression, 'A_Expr')
  const kind = text(operation, 'kind')
  if (!operation || !equal(operation.name, [{ String: { sval: '=' } }])) return undefined
  const right = operation.rexpr
  const one = kind === 'AEXPR_OP' ? [right as Expression] : itemsOf(right)
  return (kind === 'AEXPR_IN' || kind === 'AEXPR_OP_ANY' || kind === 'AEXPR_OP') && one.length > 0 ? { of: child(operation, 'lexpr'), values: one } : undefined
}

/** Whether what the old condition lets in, the new one does. */
const letsInMore = (old: Expression, now: Expression): boolean => {
  if (equal(old, now)) return true
  const [from, to] = [membership(old), membership(now)]
  return from !== undefined && to !== undefined && equal(from.of, to.of) && from.values.every((value) => to.values.some((other) => equal(value, other)))
}

const checking = (on: RelationName, { expression, state }: Check, moment: Moment): Judgement => {
  if (state === 'not enforced') return patch('it is written down and not enforced')
  const olds = [...(moment.oldTable(on)?.constraints.values() ?? [])].filter((each): each is Check => each.type === 'check' && each.state !== 'not enforced')
  if (olds.some((old) => equal(old.expression, expression))) return patch('no row that was let in before is kept out now')
  if (olds.some((old) => letsInMore(old.expression, expression))) return minor('it lets in more values than the one before', 'reader-risk')
  const columns = [...columnsIn(expression)]
  const fresh = newColumns(on, columns, moment)
  if (columns.length === 0 || fresh.length < columns.length || hasSubquery(expression)) return major('code that writes rows which it does not take fails')
  const values = new Map(fresh.map((column) => [column.name, leftOut(column)]))
  const answer = evaluated(expression, (column) => values.get(moment.newColumn(on, column)?.name ?? column))
  // What a default that is no constant gives was checked on the rows that were there.
  const checked = answer === undefined && state === 'valid' && fresh.every(({ generated, default: value }) => !generated && value !== undefined)
  return checked || answer === true || answer === null
    ? minor('it looks at new columns alone, which old code leaves out')
    : major('code that leaves the new columns out may fail on it')
}

const refusesDeletes: ReadonlySet<ForeignKeyAction> = new Set(['no action', 'restrict'])

/** What a foreign key does to code that deletes or changes what is referred to, compared with what it did. */
const action = (old: ForeignKeyAction, now: ForeignKeyAction, what: string, takesNull: boolean): Judgement => {
  if (old === now) return none('it does as before')
  if (refusesDeletes.has(now)) return refusesDeletes.has(old) ? patch('it refuses as before') : major(`code that ${what} a row that is referred to is refused`)
  if (now === 'set null' && !takesNull) return major(`code that ${what} a row that is referred to fails: the column takes no NULL`)
  return minor(`it does something else to rows that refer to one that goes (${now})`, 'behaviour')
}

const compareForeignKeys = (on: RelationName, old: ForeignKey, now: ForeignKey, moment: Moment): Judgement => {
  const takesNull = now.columns.every((column) => moment.newColumn(on, column)?.notNull === false)
  return strongest(
    patch('the same rows are kept out as before'),
    action(old.onDelete, now.onDelete, 'deletes', takesNull),
    action(old.onUpdate, now.onUpdate, 'changes the key of', takesNull),
    old.initiallyDeferred && !now.initiallyDeferred ? major('it is checked at once, where code could wait for the end of the transaction') : none(''),
    old.state === 'not enforced' && now.state !== 'not enforced' ? major('it is enforced now') : none(''),
  )
}

const sameReference = (on: RelationName, old: ForeignKey, now: ForeignKey, moment: Moment): boolean =>
  equal(
    old.columns,
    now.columns.map((column) => moment.startColumn(on, column)),
  ) &&
  old.references === moment.startName(now.references) &&
  equal(
    old.referenced,
    now.referenced.map((column) => moment.startColumn(now.references, column)),
  ) &&
  (old.match === now.match || now.columns.length === 1)

const deleteRisk = ({ onDelete, references }: ForeignKey, moment: Moment): readonly Flag[] =>
  refusesDeletes.has(onDelete) && moment.oldTable(references) ? ['delete-risk'] : []

const referring = (on: RelationName, now: ForeignKey, moment: Moment): Judgement => {
  if (now.state === 'not enforced') return patch('it is written down and not enforced')
  const old = [...(moment.oldTable(on)?.constraints.values() ?? [])].find(
    (each): each is ForeignKey => each.type === 'foreign key' && sameReference(on, each, now, moment),
  )
  if (old) return compareForeignKeys(on, old, now, moment)
  const fresh = newColumns(on, now.columns, moment)
  const risk = deleteRisk(now, moment)
  if (fresh.length === now.columns.length && (now.match === 'simple' ? fresh.some(staysNull) : fresh.every(staysNull)))
    return minor('code that does not know the new column leaves it NULL, which refers to nothing', ...risk)
  if (fresh.length === now.columns.length && now.state === 'valid' && fresh.every(({ generated, default: value }) => !generated && value !== undefined))
    return minor('code that does not know the new column gets its default, which the rows that were there were checked with', ...risk)
  return major(
    now.state === 'not valid'
      ? 'rows of before may stay, but code that writes a value without a row behind it fails'
      : 'code that writes a value without a row behind it fails',
    ...risk,
  )
}

const primaryKey = (on: RelationName, key: Key, columns: readonly string[], moment: Moment): Judgement => {
  const before = [...(moment.oldTable(on)?.constraints.values() ?? [])].find(({ type }) => type === 'primary key')
  const old = before && keyOfConstraint(before)
  if (old)
    return sameKey(
      old,
      renamed(key, (column) => moment.startColumn(on, column)),
    )
      ? patch('the primary key has the columns that it had')
      : major('the primary key has other columns')
  const nulls = columns.some((column) => moment.oldColumn(on, column)?.notNull === false)
  return nulls ? major('code that writes NULL into the key fails') : uniqueness(on, key, moment)
}

const exclusion = (on: RelationName, constraint: Of<'exclusion'>, moment: Moment): Judgement => {
  const same = [...(moment.oldTable(on)?.constraints.values() ?? [])].some(
    (old) => old.type === 'exclusion' && equal({ ...old, options: {}, include: [] }, { ...constraint, options: {}, include: [] }),
  )
  if (same) return patch('no row that was let in before is kept out now')
  const columns = constraint.elements.flatMap(({ element }) => (typeof element.on === 'string' ? [element.on] : [...columnsIn(element.on)]))
  const fresh = newColumns(on, columns, moment)
  return fresh.length === columns.length && fresh.some(staysNull)
    ? minor('code that does not know the new column leaves it NULL, which is in nobody’s way')
    : major('code that writes a row which is in the way of another fails')
}

export const addConstraint = ({ on, constraint }: Change<'add-constraint'>, moment: Moment): Judgement => {
  if (!moment.oldTable(on)) return minor('the table is new', ...(constraint.type === 'foreign key' ? deleteRisk(constraint, moment) : []))
  switch (constraint.type) {
    case 'primary key':
      return primaryKey(on, { elements: constraint.columns.map((column) => ({ on: column })), nullsNotDistinct: false }, constraint.columns, moment)
    case 'unique':
      return uniqueness(on, { elements: constraint.columns.map((column) => ({ on: column })), nullsNotDistinct: constraint.nullsNotDistinct }, moment)
    case 'check':
      return checking(on, constraint, moment)
    case 'foreign key':
      return referring(on, constraint, moment)
    case 'exclusion':
      return exclusion(on, constraint, moment)
  }
}

export const createIndex = ({ index }: Change<'create-index'>, moment: Moment): Judgement => {
  if (!index.unique) return patch('code cannot tell')
  return moment.oldTable(index.relation)
    ? uniqueness(index.relation, keyOfIndex(index), moment)
    : minor(moment.start.views.has(moment.startName(index.relation)) ? 'only REFRESH writes what it is on' : 'the table is new')
}

/** `on`: the table before the migration. */
const keyGone = (on: RelationName, old: Key, moment: Moment): Judgement =>
  keysOf(moment.end, moment.lastName(on, '').on).some((now) =>
    sameKey(
      renamed(old, (column) => moment.lastName(on, column).column),
      now,
    ),
  )
    ? patch('another key says the same')
    : minor('rows that were kept out are let in now', 'on-conflict')

export const dropIndex = ({ name }: Change<'drop-index'>, moment: Moment): Judgement => {
  const old = moment.start.indexes.get(moment.startName(name))
  if (!old) return none('this migration made the index')
  return old.unique && moment.end.tables.has(moment.lastName(old.relation, '').on) ? keyGone(old.relation, keyOfIndex(old), moment) : patch('code cannot tell')
}

export const dropConstraint = ({ on, name }: Change<'drop-constraint'>, moment: Moment): Judgement => {
  const old = moment.oldConstraint(on, name)
  if (!old) return none('this migration made the constraint, or the table went')
  const table = moment.newTable(on)
  if (!table) return none('the table goes')
  const nows = [...table.constraints.values()]
  const last = (column: string): string => moment.lastName(moment.startName(on), column).column
  const key = keyOfConstraint(old)
  if (old.type === 'primary key') {
    const now = nows.find(({ type }) => type === 'primary key')
    const next = now && keyOfConstraint(now)
    if (next && key && sameKey(renamed(key, last), next)) return patch('the primary key has the columns that it had')
    return major('the primary key goes: ON CONFLICT on it fails, and rows may be there twice', 'on-conflict')
  }
  if (key) {
    const goes = keyGone(moment.startName(on), key, moment)
    return goes.bump === 'patch' && !table.constraints.has(name) ? { ...goes, flags: ['on-conflict'] } : goes
  }
  if (old.type === 'foreign key') {
    if (
      nows.some((now) => now.type === 'foreign key' && equal(old.columns.map(last), now.columns) && moment.lastName(old.references, '').on === now.references)
    )
      return patch('another foreign key takes its place')
    return minor('rows may refer to nothing now', ...(refusesDeletes.has(old.onDelete) ? [] : (['behaviour'] as const)))
  }
  if (nows.some((now) => equal({ ...now, state: '' }, { ...old, state: '' }))) return patch('another constraint says the same')
  return minor('rows that were kept out are let in now', 'reader-risk')
}

export const renameConstraint = ({ on, from }: Change<'rename-constraint'>, moment: Moment): Judgement => {
  const type = moment.oldConstraint(on, from)?.type
  const named = type === 'unique' || type === 'primary key' || type === 'exclusion'
  return patch('its name is in messages alone', ...(named ? (['on-conflict'] as const) : []))
}

export const alterConstraint = ({ on, name, to }: Change<'alter-constraint'>, moment: Moment): Judgement => {
  const old = moment.oldConstraint(on, name)
  if (!old) return minor('the constraint is new')
  if (to.enforced && 'state' in old && old.state === 'not enforced') return major('it is enforced now')
  if ('initiallyDeferred' in old && ((old.initiallyDeferred && !to.initiallyDeferred) || (old.deferrable && !to.deferrable)))
    return major('code that deferred it to the end of the transaction fails')
  if (to.enforced === false) return minor('rows that were kept out are let in now', 'reader-risk')
  return minor('when it is checked changes', 'behaviour')
}
