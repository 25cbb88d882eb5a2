/** The heads of snapshots, kept by content: a big folder is parsed once, and afterwards only looked at. One entry of the cache for a folder, for it may hold hundreds. */
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { readSnapshotHead } from '../../drizzle/snapshot.ts'
import type { SnapshotHead } from '../../model/history.ts'
import type { Cache } from '../../model/world.ts'
import { isSettled, type Looks, textOfLooks } from '../looks.ts'

type Content = Omit<SnapshotHead, 'path'>

/** Reads one snapshot's head, from what is known of its content where it can; `keep` stores what was learnt. */
export type HeadReader = {
  /** The head of a file that looks as it did when it was read before. */
  unchanged(path: string, looks: Looks): SnapshotHead | undefined
  read(path: string, bytes: Uint8Array, looks?: Looks): SnapshotHead
  keep(): Promise<void>
}

type Known = { readonly heads: ReadonlyMap<string, Content>; readonly files: ReadonlyMap<string, readonly [looks: string, hash: string]> }

const isContent = (value: unknown): value is Content => typeof value === 'object' && value !== null && 'prevIds' in value && Array.isArray(value.prevIds)

const isFile = (value: unknown): value is readonly [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string')

const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] => (typeof value === 'object' && value !== null ? Object.entries(value) : [])

const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

const load = async (cache: Cache, key: string): Promise<Known> => {
  const bytes = await cache.get(key)
  const value = new Map(entriesOf(bytes && parsed(bytes)))
  return {
    heads: new Map(entriesOf(value.get('heads')).filter((entry): entry is [string, Content] => isContent(entry[1]))),
    files: new Map(entriesOf(value.get('files')).filter((entry): entry is [string, readonly [string, string]] => isFile(entry[1]))),
  }
}

/** A reader for one folder. Without a cache it reads everything anew. */
export const headReader = async (folder: string, cache: Cache | undefined): Promise<HeadReader> => {
  if (!cache) return { unchanged: () => undefined, read: readSnapshotHead, keep: async () => {} }
  const key = `snapshot-heads-2 ${resolve(folder)}`
  const known = await load(cache, key)
  const heads = new Map<string, Content>()
  const files = new Map<string, readonly [string, string]>()
  let learnt = false
  return {
    unchanged(path, looks) {
      const file = known.files.get(path)
      const content = file && file[0] === textOfLooks(looks) ? known.heads.get(file[1]) : undefined
      if (!file || !content) return undefined
      heads.set(file[1], content)
      files.set(path, file)
      return { ...content, path }
    },
    read(path, bytes, looks) {
      const hash = createHash('sha256').update(bytes).digest('hex')
      const before = known.heads.get(hash)
      const head = before ? { ...before, path } : readSnapshotHead(path, bytes)
      const { path: _, ...content } = head
      if (head.fault) return head
      heads.set(hash, content)
      const settled = looks !== undefined && isSettled(looks)
      if (settled) files.set(path, [textOfLooks(looks), hash])
      learnt ||= before === undefined || settled
      return head
    },
    async keep() {
      if (!learnt && heads.size === known.heads.size && files.size === known.files.size) return
      await cache.put(key, new TextEncoder().encode(JSON.stringify({ heads: Object.fromEntries(heads), files: Object.fromEntries(files) })))
    },
  }
}
