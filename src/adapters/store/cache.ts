/** The Cache port over files. Nothing here is ever needed for a right answer, so what cannot be read or written is as if it were not there. */
import { hash, randomUUID } from 'node:crypto'
import { readFileSync, utimesSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
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

const sha256 = (data: Uint8Array | string): Buffer => hash('sha256', data, 'buffer')

type Stored = { readonly path: string; readonly size: number; readonly used: number }

const filesIn = async (directory: string): Promise<readonly Stored[]> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const facts = await Promise.all(
    files.map(async (path) => {
      const info = await stat(path).catch(() => undefined)
      return info && { path, size: info.size, used: info.mtimeMs }
    }),
  )
  return facts.filter((fact) => fact !== undefined)
}

/** Removes the longest unused files until three quarters of the limit are left, so that not every write has to tidy. */
const tidy = async (directory: string, limit: number): Promise<void> => {
  const files = [...(await filesIn(directory))].sort((a, b) => a.used - b.used)
  let total = files.reduce((sum, { size }) => sum + size, 0)
  if (total <= limit) return
  for (const { path, size } of files) {
    if (total <= limit * 0.75) return
    await rm(path, { force: true })
    total -= size
  }
}

/** A cache below `directory`. Each file begins with the digest of its content: what a crash left half written is not believed. */
export const createCache = ({ directory, build, limit = defaultLimit }: CacheOptions): Cache => {
  const fileOf = (key: string): string => {
    const name = sha256(`${build}\n${key}`).toString('hex')
    return join(directory, name.slice(0, 2), name.slice(2))
  }
  let writtenSinceTidy = Number.POSITIVE_INFINITY

  // A run reads one or two entries and waits for them: on a thread of their own they only cost more.
  const read = async (file: string): Promise<Uint8Array | undefined> => {
    const bytes = readFileSync(file)
    const content = bytes.subarray(digestBytes)
    if (bytes.length < digestBytes || !sha256(content).equals(bytes.subarray(0, digestBytes))) return undefined
    const now = new Date()
    utimesSync(file, now, now)
    return content
  }

  const write = async (file: string, bytes: Uint8Array): Promise<void> => {
    await mkdir(dirname(file), { recursive: true })
    const temporary = `${file}.${randomUUID()}`
    try {
      await writeFile(temporary, [sha256(bytes), bytes])
      await rename(temporary, file)
    } finally {
      await rm(temporary, { force: true })
    }
    writtenSinceTidy += bytes.length
    if (writtenSinceTidy < limit / 4) return
    writtenSinceTidy = 0
    await tidy(directory, limit)
  }

  return {
    get: (key) => read(fileOf(key)).catch(() => undefined),
    async put(key, bytes) {
      if (bytes.length > limit / 4) return
      await write(fileOf(key), bytes).catch(() => undefined)
    },
  }
}
