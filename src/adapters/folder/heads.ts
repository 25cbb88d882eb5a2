/** The heads of snapshots, kept by content: a big folder is parsed once, and afterwards only hashed. One entry of the cache for a folder, for it may hold hundreds. */
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { readSnapshotHead } from '../../drizzle/snapshot.ts'
import type { SnapshotHead } from '../../model/history.ts'
import type { Cache } from '../../model/world.ts'

type Content = Omit<SnapshotHead, 'path'>

/** Reads one snapshot's head, from what is known of its content where it can; `keep` stores what was learnt. */
export type HeadReader = { read(path: string, bytes: Uint8Array): SnapshotHead; keep(): Promise<void> }

const isContent = (value: unknown): value is Content => typeof value === 'object' && value !== null && 'prevIds' in value && Array.isArray(value.prevIds)

const load = async (cache: Cache, key: string): Promise<ReadonlyMap<string, Content>> => {
  const bytes = await cache.get(key)
  const value: unknown = bytes ? JSON.parse(new TextDecoder().decode(bytes)) : undefined
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value).filter((entry): entry is [string, Content] => isContent(entry[1])) : [])
}

/** A reader for one folder. Without a cache it reads everything anew. */
export const headReader = async (folder: string, cache: Cache | undefined): Promise<HeadReader> => {
  if (!cache) return { read: readSnapshotHead, keep: async () => {} }
  const key = `snapshot-heads-1 ${resolve(folder)}`
  const known = await load(cache, key)
  const seen = new Map<string, Content>()
  return {
    read(path, bytes) {
      const hash = createHash('sha256').update(bytes).digest('hex')
      const before = known.get(hash)
      const head = before ? { ...before, path } : readSnapshotHead(path, bytes)
      const { path: _, ...content } = head
      if (!head.fault) seen.set(hash, content)
      return head
    },
    async keep() {
      const same = seen.size === known.size && [...seen.keys()].every((hash) => known.has(hash))
      if (!same) await cache.put(key, new TextEncoder().encode(JSON.stringify(Object.fromEntries(seen))))
    },
  }
}
