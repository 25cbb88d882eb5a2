/** The PostgreSQL that a check runs the history in, if this machine has one. */
import type { Engine, EngineNeed } from '../../model/engine.ts'
import { ToolError } from '../../model/error.ts'
import type { Unknown } from '../../model/finding.ts'
import type { History } from '../../model/history.ts'
import type { World } from '../../model/world.ts'

export type NoEngine = { readonly unavailable: Unknown }

/** What is unknown where no PostgreSQL could run the history. */
export const unproven = ({ folder }: History, why: string, help?: string): Unknown => ({
  what: `agreement of ${folder} with PostgreSQL`,
  why,
  ...(help === undefined ? {} : { help }),
})

/** Starts the engine. A machine without one still gets every answer that needs none: what is missing is unknown. */
export const openEngine = async (world: World, history: History, need: EngineNeed): Promise<Engine | NoEngine> => {
  try {
    return await world.engine(need)
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'engine-unavailable') throw error
    return { unavailable: unproven(history, error.message, error.help) }
  }
}
