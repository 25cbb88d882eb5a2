/** The catalog that the repair aims at: the second side's, with what is compared as the first side has it. */
import { ByObject, type PrintedCatalog, type PrintedDifference, type PrintedObject, withObjects } from '../../model/printed.ts'
import { ownerIdentity } from '../../sql/printed/parts.ts'

const isInvalid = (object: PrintedObject): boolean => {
  if (object.kind !== 'index' || !(object.text.includes('"invalid"') || object.text.includes('"notReady"'))) return false
  const { invalid, notReady, definition } = object.value
  return (invalid === true || notReady === true) && !/ ON ONLY /.test(String(definition))
}

/** No statement makes an INVALID index: as a repair it is one that REINDEX makes whole. */
export const withValidIndexes = (printed: PrintedCatalog): PrintedCatalog => {
  if (!printed.objects.some(isInvalid)) return printed
  const objects = printed.objects.map((object) => {
    if (!isInvalid(object)) return object
    const { invalid: _invalid, notReady: _notReady, ...value } = object.value
    return object.with(value)
  })
  return withObjects(printed, objects)
}

/** What columns and attributes belong to. */
const holders = new Set(['table', 'view', 'type'])

/** Columns keep their places; what is added stands behind them, as ALTER TABLE adds it, in the first side's order. `relations`: those that are there before. */
const placed = (wanted: PrintedObject, there: PrintedObject | undefined, relations: ReadonlySet<string>): PrintedObject => {
  if (wanted.kind !== 'column' && wanted.kind !== 'attribute') return wanted
  if (there) return wanted.with({ ...wanted.value, position: there.value.position ?? 0 })
  const isNewRelation = !relations.has(ownerIdentity(wanted.identity))
  return isNewRelation ? wanted : wanted.with({ ...wanted.value, position: 10_000 + Number(wanted.value.position) })
}

/** `differences` are those between `a` and `b` that are to be repaired. */
export const goalOf = (a: PrintedCatalog, b: PrintedCatalog, differences: readonly PrintedDifference[]): PrintedCatalog => {
  const changed = new ByObject<PrintedDifference>()
  for (const difference of differences) if (difference.kind !== 'column order') changed.set(difference, difference)
  const wanted = new ByObject<PrintedObject>()
  for (const object of a.objects) if (changed.has(object)) wanted.set(object, object)
  const relations = new Set(b.objects.flatMap(({ kind, identity }) => (holders.has(kind) ? [identity] : [])))
  const kept: PrintedObject[] = []
  const there = new ByObject<true>()
  for (const object of b.objects) {
    const difference = changed.get(object)
    if (difference === undefined) kept.push(object)
    else {
      there.set(object, true)
      const to = wanted.get(object)
      if (difference.from !== undefined) kept.push(to ? placed(to, object, relations) : object)
    }
  }
  const added = [...wanted.values()].flatMap((object) => (there.has(object) ? [] : [placed(object, undefined, relations)]))
  return withObjects(b, [...kept, ...added])
}
