/** One comparison from its sources to its findings: what `drift` and `check` share. */
import { type Acceptance, readAccepted } from '../../features/drift/accepted.ts'
import { type Comparison, compareSides } from '../../features/drift/compare.ts'
import type { Finding } from '../../model/finding.ts'
import type { SourceRef } from '../../model/source.ts'
import type { World } from '../../model/world.ts'
import { loadSql } from '../../sql/parser.ts'
import { type Judged, judge, judgeAccepted } from './judge.ts'
import { facetsOf, type Selected, selectionOf } from './select.ts'
import { isLive, type ReadSide, readSides, withReprints } from './sides.ts'

export type Sides = readonly [ReadSide, ReadSide]

export type DriftOptions = { readonly include: readonly string[]; readonly exclude: readonly string[]; readonly facets: string | undefined }

export type Compared = { readonly sides: Sides; readonly comparison: Comparison; readonly selection: Selected }

export const majorOf = ({ printed }: ReadSide): number => Math.floor(printed.version / 10_000)

/** Compares; where the majors print texts differently, both are printed by one server and those texts compared again. */
export const settled = async (world: World, sides: Sides, selection: Selected): Promise<Compared> => {
  await loadSql()
  const first = compareSides(...sides, selection)
  if (majorOf(sides[0]) === majorOf(sides[1]) || first.unknown.length === sides[0].unknown.length + sides[1].unknown.length)
    return { sides, comparison: first, selection }
  const told = await withReprints(world, sides)
  return { sides: told, comparison: compareSides(...told, selection), selection }
}

/** Reads both sources and compares them. Throws what reading throws. */
export const compareSources = async (world: World, sources: readonly [SourceRef, SourceRef], options: DriftOptions): Promise<Compared> => {
  const facets = facetsOf(world, options.facets, sources.every(isLive))
  const sides = await readSides(world, sources, facets.has('roles'))
  return settled(world, sides, await selectionOf(world, { ...options, facets }, sides))
}

/** The file of accepted drift. */
export const acceptedPath = ({ config }: World): string => config.drift?.accepted ?? 'drift.accepted.json'

/** What is accepted; nothing where there is no file. Throws `accepted-invalid`. */
export const readAcceptedFile = async (world: World): Promise<readonly Acceptance[]> => {
  const path = acceptedPath(world)
  if (!(await world.files.exists(path))) return []
  return readAccepted(path, new TextDecoder().decode(await world.files.read(path)))
}

/** What was compared, judged: and what there is to say of the acceptances. */
export const judgeCompared = async (
  world: World,
  { sides, comparison }: Compared,
  accepted: readonly Acceptance[],
): Promise<{ readonly judged: readonly Judged[]; readonly findings: readonly Finding[] }> => {
  const judged = await judge(world, sides, comparison, accepted)
  return { judged, findings: [...judged.map(({ finding }) => finding), ...judgeAccepted(acceptedPath(world), sides, judged, accepted)] }
}
