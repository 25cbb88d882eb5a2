/** What is kept out of a table, or no longer. */
import { constraintColumns, elementColumns } from '../../changes/columns-of.ts'
import { equal } from '../../changes/equal.ts'
import { columnsIn, hasSubquery } from '../../changes/expressions.ts'
import { constraintsOn } from '../../changes/found-by.ts'
import type { Constraint, Expression } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import type { RelationName } from '../../model/name.ts'
import { child, text } from '../../sql/tree.ts'
import { generates, hasDefault, leftOut, newColumns, staysNull } from './added-columns.ts'
import { evaluated, itemsOf } from './condition-values.ts'
import { deleteRisk, referring, refusesDeletes } from './foreign-keys.ts'
import { type Judgement, major, minor, none, patch } from './judgement.ts'
import { implies, type Key, keyOfConstraint, keyOfIndex, keysOf, renamed, sameKey } from './keys.ts'
import type { Moment } from './moment.ts'

type Of<T extends Constraint['type']> = Extract<Constraint, { type: T }>
type Check = Of<'check'>

const uniqueness = (on: RelationName, key: Key, moment: Moment): Judgement => {
  const before = keysOf(moment.start, moment.startName(on))
  const asBefore = renamed(key, (column) => moment.startColumn(on, column))
  if (before.some((old) => implies(old, asBefore))) return patch('no row that was let in before is kept out now')
  const columns = elementColumns(key.elements)
  const fresh = newColumns(on, columns, moment)
  // An UPDATE of an older column may meet what new code wrote into the new ones.
  if (fresh.length < columns.length) return major('code that writes a value a second time fails')
  if (fresh.some(staysNull) && !key.nullsNotDistinct) return minor('code that does not know the new column leaves it NULL, and NULLs are never equal')
  if (fresh.some(generates)) return minor('the new column fills itself, each time with another value')
  return major('code that writes a value a second time fails')
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
  const olds = constraintsOn(moment.start, moment.startName(on)).filter((each): each is Check => each.type === 'check' && each.state !== 'not enforced')
  if (olds.some((old) => equal(old.expression, expression))) return patch('no row that was let in before is kept out now')
  if (olds.some((old) => letsInMore(old.expression, expression))) return minor('it lets in more values than the one before', 'reader-risk')
  const columns = [...columnsIn(expression)]
  const fresh = newColumns(on, columns, moment)
  if (columns.length === 0 || fresh.length < columns.length || hasSubquery(expression)) return major('code that writes rows which it does not take fails')
  const values = new Map(fresh.map((column) => [column.name, leftOut(column)]))
  const answer = evaluated(expression, (column) => values.get(moment.newColumn(on, column)?.name ?? column))
  // What a default that is no constant gives was checked on the rows that were there.
  const checked = answer === undefined && state === 'valid' && fresh.every(hasDefault)
  return checked || answer === true || answer === null
    ? minor('it looks at new columns alone, which old code leaves out')
    : major('code that leaves the new columns out may fail on it')
}

const primaryKey = (on: RelationName, key: Key, columns: readonly string[], moment: Moment): Judgement => {
  const before = constraintsOn(moment.start, moment.startName(on)).find(({ type }) => type === 'primary key')
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
  const same = constraintsOn(moment.start, moment.startName(on)).some(
    (old) => old.type === 'exclusion' && equal({ ...old, options: {}, include: [] }, { ...constraint, options: {}, include: [] }),
  )
  if (same) return patch('no row that was let in before is kept out now')
  const columns = constraintColumns(constraint)
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
