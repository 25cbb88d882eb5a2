/** Trees kept between runs. Thousands of small entries would cost a file each: a folder's files share one, packed. */
import { posix } from 'node:path'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Cache } from '../../model/world.ts'

export type Shelf = {
  /** Reads what is kept for these files. */
  open(paths: readonly string[]): Promise<void>
  get(path: string, digest: string): string | undefined
  put(path: string, digest: string, tree: string): void
  /** Writes the folders in which something is new. */
  write(): Promise<void>
}

/** Path → the content's digest and the tree. */
type Box = Map<string, readonly [digest: string, tree: string]>

const pack = (box: Box): Uint8Array => deflateRawSync(JSON.stringify([...box]), { level: 1 })

const unpack = (bytes: Uint8Array | undefined): Box => {
  try {
    return new Map(bytes ? JSON.parse(inflateRawSync(bytes).toString('utf8')) : [])
  } catch {
    return new Map()
  }
}

/** Repositories have folders of the same names, so the root is part of the key. */
export const openShelf = (cache: Cache, root: string): Shelf => {
  const keyOf = (folder: string): string => `code trees ${root} ${folder}`
  const boxes = new Map<string, Box>()
  const changed = new Set<string>()
  const boxOf = (path: string): Box => {
    const folder = posix.dirname(path)
    const box = boxes.get(folder) ?? new Map()
    boxes.set(folder, box)
    return box
  }
  return {
    async open(paths) {
      const folders = [...new Set(paths.map((path) => posix.dirname(path)))].filter((folder) => !boxes.has(folder))
      for (const folder of folders) boxes.set(folder, unpack(await cache.get(keyOf(folder))))
    },
    get(path, digest) {
      const kept = boxOf(path).get(path)
      return kept?.[0] === digest ? kept[1] : undefined
    },
    put(path, digest, tree) {
      boxOf(path).set(path, [digest, tree])
      changed.add(posix.dirname(path))
    },
    async write() {
      const folders = [...changed]
      changed.clear()
      await Promise.all(folders.map((folder) => cache.put(keyOf(folder), pack(boxOf(`${folder}/x`)))))
    },
  }
}
