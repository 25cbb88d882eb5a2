/** A catalog as JSON and back: what a cache keeps. Maps are lists of entries under a key that no tree has. */
import type { Catalog } from '../model/catalog.ts'
import { emptyCatalog } from './edit.ts'

const mark = '$map'

/** Maps of a catalog's parts; trees and texts hold none. */
const mapsOf: Readonly<Record<string, readonly string[]>> = {
  tables: ['constraints', 'policies', 'triggers', 'rules'],
  views: ['rules', 'triggers'],
  types: ['constraints'],
}

type Plain = Readonly<Record<string, unknown>>

const fromMap = (map: unknown): Plain => ({ [mark]: [...(map as ReadonlyMap<unknown, unknown>)] })

const withLists = (part: Plain, names: readonly string[]): Plain => {
  const plain: Record<string, unknown> = { ...part }
  for (const name of names) if (plain[name] !== undefined) plain[name] = fromMap(plain[name])
  return plain
}

/** The catalog as JSON. Its maps are known: to be asked for each value of each tree whether it is one takes JSON three times as long. */
export const catalogToJson = (catalog: Catalog): string => {
  const encoded: Record<string, unknown> = {}
  for (const [name, map] of Object.entries(catalog)) {
    const inner = mapsOf[name]
    encoded[name] = inner ? { [mark]: [...map].map(([key, part]) => [key, withLists(part as Plain, inner)]) } : fromMap(map)
  }
  return JSON.stringify(encoded)
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
