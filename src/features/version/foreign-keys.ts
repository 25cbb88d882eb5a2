/** What a foreign key asks of code that writes rows, and of code that removes what they refer to. */
import { equal } from '../../changes/equal.ts'
import { constraintsOn } from '../../changes/found-by.ts'
import type { Constraint, ForeignKeyAction } from '../../model/catalog.ts'
import type { RelationName } from '../../model/name.ts'
import { hasDefault, newColumns, staysNull } from './added-columns.ts'
import { type Judgement, major, minor, none, patch, strongest } from './judgement.ts'
import type { Moment } from './moment.ts'
import type { Flag } from './numbers.ts'

type ForeignKey = Extract<Constraint, { type: 'foreign key' }>

export const refusesDeletes: ReadonlySet<ForeignKeyAction> = new Set(['no action', 'restrict'])

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

export const deleteRisk = ({ onDelete, references }: ForeignKey, moment: Moment): readonly Flag[] =>
  refusesDeletes.has(onDelete) && moment.oldTable(references) ? ['delete-risk'] : []

export const referring = (on: RelationName, now: ForeignKey, moment: Moment): Judgement => {
  if (now.state === 'not enforced') return patch('it is written down and not enforced')
  const old = constraintsOn(moment.start, moment.startName(on)).find(
    (each): each is ForeignKey => each.type === 'foreign key' && sameReference(on, each, now, moment),
  )
  if (old) return compareForeignKeys(on, old, now, moment)
  const fresh = newColumns(on, now.columns, moment)
  const risk = deleteRisk(now, moment)
  if (fresh.length === now.columns.length && (now.match === 'simple' ? fresh.some(staysNull) : fresh.every(staysNull)))
    return minor('code that does not know the new column leaves it NULL, which refers to nothing', ...risk)
  if (fresh.length === now.columns.length && now.state === 'valid' && fresh.every(hasDefault))
    return minor('code that does not know the new column gets its default, which the rows that were there were checked with', ...risk)
  return major(
    now.state === 'not valid'
      ? 'rows of before may stay, but code that writes a value without a row behind it fails'
      : 'code that writes a value without a row behind it fails',
    ...risk,
  )
}
