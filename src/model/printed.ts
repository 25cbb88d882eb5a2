import type { Json } from './json.ts'

/**
 * A catalog as a PostgreSQL server prints it (`pg_get_*`), canonical: sorted, names instead of OIDs, equal for the same DDL on PostgreSQL 14 to 18.
 * Two of them may be compared only when one engine printed both.
 */
export type PrintedCatalog = {
  readonly objects: readonly PrintedObject[]
  /** sha256 over all objects' kind, identity and text; may be made when it is asked for. */
  readonly fingerprint: string
  readonly version: number
  /** Kinds of which the reading user may not see everything: what is printed of them may lack something, so they are unknown, neither alike nor different. */
  readonly hidden?: readonly Hidden[]
  /** What its server's version makes doubtful, in words for a report. */
  readonly caveats?: readonly string[]
}

/** A kind of objects that is not seen whole, and why, with their names. */
export type Hidden = { readonly kind: string; readonly why: string }

/**
 * One object: kind, identity, what there is to say of it. `text` is the value's JSON as the server writes a jsonb: of two objects that servers printed, equal texts are
 * equal values. Of tens of thousands only what differs is looked into, so the value is read from the text when it is asked for.
 */
export class PrintedObject {
  readonly kind: string
  readonly identity: string
  readonly text: string
  #value: { readonly [key: string]: Json } | undefined

  constructor(kind: string, identity: string, text: string) {
    this.kind = kind
    this.identity = identity
    this.text = text
  }

  get value(): { readonly [key: string]: Json } {
    return (this.#value ??= JSON.parse(this.text) as { readonly [key: string]: Json })
  }

  /** The same object with something else to say. */
  with(value: { readonly [key: string]: Json }): PrintedObject {
    return new PrintedObject(this.kind, this.identity, JSON.stringify(value))
  }
}

/** One text for an object of printed catalogs. */
export const printedKey = ({ kind, identity }: { readonly kind: string; readonly identity: string }): string => `${kind} ${identity}`

/** For a cache. */
export const encodePrinted = (printed: PrintedCatalog): string => JSON.stringify(printed)

/** What `encodePrinted` wrote. */
export const decodePrinted = (text: string): PrintedCatalog => {
  const { objects, ...rest } = JSON.parse(text) as PrintedCatalog
  return { ...rest, objects: objects.map((object) => new PrintedObject(object.kind, object.identity, object.text)) }
}

/** What can be told apart from the rest of a catalog: by kind of object, or (names, order, partitions, archives) by what differs. */
export const facets = [
  'owners',
  'grants',
  'comments',
  'roles',
  'statistics',
  'storage',
  'versions',
  'labels',
  'names',
  'order',
  'partitions',
  'archives',
] as const
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
  archives: [],
}

const facetByKind = new Map(facets.flatMap((facet) => kindsOf[facet].map((kind) => [kind, facet] as const)))

/** The facet that objects of this kind say; undefined for the design itself. */
export const facetOfKind = (kind: string): Facet | undefined => facetByKind.get(kind)

/** Other objects of the same server; of them nobody has made a fingerprint. */
export const withObjects = ({ version, hidden, caveats }: PrintedCatalog, objects: readonly PrintedObject[]): PrintedCatalog => ({
  objects,
  fingerprint: '',
  version,
  ...(hidden && { hidden }),
  ...(caveats && { caveats }),
})

/** What a fingerprint is the sha256 of: a line per object, in the order of kind and identity by bytes. */
export const fingerprintText = (objects: readonly PrintedObject[]): string =>
  objects.map(({ kind, identity, text }) => `${kind} ${identity} ${text}\n`).join('')

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

type Named = Pick<PrintedObject, 'kind' | 'identity'>

/** A map by kind and identity: a name for both together would have to be made for each of tens of thousands. */
export class ByObject<T> {
  readonly #kinds = new Map<string, Map<string, T>>()

  get({ kind, identity }: Named): T | undefined {
    return this.#kinds.get(kind)?.get(identity)
  }

  has({ kind, identity }: Named): boolean {
    return this.#kinds.get(kind)?.has(identity) ?? false
  }

  set({ kind, identity }: Named, value: T): this {
    const known = this.#kinds.get(kind)
    if (known) known.set(identity, value)
    else this.#kinds.set(kind, new Map([[identity, value]]))
    return this
  }

  /** In the order in which their kinds, and then they, were first set. */
  *values(): Generator<T> {
    for (const named of this.#kinds.values()) yield* named.values()
  }
}

/** One object that two catalogs do not have alike: added (no `from`), removed (no `to`) or changed. */
export type PrintedDifference = {
  readonly kind: string
  readonly identity: string
  readonly from?: PrintedObject['value']
  readonly to?: PrintedObject['value']
}

/** A catalog's objects. */
export const byObject = ({ objects }: PrintedCatalog): ByObject<PrintedObject> => {
  const found = new ByObject<PrintedObject>()
  for (const object of objects) found.set(object, object)
  return found
}

/** What changes from `from` to `to`: removed and changed objects in `from`'s order, then added ones in `to`'s. Empty when both are equal. */
export const differences = (from: PrintedCatalog, to: PrintedCatalog): readonly PrintedDifference[] => {
  if (from.fingerprint === to.fingerprint) return []
  const [before, after] = [byObject(from), byObject(to)]
  const goneOrChanged = from.objects.flatMap((object): PrintedDifference[] => {
    const { kind, identity } = object
    const now = after.get(object)
    if (!now) return [{ kind, identity, from: object.value }]
    return now.text === object.text ? [] : [{ kind, identity, from: object.value, to: now.value }]
  })
  const added = to.objects.flatMap((object): PrintedDifference[] =>
    before.has(object) ? [] : [{ kind: object.kind, identity: object.identity, to: object.value }],
  )
  return [...goneOrChanged, ...added]
}

const withoutPosition = (value: PrintedDifference['from']): string => {
  const { position: _position, ...rest } = value ?? {}
  return JSON.stringify(rest)
}

/** True for a column that stands at another place in its table and is the same otherwise. */
export const isColumnOrder = ({ kind, from, to }: PrintedDifference): boolean =>
  kind === 'column' && from !== undefined && to !== undefined && withoutPosition(from) === withoutPosition(to)
