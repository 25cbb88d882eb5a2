/** One side's folder: its history, and its files when they are asked for. */
import { type FolderEntry, isHistoryFile, isSnapshotFile, readHistory } from '../../drizzle/history.ts'
import { journalPath } from '../../drizzle/journal.ts'
import { readSnapshotHead } from '../../drizzle/snapshot.ts'
import type { Project } from '../../model/config.ts'
import { ToolError } from '../../model/error.ts'
import type { FolderFile, History } from '../../model/history.ts'
import { below } from '../../model/path.ts'
import { fileText } from '../../model/text.ts'
import type { World } from '../../model/world.ts'
import type { At, SideRef } from './situation.ts'

export type Side = {
  readonly name: string
  /** Of snapshots only the heads that were asked for are read; the others are known to be there. */
  readonly history: History
  /** Every file below the folder. */
  readonly paths: ReadonlySet<string>
  /** Texts of files below the folder, by path; absent ones are left out. */
  texts(paths: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** The side with the heads of these snapshots. */
  withHeads(paths: readonly string[]): Promise<Side>
}

type Reader = {
  /** Texts that were asked for already. */
  readonly read: Map<string, string>
  readonly paths: readonly string[]
  readonly files: (wanted: (path: string) => boolean) => Promise<readonly FolderFile[]>
}

const commitReader = async (world: World, folder: string, commit: string): Promise<Reader> => ({
  read: new Map(),
  paths: await world.git.pathsAt(commit, folder),
  files: (wanted) => world.git.filesAt(commit, folder, wanted),
})

const stageReader = async (world: World, folder: string, stage: 1 | 2 | 3): Promise<Reader> => {
  const files = await world.git.stage(stage, folder)
  return { read: new Map(), paths: files.map(({ path }) => path), files: async (wanted) => files.filter(({ path }) => wanted(path)) }
}

/** The working tree, mid-way states and all; a history that was read from it knows its files. */
const filesReader = async (world: World, folder: string): Promise<Reader> => {
  const paths = await world.files.list(folder)
  return {
    read: new Map(),
    paths,
    files: async (wanted) =>
      Promise.all(
        paths.filter(wanted).map(async (path) => {
          const text = fileText(await world.files.read(below(folder, path)))
          return { path, text, hash: world.hash(text) }
        }),
      ),
  }
}

const readerOf = (world: World, folder: string, at: At): Promise<Reader> => {
  switch (at.type) {
    case 'commit':
      return commitReader(world, folder, at.commit)
    case 'stage':
      return stageReader(world, folder, at.stage)
    case 'files':
      return filesReader(world, folder)
  }
}

const build = async (project: Project, name: string, reader: Reader, entries: readonly FolderEntry[]): Promise<Side> => {
  const known = new Map(entries.map((entry) => [entry.path, entry]))
  const snapshots = reader.paths.filter((path) => isSnapshotFile(path) && !known.has(path))
  const history = readHistory(project.folder, [...entries, ...snapshots.map((path) => ({ path, head: { path, prevIds: [] } }))], project.ledger)
  const texts = async (paths: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    const wanted = new Set(paths.filter((path) => !reader.read.has(path)))
    if (wanted.size > 0) for (const { path, text } of await reader.files((path) => wanted.has(path))) reader.read.set(path, text)
    return new Map(paths.flatMap((path) => (reader.read.has(path) ? [[path, reader.read.get(path) ?? ''] as const] : [])))
  }
  return {
    name,
    history,
    paths: new Set(reader.paths),
    texts,
    async withHeads(paths) {
      const heads = [...(await texts(paths))].map(([path, text]) => ({ path, head: readSnapshotHead(path, text) }))
      const replaced = new Set(heads.map(({ path }) => path))
      return build(project, name, reader, [...entries.filter(({ path }) => !replaced.has(path)), ...heads])
    },
  }
}

/** Reads a side of a project's folder; undefined where there is none yet. `onlyTags`: of a journal folder the texts are left out. Throws what reading a folder throws, with the side's name. */
export const readSide = async (world: World, project: Project, { at, name }: SideRef, { onlyTags = false } = {}): Promise<Side | undefined> => {
  const reader = await readerOf(world, project.folder, at)
  if (!reader.paths.some(isHistoryFile)) return undefined
  const light = onlyTags && reader.paths.includes(journalPath)
  const files = await reader.files((path) => (light ? path === journalPath : isHistoryFile(path) && !isSnapshotFile(path)))
  try {
    return await build(project, name, reader, files)
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    throw new ToolError(error.code, `${error.message} (as ${name} has it)`, { ...(error.help === undefined ? {} : { help: error.help }), cause: error })
  }
}
