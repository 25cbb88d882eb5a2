/** What happens to columns that code reads and writes. */
import { fillsItself } from '../../changes/columns.ts'
import { constraintColumns, elementColumns } from '../../changes/columns-of.ts'
import { equal } from '../../changes/equal.ts'
import { columnsIn } from '../../changes/expressions.ts'
import { constraintsOn } from '../../changes/found-by.ts'
import type { Attribute, Constraint, Expression } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import type { RelationName } from '../../model/name.ts'
import { generates, leftOut } from './added-columns.ts'
import { evaluated, type Value } from './condition-values.ts'
import { type Judgement, major, minor, none, patch, strongest } from './judgement.ts'
import { keysOf } from './keys.ts'
import type { Moment } from './moment.ts'
import { columnIn } from './moment.ts'
import type { Flag } from './numbers.ts'
import { blocksInserts, compareColumnTypes } from './types.ts'

const nullability = (old: Attribute, now: Attribute): Judgement => {
  if (now.notNull && !old.notNull) return major('code that writes NULL, or leaves the column out, fails')
  return old.notNull && !now.notNull ? minor('readers may meet NULL now', 'null-risk') : none('it takes NULL as before')
}

const withoutIt = (old: Attribute, now: Attribute): Judgement =>
  fillsItself(old) && !fillsItself(now) ? major('code that leaves the column out counted on its default') : none('who leaves it out may go on so')

const generation = (old: Attribute, now: Attribute): Judgement => {
  if (now.identity?.always && !old.identity?.always) return major('code that writes the column is refused: it is always generated')
  if (now.generated && !old.generated) return major('code that writes the column is refused: it is generated')
  return old.generated && !equal(old.generated, now.generated) ? major('the column is computed otherwise, or no longer') : none('it is filled as before')
}

/** A name led to one column before the migration, and leads to another one after it. */
const madeAgain = (old: Attribute, now: Attribute): Judgement =>
  strongest(
    minor('a column of that name and form is there again, without the values', 'data-loss'),
    compareColumnTypes(old, now),
    nullability(old, now),
    withoutIt(old, now),
    generation(old, now),
  )

const oldOwner = (change: { readonly on: Change<'drop-column'>['on'] }, moment: Moment) => moment.start.tables.get(moment.startName(change.on))

export const dropColumn = (change: Change<'drop-column'>, moment: Moment): Judgement => {
  const old = moment.oldColumn(change.on, change.column)
  if (!old || !moment.isOld(change.on, change.column)) return none('this migration made the column')
  const now = columnIn(moment.end.tables.get(moment.startName(change.on)), old.name)
  return now ? madeAgain(old, now) : major('code that names the column fails')
}

export const renameColumn = (change: Change<'rename-column'>, moment: Moment): Judgement => {
  const old = moment.oldColumn(change.on, change.from)
  if (!old || !moment.isOld(change.on, change.from))
    return oldOwner(change, moment) ? none('this migration made the column') : minor('this migration made the table')
  const now = columnIn(moment.end.tables.get(moment.startName(change.on)), old.name)
  return now ? madeAgain(old, now) : major('code that uses the old name fails')
}

/** A new column of an older table is broken to nobody unless INSERTs of old code cannot leave it out. The statement that makes it so is to blame. */
const newColumn = (on: Change<'add-column'>['on'], column: string, moment: Moment): Judgement => {
  const now = moment.newColumn(on, column)
  if (!now) return none('the column is gone again when the migration ends')
  if (!blocksInserts(moment.end, now)) return minor('code that leaves the column out goes on')
  const [before, after] = [columnIn(moment.before.tables.get(on), column), columnIn(moment.after.tables.get(on), column)]
  const blocked = before !== undefined && blocksInserts(moment.before, before)
  return !blocked && after && blocksInserts(moment.after, after)
    ? major('INSERTs of code that does not know the column fail: it takes no NULL and has no default')
    : minor('the column is new')
}

export const addColumn = ({ on, attribute }: Change<'add-column'>, moment: Moment): Judgement => {
  return moment.oldColumn(on, attribute.name) ? none('it takes the place of a column that this migration drops') : newColumn(on, attribute.name, moment)
}

type OfColumn = { readonly on: Change<'set-not-null'>['on']; readonly column: string }

/** A change of a column that was there before, by what it was and what it becomes; of a new one by what it becomes. */
const onColumn =
  (judge: (old: Attribute, now: Attribute, moment: Moment, on: RelationName) => Judgement) =>
  ({ on, column }: OfColumn, moment: Moment): Judgement => {
    const old = moment.oldColumn(on, column)
    if (!old) return newColumn(on, column, moment)
    const now = moment.newColumn(on, column)
    return now ? judge(old, now, moment, on) : none('the column is gone when the migration ends')
  }

