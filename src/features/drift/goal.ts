/** The catalog that the repair aims at: the second side's, with what is compared as the first side has it. */
import { partsOf, quoteIdentifier } from '../../model/name.ts'
import type { PrintedCatalog, PrintedDifference, PrintedObject } from '../../model/printed.ts'

const keyOf = ({ kind, identity }: Pick<PrintedObject, 'kind' | 'identity'>): string => `${kind} ${identity}`

const relationOf = (identity: string): string => partsOf(identity).slice(0, 2).map(quoteIdentifier).join('.')

/** No statement makes an INVALID index: as a repair it is one that REINDEX makes whole. */
export const withValidIndexes = (printed: PrintedCatalog): PrintedCatalog => ({
  ...printed,
  objects: printed.objects.map((object) => {
    if (object.kind !== 'index' || (!object.value.invalid && !object.value.notReady) || / ON ONLY /.test(String(object.value.definition))) return object
    const { invalid: _invalid, notReady: _notReady, ...value } = object.value
    return { ...object, value }
  }),
})

/** Columns keep their places; what is added stands behind them, as ALTER TABLE adds it, in the first side's order. */
const replaced = (objects: Map<string, PrintedObject>, wanted: PrintedObject): PrintedObject => {
  if (wanted.kind !== 'column' && wanted.kind !== 'attribute') return wanted
  const there = objects.get(keyOf(wanted))
  if (there) return { ...wanted, value: { ...wanted.value, position: there.value.position ?? 0 } }
  const isNewRelation = ![...objects.keys()].some((key) => key.startsWith(`${wanted.kind} ${relationOf(wanted.identity)}.`))
  return isNewRelation ? wanted : { ...wanted, value: { ...wanted.value, position: 10_000 + Number(wanted.value.position) } }
}

/** `differences` are those between `a` and `b` that are to be repaired. The hashes of changed objects are void. */
export const goalOf = (a: PrintedCatalog, b: PrintedCatalog, differences: readonly PrintedDifference[]): PrintedCatalog => {
  const wanted = new Map(a.objects.map((object) => [keyOf(object), object]))
  const before = new Map(b.objects.map((object) => [keyOf(object), object]))
  const objects = new Map(before)
  for (const difference of differences) {
    const object = wanted.get(keyOf(difference))
    if (difference.kind === 'column order') continue
    if (difference.from === undefined) objects.delete(keyOf(difference))
    else if (object) objects.set(keyOf(object), replaced(before, object))
  }
  return { ...b, objects: [...objects.values()], fingerprint: '' }
}
