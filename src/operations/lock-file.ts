/** The lock of a folder as it stands on disk. */
import { lockPath } from '../drizzle/lock.ts'
import { judgeLock } from '../features/lock.ts'
import type { Finding } from '../model/finding.ts'
import type { History } from '../model/history.ts'
import { below } from '../model/path.ts'
import type { World } from '../model/world.ts'

export const lockPathIn = (folder: string): string => below(folder, lockPath)

/** Its text; undefined where the folder has none. */
export const lockIn = async (world: World, folder: string): Promise<string | undefined> => {
  const path = lockPathIn(folder)
  return (await world.files.exists(path)) ? new TextDecoder().decode(await world.files.read(path)) : undefined
}

/** What is wrong with it; nothing where there is none, or where the folder itself cannot be read whole (which its own rules say). */
export const lockFindings = async (world: World, history: History): Promise<readonly Finding[]> => {
  const text = await lockIn(world, history.folder)
  return text === undefined || history.faults.length > 0 ? [] : judgeLock(history, text, world.hash)
}
