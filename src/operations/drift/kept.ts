/** Comparisons that are kept by what was compared: a run that was cut off goes on, and a second one compares only what moved. */
import type { Comparison } from '../../features/drift/compare.ts'
import type { LeftOut } from '../../features/drift/select.ts'
import type { World } from '../../model/world.ts'
import type { Sides } from './run.ts'
import type { Selected } from './select.ts'

const majorOf = (version: number): number => Math.floor(version / 10_000)

/** By content alone: no name of a database or environment is in it. */
export const keyOfComparison = ({ hash }: Pick<World, 'hash'>, [a, b]: Sides, fingerprint: string, selection: Selected): string => {
  const { facets, include, exclude, schemas, tables, platform } = selection
  const compared = [[...facets].sort(), include, exclude, schemas ?? null, tables ?? null, platform?.name ?? null]
  const sides = [a.live, a.name, b.name, a.printed.fingerprint, majorOf(a.printed.version), a.unknown, fingerprint, majorOf(b.printed.version)]
  return hash(JSON.stringify(['drift comparison 1', compared, sides]))
}

type Written = Omit<Comparison, 'leftOut'> & { readonly leftOut: readonly (readonly [LeftOut, number])[] }

export const keptComparison = async ({ cache }: Pick<World, 'cache'>, key: string): Promise<Comparison | undefined> => {
  const bytes = await cache.get(key)
  if (!bytes) return undefined
  const { leftOut, ...rest } = JSON.parse(new TextDecoder().decode(bytes)) as Written
  return { ...rest, leftOut: new Map(leftOut) }
}

/** What is unknown may be known another time: by another engine, for another user. */
export const keepComparison = async ({ cache }: Pick<World, 'cache'>, key: string, { leftOut, ...rest }: Comparison): Promise<void> => {
  if (rest.unknown.length > 0) return
  await cache.put(key, new TextEncoder().encode(JSON.stringify({ ...rest, leftOut: [...leftOut] })))
}
