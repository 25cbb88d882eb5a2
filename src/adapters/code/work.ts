/** What a worker thread does: it reads texts, makes the trees of files, the ones that were wanted last before the others, and looks for mentions meanwhile, until it is ended. */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { type Claims, claim, finish, finishEmpty } from './claims.ts'
import { lowerSource } from './lower/index.ts'
import type { Asked } from './mentions/asked.ts'
import type { Candidate } from './mentions/finder.ts'
import { type Finders, type Findings, findersOf, worthOf } from './mentions/look.ts'
import { digestOf, type Note, noted, readBytes, unread } from './notes.ts'
import type { FileTree } from './tree.ts'
import { bytesOf } from './tree-bytes.ts'

export type Job = {
  readonly root: string
  readonly sources: readonly string[]
  /** Wishes come in here, and what was made goes out. */
  readonly port: MessagePort
  /** One for each source: its tree. */
  readonly claims: Claims
  /** The same for notes. */
  readonly readers: Claims
  /** Bytes that were made by all threads and nobody has taken yet. */
  readonly ahead: Int32Array
}

/** Positions in `sources`. */
export type Wish = {
  /** Texts of which notes are wanted, before anything else. */
  readonly notes: readonly number[]
  /** These will be asked for, the soonest first, and before all that was wished earlier. */
  readonly surely: readonly number[]
  /** These may be asked for: they are made where nothing else is left to do. */
  readonly perhaps: readonly number[]
}

/** What is asked of which files: they are looked through while no tree is wanted. It takes the place of what was looked for before. */
export type Search = {
  /** Tells one from another. */
  readonly number: number
  readonly asked: Asked
  readonly candidates: readonly Candidate[]
  /** Their positions in `sources`. */
  readonly positions: Int32Array
  /** One for each candidate. */
  readonly lookers: Claims
}

/** The tree crosses threads and is kept as bytes, and becomes a tree where somebody follows the file. */
export type Made = { readonly at: number; readonly digest: string; readonly bytes: Uint8Array }
/** What was told by a text. */
export type Noted = { readonly at: number; readonly note: Note }
/** What a candidate mentions, with the tree that was made for it. */
export type Looked = Made & { readonly search: number; readonly candidate: number; readonly findings: Findings; readonly broken: FileTree['broken'] }

/** Bytes that may wait for somebody. Of what is made far ahead much is asked for by nobody. */
const mostAhead = 32 * 1024 * 1024
/** The same of what is made perhaps: there is always room for what is sure. */
const mostPerhapsAhead = 24 * 1024 * 1024
/** Milliseconds; the one who takes a tree wakes the thread earlier. */
const longestPause = 50

/** A file that is gone is left to the one who asks for it. */
const make = ({ root, sources, port, claims, ahead }: Job, at: number): void => {
  const path = sources[at] ?? ''
  const text = readBytes(root, path)
  if (text) {
    const bytes = bytesOf(lowerSource(path, text.toString('utf8')))
    Atomics.add(ahead, 0, bytes.length)
    port.postMessage({ at, digest: digestOf(text), bytes } satisfies Made, [bytes.buffer])
  }
  finish(claims, at)
}

/** Whether the file's tree is wanted for sure, though nobody has asked for it yet. */
const read = ({ root, sources, port, readers }: Job, at: number): boolean => {
  const path = sources[at] ?? ''
  const note = noted(root, path)
  if (note !== unread) port.postMessage({ at, note } satisfies Noted)
  finish(readers, at)
  return isDirect(path, note)
}

/** A file that has a tree already, or is to have one, is looked through by the one who has that. */
const look = ({ root, port, claims }: Job, { number, candidates, positions, lookers }: Search, finders: Finders, at: number): void => {
  const [candidate, position] = [candidates[at], positions[at]]
  const text = candidate && readBytes(root, candidate.path)
  if (!text || position === undefined) return finish(lookers, at)
  const source = text.toString('utf8')
  const ask = worthOf(finders, candidate, source)
  if (!ask) return finishEmpty(lookers, at)
  if (!candidate.hasTree && claim(claims, position)) {
    const tree = lowerSource(candidate.path, source)
    const bytes = bytesOf(tree)
    const made: Made = { at: position, digest: digestOf(text), bytes }
    port.postMessage({ ...made, search: number, candidate: at, findings: ask(tree), broken: tree.broken } satisfies Looked, [bytes.buffer])
    finish(claims, position)
  }
  finish(lookers, at)
}

export const work = (job: Job): void => {
  const { port, claims, readers, ahead } = job
  const notes: number[] = []
  const surely: number[] = []
  const perhaps: number[] = []
  /** Candidates, and how they are looked through. */
  let candidates: number[] = []
  let lookInto: (at: number) => void = () => undefined
  /** The first of what is new is the next; there may be too many for one call of `push`. */
  const add = (more: readonly number[], to: number[]): void => {
    for (let at = more.length - 1; at >= 0; at--) to.push(more[at] ?? 0)
  }
  const search = (given: Search): void => {
    const finders = findersOf(given.asked)
    candidates = [...given.candidates.keys()]
    lookInto = (at) => {
      if (claim(given.lookers, at)) look(job, given, finders, at)
    }
  }
  const hear = (message: Wish | Search): void => {
    if ('asked' in message) return search(message)
    add(message.notes, notes)
    add(message.surely, surely)
    add(message.perhaps, perhaps)
  }
  const takeIn = (): void => {
    for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port)) hear(more.message)
  }
  /** A tree for which there is room. */
  const toMake = (bytes: number): number | undefined => {
    if (bytes > (surely.length > 0 ? mostAhead : mostPerhapsAhead)) return undefined
    return surely.pop() ?? perhaps.pop()
  }
  /** What to do now; undefined where nothing is left. Trees wait for room. */
  const next = (): (() => void) | undefined => {
    for (;;) {
      takeIn()
      const note = notes.pop()
      if (note !== undefined) return () => claim(readers, note) && read(job, note)
      const bytes = Atomics.load(ahead, 0)
      const tree = toMake(bytes)
      if (tree !== undefined) return () => claim(claims, tree) && make(job, tree)
      const candidate = candidates.pop()
      if (candidate !== undefined) return () => lookInto(candidate)
      if (surely.length + perhaps.length === 0) return undefined
      Atomics.wait(ahead, 0, bytes, longestPause)
    }
  }
  port.on('message', (first: Wish | Search) => {
    hear(first)
    for (let task = next(); task; task = next()) task()
  })
}
