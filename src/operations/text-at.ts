import { fileText } from '../model/text.ts'
import type { World } from '../model/world.ts'

/** A file’s text, its byte order mark included; undefined where there is no such file. */
export const textAt = async (world: World, path: string): Promise<string | undefined> =>
  (await world.files.exists(path)) ? fileText(await world.files.read(path)) : undefined
