/** Engines: a PostgreSQL to replay in. */
import type { Engine, EngineNeed } from '../../model/engine.ts'
import { ToolError } from '../../model/error.ts'
import { embeddedEngine } from './embedded.ts'
import { binariesOfMajor, installMajor } from './majors.ts'

export type EngineChoice = 'auto' | 'embedded' | 'pglite' | { readonly url: string }

export { type EmbeddedOptions, embeddedEngine } from './embedded.ts'

const saying = (engine: Engine, caveat: string): Engine => Object.defineProperty(engine, 'caveats', { value: [...engine.caveats, caveat] })

/** Another major than production's is said, never hidden. */
const ofAnotherMajor = (engine: Engine, wanted: number | undefined): Engine => {
  const here = Math.floor(engine.version / 10000)
  if (wanted === undefined || wanted === here) return engine
  const command = engine.name === 'embedded' ? installMajor(wanted) : undefined
  return saying(engine, `It is PostgreSQL ${here}; PostgreSQL ${wanted} was asked for.${command ? ` To have it: ${command}` : ''}`)
}

type Opening = EngineNeed & { readonly signal?: AbortSignal }

/** A system's own server has what was installed there, and no stand-in: where it lacks an extension that ours has or imitates, ours is taken. */
const unlessItLacks = async (system: Engine, ours: () => Promise<Engine>): Promise<Engine> => {
  if (system.missing.length === 0) return system
  const other = await ours().catch(() => undefined)
  const [one, two] = other && other.missing.length < system.missing.length ? [other, system] : [system, other]
  await two?.[Symbol.asyncDispose]()
  return one === system
    ? system
    : saying(one, `The system’s own PostgreSQL ${Math.floor(system.version / 10000)} was not taken, because it lacks ${system.missing.join(', ')}.`)
}

const openEmbedded = async ({ major, genuine: _, ...rest }: Opening): Promise<Engine> => {
  const binaries = major === undefined ? undefined : binariesOfMajor(major)
  const engine = await embeddedEngine({ ...rest, ...(binaries && { binaries }) })
  return ofAnotherMajor(binaries?.kind === 'system' ? await unlessItLacks(engine, () => embeddedEngine(rest)) : engine, major)
}

/** PGlite's code is loaded only where it is used. */
const openPglite = async (need: Opening): Promise<Engine> => {
  const { pgliteEngine } = await import('./pglite/engine.ts')
  return ofAnotherMajor(await pgliteEngine(need), need.major)
}

const pgliteMajor = 18

const isUnavailable = (error: unknown): boolean => error instanceof ToolError && error.code === 'engine-unavailable'

type Lacks = Pick<Engine, 'stubbed' | 'missing'>

/** It truly has more of them, and lacks none of those that the other one has or imitates. */
const isMoreGenuine = (one: Lacks, other: Lacks): boolean => {
  const lacked = [...other.stubbed, ...other.missing]
  const lacks = [...one.stubbed, ...one.missing]
  return lacks.length < lacked.length && lacks.every((name) => lacked.includes(name)) && one.missing.every((name) => other.missing.includes(name))
}

/** What PGlite would have of the extensions; undefined where it is not installed. */
const pgliteLacks = async ({ extensions }: EngineNeed): Promise<Lacks | undefined> => {
  const { pglitePackages } = await import('./pglite/packages.ts')
  try {
    return pglitePackages(extensions)
  } catch (error) {
    if (isUnavailable(error)) return undefined
    throw error
  }
}

const instead = ({ stubbed, missing }: Lacks): string =>
  `PGlite was taken because the embedded server ${[stubbed.length > 0 && `only imitates ${stubbed.join(', ')}`, missing.length > 0 && `lacks ${missing.join(', ')}`].filter(Boolean).join(' and ')}.`

/** The embedded server; PGlite where there are no binaries for this platform, or where it truly has what the embedded one has not. */
const openAny = async (need: Opening): Promise<Engine> => {
  const embedded = await openEmbedded(need).catch(async (error: unknown) => {
    if (!isUnavailable(error) || !(await pgliteLacks(need))) throw error
    return saying(await openPglite(need), `PGlite was taken because the embedded server is not available: ${(error as ToolError).message}`)
  })
  if (embedded.name !== 'embedded' || !need.genuine || (need.major !== undefined && need.major !== pgliteMajor)) return embedded
  const lacks = embedded.stubbed.length + embedded.missing.length > 0 ? await pgliteLacks(need) : undefined
  if (!lacks || !isMoreGenuine(lacks, embedded)) return embedded
  await embedded[Symbol.asyncDispose]()
  return saying(await openPglite(need), instead(embedded))
}

const openServer = async (need: Opening, url: string): Promise<Engine> => {
  const { serverEngine } = await import('./server/engine.ts')
  return ofAnotherMajor(await serverEngine({ ...need, url }), need.major)
}

/**
 * Opens the engine that was chosen. `auto` is the embedded one, and PGlite where that is not to be had, or (`genuine`) where it imitates or lacks what PGlite has. Throws `ToolError`;
 * see `embeddedEngine`, `pgliteEngine`, `serverEngine`.
 */
export const openEngine = async (need: EngineNeed, choice: EngineChoice = 'auto', signal?: AbortSignal): Promise<Engine> => {
  const opening = { ...need, ...(signal && { signal }) }
  if (choice === 'pglite') return openPglite(opening)
  if (typeof choice === 'object') return openServer(opening, choice.url)
  return choice === 'embedded' ? openEmbedded(opening) : openAny(opening)
}
