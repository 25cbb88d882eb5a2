import type { Json } from './json.ts'

/**
 * A catalog as a PostgreSQL server prints it (`pg_get_*`), canonical: sorted, names instead of OIDs, equal for the same DDL on PostgreSQL 14 to 18.
 * Two of them may be compared only when one engine printed both.
 */
export type PrintedCatalog = {
  readonly objects: readonly PrintedObject[]
  /** sha256 over all objects' kind, identity and hash. */
  readonly fingerprint: string
  readonly version: number
  /** Kinds of which the reading user may not see everything: what is printed of them may lack something, so they are unknown, neither alike nor different. */
  readonly hidden?: readonly Hidden[]
  /** What its server's version makes doubtful, in words for a report. */
  readonly caveats?: readonly string[]
}

/** A kind of objects that is not seen whole, and why, with their names. */
export type Hidden = { readonly kind: string; readonly why: string }

/** One object: kind, identity, what there is to say of it. */
export type PrintedObject = { readonly kind: string; readonly identity: string; readonly value: { readonly [key: string]: Json }; readonly hash: string }

/** What can be told apart from the rest of a catalog: by kind of object, or (names, order, partitions) by what differs. */
export const facets = ['owners', 'grants', 'comments', 'roles', 'statistics', 'storage', 'versions', 'labels', 'names', 'order', 'partitions'] as const
export type Facet = (typeof facets)[number]

/** Objects that say one facet, by kind. Nothing of a facet stands in another kind's value. */
const kindsOf: { readonly [F in Facet]: readonly string[] } = {
  owners: ['owner'],
  grants: ['privileges', 'default privileges'],
  comments: ['comment'],
  roles: ['role', 'database'],
  statistics: ['statistics target'],
  storage: ['storage'],
  versions: ['extension version'],
  labels: ['security label'],
  names: [],
  order: [],
  partitions: [],
}

const facetByKind = new Map(facets.flatMap((facet) => kindsOf[facet].map((kind) => [kind, facet] as const)))

/** The facet that objects of this kind say; undefined for the design itself. */
export const facetOfKind = (kind: string): Facet | undefined => facetByKind.get(kind)

/** What a fingerprint is the sha256 of: a line per object, in the order of kind and identity by bytes. */
export const fingerprintText = (objects: readonly Pick<PrintedObject, 'kind' | 'identity' | 'hash'>[]): string =>
  objects.map(({ kind, identity, hash }) => `${kind} ${identity} ${hash}\n`).join('')

/** The catalog without objects of these kinds; `hash` is sha256 of a text, hex. */
export const withoutKinds = (printed: PrintedCatalog, kinds: readonly string[], hash: (text: string) => string): PrintedCatalog => {
  const left = new Set(kinds)
  const objects = printed.objects.filter(({ kind }) => !left.has(kind))
  return objects.length === printed.objects.length ? printed : { ...printed, objects, fingerprint: hash(fingerprintText(objects)) }
}

/** The catalog without these facets; `hash` is sha256 of a text, hex. */
export const withoutFacets = (printed: PrintedCatalog, facets: readonly Facet[], hash: (text: string) => string): PrintedCatalog =>
  withoutKinds(
    printed,
    facets.flatMap((facet) => kindsOf[facet]),
    hash,
  )

/** The catalog without what only 18 and later print (names of NOT NULL constraints): for comparing majors. */
export const portable = (printed: PrintedCatalog, hash: (text: string) => string): PrintedCatalog =>
  withoutKinds(printed, ['not-null', 'domain not-null'], hash)

/** One object that two catalogs do not have alike: added (no `from`), removed (no `to`) or changed. */
export type PrintedDifference = {
  readonly kind: string
  readonly identity: string
  readonly from?: PrintedObject['value']
  readonly to?: PrintedObject['value']
}

const byObject = (printed: PrintedCatalog): ReadonlyMap<string, PrintedObject> =>
  new Map(printed.objects.map((object) => [`${object.kind} ${object.identity}`, object]))

/** What changes from `from` to `to`: removed and changed objects in `from`'s order, then added ones in `to`'s. Empty when both are equal. */
export const differences = (from: PrintedCatalog, to: PrintedCatalog): readonly PrintedDifference[] => {
  if (from.fingerprint === to.fingerprint) return []
  const [before, after] = [byObject(from), byObject(to)]
  const goneOrChanged = [...before].flatMap(([key, { kind, identity, value, hash }]): PrintedDifference[] => {
    const now = after.get(key)
    if (!now) return [{ kind, identity, from: value }]
    return now.hash === hash ? [] : [{ kind, identity, from: value, to: now.value }]
  })
  const added = [...after].filter(([key]) => !before.has(key)).map(([, { kind, identity, value }]): PrintedDifference => ({ kind, identity, to: value }))
  return [...goneOrChanged, ...added]
}
