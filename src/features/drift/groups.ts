/** Many databases told as few: those with the same differences are one group, and each difference is told once. */
import { digits } from '../../model/numbers.ts'

type Difference = { readonly fingerprint: string }

/** Databases, and what differs in each of them. */
export type Group<D extends Difference> = { readonly tenants: readonly string[]; readonly differences: readonly D[] }

const keyOf = (differences: readonly Difference[]): string =>
  differences
    .map(({ fingerprint }) => fingerprint)
    .sort()
    .join(' ')

const merged = (names: readonly string[], more: readonly string[]): readonly string[] => [...names, ...more].sort()

/** Databases with the same differences together, the largest group first. */
export const groupsOf = <D extends Difference>(told: readonly Group<D>[]): readonly Group<D>[] => {
  const groups = new Map<string, Group<D>>()
  for (const { tenants, differences } of told) {
    const key = keyOf(differences)
    groups.set(key, { tenants: merged(groups.get(key)?.tenants ?? [], tenants), differences: groups.get(key)?.differences ?? differences })
  }
  return [...groups.values()].sort((a, b) => b.tenants.length - a.tenants.length || ((a.tenants[0] ?? '') < (b.tenants[0] ?? '') ? -1 : 1))
}

/** Each difference once, with all databases that have it. */
export const spreadOf = <D extends Difference>(groups: readonly Group<D>[]): readonly { readonly difference: D; readonly tenants: readonly string[] }[] => {
  const spread = new Map<string, { readonly difference: D; readonly tenants: readonly string[] }>()
  for (const { tenants, differences } of groups)
    for (const difference of differences) {
      const { fingerprint } = difference
      spread.set(fingerprint, { difference, tenants: merged(spread.get(fingerprint)?.tenants ?? [], tenants) })
    }
  return [...spread.values()]
}

/** `a, b, c and 182 more` */
export const namesText = (names: readonly string[], shown = 3): string =>
  names.length <= shown + 1 ? names.join(', ').replace(/, ([^,]*)$/, ' and $1') : `${names.slice(0, shown).join(', ')} and ${digits(names.length - shown)} more`
