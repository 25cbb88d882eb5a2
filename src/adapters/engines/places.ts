/** Where the engine keeps what it made: binaries, data directory images, locks, and the directories of running servers. */
import { createHash } from 'node:crypto'
import { lchown, lstat, mkdir, realpath, stat, statfs } from 'node:fs/promises'
import { freemem, homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { EngineProfile } from '../../model/engine.ts'
import { ToolError } from '../../model/error.ts'
import type { ServerUser } from './server-user.ts'

export type Places = {
  readonly binaries: string
  readonly locks: string
  /** Data directories to start from; the server's account owns them. */
  readonly images: string
  /** Where a new server gets its directory: this, and a random name. */
  readonly runPrefix: string
  /** Everywhere that servers of this cache may have theirs. */
  readonly allRunPrefixes: readonly string[]
}

/** statfs's number for tmpfs. */
const tmpfs = 0x01021994

const isRoot = () => process.getuid?.() === 0

/** As root `/var/cache/pgstrata`, because root's home is closed to the server's account; else below `$XDG_CACHE_HOME` or `~/.cache`. */
export const defaultCacheDirectory = (): string =>
  isRoot() ? '/var/cache/pgstrata' : join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'pgstrata')

const unusable = (directory: string, why: string, help: string) =>
  new ToolError('engine-cache', `The cache directory ${directory} cannot be used: ${why}.`, { help, exit: 3 })

const make = async (directory: string, mode: number): Promise<void> => {
  await mkdir(directory, { recursive: true, mode }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOSPC') throw new ToolError('disk-full', `The disk is full: ${directory} cannot be made.`, { help: 'Free some space.', exit: 3 })
    throw unusable(directory, error.code ?? error.message, 'Set XDG_CACHE_HOME to a directory that you may write.')
  })
}

/** Somebody else's directory, or one that others may write, could hold a server of theirs. */
const check = async (directory: string, uid: number): Promise<void> => {
  const found = await lstat(directory)
  if (!found.isDirectory()) throw unusable(directory, 'it is not a directory', 'Remove it.')
  if (found.uid !== uid) throw unusable(directory, 'it belongs to another user', 'Remove it, or set XDG_CACHE_HOME.')
  if ((found.mode & 0o022) !== 0) throw unusable(directory, 'others may write in it', `chmod go-w ${directory}`)
}

/** Another account must be able to walk down to the binaries. */
const checkReach = async (directory: string): Promise<void> => {
  const { mode } = await stat(directory)
  if ((mode & 0o001) === 0) throw unusable(directory, 'the server’s account may not enter it', `chmod o+x ${directory}`)
  const parent = dirname(directory)
  if (parent !== directory) await checkReach(parent)
}

/** The number of the server's account, as the file system shows it. */
export const ownerOf = (user: ServerUser): number => (user.kind === 'account' ? user.uid : (process.getuid?.() ?? 0))

/** A directory of the server's account. Only what was made here is handed over: what stood there before must be that account's already. */
const owned = async (directory: string, user: ServerUser): Promise<void> => {
  const made = await mkdir(directory, { mode: 0o700 }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false
      throw error
    },
  )
  if (made && user.kind === 'account') await lchown(directory, user.uid, user.gid)
  await check(directory, ownerOf(user))
}

const memory = '/dev/shm'
const memoryNeeded = 2 ** 30

/**
 * A place in memory, where there is a gigabyte to spare: a data directory is a thousand small files, which a disk's file system may take a second to make.
 */
const hasMemory = async (): Promise<boolean> => {
  try {
    const { bavail, bsize, type } = await statfs(memory)
    return type === tmpfs && bavail * bsize > memoryNeeded && freemem() > 2 * memoryNeeded
  } catch {
    return false
  }
}

/** Makes the cache's directories, or finds them, and checks whose they are. Throws `ToolError` `engine-cache`. */
export const placesIn = async (directory: string, user: ServerUser, profile: EngineProfile): Promise<Places> => {
  const uid = process.getuid?.() ?? 0
  await make(resolve(directory), 0o755)
  const root = await realpath(directory)
  await check(root, uid)
  if (user.kind === 'account') await checkReach(root)
  const server = join(root, user.kind === 'self' ? 'server' : `server-${user.kind}-${user.uid}`)
  const onDisk = join(server, 'runs')
  const places = { binaries: join(root, 'postgres'), locks: join(root, 'locks'), images: join(server, 'images') }
  await make(places.binaries, 0o755)
  await make(places.locks, 0o700)
  await owned(server, user)
  await owned(places.images, user)
  await owned(onDisk, user)
  const inMemory = `${memory}/pgstrata-${createHash('sha256').update(server).digest('hex').slice(0, 8)}-`
  // What is measured must be on the disk.
  const inUse = profile === 'replay' && (await hasMemory()) ? inMemory : `${onDisk}/`
  return { ...places, runPrefix: inUse, allRunPrefixes: [`${onDisk}/`, inMemory] }
}
