/** Notes kept between runs: a file whose stamp is the kept one is not read again. */
import type { Cache } from '../../model/world.ts'
import { isSettled, type Looks, textOfLooks } from '../looks.ts'
import type { SourceFiles } from './files.ts'
import { type Note, noted, unread } from './notes.ts'
import type { Workers } from './workers.ts'

export type Notebook = {
  /** What the text of a file tells; one that was not kept is read now. */
  note(path: string): Note
  /** Writes what is new, for the next run. */
  keep(): Promise<void>
}

/** Positions in `strings` stand for specifiers. An empty list of links stands for the imports themselves; the bytes of the vocabularies follow the JSON. */
type Row = readonly [
  path: string,
  stamp: string,
  digest: string,
  why: string,
  directive: string,
  browser: number,
  declares: number,
  imports: readonly number[],
  links: readonly number[],
  vocabulary: number,
]
type Header = { readonly strings: readonly string[]; readonly rows: readonly Row[] }

type Kept = { readonly stamp: string; readonly note: Note }

const headerBytes = 4

const written = (kept: ReadonlyMap<string, Kept>): readonly Uint8Array[] => {
  const numbers = new Map<string, number>()
  const numberOf = (text: string): number => {
    const known = numbers.get(text) ?? numbers.size
    numbers.set(text, known)
    return known
  }
  const rows = [...kept].map(([path, { stamp, note }]): Row => {
    const { digest, why = '', directive = '', browser, declares, imports, links, vocabulary } = note
    return [
      path,
      stamp,
      digest,
      why,
      directive,
      Number(browser),
      Number(declares),
      imports.map(numberOf),
      links === imports ? [] : links.map(numberOf),
      vocabulary.length,
    ]
  })
  const header = Buffer.from(JSON.stringify({ strings: [...numbers.keys()], rows } satisfies Header))
  const length = Buffer.alloc(headerBytes)
  length.writeUInt32LE(header.length)
  return [length, header, ...[...kept.values()].map(({ note }) => note.vocabulary)]
}

/** What cannot be read is as if it were not there. */
const readBack = (bytes: Uint8Array | undefined): Map<string, Kept> => {
  const kept = new Map<string, Kept>()
  if (!bytes) return kept
  try {
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let at = headerBytes + all.readUInt32LE(0)
    const { strings, rows }: Header = JSON.parse(all.toString('utf8', headerBytes, at))
    const named = (numbers: readonly number[]): readonly string[] => numbers.map((number) => strings[number] ?? '')
    for (const [path, stamp, digest, why, directive, browser, declares, imported, linked, size] of rows) {
      const imports = named(imported)
      const note: Note = {
        digest,
        ...(why !== '' && { why }),
        ...(directive !== '' && { directive }),
        browser: browser === 1,
        declares: declares === 1,
        imports,
        links: linked.length === 0 ? imports : named(linked),
        vocabulary: all.subarray(at, at + size),
      }
      at += size
      kept.set(path, { stamp, note })
    }
    return at === all.length ? kept : new Map()
  } catch {
    return new Map()
  }
}

/** As git has it: what was changed as lately as it was looked at may have been changed once more since, with the same stamp. */
const stampOf = (looks: Looks, now: number): string => (isSettled(looks, now) ? textOfLooks(looks) : '')

/** What notes stand on. */
export type NotesGround = {
  readonly root: string
  readonly looks: SourceFiles['looks']
  readonly cache: Cache
  /** The directory of which `root` is a copy; what is kept of that one serves the copy, and stays as it is. */
  readonly keptAs: string
  readonly workers: Pick<Workers, 'read' | 'note'>
}

export const openNotebook = async ({ root, looks, cache, keptAs, workers }: NotesGround): Promise<Notebook> => {
  const key = `code notes ${keptAs}`
  const now = Date.now()
  const before = readBack(await cache.get(key))
  const notes = new Map<string, Kept>()
  if (before.size === 0) workers.read()
  let isChanged = false
  const take = (path: string): Kept => {
    const kept = before.get(path)
    const given = looks.get(path)
    const stamp = given ? stampOf(given, now) : ''
    if (kept && stamp !== '' && stamp === kept.stamp) return kept
    const note = (kept ? undefined : workers.note(path)) ?? noted(root, path, kept?.note)
    isChanged ||= note !== (kept?.note ?? unread) || stamp !== kept?.stamp
    return { stamp, note }
  }
  return {
    note(path) {
      const known = notes.get(path) ?? take(path)
      notes.set(path, known)
      return known.note
    },
    async keep() {
      const kept = new Map([...notes].filter(([, { note }]) => note !== unread))
      if (root === keptAs && (isChanged || before.size !== kept.size)) await cache.put(key, written(kept))
    },
  }
}
