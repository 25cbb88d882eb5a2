/** What a library reads in the options that it is given. */
import type { Site, Value } from '../../value.ts'
import { isCallable } from '../where.ts'

export const partOf = (value: Value | undefined, name: string, site: Site): Value | undefined => {
  const part = value === undefined ? undefined : site.machine.get(value, name, site)
  return part?.kind === 'any' ? undefined : part
}

/** The function that a value is or that it has under one of these names. */
export const functionIn = (value: Value | undefined, names: readonly string[], site: Site): Value | undefined => {
  if (value === undefined || isCallable(value)) return value
  return names.map((name) => partOf(value, name, site)).find((part) => part !== undefined && isCallable(part))
}
