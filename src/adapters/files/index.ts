/** The Files port over a directory on disk. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Files } from '../../model/world.ts'
import { isThere, noteFile, noteListing, spoilSights } from '../sights.ts'
import { placeFrom } from '../slashes.ts'

const isHidden = (name: string): boolean => name.startsWith('.') || name === 'node_modules'

const filesBelow = (directory: string, under = ''): readonly string[] => {
  noteListing(directory)
  if (!isThere(directory)) return []
  const entries = readdirSync(directory, { withFileTypes: true }).filter(({ name }) => !isHidden(name))
  return entries.flatMap((entry) => (entry.isDirectory() ? filesBelow(join(directory, entry.name), `${under}${entry.name}/`) : [`${under}${entry.name}`]))
}

/** Files below (and beside) `root`; paths are relative to it. `read` throws the system's own error where there is no such file. */
export const createFiles = (root: string): Files => ({
  read: async (path) => {
    noteFile(resolve(root, path))
    return readFileSync(resolve(root, path))
  },
  exists: async (path) => isThere(resolve(root, path)),
  place: (path) => placeFrom(root, path),
  list: async (directory) => filesBelow(resolve(root, directory)),
  write: async (edits) => {
    spoilSights()
    return (await import('./write.ts')).writeEdits(root, edits)
  },
})
