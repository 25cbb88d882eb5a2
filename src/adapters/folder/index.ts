/** A migrations folder on disk. */
import { hash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type FolderEntry, isHistoryFile, isSnapshotFile, readHistory } from '../../drizzle/history.ts'
import { journalPath } from '../../drizzle/journal.ts'
import { ToolError } from '../../model/error.ts'
import type { History, LedgerName, SnapshotHead } from '../../model/history.ts'
import type { Cache } from '../../model/world.ts'
import { codeOf } from '../error-code.ts'
import { noteEntry, noteListing, noteSight } from '../sights.ts'
import { type HeadReader, headReader } from './heads.ts'

export type ReadOptions = {
  /** Keeps the heads of snapshots by content: a folder's second reading then only hashes them. */
  readonly cache?: Cache
  readonly ledger?: LedgerName
  /** `false` leaves snapshots out; of a folder without a journal the newest is read all the same, for nothing else names the dialect. Default: true. */
  readonly snapshots?: boolean
  /** How the folder is called in the history; default: the path it is read from. */
  readonly name?: string
}

const parallel = 16

/** Runs `work` over all items, a few at a time, and answers in their order. */
const mapLimited = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> => {
  const results = new Array<R>(items.length)
  const queue = items.entries()
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, lane))
  return results
}

/** A failure to read as the user must see it; what is unknown is passed on. */
const explain = (error: unknown, folder: string, path: string): unknown => {
  const code = codeOf(error)
  if (code === 'ENOENT')
    return new ToolError('no-folder', `There is no migrations folder ${folder}.`, {
      help: 'Point --folder at the `out` of your Drizzle config, or run `drizzle-kit generate` first.',
      cause: error,
    })
  if (code === 'ENOTDIR')
    return new ToolError('no-folder', `${folder} is not a directory.`, { help: 'Point --folder at the directory that holds the migrations.', cause: error })
  if (code === 'EACCES' || code === 'EPERM')
    return new ToolError('no-permission', `${path} may not be read.`, { help: 'Give the user that runs pgstrata the permission to read it.', cause: error })
  return error
}

/** Paths below the folder that Drizzle's formats know, relative, sorted; and whether the folder holds nothing at all. Follows symbolic links. */
const listFiles = (folder: string): { readonly paths: readonly string[]; readonly empty: boolean } => {
  noteListing(folder)
  const top = readdirSync(folder, { withFileTypes: true })
  const nested = top.flatMap((entry) => {
    const { name } = entry
    if (entry.isFile()) return [name]
    const path = join(folder, name)
    // A symbolic link to nowhere is left out: a migration that the journal names is then found to be missing.
    const info = statSync(path, { throwIfNoEntry: false })
    noteSight(path, info)
    if (!info) return []
    if (!info.isDirectory()) return [name]
    if (!isHistoryDirectory(name)) return []
    noteListing(path)
    return readdirSync(path).map((file) => `${name}/${file}`)
  })
  return { paths: nested.filter(isHistoryFile).sort(), empty: top.length === 0 }
}

/** Throws what the user must see. */
const listed = (folder: string): ReturnType<typeof listFiles> => {
  try {
    return listFiles(folder)
  } catch (error) {
    throw explain(error, folder, folder)
  }
}

const isHistoryDirectory = (name: string): boolean => name !== 'node_modules' && !name.startsWith('.')

const withoutSnapshots = (paths: readonly string[]): readonly string[] => {
  const newest = paths.includes(journalPath) ? undefined : paths.findLast(isSnapshotFile)
  return paths.filter((path) => path === newest || !isSnapshotFile(path))
}

/** A snapshot's head. Snapshots are big: one that looks as it did is not read, and one that is read is read beside other work. */
const readHead = async (file: string, path: string, heads: HeadReader): Promise<SnapshotHead> => {
  // Looks are taken before the bytes: a file that changes in between looks otherwise the next time.
  const looks = statSync(file)
  noteSight(file, looks)
  return heads.unchanged(path, looks) ?? heads.read(path, await (await import('node:fs/promises')).readFile(file), looks)
}

/** SQL files are small and many: without a promise and a buffer for each, all are read in a tenth of the time. A byte order mark is kept. */
const readEntry = async (folder: string, path: string, heads: HeadReader): Promise<FolderEntry> => {
  const file = `${folder}/${path}`
  try {
    if (isSnapshotFile(path)) return { path, head: await readHead(file, path, heads) }
    noteEntry(file)
    const text = readFileSync(file, 'utf8')
    // Drizzle hashes the decoded text; that differs from the bytes where a file is not valid UTF-8.
    return { path, text, hash: hash('sha256', text, 'hex') }
  } catch (error) {
    throw explain(error, folder, file)
  }
}

/**
 * Reads the files of a migrations folder: SQL and journal as they are (byte order mark and CRLF kept), of snapshots only the heads.
 * Throws `no-folder`, `empty-folder`, `no-permission`.
 */
export const readFolder = async (folder: string, options: Pick<ReadOptions, 'cache' | 'snapshots'> = {}): Promise<readonly FolderEntry[]> => {
  const { paths, empty } = listed(folder)
  if (empty)
    throw new ToolError('empty-folder', `${folder} is empty: there is no migration to read.`, {
      help: 'Run `drizzle-kit generate` first, or point --folder at the `out` of your Drizzle config.',
    })
  const heads = await headReader(folder, options.snapshots === false ? undefined : options.cache)
  const entries = await mapLimited(options.snapshots === false ? withoutSnapshots(paths) : paths, (path) => readEntry(folder, path, heads))
  await heads.keep()
  return entries
}

/** Reads a migrations folder's history from disk. Throws what `readFolder` and `readHistory` throw. */
export const readHistoryFolder = async (folder: string, options: ReadOptions = {}): Promise<History> =>
  readHistory(options.name ?? folder, await readFolder(folder, options), options.ledger)
