/** The catalog that the repair aims at: the second side's, with what is compared as the first side has it. */
import type { PrintedCatalog, PrintedDifference, PrintedObject } from '../../model/printed.ts'
import { ownerIdentity } from '../../sql/printed/parts.ts'

const keyOf = ({ kind, identity }: Pick<PrintedObject, 'kind' | 'identity'>): string => `${kind} ${identity}`

const isInvalid = ({ kind, value }: PrintedObject): boolean =>
  kind === 'index' && (value.invalid === true || value.notReady === true) && !/ ON ONLY /.test(String(value.definition))

/** No statement makes an INVALID index: as a repair it is one that REINDEX makes whole. */
export const withValidIndexes = (printed: PrintedCatalog): PrintedCatalog => {
  if (!printed.objects.some(isInvalid)) return printed
  const objects = printed.objects.map((object) => {
    if (!isInvalid(object)) return object
    const { invalid: _invalid, notReady: _notReady, ...value } = object.value
    return { ...object, value }
  })
  return { ...printed, objects }
}

/** Columns keep their places; what is added stands behind them, as ALTER TABLE adds it, in the first side's order. `relations`: those that have columns before. */
const placed = (wanted: PrintedObject, there: PrintedObject | undefined, relations: ReadonlySet<string>): PrintedObject => {
  if (wanted.kind !== 'column' && wanted.kind !== 'attribute') return wanted
  if (there) return { ...wanted, value: { ...wanted.value, position: there.value.position ?? 0 } }
  const isNewRelation = !relations.has(`${wanted.kind} ${ownerIdentity(wanted.identity)}`)
  return isNewRelation ? wanted : { ...wanted, value: { ...wanted.value, position: 10_000 + Number(wanted.value.position) } }
}

/** `differences` are those between `a` and `b` that are to be repaired. The hashes of changed objects are void. */
export const goalOf = (a: PrintedCatalog, b: PrintedCatalog, differences: readonly PrintedDifference[]): PrintedCatalog => {
  const changed = new Map(differences.filter(({ kind }) => kind !== 'column order').map((difference) => [keyOf(difference), difference]))
  const wanted = new Map(a.objects.filter((object) => changed.has(keyOf(object))).map((object) => [keyOf(object), object]))
  const relations = new Set(
    b.objects.flatMap(({ kind, identity }) => (kind === 'column' || kind === 'attribute' ? [`${kind} ${ownerIdentity(identity)}`] : [])),
  )
  const kept: PrintedObject[] = []
  const there = new Set<string>()
  for (const object of b.objects) {
    const key = keyOf(object)
    const difference = changed.get(key)
    if (difference === undefined) kept.push(object)
    else {
      there.add(key)
      const to = wanted.get(key)
      if (difference.from !== undefined) kept.push(to ? placed(to, object, relations) : object)
    }
  }
  const added = [...wanted].flatMap(([key, object]) => (there.has(key) ? [] : [placed(object, undefined, relations)]))
  return { ...b, objects: [...kept, ...added], fingerprint: '' }
}
