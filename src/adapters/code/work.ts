/** What a worker thread does: it makes the trees of files, the ones that were wanted last before the others, until it is ended. */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { lowerSource } from './lower/index.ts'
import { digestOf, readBytes } from './notes.ts'
import { bytesOf } from './tree-bytes.ts'

export type Job = {
  readonly root: string
  readonly sources: readonly string[]
  /** What is wanted comes in here, as positions in `sources`, and what was made goes out. */
  readonly port: MessagePort
  /** One for each source: whether somebody has it in hand. */
  readonly claims: Int32Array
  /** Bytes that were made by all threads and nobody has taken yet. */
  readonly ahead: Int32Array
}

/** The tree crosses threads and is kept as bytes, and becomes a tree where somebody follows the file. */
export type Made = { readonly at: number; readonly digest: string; readonly bytes: Uint8Array }

/** Bytes that may wait for somebody. Of what is made far ahead much is asked for by nobody. */
const mostAhead = 32 * 1024 * 1024
/** Milliseconds; the one who takes a tree wakes the thread earlier. */
const longestPause = 50

/** Returns when there is room for more. */
const waitForRoom = (ahead: Int32Array): void => {
  for (let bytes = Atomics.load(ahead, 0); bytes > mostAhead; bytes = Atomics.load(ahead, 0)) Atomics.wait(ahead, 0, bytes, longestPause)
}

/** Whether it is the caller's from now on. */
export const claim = (claims: Int32Array, at: number): boolean => Atomics.compareExchange(claims, at, 0, 1) === 0

/** A file that is gone is left to the one who asks for it. */
const make = ({ root, sources, port, ahead }: Job, at: number): void => {
  const path = sources[at] ?? ''
  const text = readBytes(root, path)
  if (!text) return
  const bytes = bytesOf(lowerSource(path, text.toString('utf8')))
  Atomics.add(ahead, 0, bytes.length)
  port.postMessage({ at, digest: digestOf(text), bytes } satisfies Made, [bytes.buffer])
}

export const work = (job: Job): void => {
  const { port, claims, ahead } = job
  const wanted: number[] = []
  const want = (positions: readonly number[]): void => {
    for (let index = positions.length - 1; index >= 0; index--) wanted.push(positions[index] ?? 0)
  }
  const takeIn = (): void => {
    for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port)) want(more.message)
  }
  port.on('message', (positions: readonly number[]) => {
    want(positions)
    for (let at = wanted.pop(); at !== undefined; at = wanted.pop()) {
      waitForRoom(ahead)
      if (claim(claims, at)) make(job, at)
      takeIn()
    }
  })
}
