/**
 * The facts of a question, kept for as long as the code that they are of is the same code: asked again (in another format, in the next step of a pipeline),
 * nothing has to be followed. An edit that only moves lines moves those of the facts, as one of quiet code does, and one in a file that was not read for them does not concern them.
 */
import { hash } from 'node:crypto'
import type { CodeCall, CodeFacts, CodePlace, CodeQuestion } from '../../model/code.ts'
import type { Cache } from '../../model/world.ts'
import { entryAt, isSettled, textOfLooks } from '../looks.ts'
import type { Lines } from './edits/lines.ts'
import type { KeptNotices } from './edits/noticed.ts'
import type { Note } from './notes.ts'
import { packed, unpacked } from './packed.ts'

/** What facts stand on. */
export type Standing = {
  readonly question: CodeQuestion
  /** Everything that is no source: which files there are, and their stamps. */
  readonly surroundings: string
  /** Asked for only where the rest is right, since all texts may have to be read for it. */
  notes(): ReadonlyMap<string, Note>
}

/** The facts with what they were made of. */
export type Made = {
  readonly facts: CodeFacts
  /** Sources that were read to follow the program. */
  readonly touched: ReadonlySet<string>
  /** `Components.apart`. */
  readonly apart: readonly string[]
  readonly noticed: KeptNotices
}

/** A source as it was when the facts were made. */
export type Before = {
  readonly digest: string
  /** Its code was not read for the facts. */
  readonly isAside: boolean
  /** It imports what it did, and what else files are chosen by is the same. */
  readonly isAlike: boolean
}

export type KeptFacts = {
  readonly apart: ReadonlySet<string>
  /** Undefined where they cannot be read. */
  facts(): Promise<CodeFacts | undefined>
  noticed(): Promise<KeptNotices | undefined>
  /** Sources whose content is another one now. */
  readonly changed: ReadonlyMap<string, Before>
}

/** More files than this that were edited are followed anew without a look. */
const mostChanged = 20

type Head = {
  readonly surroundings: string
  readonly sources: readonly (readonly [path: string, digest: string, shape: string, isAside: 0 | 1])[]
  readonly apart: readonly string[]
}

/** Each question has its own: what mentions something is looked for only as far as it is asked about. */
const keysOf = (root: string, question: CodeQuestion): { readonly head: string; readonly facts: string; readonly noticed: string } => {
  const name = `${root} ${hash('sha1', JSON.stringify(question), 'hex')}`
  return { head: `code facts ${name}`, facts: `code facts themselves ${name}`, noticed: `code facts noticed ${name}` }
}

const parsed = <T>(bytes: Uint8Array | undefined): T | undefined => {
  try {
    return bytes && JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
  } catch {
    return undefined
  }
}

/** Functions name the same few files again and again: as JSON they are three times as long, and each name is a text of its own. */
const unpackedFacts = (bytes: Uint8Array | undefined): CodeFacts | undefined => {
  try {
    return bytes && (unpacked(bytes) as CodeFacts)
  } catch {
    return undefined
  }
}

/** Installed packages decide what an import means, too. Undefined while one of them was changed as lately as it was looked at: it may be changed once more, and look the same. */
export const surroundingsOf = (root: string, others: readonly string[]): string | undefined => {
  const now = Date.now()
  const stamps: string[] = []
  for (const path of ['node_modules', ...others]) {
    const looks = entryAt(`${root}/${path}`)
    if (looks && !isSettled(looks, now)) return undefined
    stamps.push(looks ? `${path}\n${textOfLooks(looks)}` : path)
  }
  return hash('sha1', stamps.join('\n'), 'base64')
}

/** All that a file's note says beside the words in it: by this the files are chosen. */
const shapeOf = ({ why, directive, browser, declares, imports, links }: Note): string =>
  hash('sha1', JSON.stringify([why, directive, browser, declares, imports, links]), 'base64')

