/** The Files port over a directory on disk. */
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Files } from '../../model/world.ts'
import { isThere, noteFile, noteListing, spoilSights } from '../sights.ts'
import { writeEdits } from './write.ts'

export { recover, type StepHook, writeEdits } from './write.ts'

const isHidden = (name: string): boolean => name.startsWith('.') || name === 'node_modules'

const filesBelow = async (directory: string, under = ''): Promise<readonly string[]> => {
  noteListing(directory)
  if (!isThere(directory)) return []
  const entries = (await readdir(directory, { withFileTypes: true })).filter(({ name }) => !isHidden(name))
  const nested = await Promise.all(
    entries.map((entry) => (entry.isDirectory() ? filesBelow(join(directory, entry.name), `${under}${entry.name}/`) : [`${under}${entry.name}`])),
  )
  return nested.flat()
}

/** Files below (and beside) `root`; paths are relative to it. `read` throws the system's own error where there is no such file. */
export const createFiles = (root: string): Files => ({
  read: (path) => {
    noteFile(resolve(root, path))
    return readFile(resolve(root, path))
  },
  exists: async (path) => isThere(resolve(root, path)),
  list: (directory) => filesBelow(resolve(root, directory)),
  write: (edits) => {
    spoilSights()
    return writeEdits(root, edits)
  },
})
