/** What a worker thread does: it reads texts and makes the trees of files, the ones that were wanted last before the others, until it is ended. */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { isDirect } from './direct.ts'
import { lowerSource } from './lower/index.ts'
import { digestOf, type Note, noted, readBytes, unread } from './notes.ts'
import { bytesOf } from './tree-bytes.ts'

export type Job = {
  readonly root: string
  readonly sources: readonly string[]
  /** Wishes come in here, and what was made goes out. */
  readonly port: MessagePort
  /** One for each source: whether somebody has it in hand, and whether a thread has made it. */
  readonly claims: Int32Array
  /** The same for notes. */
  readonly readers: Int32Array
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

/** The tree crosses threads and is kept as bytes, and becomes a tree where somebody follows the file. */
export type Made = { readonly at: number; readonly digest: string; readonly bytes: Uint8Array }
/** What was told by a text. */
export type Noted = { readonly at: number; readonly note: Note }

/** Bytes that may wait for somebody. Of what is made far ahead much is asked for by nobody. */
const mostAhead = 32 * 1024 * 1024
/** The same of what is made perhaps: there is always room for what is sure. */
const mostPerhapsAhead = 24 * 1024 * 1024
/** Milliseconds; the one who takes a tree wakes the thread earlier. */
const longestPause = 50

const inHand = 1
const done = 2

/** Whether it is the caller's from now on. */
export const claim = (claims: Int32Array, at: number): boolean => Atomics.compareExchange(claims, at, 0, inHand) === 0

/** Returns when the thread that has it in hand is done with it, or after so many milliseconds. */
export const waitFor = (claims: Int32Array, at: number, most: number): void => {
  Atomics.wait(claims, at, inHand, most)
}

const finish = (claims: Int32Array, at: number): void => {
  Atomics.store(claims, at, done)
  Atomics.notify(claims, at)
}

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

export const work = (job: Job): void => {
  const { port, claims, readers, ahead } = job
  const notes: number[] = []
  const surely: number[] = []
  const perhaps: number[] = []
  /** The first of what is new is the next; there may be too many for one call of `push`. */
  const add = (more: readonly number[], to: number[]): void => {
    for (let at = more.length - 1; at >= 0; at--) to.push(more[at] ?? 0)
  }
  const wish = (more: Wish): void => {
    add(more.notes, notes)
    add(more.surely, surely)
    add(more.perhaps, perhaps)
  }
  const takeIn = (): void => {
    for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port)) wish(more.message)
  }
  /** What to make now, as soon as there is room for it; undefined where nothing is left, or a text is to be read first. */
  const toMake = (): number | undefined => {
    for (;;) {
      takeIn()
      const bytes = Atomics.load(ahead, 0)
      if (notes.length > 0) return undefined
      if (bytes <= (surely.length > 0 ? mostAhead : mostPerhapsAhead)) return surely.pop() ?? perhaps.pop()
      Atomics.wait(ahead, 0, bytes, longestPause)
    }
  }
  port.on('message', (first: Wish) => {
    wish(first)
    do {
      for (let at = notes.pop(); at !== undefined; at = notes.pop()) if (claim(readers, at) && read(job, at)) perhaps.push(at)
      for (let at = toMake(); at !== undefined; at = toMake()) if (claim(claims, at)) make(job, at)
    } while (notes.length > 0)
  })
}
