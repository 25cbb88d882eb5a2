/** Engines: a PostgreSQL to replay in. */
import type { Engine, EngineNeed } from '../../model/engine.ts'
import { ToolError } from '../../model/error.ts'
import { embeddedEngine } from './embedded.ts'

export type EngineChoice = 'auto' | 'embedded' | 'pglite' | { readonly url: string }

export { type EmbeddedOptions, embeddedEngine } from './embedded.ts'

const notSupported = (what: string) =>
  new ToolError('engine-not-supported', `The engine ${what} is not supported by this version.`, { help: 'Leave --engine out, or use --engine embedded.' })

/** Another major than production's is said, never hidden. */
const ofAnotherMajor = (engine: Engine, wanted: number | undefined): Engine => {
  const here = Math.floor(engine.version / 10000)
  if (wanted === undefined || wanted === here) return engine
  return Object.defineProperty(engine, 'caveats', { value: [...engine.caveats, `It is PostgreSQL ${here}; PostgreSQL ${wanted} was asked for.`] })
}

/** Opens the engine that was chosen. `auto` is the embedded one. Throws `ToolError`; see `embeddedEngine`. */
export const openEngine = async (need: EngineNeed, choice: EngineChoice = 'auto', signal?: AbortSignal): Promise<Engine> => {
  if (choice === 'pglite') throw notSupported('pglite')
  if (typeof choice === 'object') throw notSupported('at a given URL')
  const { major, ...rest } = need
  return ofAnotherMajor(await embeddedEngine({ ...rest, ...(signal && { signal }) }), major)
}
