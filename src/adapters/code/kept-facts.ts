/**
 * The facts of the last question, kept for as long as the code that they are of is the same code: asked again (in another format, in the next step of a pipeline),
 * nothing has to be followed. An edit that only moves lines moves those of the facts. Facts of everything answer any question.
 */
import { hash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { CodeCall, CodeFacts, CodePlace, CodeQuestion } from '../../model/code.ts'
import type { Cache } from '../../model/world.ts'
import { entryAt, isSettled, textOfLooks } from '../looks.ts'
import { packed, unpacked } from './packed.ts'
import type { Lines } from './same-code.ts'

/** What facts stand on. */
export type Standing = {
  readonly question: CodeQuestion
  /** Everything that is no source: which files there are, and their stamps. */
  readonly surroundings: string
  /** Sources with digests of their content; asked for only where the rest is right, since all texts may have to be read for it. */
  digests(): ReadonlyMap<string, string>
}

export type KeptFacts = {
  /** Whether they answer the question. */
  readonly isAnswer: boolean
  /** Undefined where they cannot be read. */
  facts(): Promise<CodeFacts | undefined>
  /** Sources whose content is another one now, with the digest that it had. */
  readonly changed: ReadonlyMap<string, string>
}

/** More files than this that were edited are followed anew without a look. */
const mostChanged = 20

type Head = { readonly question: CodeQuestion; readonly surroundings: string; readonly digests: readonly (readonly [path: string, digest: string])[] }

const headKey = (root: string): string => `code facts ${root}`
const factsKey = (root: string): string => `code facts themselves ${root}`

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

const changedSince = (head: Head, digests: ReadonlyMap<string, string>): ReadonlyMap<string, string> | undefined => {
  if (head.digests.length !== digests.size) return undefined
  const changed = new Map<string, string>()
  for (const [path, before] of head.digests) {
    const now = digests.get(path)
    if (now === undefined) return undefined
    if (now !== before) changed.set(path, before)
  }
  return changed.size > mostChanged ? undefined : changed
}

/** What is not asked about is left out of an answer by whoever reads it. */
const answers = (kept: CodeQuestion, { texts, names }: CodeQuestion): boolean =>
  isDeepStrictEqual(kept.names, names) && (kept.texts === undefined || isDeepStrictEqual(kept.texts, texts))

/** Undefined where nothing is kept of these files. */
export const readFacts = async (cache: Cache, root: string, { question, surroundings, digests }: Standing): Promise<KeptFacts | undefined> => {
  const head = parsed<Head>(await cache.get(headKey(root)))
  const changed = head?.surroundings === surroundings ? changedSince(head, digests()) : undefined
  return head && changed && { isAnswer: answers(head.question, question), facts: async () => unpackedFacts(await cache.get(factsKey(root))), changed }
}

/** The facts first: a run that is cut in between leaves a head that speaks of older ones, and none that lies of newer ones. */
export const keepFacts = async (cache: Cache, root: string, { question, surroundings, digests }: Standing, facts: CodeFacts): Promise<void> => {
  const head: Head = { question, surroundings, digests: [...digests()] }
  await cache.put(headKey(root), Buffer.from('{}'))
  await cache.put(factsKey(root), packed(facts))
  await cache.put(headKey(root), Buffer.from(JSON.stringify(head)))
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