const changedSince = ({ sources }: Head, notes: ReadonlyMap<string, Note>): ReadonlyMap<string, Before> | undefined => {
  if (sources.length !== notes.size) return undefined
  const changed = new Map<string, Before>()
  for (const [path, digest, shape, isAside] of sources) {
    const note = notes.get(path)
    if (!note) return undefined
    if (note.digest !== digest) changed.set(path, { digest, isAside: isAside === 1, isAlike: shape === shapeOf(note) })
  }
  return changed.size > mostChanged ? undefined : changed
}

/** Undefined where nothing is kept of this question and these files. */
export const readFacts = async (cache: Cache, root: string, { question, surroundings, notes }: Standing): Promise<KeptFacts | undefined> => {
  const keys = keysOf(root, question)
  const head = parsed<Head>(await cache.get(keys.head))
  const changed = head?.surroundings === surroundings ? changedSince(head, notes()) : undefined
  if (!head || !changed) return undefined
  const facts = async (): Promise<CodeFacts | undefined> => unpackedFacts(await cache.get(keys.facts))
  const noticed = async (): Promise<KeptNotices | undefined> => parsed<KeptNotices>(await cache.get(keys.noticed))
  return { apart: new Set(head.apart), facts, noticed, changed }
}

/** The facts first: a run that is cut in between leaves a head that speaks of older ones, and none that lies of newer ones. */
export const keepFacts = async (
  cache: Cache,
  root: string,
  { question, surroundings, notes }: Standing,
  { facts, touched, apart, noticed }: Made,
): Promise<void> => {
  const keys = keysOf(root, question)
  const sources = [...notes()].map(([path, note]): Head['sources'][number] => [path, note.digest, shapeOf(note), touched.has(path) ? 0 : 1])
  const head: Head = { surroundings, sources, apart }
  await cache.put(keys.head, Buffer.from('{}'))
  await cache.put(keys.facts, packed(facts))
  await cache.put(keys.noticed, Buffer.from(JSON.stringify(noticed)))
  await cache.put(keys.head, Buffer.from(JSON.stringify(head)))
}

class Moving {
  readonly #lines: ReadonlyMap<string, Lines>
  isLost = false
  constructor(lines: ReadonlyMap<string, Lines>) {
    this.#lines = lines
  }
  line(file: string, line: number): number {
    const lines = this.#lines.get(file)
    if (!lines) return line
    const moved = lines.get(line) ?? (line <= 1 ? line : undefined)
    // The first line stands for the whole file as well.
    this.isLost ||= moved === undefined || (line === 1 && moved !== 1)
    return moved ?? line
  }
  place<T extends CodePlace>(of: T): T {
    return this.#lines.has(of.file) ? { ...of, line: this.line(of.file, of.line) } : of
  }
  places<T extends CodePlace>(all: readonly T[]): readonly T[] {
    return all.map((one) => this.place(one))
  }
  calls(file: string, calls: readonly CodeCall[]): readonly CodeCall[] {
    return this.#lines.has(file) ? calls.map((call) => ({ ...call, line: this.line(file, call.line) })) : calls
  }
}

/** The facts with their lines moved; undefined where one of them is on a line of which nothing is known. */
export const movedFacts = (facts: CodeFacts, lines: ReadonlyMap<string, Lines>): CodeFacts | undefined => {
  if (lines.size === 0) return facts
  const moving = new Moving(lines)
  const moved: CodeFacts = {
    ...facts,
    tables: facts.tables.map((table) => ({
      ...moving.place(table),
      columns: table.columns.map((column) => ({ ...column, line: moving.line(table.file, column.line) })),
    })),
    enums: moving.places(facts.enums),
    functions: facts.functions.map((one) => ({
      ...moving.place(one),
      calls: moving.calls(one.file, one.calls),
      uses: moving.places(one.uses),
      inserts: moving.places(one.inserts),
    })),
    entries: moving.places(facts.entries),
    mentions: moving.places(facts.mentions),
    gaps: moving.places(facts.gaps),
  }
  return moving.isLost ? undefined : moved
}
