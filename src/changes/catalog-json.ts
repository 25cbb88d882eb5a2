/** A catalog as JSON and back: what a cache keeps. Maps are lists of entries under a key that no tree has. */
import type { Catalog } from '../model/catalog.ts'
import { emptyCatalog } from './edit.ts'

const mark = '$map'

const isMap = (value: unknown): value is ReadonlyMap<unknown, unknown> =>
  typeof value === 'object' && value !== null && 'entries' in value && typeof value.entries === 'function' && !Array.isArray(value)

/** The catalog as JSON. */
export const catalogToJson = (catalog: Catalog): string =>
  JSON.stringify(catalog, (_key, value: unknown) => (isMap(value) ? { [mark]: [...value.entries()] } : value))

/** Maps of a catalog's parts; trees and texts hold none. */
const mapsOf: Readonly<Record<string, readonly string[]>> = {
  tables: ['constraints', 'policies', 'triggers', 'rules'],
  views: ['rules', 'triggers'],
  types: ['constraints'],
}

type Encoded = { readonly [mark]?: unknown }

const toMap = (value: unknown): ReadonlyMap<unknown, unknown> => {
  const entries = typeof value === 'object' && value !== null ? (value as Encoded)[mark] : undefined
  if (!Array.isArray(entries)) throw new SyntaxError('not a catalog')
  return new Map(entries)
}

const withMaps = (part: unknown, names: readonly string[]): unknown => {
  const record = part as Record<string, unknown>
  for (const name of names) if (record[name] !== undefined) record[name] = toMap(record[name])
  return record
}

/** The catalog that `catalogToJson` wrote. Throws `SyntaxError` for anything else. */
export const catalogFromJson = (json: string): Catalog => {
  const encoded: unknown = JSON.parse(json)
  if (typeof encoded !== 'object' || encoded === null) throw new SyntaxError('not a catalog')
  const catalog: Record<string, unknown> = {}
  for (const name of Object.keys(emptyCatalog)) {
    const map = toMap((encoded as Record<string, unknown>)[name])
    const inner = mapsOf[name]
    if (inner) for (const part of map.values()) withMaps(part, inner)
    catalog[name] = map
  }
  return catalog as Catalog
}
