/** The Cache port over files. Nothing here is ever needed for a right answer, so what cannot be read or written is as if it were not there. */
import { createHash, hash, randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync, writev } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Cache } from '../../model/world.ts'

export type CacheOptions = {
  readonly directory: string
  /** The build that writes and reads: another one may answer otherwise, so it has entries of its own. */
  readonly build: string
  /** Bytes that all entries together may take; the longest unused go first. */
  readonly limit?: number
}

const defaultLimit = 256 * 1024 * 1024
const digestBytes = 32
/** Bytes that are written beside other work, and not copied first. */
const big = 1024 * 1024

const sha256 = (data: Uint8Array | string): Buffer => hash('sha256', data, 'buffer')

const digestOf = (parts: readonly Uint8Array[]): Buffer => {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part)
  return digest.digest()
}

const sizeOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, { length }) => sum + length, 0)

/** In one request: `writeFile` makes one of each half megabyte, and with a large heap V8 takes each as a reason to look for garbage. */
const writeBeside = async (path: string, parts: readonly Uint8Array[]): Promise<void> => {
  const file = openSync(path, 'w')
  try {
    const { bytesWritten } = await promisify(writev)(file, parts)
    if (bytesWritten < sizeOf(parts)) throw new Error(`${path} is written in part`)
  } finally {
    closeSync(file)
  }
}

type Stored = { readonly path: string; readonly size: number; readonly used: number }

const filesIn = (directory: string): readonly Stored[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name)
      const info = statSync(path, { throwIfNoEntry: false })
      return info ? [{ path, size: info.size, used: info.mtimeMs }] : []
    })

/** Removes the longest unused files until three quarters of the limit are left, so that not every write has to tidy. */
const tidy = (directory: string, limit: number): void => {
  const files = filesIn(directory).toSorted((a, b) => a.used - b.used)
  let total = files.reduce((sum, { size }) => sum + size, 0)
  if (total <= limit) return
  for (const { path, size } of files) {
    if (total <= limit * 0.75) return
    rmSync(path, { force: true })
    total -= size
  }
}

/** A cache below `directory`. Each file begins with the digest of its content: what a crash left half written is not believed. */
export const createCache = ({ directory, build, limit = defaultLimit }: CacheOptions): Cache => {
  const fileOf = (key: string): string => {
    const name = sha256(`${build}\n${key}`).toString('hex')
    return join(directory, name.slice(0, 2), name.slice(2))
  }
  /** How many bytes all processes together have written since one of them tidied: to look through thousands of entries costs a run more than its own work. One that loses another's count tidies a little later. */
  const counter = `${directory}.written`
  const countOf = (bytes: number): number => {
    try {
      return Number(readFileSync(counter, 'utf8')) + bytes
    } catch {
      return Number.POSITIVE_INFINITY
    }
  }

  // A run reads and writes one or two entries and waits for them: on a thread of their own they only cost more.
  const read = (file: string): Uint8Array | undefined => {
    const bytes = readFileSync(file)
    const content = bytes.subarray(digestBytes)
    if (bytes.length < digestBytes || !sha256(content).equals(bytes.subarray(0, digestBytes))) return undefined
    const now = new Date()
    utimesSync(file, now, now)
    return content
  }

  const write = async (file: string, parts: readonly Uint8Array[], size: number): Promise<void> => {
    mkdirSync(dirname(file), { recursive: true })
    const temporary = `${file}.${randomUUID()}`
    try {
      const content = [digestOf(parts), ...parts]
      if (size < big) writeFileSync(temporary, Buffer.concat(content))
      else await writeBeside(temporary, content)
      renameSync(temporary, file)
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    }
    const written = countOf(size)
    const isMuch = !(written < limit / 4)
    if (isMuch) tidy(directory, limit)
    writeFileSync(counter, String(isMuch ? 0 : written))
  }

  return {
    async get(key) {
      try {
        return read(fileOf(key))
      } catch {
        return undefined
      }
    },
    async put(key, bytes) {
      const parts = bytes instanceof Uint8Array ? [bytes] : bytes
      const size = sizeOf(parts)
      if (size > limit / 4) return
      // Where nothing can be written, nothing is kept.
      await write(fileOf(key), parts, size).catch(() => undefined)
    },
  }
}
