/** Values that may not be written to: what is applied to them must make new ones. */

const done = new WeakSet<object>()
const refuseWrite = (): never => {
  throw new Error('a catalog that was there before was written to')
}

const freezeMap = (map: Map<unknown, unknown>): void => {
  for (const method of ['set', 'delete', 'clear'] as const) Object.defineProperty(map, method, { value: refuseWrite, enumerable: false })
}

/** The same value, deeply frozen. Maps throw when they are written to. */
export const frozen = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || done.has(value)) return value
  done.add(value)
  if (value instanceof Map) {
    freezeMap(value)
    for (const entry of value.values()) frozen(entry)
  } else for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}
