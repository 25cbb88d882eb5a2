/** The Files port over a directory on disk. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Files } from '../../model/world.ts'
import { writeEdits } from './write.ts'

export { recover, type StepHook, writeEdits } from './write.ts'

/** Files below (and beside) `root`; paths are relative to it. `read` throws the system's own error where there is no such file. */
export const createFiles = (root: string): Files => ({
  read: (path) => readFile(resolve(root, path)),
  exists: async (path) => existsSync(resolve(root, path)),
  write: (edits) => writeEdits(root, edits),
})
