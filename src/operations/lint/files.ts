/** SQL files that are no migrations of a project, judged by themselves. */
import { ToolError } from '../../model/error.ts'
import { fileText } from '../../model/text.ts'
import type { World } from '../../model/world.ts'
import { type LoneFile, loneSubject } from './lone.ts'
import type { Subject } from './subject.ts'

const read = async (world: World, path: string): Promise<string> => {
  if (path === '-') return world.input()
  try {
    return fileText(await world.files.read(path))
  } catch (cause) {
    throw new ToolError('no-such-file', `The file ${path} cannot be read.`, { help: 'Give the path of a .sql file, or - for standard input.', cause })
  }
}

/** Files as one batch in the order given. Throws `no-such-file`. */
export const filesAlone = async (world: World, paths: readonly string[]): Promise<Subject> => {
  const files: LoneFile[] = []
  for (const path of paths) files.push({ path, sql: await read(world, path) })
  return loneSubject(files)
}
