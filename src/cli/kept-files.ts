/** Files in the user's cache directory that the command line reads before anything else is loaded. What cannot be read, or is another user's, is as if it were not there. */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

const isOurs = (descriptor: number): boolean => {
  const { uid, mode } = fstatSync(descriptor)
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0)
}

/** All of an open file, at the beginning of `memory` where there is room. */
const readWhole = (descriptor: number, memory: Buffer | undefined): Buffer => {
  const { size } = fstatSync(descriptor)
  if (!memory || memory.length < size) return readFileSync(descriptor)
  return memory.subarray(0, readSync(descriptor, memory, 0, size, 0))
}

/** A kept file that only this user may write. It may be read into memory that was used before: what is new must be made by the system, page for page, and takes as long as the reading. */
export const readKept = (path: string, memory?: Buffer): Buffer | undefined => {
  let descriptor: number | undefined
  try {
    descriptor = openSync(path, 'r')
    return isOurs(descriptor) ? readWhole(descriptor, memory) : undefined
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/** Says that a file was used: what was used longest ago goes first. */
export const touchKept = (path: string): void => {
  try {
    const now = new Date()
    utimesSync(path, now, now)
  } catch {
    // Somebody has taken it away.
  }
}

/** Removes a file, if it is there. */
export const forget = (path: string): void => {
  try {
    rmSync(path, { force: true })
  } catch {
    // Where nothing can be written, nothing has been.
  }
}

/** Removes what was used longest ago. */
const tidy = (directory: string, most: number): void => {
  const paths = readdirSync(directory).map((name) => join(directory, name))
  if (paths.length <= most) return
  const used = new Map(paths.map((path) => [path, statSync(path).mtimeMs]))
  for (const path of paths.sort((a, b) => (used.get(b) ?? 0) - (used.get(a) ?? 0)).slice(most)) forget(path)
}

/** Keeps a file, whole or not at all; its directory keeps so many. */
export const writeKept = (path: string, parts: readonly Uint8Array[], most: number): void => {
  const directory = dirname(path)
  const temporary = `${path}.${process.pid}`
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    writeFileSync(temporary, Buffer.concat(parts), { mode: 0o600 })
    renameSync(temporary, path)
    tidy(directory, most)
  } catch {
    forget(temporary)
  }
}
