/** Equality of catalogs and their parts: deep, maps unordered, with a short cut where structure is shared. */
import { dequal } from 'dequal'

const isMap = (value: unknown): value is ReadonlyMap<unknown, unknown> =>
  typeof value === 'object' && value !== null && 'get' in value && typeof value.get === 'function'

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)

/** True when both hold the same. A map is what behaves as one, however it is kept. */
export const equal = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (isMap(a) && isMap(b)) return a.size === b.size && [...a].every(([key, value]) => b.has(key) && equal(value, b.get(key)))
  if (!isRecord(a) || !isRecord(b)) return dequal(a, b)
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]))
}