/** The type may lead to another one and back within the migration. */
export const setColumnType = (change: Change<'set-column-type'>, moment: Moment): Judgement => {
  const judgement = onColumn(compareColumnTypes)(change, moment)
  const [before, after] = [moment.before, moment.after].map(({ tables }) => columnIn(tables.get(change.on), change.column)?.type)
  if (judgement.bump !== 'patch' || before === undefined || after === undefined) return judgement
  const flags: readonly Flag[] = [
    ...(change.using || !equal(before, after) ? (['rewrite'] as const) : []),
    ...(change.using && equal(before, after) ? (['data'] as const) : []),
  ]
  return { ...judgement, flags: [...judgement.flags, ...flags] }
}

export const setNotNull = onColumn((old, now) =>
  now.notNull && !old.notNull
    ? major('code that writes NULL, or leaves the column out, fails')
    : patch('after the migration it takes NULL as little as before it'),
)

export const dropNotNull = onColumn((old, now) =>
  old.notNull && !now.notNull ? minor('readers may meet NULL now', 'null-risk') : patch('after the migration it is as it was'),
)

type Default = { readonly column: string; readonly generates: boolean; readonly value: Value }

/** Whether a constraint may refuse what a default puts where NULL stood, which nothing of the kind refuses. */
const mayRefuse = (constraint: Constraint, { column, value }: Default): boolean => {
  switch (constraint.type) {
    case 'check': {
      if (constraint.state === 'not enforced' || !columnsIn(constraint.expression).has(column)) return false
      const answer = evaluated(constraint.expression, (name) => (name === column ? value : undefined))
      return answer !== true && answer !== null
    }
    case 'foreign key':
      return constraint.state !== 'not enforced' && constraint.columns.includes(column)
    case 'exclusion':
      return constraintColumns(constraint).includes(column)
    default:
      return false
  }
}

const refusedBy: Readonly<Record<Constraint['type'], string>> = {
  check: 'code that leaves the column out wrote NULL, which the CHECK let in; it may refuse the default',
  'foreign key': 'code that leaves the column out wrote NULL, which refers to nothing; the default needs a row that it refers to',
  exclusion: 'code that leaves the column out wrote NULL, which is in nobody’s way; a second default may be in the way of the first',
  unique: 'code that leaves the column out wrote NULL, and NULLs are never equal; the default is refused the second time',
  'primary key': 'the default is refused the second time',
}

/** What keeps out rows of code that leaves a column out, now that a default stands where NULL stood; undefined where nothing does. */
const refused = (on: RelationName, old: Attribute, now: Attribute, { end, endName }: Moment): string | undefined => {
  // Code that could not leave it out does not get the default.
  if (fillsItself(old) || old.notNull !== false) return undefined
  const given: Default = { column: now.name, generates: generates(now), value: leftOut(now) }
  if (given.value === null) return undefined
  const table = endName(on)
  const constraint = constraintsOn(end, table).find((each) => mayRefuse(each, given))
  if (constraint) return refusedBy[constraint.type]
  const isIn = (where: Expression | undefined): boolean =>
    where === undefined || ![false, null].includes(evaluated(where, (name) => (name === given.column ? given.value : undefined)) as false | null)
  return !given.generates && keysOf(end, table).some(({ elements, where }) => elementColumns(elements).includes(given.column) && isIn(where))
    ? refusedBy.unique
    : undefined
}

export const setDefault = onColumn((old, now, moment, on) => {
  const left = withoutIt(old, now)
  if (left.bump === 'major') return left
  if (equal(old.default, now.default)) return patch('after the migration the default is what it was')
  if (now.default === undefined) return patch('the value comes from elsewhere')
  const refusal = refused(on, old, now, moment)
  if (refusal !== undefined) return major(refusal, 'behaviour')
  return fillsItself(old) ? minor('INSERTs that leave it out get another value', 'behaviour') : minor('INSERTs that leave it out get a value', 'behaviour')
})

export const setIdentity = onColumn((old, now) => {
  const worst = strongest(withoutIt(old, now), generation(old, now))
  return worst.bump === 'major' ? worst : minor('code may write the column or leave it out')
})

export const setGenerated = onColumn((old, now) => strongest(patch('after the migration it is as it was'), generation(old, now)))

/** Dropped and made again under its name, or moved away with something of its form in its place. */
export const tableGone = (change: { readonly name: Change<'drop-table'>['name'] }, moment: Moment, why: string): Judgement => {
  const name = moment.startName(change.name)
  const old = moment.start.tables.get(name)
  if (!old) return none('this migration made the table')
  const now = moment.end.tables.get(name)
  if (!now) return major(why)
  const parts = old.columns.map((column) => {
    const next = columnIn(now, column.name)
    return next ? madeAgain(column, next) : major(`the table is made again without the column ${column.name}`)
  })
  const added = now.columns
    .filter((column) => !columnIn(old, column.name) && blocksInserts(moment.end, column))
    .map(({ name: column }) => major(`the table is made again with ${column}, which INSERTs must give`))
  return strongest(minor('a table of that name and form is there again, without the rows', 'data-loss'), ...parts, ...added)
}
