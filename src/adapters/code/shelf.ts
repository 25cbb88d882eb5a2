/** Trees kept between runs, as bytes. Thousands of small entries would cost a file each: they share a few large ones. */
import type { Cache } from '../../model/world.ts'

export type Shelf = {
  /** Reads what is kept. */
  open(): Promise<void>
  /** Whether there is a tree, or nobody asked for one. */
  has(path: string, digest: string): boolean
  /** The bytes are a part of larger ones: decode them where the tree is wanted, and not before. */
  get(path: string, digest: string): Uint8Array | undefined
  put(path: string, digest: string, tree: Uint8Array): void
  /** Notes that nobody asked for a tree: the next run need not make it ahead. */
  pass(path: string, digest: string): void
  /** Writes what is new behind what is kept; everything anew where that has become many pieces. `isCurrent` says what is worth being kept then, beside what was asked for. */
  write(isCurrent: (path: string, digest: string) => boolean): Promise<void>
}

type Entry = { readonly path: string; readonly digest: string; readonly tree: Uint8Array; isUsed: boolean }

/** What a segment has in front of its trees, as JSON behind the JSON's length. */
type Header = readonly (readonly [path: string, digest: string, size: number])[]

/** The cache refuses entries that are much larger. */
const largestSegment = 24 * 1024 * 1024
/** Small ones, each of an edit or a few. */
const mostPieces = 12
const headerBytes = 4

const packed = (entries: readonly Entry[]): readonly Uint8Array[] => {
  const header = Buffer.from(JSON.stringify(entries.map(({ path, digest, tree }) => [path, digest, tree.length] as const) satisfies Header))
  const length = Buffer.alloc(headerBytes)
  length.writeUInt32LE(header.length)
  return [length, header, ...entries.map(({ tree }) => tree).filter((tree) => tree.length > 0)]
}

/** None where the bytes are not what they should be. */
const unpacked = (bytes: Uint8Array): readonly Entry[] => {
  try {
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let at = headerBytes + all.readUInt32LE(0)
    const header: Header = JSON.parse(all.toString('utf8', headerBytes, at))
    const entries = header.map(([path, digest, size]): Entry => {
      const tree = all.subarray(at, at + size)
      at += size
      return { path, digest, tree, isUsed: false }
    })
    return at === all.length ? entries : []
  } catch {
    return []
  }
}

const segmentsOf = (entries: readonly Entry[]): readonly (readonly Entry[])[] => {
  const segments: Entry[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const entry of entries) {
    if (size + entry.tree.length > largestSegment) {
      segments.push([])
      size = 0
    }
    segments.at(-1)?.push(entry)
    size += entry.tree.length
  }
  return segments
}

const nameOf = (path: string, digest: string): string => `${path}\n${digest}`

/** Each repository has its own. */
export const openShelf = (cache: Cache, root: string): Shelf => {
  const keyOf = (number: number): string => `code trees ${root} ${number}`
  const entries = new Map<string, Entry>()
  let fresh: Entry[] = []
  /** How many segments there are, and how many of them are no full ones. */
  let count = 0
  let pieces = 0
  let isOpen = false

  /** Segments are numbered from 0, without a gap; an empty one ends them. */
  const readAll = async (): Promise<void> => {
    for (;;) {
      const bytes = await cache.get(keyOf(count))
      if (!bytes || bytes.length === 0) return
      for (const entry of unpacked(bytes)) entries.set(nameOf(entry.path, entry.digest), entry)
      count++
      if (bytes.length < largestSegment / 2) pieces++
    }
  }

  const append = async (segments: readonly (readonly Entry[])[]): Promise<void> => {
    for (const segment of segments) await cache.put(keyOf(count++), packed(segment))
  }

  /** From the first one on; what was behind the new last one ends here. A run that is cut in between leaves trees twice, and none wrong. */
  const writeAnew = async (all: readonly Entry[]): Promise<void> => {
    const before = count
    count = 0
    await append(segmentsOf(all))
    for (let number = count; number < before; number++) await cache.put(keyOf(number), new Uint8Array())
  }

  const put = (path: string, digest: string, tree: Uint8Array): void => {
    const entry: Entry = { path, digest, tree, isUsed: true }
    entries.set(nameOf(path, digest), entry)
    fresh.push(entry)
  }

  return {
    async open() {
      if (isOpen) return
      isOpen = true
      await readAll()
    },
    has: (path, digest) => entries.has(nameOf(path, digest)),
    get(path, digest) {
      const entry = entries.get(nameOf(path, digest))
      if (entry) entry.isUsed = true
      return entry?.tree.length === 0 ? undefined : entry?.tree
    },
    put,
    pass: (path, digest) => put(path, digest, new Uint8Array()),
    async write(isCurrent) {
      if (fresh.length === 0) return
      const added = segmentsOf(fresh)
      fresh = []
      if (pieces + added.length <= mostPieces) await append(added)
      else await writeAnew([...entries.values()].filter(({ path, digest, isUsed }) => isUsed || isCurrent(path, digest)))
    },
  }
}
